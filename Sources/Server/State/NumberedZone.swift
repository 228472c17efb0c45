// What the serial of a zone depends on, as far as the files say it: worked out once for each reading of them.

internal import ZoneFile

struct NumberedZone: Sendable {
  /// In lower case.
  let apex: String
  /// Of the whole zone but its serial, and of which rotation has which of `pools`.
  let fingerprint: Fingerprint
  /// Nil for a zone made by `$ZONE`.
  let written: UInt32?
  /// The pools of its rotations, each once: a change of health costs as much for a hundred thousand names as for one.
  let pools: [Int]

  /// Those of a configuration; nil for a zone that is served with the serial in its file. Takes a pass over all records.
  static func all(of configuration: Configuration, isTransferable: Bool) -> [NumberedZone?] {
    configuration.zones.map { zone in
      guard zone.origin == .zoneDirective || isTransferable else { return nil }
      return NumberedZone(zone, of: configuration)
    }
  }

  private init(_ zone: Zone, of configuration: Configuration) {
    var fingerprint = Fingerprint(of: zone, in: configuration)
    var pools: [Int] = []
    var numbers: [Int: Int] = [:]
    for rotation in zone.rotations {
      let number = numbers[rotation.pool] ?? pools.count
      if number == pools.count {
        numbers[rotation.pool] = number
        pools.append(rotation.pool)
      }
      fingerprint.add(UInt32(truncatingIfNeeded: number))
    }
    apex = String(describing: zone.apex).lowercased()
    self.fingerprint = fingerprint
    written = zone.origin == .soaRecord ? zone.soa.serial : nil
    self.pools = pools
  }
}
