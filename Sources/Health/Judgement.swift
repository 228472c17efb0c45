// From single probe results to a verdict that holds still: fall and rise, intermittent faults, hold-down.
//
//     unknown ──first success──▶ up ──`fall` failures in a row, or `flaky` of the last──▶ down ◀─▶ maintenance
//        │                       ▲                                                         │ ▲      (by what the
//        │                       └──`rise` successes in a row, and the hold-down is over───┘ │       node says)
//        └─────────────────────first failure─────────────────────────────────────────────────┘
//
// The first result decides alone: waiting for `fall` results would hand out a dead node for a quarter of a minute
// after each start. A local fault is no result: it neither breaks a run nor lengthens it, and leaves unknown unknown.

package import Model

/// Whether a target may be handed out.
package enum HealthState: String, Hashable, Sendable, CaseIterable {
  /// Never heard of; counts as healthy, for without evidence nobody is taken out.
  case unknown
  case up
  case down
  /// Out because the node said so itself: no fault.
  case maintenance

  /// Not to be handed out while there is another.
  package var isOut: Bool { self == .down || self == .maintenance }
}

/// All that is held against or for one target.
package struct Judgement: Hashable, Sendable {
  package private(set) var state = HealthState.unknown
  /// When the state began.
  package private(set) var since: MonotonicTime
  /// What took the target out; nil unless it is out.
  package private(set) var reason: OutReason?
  var hasReason: Bool { reason != nil }
  package private(set) var failuresInARow = 0
  package private(set) var successesInARow = 0
  /// When the first of the failures in a row was seen, or feared; for the first result after a restart, when it was
  /// asked for.
  private(set) var failingSince: MonotonicTime?
  /// Failures enough, for this reason, but nobody has confirmed yet that this host is not cut off.
  private var withheld: OutReason?
  /// The verdict is from before a restart, and no result has confirmed it yet.
  package private(set) var isRemembered = false
  /// While out: results in a row that were of the other kind of being out.
  private var othersInARow = 0
  /// The checks since the target came up, or for a target out by `flaky=` all.
  private var history = FailureHistory()
  package private(set) var hold = HoldDown()

  package private(set) var lastOutcome: ProbeOutcome?
  /// What the last probe that told something found out besides: certificate, agent, warnings.
  package private(set) var lastNotes = ProbeNotes()
  /// The weight that the agent asked for last, in percent, over 0; it stands until the agent says another, as in HAProxy.
  /// Nil while no agent has named one: such a check says nothing about weight, which is not the same as 100.
  package private(set) var agentPercent: Int?
  /// When a probe last told something about the target: local faults do not.
  package private(set) var lastHeard: MonotonicTime?
  /// When the process before last heard of the target; nil if it did not, or is not remembered.
  private var formerlyHeard: MonotonicTime?
  /// When anybody last heard of the target, in this process or the one before.
  var everHeard: MonotonicTime? { lastHeard ?? formerlyHeard }
  /// How long the last probe took that found the target well, from its start.
  package private(set) var lastLatency: Duration?
  /// What was seen of the target's certificate last; probes that see none leave it as it is.
  package private(set) var certificate: CertificateSighting?

  /// Probes that came to an end: `successes + failures + localFaults`.
  package var probes: UInt64 { successes + failures + localFaults }
  package private(set) var successes: UInt64 = 0
  /// Those in which the node said that it is in maintenance included.
  package private(set) var failures: UInt64 = 0
  /// Those that tell nothing because this host is cut off included.
  package private(set) var localFaults: UInt64 = 0
  /// How often the target changed its state; the first verdict is not a change of mind.
  package private(set) var flips: UInt64 = 0

  package init(since: MonotonicTime) { self.since = since }

  /// A verdict from before a restart. It is believed until the first result, which may overturn it alone if it is `up`.
  ///
  /// - Parameter heard: when the process before last heard of the target; nil where nobody will ask.
  init(
    remembering state: HealthState, since: MonotonicTime, heard: MonotonicTime? = nil, because reason: OutReason?,
    hold: HoldDown
  ) {
    formerlyHeard = heard
    self.state = state
    self.since = since
    self.reason = state.isOut ? reason : nil
    self.hold = hold
    isRemembered = state != .unknown
  }

  // MARK: Results

  /// Takes the end of a probe that lasted `latency`.
  package mutating func record(
    _ outcome: ProbeOutcome, after latency: Duration, at now: MonotonicTime, under plan: CheckPlan
  ) {
    record(
      outcome, as: Evidence(outcome), after: latency, at: now, failingSince: now, under: plan, ruling: .believe,
      weight: 1)
  }

  /// - Parameters:
  ///   - since: since when it fails, if this is the first failure in a row.
  ///   - weight: for how many failures in a row one counts.
  mutating func record(
    _ outcome: ProbeOutcome, as evidence: Evidence, after latency: Duration, at now: MonotonicTime,
    failingSince since: MonotonicTime, under plan: CheckPlan, ruling: Ruling, weight: Int
  ) {
    lastOutcome = outcome
    switch evidence {
    case .none: localFaults += 1
    case .against where ruling == .disregard: localFaults += 1
    case .well:
      lastHeard = now
      lastLatency = latency
      successes += 1
      recordSuccess(at: now, under: plan)
    case .against(let reason):
      lastHeard = now
      failures += 1
      failingSince = failingSince ?? since
      recordFailure(reason, ruling, weight: weight, at: now, under: plan)
    }
  }

  /// Takes what a probe found out besides its outcome.
  package mutating func record(_ notes: ProbeNotes, beside outcome: ProbeOutcome = .success) {
    lastNotes = notes
    certificate = CertificateSighting(notes, outcome) ?? certificate
    // 0 % is the word for drain, which ends with the line that says it.
    if let percent = notes.agent?.weight, percent > 0 { agentPercent = percent }
  }

  private mutating func recordSuccess(at now: MonotonicTime, under plan: CheckPlan) {
    forgetFailures()
    successesInARow += 1
    othersInARow = 0
    isRemembered = false
    history.add(failure: false)
    guard state == .unknown || state.isOut && mayReturn(at: now, under: plan) else { return }
    become(.up, because: nil, at: now)
  }

  private func mayReturn(at now: MonotonicTime, under plan: CheckPlan) -> Bool {
    successesInARow >= plan.rise && isCalm(under: plan) && now >= since + hold.span
  }

  /// A target that is out for intermittent faults comes back when they have become rare, not after one good moment.
  private func isCalm(under plan: CheckPlan) -> Bool {
    guard case .intermittent = reason, let rule = plan.tuning.flaky else { return true }
    return history.failures(amongLast: rule.checks) <= rule.calm
  }

  private mutating func recordFailure(
    _ reason: OutReason, _ ruling: Ruling, weight: Int, at now: MonotonicTime, under plan: CheckPlan
  ) {
    failuresInARow += weight
    successesInARow = 0
    history.add(failure: true)
    let wasRemembered = isRemembered
    isRemembered = false
    switch state {
    case .unknown: become(reason.isMaintenance ? .maintenance : .down, because: reason, at: now)
    case .up:
      guard let cause = cause(reason, wasRemembered: wasRemembered, under: plan) else { return }
      guard ruling == .believe else {
        withheld = cause
        return
      }
      become(cause.isMaintenance ? .maintenance : .down, because: cause, at: now)
    case .down, .maintenance:
      // The first failure since the restart confirms the verdict, and tells better why than memory.
      if wasRemembered, reason.isMaintenance == (state == .maintenance) { self.reason = reason }
      reconsiderKind(reason, at: now, under: plan)
    }
  }

  /// What takes a target out that is up; nil while there is nothing.
  private func cause(_ reason: OutReason, wasRemembered: Bool, under plan: CheckPlan) -> OutReason? {
    if failuresInARow >= plan.fall || wasRemembered { return reason }
    guard let rule = plan.tuning.flaky, case .failure(let last) = reason else { return nil }
    let failures = history.failures(amongLast: rule.checks)
    guard failures >= rule.failures else { return nil }
    return .intermittent(failures: failures, within: rule.checks, last: last)
  }

  /// A node in maintenance may go silent for good, and one that was silent may say that it is in maintenance. Both are
  /// changes for the operator, and bounded as those between up and down are.
  private mutating func reconsiderKind(_ reason: OutReason, at now: MonotonicTime, under plan: CheckPlan) {
    let next: HealthState = reason.isMaintenance ? .maintenance : .down
    othersInARow = next == state ? 0 : othersInARow + 1
    guard othersInARow >= plan.fall, now >= since + hold.span else { return }
    become(next, because: reason, at: now)
  }

  var isWithheld: Bool { withheld != nil }

  /// Takes out a target whose failures were withheld: it is confirmed that this host is not cut off.
  mutating func confirmFailures(at now: MonotonicTime) {
    guard let reason = withheld else { return }
    become(reason.isMaintenance ? .maintenance : .down, because: reason, at: now)
  }

  /// A reload asks for more failures in a row than have been withheld so far: then they decide nothing yet.
  mutating func reconsiderWithheld(under plan: CheckPlan) {
    if case .intermittent = withheld { return }
    if failuresInARow < plan.fall { withheld = nil }
  }

  /// Forgets what may have been this host's own fault.
  mutating func forgetFailures() {
    failuresInARow = 0
    failingSince = nil
    withheld = nil
  }

  private mutating func become(_ next: HealthState, because reason: OutReason?, at now: MonotonicTime) {
    assert(next != state, "a change changes something")
    if state != .unknown { flips += 1 }
    if next.isOut, state != .unknown { hold.recordChange(upFor: state == .up ? now - since : .zero) }
    if next == .up { history = FailureHistory() }
    withheld = nil
    othersInARow = 0
    state = next
    since = now
    self.reason = reason
  }

  // MARK: Between two states

  /// Failures among the checks that `flaky=` looks at.
  func recentFailures(under plan: CheckPlan) -> Int {
    plan.tuning.flaky.map { history.failures(amongLast: $0.checks) } ?? 0
  }

  /// Whether a single failure of a target that has been well would take it out.
  func isDecidedByNext(under plan: CheckPlan) -> Bool { state == .up && failingSince == nil && plan.fall == 1 }

  /// Whether more results are wanted at once: the next ones may change the verdict.
  func isChangePending(under plan: CheckPlan) -> Bool {
    switch state {
    case .unknown: false
    case .up: failuresInARow > 0
    case .down, .maintenance: successesInARow > 0 && successesInARow < plan.rise
    }
  }
}
