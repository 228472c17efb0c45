// Where a target stands between two states, in the operator's words.

package import Model

extension Judgement {
  /// What is under way besides the state.
  package enum Progress: Hashable, Sendable {
    case steady
    /// Up, and this many failures in a row of those that take it out.
    case failing(Int, of: Int)
    /// Up, with failures enough, but it may be this host that is cut off; others are being asked.
    case confirming
    /// Up, and this many of the last checks failed, of those that take it out.
    case unsteady(Int, of: Int, within: Int)
    /// Out, and this many successes in a row of those that put it back.
    case rising(Int, of: Int)
    /// Out for intermittent faults and well now, but too many of the last checks failed.
    case calming(Int, over: Int, within: Int)
    /// Out and well again, but it went out too often lately.
    case held(until: MonotonicTime)
  }

  package func progress(under plan: CheckPlan) -> Progress {
    switch state {
    case .unknown: .steady
    case .up: progressOut(under: plan)
    case .down, .maintenance: progressBack(under: plan)
    }
  }

  private func progressOut(under plan: CheckPlan) -> Progress {
    if isWithheld { return .confirming }
    if failuresInARow > 0, failuresInARow < plan.fall { return .failing(failuresInARow, of: plan.fall) }
    let recent = recentFailures(under: plan)
    guard let rule = plan.tuning.flaky, recent > 0, recent > rule.calm else { return .steady }
    return .unsteady(recent, of: rule.failures, within: rule.checks)
  }

  private func progressBack(under plan: CheckPlan) -> Progress {
    guard successesInARow > 0 else { return .steady }
    if successesInARow < plan.rise { return .rising(successesInARow, of: plan.rise) }
    if case .intermittent = reason, let rule = plan.tuning.flaky {
      let recent = recentFailures(under: plan)
      if recent > rule.calm { return .calming(recent, over: rule.calm, within: rule.checks) }
    }
    return .held(until: since + hold.span)
  }
}

extension Judgement.Progress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .steady: "steady"
    case .failing(let count, let fall): "failing \(count) of \(fall)"
    case .confirming: "failing, asking others whether it is this host"
    case .unsteady(let count, let limit, let checks): "unsteady: \(count) of the last \(checks) failed, out at \(limit)"
    case .rising(let count, let rise): "rising \(count) of \(rise)"
    case .calming(let count, let calm, let checks):
      "calming: \(count) of the last \(checks) failed, back at \(calm)"
    case .held: "held after repeated changes"
    }
  }
}
