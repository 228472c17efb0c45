// The secondaries: telling them that a zone has changed, and counting the transfers by which they fetch it.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Reporting
internal import ZoneFile

/// Notices that go out, transfers that workers report.
struct SecondaryService: ~Copyable {
  /// What workers tell of zone transfers.
  let reports: TransferReports
  /// What transfers sum up to.
  private(set) var transfers = TransferLedger()
  private let log: Log
  private let notices: Notices
  private let isAnybodyNotified: Bool
  /// The serials that secondaries were notified of.
  private var toldSerials: [DomainName: UInt32] = [:]
  private var random = KeyedRandom()

  init(_ options: ServerOptions, _ epoll: borrowing Epoll, _ log: Log) throws(Errno) {
    let reports = try TransferReports()
    try epoll.add(reports.arrival, token: Daemon.Token.transfers.rawValue, for: .readable)
    notices = Notices(to: options.notify, from: { options.noticeSource(for: $0) })
    self.reports = reports
    self.log = log
    isAnybodyNotified = !options.notify.isEmpty
  }

  /// How each secondary stands.
  var counters: [SecondaryCounters] { notices.counters }

  // MARK: Time

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? { notices.nextDeadline }

  /// Sends the notices that are due.
  mutating func step(to now: MonotonicTime, keys: [TSIGKey], _ epoll: borrowing Epoll) {
    notices.advance(
      now: now.nanoseconds, civil: civilSeconds, keys: keys, epoll, token: { Daemon.Token.notice($0).rawValue }, log)
  }

  // MARK: Events

  /// Takes an answer of a secondary.
  mutating func receiveAnswer(of number: UInt64) { notices.receiveAnswer(of: number, civil: civilSeconds, log) }

  /// Counts and logs the transfers that have ended.
  ///
  /// - Returns: what workers have reported.
  mutating func countTransfers() -> TransferReports.Ended {
    let ended = reports.removeAll()
    transfers.enter(refusedDatagrams: ended.refusedDatagrams)
    for report in ended.reports {
      if let line = transfers.enter(report, now: MonotonicClock.now()) { log.write(line) }
    }
    return ended
  }

  /// Sends notices for the zones whose serial is another than last told; all of them after a start.
  mutating func announce(_ zones: [Zone]) {
    guard isAnybodyNotified else { return }
    for zone in zones where toldSerials[zone.apex] != zone.soa.serial {
      toldSerials[zone.apex] = zone.soa.serial
      notices.announce(zone.apex, now: MonotonicClock.now(), using: &random)
    }
  }

  /// Unix time in seconds.
  private var civilSeconds: UInt64 { UInt64(max(0, UnixTime.now.seconds)) }
}
