// How the files and the log of the daemon are doing: what status, metrics and log say of a disk that does not keep up.

extension StatusReport {
  /// One file of the state directory.
  package struct StateFileStanding: Hashable, Sendable {
    /// `orders`, `serials` or `health`.
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
      fault != nil || behindSeconds.map { $0 >= StateFileStanding.patience } ?? false
    }

    /// `the state file orders cannot be saved (No space left on device)`
    package var sentence: String {
      fault.map { "the state file \(name) cannot be saved (\($0))" }
        ?? "the state file \(name) has not been saved for \(behindSeconds ?? 0) s: the disk is slow or hangs"
    }
  }

  /// The log's way to standard error.
  package struct LogStanding: Hashable, Sendable {
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
}

extension StatusReport {
  /// For how long a loss of log lines needs attention, in seconds.
  private static let longestLossReport: Int64 = 3_600

  /// What needs attention of the disk and the log.
  var upkeepConditions: [Condition] {
    var conditions = stateFiles.filter(\.needsAttention).map { Condition(.stateLag, $0.name, $0.sentence) }
    if let seconds = log.stuckSeconds {
      conditions.append(
        Condition(.logLost, "", "standard error has not taken a log line for \(seconds) s: look at what reads the log"))
    } else if let seconds = log.lastLossSeconds, seconds < StatusReport.longestLossReport {
      let lines = counted(Int(clamping: log.lostLines), "log line")
      conditions.append(
        Condition(.logLost, "", "standard error did not take \(lines) in time: look at what reads the log"))
    }
    return conditions
  }
}
