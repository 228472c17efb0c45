// What is served: the configuration, the table that is compiled from it, and the settings of answers.
//
// It owns the serials too: where zones may be transferred they move with the addresses handed out, so that secondaries
// notice what health has changed. Otherwise nobody would see it, and the zone table stays as it is at every change of
// health.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Policy
internal import Reporting
internal import ZoneFile

/// The zones that are served at this moment.
struct ZoneService: ~Copyable {
  private(set) var configuration: Configuration
  private(set) var table: ZoneTable
  private(set) var settings: AnswerSettings
  /// Where it hands out nodes.
  private(set) var handOuts: HandOutSources
  private(set) var loadedAt = UnixTime.now
  private(set) var lastReload: StatusReport.Reload?
  private let log: Log
  private var serials: SerialStore
  /// What the serial of each zone depends on; nil for a zone that is served with the serial in its file.
  private var numbered: [NumberedZone?] = []
  /// Whether zones without rotations have to be looked at, too: after a reload, or when the disk allows a new serial.
  private var isAnyOverdue = true
  /// Whether a zone waits for the disk to have the serial that its file has.
  private var isWaitingForDisk = false
  /// Until when notices of such zones are held back, in monotonic nanoseconds; nil while none is.
  private var noticesHeldUntil: Int64?
  private var retiredTables = RetiredTables()

  init(_ configuration: consuming Configuration, _ settings: AnswerSettings, _ state: StateAtStart, _ log: Log) {
    self.configuration = configuration
    self.settings = settings
    self.log = log
    serials = SerialStore(state.serials, keptBy: state.writer)
    table = ZoneTable.compile(self.configuration)
    let isTransferable = !settings.transfers.isEmpty
    handOuts = HandOutSources(self.configuration, table, isTransferable: isTransferable)
    follow(NumberedZone.all(of: self.configuration, isTransferable: isTransferable))
    if !isTransferable { self.configuration.forgetManyRecords() }
  }

  // MARK: Time

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? {
    [retiredTables.nextCheck?.nanoseconds, noticesHeldUntil].compactMap { $0 }.min()
  }

  /// Ends the wait of notices that have waited long enough.
  ///
  /// - Returns: whether there are any, to be sent now.
  mutating func releaseNotices(at now: MonotonicTime) -> Bool {
    guard let until = noticesHeldUntil, until <= now.nanoseconds else { return false }
    noticesHeldUntil = nil
    return true
  }

  /// Looks for tables of before a reload.
  ///
  /// - Returns: those that nobody uses any more, for whoever has the time to free them.
  mutating func step(to now: MonotonicTime) -> [RetiredTables.Retired] { retiredTables.removeUnused(at: now) }

  // MARK: Another configuration

  /// Puts a configuration in the place of the one before.
  ///
  /// - Returns: the one before, for whoever has the time to free it.
  mutating func follow(_ next: LoadedConfiguration, at now: MonotonicTime) -> Configuration {
    let former = configuration
    retiredTables.add(table, with: former, at: now)
    configuration = next.configuration
    settings = next.settings
    table = next.table
    handOuts = next.handOuts
    loadedAt = .now
    lastReload = StatusReport.Reload(at: loadedAt, outcome: .loaded)
    follow(next.numbered)
    return former
  }

  /// Gives each zone the serial that was served last, before its content is looked at.
  private mutating func follow(_ zones: [NumberedZone?]) {
    numbered = zones
    isAnyOverdue = true
    for (index, zone) in numbered.enumerated() {
      guard let zone, let serial = serials.book.lastSerial(of: zone.apex) else { continue }
      configuration.zones[index].soa.serial = serial
    }
    table = table.withSerials(configuration.zones.map(\.soa.serial))
  }

  /// Takes note of how a reload ended.
  mutating func recordReload(_ outcome: StatusReport.Reload.Outcome, at time: UnixTime) {
    lastReload = StatusReport.Reload(at: time, outcome: outcome)
  }

  // MARK: Serials

  /// Whether serials depend on what pools hand out. Without transfers nobody compares it with a serial.
  var followsAddresses: Bool { !settings.transfers.isEmpty }

  /// Gives the zones whose content is another than before a new serial; the table stays, but for them.
  ///
  /// To be called before a content is published, at the start too.
  ///
  /// - Parameter addresses: what each pool hands out; nobody looks at them unless `followsAddresses`.
  mutating func moveSerials(handingOut addresses: [[IPAddress]]) {
    var hasMoved = false
    for (index, numbered) in numbered.enumerated() {
      guard let numbered, isAnyOverdue || !numbered.pools.isEmpty else { continue }
      let fingerprint =
        followsAddresses
        ? numbered.fingerprint.handingOut(numbered.pools.map { addresses[$0] }) : numbered.fingerprint
      let serial = serials.serial(
        for: ZoneContent(apex: numbered.apex, fingerprint: fingerprint.value, written: numbered.written))
      guard configuration.zones[index].soa.serial != serial else { continue }
      configuration.zones[index].soa.serial = serial
      hasMoved = true
    }
    isAnyOverdue = false
    serials.save()
    if hasMoved { table = table.withSerials(configuration.zones.map(\.soa.serial)) }
    if hasMoved || isWaitingForDisk { holdNotices() }
  }

  /// A notice waits so long for the serial that the file has, so that secondaries fetch a zone once and not twice.
  private static let noticeDelay: Int64 = 1_000_000_000

  private mutating func holdNotices() {
    let wasWaiting = isWaitingForDisk
    isWaitingForDisk = numbered.contains { $0.map { serials.book.isWaiting($0.apex) } ?? false }
    if !isWaitingForDisk {
      noticesHeldUntil = nil
    } else if !wasWaiting {
      noticesHeldUntil = MonotonicClock.now() + ZoneService.noticeDelay
    }
  }

  /// Whether all serials that are served, and those ahead of them, are on disk.
  var serialsAreSaved: Bool { serials.isSaved }

  /// Looks at what has reached the disk.
  ///
  /// - Returns: whether there is something to publish.
  mutating func recordSavedSerials() -> Bool {
    guard serials.recordProgress() else { return false }
    isAnyOverdue = true
    return true
  }

  /// Hands over the serials of a process that serves no more.
  mutating func saveAtEnd() { serials.end() }

  /// The zones that secondaries may be notified of: all but those that get another serial in a moment.
  var announceable: [Zone] {
    guard noticesHeldUntil != nil else { return configuration.zones }
    return zip(configuration.zones, numbered).filter { _, numbered in
      !(numbered.map { serials.book.isWaiting($0.apex) } ?? false)
    }.map(\.0)
  }

  /// What answers come from while addresses are as in `runs`.
  func snapshot(_ runs: AddressRuns) -> AnswerSnapshot {
    AnswerSnapshot(
      table: table, runs: runs, settings: settings, zones: settings.transfers.isEmpty ? [] : configuration.zones)
  }
}
