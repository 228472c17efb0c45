// What is served: the configuration, the table that is compiled from it, and the settings of answers.
//
// It owns the serials too: where zones may be transferred they move with the addresses handed out, so that secondaries
// notice what health has changed. Otherwise nobody would see it, and the zone table stays as it is at every change of
// health.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

/// The zones that are served at this moment.
struct ZoneService: ~Copyable {
  private(set) var configuration: Configuration
  private(set) var table: ZoneTable
  private(set) var settings: AnswerSettings
  private(set) var loadedAt = UnixTime.now
  private(set) var lastReload: StatusReport.Reload?
  private let log: Log
  private var serials: SerialStore
  /// What each zone's rotations last handed out, by apex; only kept when zones may be transferred.
  private var handedOut: [DomainName: [IPAddress]] = [:]
  /// The serials in the files, likewise.
  private var writtenSerials: [DomainName: UInt32] = [:]
  private var formerTables = FormerTables()

  init(_ configuration: consuming Configuration, _ settings: AnswerSettings, stateDirectory: String?, _ log: Log) {
    self.configuration = configuration
    self.settings = settings
    self.log = log
    serials = SerialStore(directory: stateDirectory)
    table = ZoneTable.compile(Configuration())
    prepare()
  }

  // MARK: Time

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? { formerTables.nextLook?.nanoseconds }

  /// Looks for tables of before a reload.
  ///
  /// - Returns: whether some have gone, so that there is memory to give back.
  mutating func step(to now: MonotonicTime) -> Bool { formerTables.haveGone(at: now) }

  // MARK: Another configuration

  /// Reads the files of secrets again, all or nothing.
  mutating func readSecrets(_ options: ServerOptions) throws(ServerFailure) {
    try settings.readSecrets(again: options)
  }

  /// Puts a configuration in the place of the one before.
  mutating func follow(_ next: consuming Configuration, at now: MonotonicTime) {
    configuration = next
    loadedAt = .now
    formerTables.note(table, at: now)
    prepare()
  }

  /// Gives the zones their serials and compiles them.
  private mutating func prepare() {
    assignSerials()
    noteWrittenSerials()
    table = ZoneTable.compile(configuration)
    if settings.transfers.isEmpty { configuration.forgetManyRecords() }
  }

  /// Takes note of how a reload ended.
  mutating func noteReload(_ outcome: StatusReport.Reload.Outcome, at time: UnixTime) {
    lastReload = StatusReport.Reload(at: time, outcome: outcome)
  }

  // MARK: Serials

  /// Sets the serials of zones made by `$ZONE`, and says so if they cannot be kept.
  private mutating func assignSerials() {
    if let error = serials.assignSerials(in: &configuration, now: WallClock.now()) {
      log.write(.stateNotKept(reason: error.description))
    }
  }

  /// Keeps the serials that the files have, before they are raised to those that secondaries have seen.
  private mutating func noteWrittenSerials() {
    guard !settings.transfers.isEmpty else { return }
    writtenSerials = [:]
    for zone in configuration.zones { writtenSerials[zone.apex] = zone.soa.serial }
    serials.raiseSerials(in: &configuration)
  }

  /// Raises the serials of the zones whose rotations hand out other addresses than before; the table stays, but for
  /// them.
  ///
  /// - Parameter addresses: what each pool hands out.
  mutating func moveSerials(handingOut addresses: [[IPAddress]]) {
    guard !settings.transfers.isEmpty else { return }
    var hasMoved = false
    for index in configuration.zones.indices where !configuration.zones[index].rotations.isEmpty {
      let zone = configuration.zones[index]
      let current = zone.rotations.flatMap { addresses[$0.pool] }
      guard handedOut[zone.apex] != current else { continue }
      handedOut[zone.apex] = current
      serials.move(
        &configuration.zones[index], written: zone.origin == .soaRecord ? writtenSerials[zone.apex] : nil)
      hasMoved = true
    }
    guard hasMoved else { return }
    table = table.withSerials(configuration.zones.map(\.soa.serial))
    if let error = serials.save() { log.write(.stateNotKept(reason: error.description)) }
  }

  /// What answers come from while addresses are as in `runs`.
  func snapshot(_ runs: AddressRuns) -> AnswerSnapshot {
    AnswerSnapshot(
      table: table, runs: runs, settings: settings, zones: settings.transfers.isEmpty ? [] : configuration.zones)
  }
}
