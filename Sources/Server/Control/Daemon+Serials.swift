// Serials that move with the addresses handed out, so that secondaries notice what health has changed.
//
// Only when zones may be transferred: otherwise nobody would see it, and the zone table stays as it is at every change
// of health.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

extension Daemon {
  /// Raises the serials of the zones whose rotations hand out other addresses than before, and compiles the table
  /// anew.
  mutating func moveSerials() {
    guard !settings.transfers.isEmpty else { return }
    var hasMoved = false
    for index in configuration.zones.indices where !configuration.zones[index].rotations.isEmpty {
      let zone = configuration.zones[index]
      let addresses = zone.rotations.flatMap { rotation in
        AddressFamily.allCases.flatMap {
          plan.view(of: rotation.pool, family: $0, by: monitor, histories, at: .now).selection.addresses
        }
      }
      guard handedOut[zone.apex] != addresses else { continue }
      handedOut[zone.apex] = addresses
      serials.move(
        &configuration.zones[index], written: zone.origin == .soaRecord ? writtenSerials[zone.apex] : nil)
      hasMoved = true
    }
    guard hasMoved else { return }
    table = ZoneTable.compile(configuration)
    if let error = serials.save() { log.write(.stateNotKept(reason: error.description)) }
  }

  /// Keeps the serials that the files have, before they are raised to those that secondaries have seen.
  mutating func takeWrittenSerials() {
    guard !settings.transfers.isEmpty else { return }
    writtenSerials = [:]
    for zone in configuration.zones { writtenSerials[zone.apex] = zone.soa.serial }
    serials.raiseSerials(in: &configuration)
  }

  /// Sends notices for the zones whose serial is another than last told; all of them after a start.
  mutating func tellSecondaries() {
    guard !options.notify.isEmpty, publication != nil else { return }
    for zone in configuration.zones where toldSerials[zone.apex] != zone.soa.serial {
      toldSerials[zone.apex] = zone.soa.serial
      notices.tell(of: zone.apex, now: MonotonicClock.now(), using: &random)
    }
  }
}
