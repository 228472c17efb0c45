// Where log lines go: standard error, with the journal's level prefix or a time stamp.

internal import Linux

struct Log: Sendable {
  private let isJournal: Bool

  init() { isJournal = isConnectedToJournal }

  func write(_ line: LogLine) {
    let style: LogStyle = isJournal ? .journal : .stamped(.now)
    standardError.writeWithoutWaiting(line.rendered(style))
  }
}
