// What needs attention of the disk and the log.

extension StatusReport {
  /// For how long a loss of log lines needs attention, in seconds.
  private static let longestLossReport: Int64 = 3_600

  /// What needs attention of the disk and the log.
  package var upkeepConditions: [Condition] {
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
