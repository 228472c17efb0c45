// The log's way to standard error: a queue and a thread that may wait, whatever standard error is.
//
// A pipe that nobody reads, a full disk, a disk or a journal that hangs hold up this thread alone. What is lost is
// counted, and the log says so where the gap is.

internal import Linux
internal import Reporting

final class LogWriter: Sendable {
  /// A few seconds of the busiest log there is.
  private static let limits = Outbox.Limits(messages: 8_192, octets: 2 << 20)
  /// For which the line at the front may wait before the log counts as stuck.
  private static let patience: Int64 = 5_000_000_000

  private let outbox: Outbox

  /// - Parameter deliver: writes one line and may wait; returns how many octets were written.
  init(
    style: @escaping @Sendable () -> LogStyle,
    deliver: @escaping @Sendable ([UInt8]) -> Int = { standardError.writeWaiting($0) }
  ) throws(Errno) {
    outbox = try Outbox(
      name: "log", limits: LogWriter.limits, report: { LogLine.logLinesLost($0).rendered(style()) },
      deliver: { line in
        let written = deliver(line)
        // What was torn off gets an end, so that the next line begins at the margin.
        if written > 0, written < line.count { _ = deliver([UInt8(ascii: "\n")]) }
        return written == line.count
      })
  }

  func add(_ line: [UInt8]) { outbox.add(line) }

  /// Waits until all lines are written, `limit` at most.
  func drain(within limit: Duration) { outbox.drain(within: limit) }

  /// How the log is doing.
  ///
  /// - Parameter now: monotonic nanoseconds.
  func lag(at now: Int64) -> LogLag {
    let status = outbox.status
    let waited = status.busySince.map { now - $0 } ?? 0
    return LogLag(
      lostLines: status.lost, lastLossSeconds: status.lastLoss.map { (now - $0) / 1_000_000_000 },
      stuckSeconds: waited >= LogWriter.patience ? waited / 1_000_000_000 : nil)
  }
}
