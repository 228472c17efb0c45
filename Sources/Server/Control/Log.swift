// Where log lines go: standard error, with the journal's level prefix or a time stamp.

internal import Linux
internal import Reporting

struct Log: Sendable {
  private let isJournal: Bool
  /// Nil where nobody minds to wait for standard error.
  private let writer: LogWriter?
  /// The events that lines report; nil where nobody asks for them later.
  let events: EventRecorder?

  init() {
    isJournal = isConnectedToJournal
    writer = nil
    events = nil
  }

  /// A log whose lines are written by a thread of its own: to write one never waits.
  init(onThread: Void) throws(Errno) {
    let isJournal = isConnectedToJournal
    self.isJournal = isJournal
    events = EventRecorder()
    writer = try LogWriter(style: { Log.style(isJournal) })
  }

  /// Logs a line, and records the change of state that it reports.
  func write(_ line: LogLine) {
    let now = UnixTime.now
    events?.record(line, at: now)
    let octets = line.rendered(Log.style(isJournal, at: now))
    if let writer { writer.add(octets) } else { _ = standardError.writeWaiting(octets) }
  }

  /// Waits until all lines are written, `limit` at most.
  func drain(within limit: Duration) { writer?.drain(within: limit) }

  /// How the log is doing; see `LogWriter`.
  func lag(at now: Int64) -> LogLag { writer?.lag(at: now) ?? .init() }

  private static func style(_ isJournal: Bool, at now: UnixTime = .now) -> LogStyle {
    isJournal ? .journal : .stamped(now)
  }
}
