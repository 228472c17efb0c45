// How far the disk and the reader of the log are behind the daemon.

/// One file of the state directory.
package struct StateFileLag: Hashable, Sendable {
  /// `admin-states`, `serials`, `health` or `events`.
  package var name: String
  /// For how long there has been content that is not on disk, in seconds; nil when all of it is.
  package var behindSeconds: Int64?
  /// Why the last attempt to write failed; nil if it did not.
  package var fault: String?

  package init(name: String, behindSeconds: Int64? = nil, fault: String? = nil) {
    self.name = name
    self.behindSeconds = behindSeconds
    self.fault = fault
  }

  /// A disk may take so long without anybody having to know.
  package static let patience: Int64 = 5

  /// Whether a restart at this moment would forget something that an operator should know about.
  package var needsAttention: Bool {
    fault != nil || behindSeconds.map { $0 >= StateFileLag.patience } ?? false
  }

  /// `the state file admin-states cannot be saved (No space left on device)`
  package var sentence: String {
    fault.map { "the state file \(name) cannot be saved (\($0))" }
      ?? "the state file \(name) has not been saved for \(behindSeconds ?? 0) s: the disk is slow or hangs"
  }
}

/// The log's way to standard error.
package struct LogLag: Hashable, Sendable {
  /// Lines that were never written, since the start.
  package var lostLines: UInt64 = 0
  /// How long ago the last of them was lost, in seconds; nil if none was.
  package var lastLossSeconds: Int64?
  /// For how long standard error has not taken a line, in seconds; nil while it does.
  package var stuckSeconds: Int64?

  package init(lostLines: UInt64 = 0, lastLossSeconds: Int64? = nil, stuckSeconds: Int64? = nil) {
    self.lostLines = lostLines
    self.lastLossSeconds = lastLossSeconds
    self.stuckSeconds = stuckSeconds
  }
}
