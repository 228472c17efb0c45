// All that a report tells, as values of one moment: whoever renders it needs no daemon.

package import DNS
package import Health
package import Policy
package import ZoneFile

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
  /// What services say of themselves. Zones, pools and nodes are missing: `report` adds them.
  package let facts: StatusReport

  // What is served.
  package let configuration: Configuration
  /// Nil where zones may not be transferred.
  package let transfers: [DomainName: TransferCounters]?
  /// Who was handed which node; nil with `--ledger off`.
  package let handOuts: HandOutView?

  // What the checks have found.
  package let plan: HealthPlan
  package let monitor: HealthMonitor
  package let histories: PoolHistories

  package init(
    _ facts: StatusReport, at clock: ClockPair, configuration: Configuration,
    transfers: [DomainName: TransferCounters]?, handOuts: HandOutView?, plan: HealthPlan, monitor: HealthMonitor,
    histories: PoolHistories
  ) {
    self.clock = clock
    self.facts = facts
    self.configuration = configuration
    self.transfers = transfers
    self.handOuts = handOuts
    self.plan = plan
    self.monitor = monitor
    self.histories = histories
  }
}
