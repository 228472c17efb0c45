// Where log lines go: standard error, with the journal's level prefix or a time stamp.

internal import Linux
internal import Reporting

struct Log: Sendable {
  private let isJournal: Bool
  /// Nil where nobody minds to wait for standard error.
  private let writer: LogWriter?

  init() {
    isJournal = isConnectedToJournal
    writer = nil
  }

  /// A log whose lines are written by a thread of its own: to write one never waits.
  init(onThread: Void) throws(Errno) {
    let isJournal = isConnectedToJournal
    self.isJournal = isJournal
    writer = try LogWriter(style: { Log.style(isJournal) })
  }

  func write(_ line: LogLine) {
    let octets = line.rendered(Log.style(isJournal))
    if let writer { writer.add(octets) } else { _ = standardError.writeWaiting(octets) }
  }

  /// Waits until all lines are written, `limit` at most.
  func drain(within limit: Duration) { writer?.drain(within: limit) }

  /// How the log is doing; see `LogWriter`.
  func standing(now: Int64) -> LogLag { writer?.standing(now: now) ?? .init() }

  private static func style(_ isJournal: Bool) -> LogStyle { isJournal ? .journal : .stamped(.now) }
}
