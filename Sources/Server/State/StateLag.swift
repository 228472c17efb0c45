// A disk that does not keep up: what the log says of it, and the report.

internal import Health
internal import Linux
internal import Reporting

/// Watches how far the state files are behind.
struct StateLag {
  private let writer: StateWriter?
  /// Since when each file has been reported to be behind, in monotonic nanoseconds.
  private var reported: [StateFile: Int64] = [:]

  private static let patience = StateFileLag.patience * 1_000_000_000

  init(of writer: StateWriter?) { self.writer = writer }

  /// When `step` is next to be called; nil if it need not be.
  var nextDeadline: Int64? {
    guard let writer else { return nil }
    return StateFile.allCases.compactMap { file in
      reported[file] == nil ? writer.status(of: file).behindSince.map { $0 + StateLag.patience } : nil
    }.min()
  }

  /// Logs what has fallen behind or caught up.
  mutating func step(to now: MonotonicTime, _ log: Log) {
    guard let writer else { return }
    for file in StateFile.allCases {
      let status = writer.status(of: file)
      guard let since = status.behindSince else {
        if let since = reported.removeValue(forKey: file) {
          log.write(.stateKeptAgain(file, after: (now.nanoseconds - since) / 1_000_000_000))
        }
        continue
      }
      guard reported[file] == nil, status.fault != nil || now.nanoseconds - since >= StateLag.patience else {
        continue
      }
      reported[file] = since
      let waited = (now.nanoseconds - since) / 1_000_000_000
      log.write(
        .stateNotKept(
          reason: "\(file.name): \(status.fault ?? "the disk has not taken it for \(waited) s"); still trying"))
    }
  }

  /// How each file is doing; empty for `--state none`.
  func lags(at now: MonotonicTime) -> [StateFileLag] {
    guard let writer else { return [] }
    return StateFile.allCases.map { file in
      let status = writer.status(of: file)
      return StateFileLag(
        name: file.name, behindSeconds: status.behindSince.map { (now.nanoseconds - $0) / 1_000_000_000 },
        fault: status.fault)
    }
  }
}
