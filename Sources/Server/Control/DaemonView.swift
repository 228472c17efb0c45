// All that a report tells, as values of one moment: whoever renders it needs no daemon.

internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

/// The daemon at one moment.
///
/// Its parts are copied when they change, so a view costs next to nothing and says the same for as long as it is held.
struct DaemonView: Sendable {
  /// Two clocks read at one moment, to tell when in civil time something happened.
  struct ClockPair: Sendable {
    let monotonic: MonotonicTime
    let civil: UnixTime

    func civil(_ time: MonotonicTime) -> UnixTime {
      UnixTime(milliseconds: civil.milliseconds - (monotonic - time).wholeNanoseconds / 1_000_000)
    }
  }

  let clock = ClockPair(monotonic: .now, civil: .now)
  var host: String?
  var localTime: LocalTime
  var startedAt: UnixTime
  var files: [String]
  var listeners: [StatusReport.Listener]
  var readiness: StatusReport.Readiness

  // What is served.
  var configuration: Configuration
  var loadedAt: UnixTime
  var lastReload: StatusReport.Reload?
  var answers: StatusReport.AnswerCounters

  // What the checks have found.
  var plan: HealthPlan
  var monitor: HealthMonitor
  var histories: PoolHistories
  var probeCounts: ProbeCounts

  /// What services report of themselves that needs attention.
  var reported: [Condition] = []

  // Secondaries.
  var secondaries: [StatusReport.Secondary]
  /// Nil where zones may not be transferred.
  var transfers: [DomainName: StatusReport.TransferCounters]?

  // Files and log; no files for `--state none`.
  var stateFiles: [StatusReport.StateFileStanding]
  var log: StatusReport.LogStanding
}
