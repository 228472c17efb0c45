// What control knows of zone transfers: sums for each zone, and which of them are worth a line in the log.

internal import DNS
internal import Reporting

/// Counts since the start, by apex.
struct TransferLedger {
  private(set) var counters: [DomainName: TransferCounters] = [:]

  /// So many refusals are logged in a minute: a client that asks more often fills no disk.
  private static let mostRefusals = 6
  private static let minute: Int64 = 60_000_000_000
  private var refusalsSince: Int64 = 0
  private var refusals = 0

  mutating func enter(refusedDatagrams counts: [DomainName: UInt64]) {
    for (apex, count) in counts { counters[apex, default: TransferCounters()].refused += count }
  }

  /// Counts one and returns its line, if it is to have one.
  ///
  /// - Parameter now: monotonic nanoseconds.
  mutating func enter(_ report: TransferReport, now: Int64) -> LogLine? {
    var sum = counters[report.apex] ?? TransferCounters()
    defer { counters[report.apex] = sum }
    sum.octets += report.octets
    switch report.outcome {
    case .complete:
      sum.complete += 1
      sum.microseconds += report.duration / 1_000
    case .broken: sum.broken += 1
    case .refused:
      sum.refused += 1
      if now - refusalsSince >= TransferLedger.minute { (refusalsSince, refusals) = (now, 0) }
      refusals += 1
      guard refusals <= TransferLedger.mostRefusals else { return nil }
    }
    return .transfer(report)
  }
}
