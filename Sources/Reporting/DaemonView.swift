// All that a report tells, as values of one moment: whoever renders it needs no daemon.

package import DNS
package import Health
package import Policy
package import ZoneFile

/// Sums over all probes since the start, those of earlier configurations included.
package struct ProbeCounts: Sendable {
  package var probes: UInt64 = 0
  package var failures: UInt64 = 0
  package var changes: UInt64 = 0
  package var publications: UInt64 = 0

  package init() {}
}

/// The daemon at one moment.
///
/// Its parts are copied when they change, so a view costs next to nothing and says the same for as long as it is held.
package struct DaemonView: Sendable {
  /// Two clocks read at one moment, to tell when in civil time something happened.
  package struct ClockPair: Sendable {
    package let monotonic: MonotonicTime
    package let civil: UnixTime

    package init(monotonic: MonotonicTime, civil: UnixTime) {
      self.monotonic = monotonic
      self.civil = civil
    }

    package func civil(_ time: MonotonicTime) -> UnixTime {
      UnixTime(milliseconds: civil.milliseconds - (monotonic - time).wholeNanoseconds / 1_000_000)
    }
  }

  package let clock: ClockPair
  package var host: String?
  package var localTime: LocalTime
  package var startedAt: UnixTime
  package var files: [String]
  package var listeners: [Listener]
  package var readiness: StatusReport.Readiness

  // What is served.
  package var configuration: Configuration
  package var loadedAt: UnixTime
  package var lastReload: StatusReport.Reload?
  package var answers: AnswerCounters

  // What the checks have found.
  package var plan: HealthPlan
  package var monitor: HealthMonitor
  package var histories: PoolHistories
  package var probeCounts: ProbeCounts
  /// What operators have decided and planned.
  package var maintenance: MaintenanceCalendar

  /// What services report of themselves that needs attention.
  package var reported: [Condition] = []

  // Secondaries.
  package var secondaries: [SecondaryCounters]
  /// Nil where zones may not be transferred.
  package var transfers: [DomainName: TransferCounters]?

  /// Who was handed which node; nil with `--ledger off`.
  package var handOuts: HandOutView?

  // Files and log; no files for `--state none`.
  package var stateFiles: [StateFileLag]
  package var log: LogLag
  package var history: EventHistory

  package init(
    clock: ClockPair, host: String? = nil, localTime: LocalTime, startedAt: UnixTime, files: [String],
    listeners: [Listener], readiness: StatusReport.Readiness, configuration: Configuration,
    loadedAt: UnixTime, lastReload: StatusReport.Reload? = nil, answers: AnswerCounters,
    plan: HealthPlan, monitor: HealthMonitor, histories: PoolHistories, probeCounts: ProbeCounts,
    maintenance: MaintenanceCalendar = MaintenanceCalendar(), reported: [Condition] = [],
    secondaries: [SecondaryCounters],
    transfers: [DomainName: TransferCounters]? = nil, handOuts: HandOutView? = nil, stateFiles: [StateFileLag],
    log: LogLag, history: EventHistory? = nil
  ) {
    self.clock = clock
    self.host = host
    self.localTime = localTime
    self.startedAt = startedAt
    self.files = files
    self.listeners = listeners
    self.readiness = readiness
    self.configuration = configuration
    self.loadedAt = loadedAt
    self.lastReload = lastReload
    self.answers = answers
    self.plan = plan
    self.monitor = monitor
    self.histories = histories
    self.probeCounts = probeCounts
    self.maintenance = maintenance
    self.reported = reported
    self.secondaries = secondaries
    self.transfers = transfers
    self.handOuts = handOuts
    self.stateFiles = stateFiles
    self.log = log
    self.history = history ?? EventHistory(begun: startedAt)
  }
}
