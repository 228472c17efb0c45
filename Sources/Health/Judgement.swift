// From single probe results to a verdict that holds still: fall and rise.
//
//     unknown ──first success──▶ up ──`fall` failures in a row──▶ down
//        │                       ▲                              │ ▲
//        │                       └──`rise` successes in a row───┘ │
//        └─────────────────────first failure──────────────────────┘
//
// The first result decides alone: waiting for `fall` results would hand out a dead node for a quarter of a minute
// after each start. A local fault is no result: it neither breaks a run nor lengthens it, and leaves unknown unknown.

/// Whether a target may be handed out.
package enum HealthState: String, Hashable, Sendable {
  /// Never heard of; counts as healthy, for without evidence nobody is taken out.
  case unknown
  case up
  case down
}

/// All that is held against or for one target.
package struct Judgement: Hashable, Sendable {
  /// Where a target stands between two states.
  package enum Progress: Hashable, Sendable {
    case steady
    /// Up, and this many failures in a row of those that take it out.
    case failing(Int, of: Int)
    /// Down, and this many successes in a row of those that put it back.
    case rising(Int, of: Int)
  }

  package private(set) var state = HealthState.unknown
  /// When the state began.
  package private(set) var since: MonotonicTime
  /// The failure that took the target out; nil unless it is down.
  package private(set) var reason: FailureReason?
  package private(set) var failuresInARow = 0
  package private(set) var successesInARow = 0

  package private(set) var lastOutcome: ProbeOutcome?
  /// What the last probe that told something found out besides: certificate, agent, warnings.
  package private(set) var lastNotes = ProbeNotes()
  /// When a probe last told something about the target: local faults do not.
  package private(set) var lastHeard: MonotonicTime?
  /// How long the last probe took that told something, from its start.
  package private(set) var lastLatency: Duration?

  /// Probes that came to an end: `successes + failures + localFaults`.
  package var probes: UInt64 { successes + failures + localFaults }
  package private(set) var successes: UInt64 = 0
  package private(set) var failures: UInt64 = 0
  package private(set) var localFaults: UInt64 = 0
  /// How often the target went from up to down or back; the first verdict is not a change of mind.
  package private(set) var flips: UInt64 = 0

  package init(since: MonotonicTime) { self.since = since }

  package var isHealthy: Bool { state != .down }

  /// Takes the end of a probe that lasted `latency`.
  package mutating func take(
    _ outcome: ProbeOutcome, after latency: Duration, at now: MonotonicTime, under plan: CheckPlan
  ) {
    lastOutcome = outcome
    switch outcome {
    case .localFault: localFaults += 1
    case .success:
      noteHeard(after: latency, at: now)
      successes += 1
      successesInARow += 1
      failuresInARow = 0
      guard state == .unknown || state == .down && successesInARow >= plan.rise else { return }
      become(.up, because: nil, at: now)
    case .failure(let reason): takeFailure(reason, after: latency, at: now, under: plan)
    // A node that asks to be left alone is left alone; that it is no fault is said by the reason.
    case .maintenance(let reason): takeFailure(.inMaintenance(reason), after: latency, at: now, under: plan)
    }
  }

  /// Takes what a probe found out besides its outcome.
  package mutating func take(_ notes: ProbeNotes) { lastNotes = notes }

  private mutating func takeFailure(
    _ reason: FailureReason, after latency: Duration, at now: MonotonicTime, under plan: CheckPlan
  ) {
    noteHeard(after: latency, at: now)
    failures += 1
    failuresInARow += 1
    successesInARow = 0
    guard state == .unknown || state == .up && failuresInARow >= plan.fall else { return }
    become(.down, because: reason, at: now)
  }

  private mutating func noteHeard(after latency: Duration, at now: MonotonicTime) {
    lastHeard = now
    lastLatency = latency
  }

  private mutating func become(_ next: HealthState, because reason: FailureReason?, at now: MonotonicTime) {
    if state != .unknown { flips += 1 }
    state = next
    since = now
    self.reason = reason
  }

  package func progress(under plan: CheckPlan) -> Progress {
    switch state {
    case .up where failuresInARow > 0: .failing(failuresInARow, of: plan.fall)
    case .down where successesInARow > 0: .rising(successesInARow, of: plan.rise)
    case .unknown, .up, .down: .steady
    }
  }
}

extension Judgement.Progress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .steady: "steady"
    case .failing(let count, let fall): "failing \(count) of \(fall)"
    case .rising(let count, let rise): "rising \(count) of \(rise)"
    }
  }
}
