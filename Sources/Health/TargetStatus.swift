// A target's state with its origin and reason, in words: what status pages, logs and `rondo explain` tell.

import DNS
import Model

/// Who says that a target is as it is.
package enum StatusOrigin: Hashable, Sendable {
  /// Nobody has heard of it yet.
  case nobody
  /// The results of checks.
  case checks
  /// The node itself, asked by a check.
  case node
  /// The view from before a restart; no result has confirmed it yet.
  case memory
  /// The view from before this host was cut off.
  case isolation(IsolationCause)

  package var isIsolation: Bool {
    if case .isolation = self { true } else { false }
  }

  /// As status and metrics name it.
  package var word: String {
    switch self {
    case .nobody: "nobody"
    case .checks: "checks"
    case .node: "node"
    case .memory: "memory"
    case .isolation: "isolation"
    }
  }
}

/// How a target stands at one moment.
package struct TargetStatus: Hashable, Sendable {
  package let state: HealthState
  package let origin: StatusOrigin
  package let since: MonotonicTime
  /// Never empty.
  package let reason: String
  package let progress: Judgement.Progress
  /// Results have been missing for three intervals: the state is the last one seen.
  package let isStale: Bool
  /// How much longer it stays out although it passes; nil unless that alone keeps it out.
  package let holdLeft: Duration?
}

extension Judgement {
  /// What took the target out, and what it meets by now if that is another thing; of a target that is not out what its
  /// last probe met. Nil when there is nothing to say.
  package var why: String? {
    guard let outcome = lastOutcome, outcome != .success else { return reason?.description }
    guard let reason else { return outcome.description }
    switch (reason, outcome) {
    case (.failure(let cause), .failure(let last)) where cause == last,
      (.intermittent(_, _, let cause), .failure(let last)) where cause == last:
      return reason.description
    case (.maintenance, .maintenance): return outcome.description
    default: return "\(reason); now \(outcome)"
    }
  }
}

extension HealthMonitor {
  /// How the target stands, and why.
  package func status(at index: Int, now: MonotonicTime) -> TargetStatus {
    let slot = slots[index]
    let judgement = slot.judgement
    let progress = judgement.progress(under: slot.target.plan)
    var holdLeft: Duration?
    if case .held(let until) = progress { holdLeft = max(until - now, .zero) }
    return TargetStatus(
      state: judgement.state, origin: origin(of: slot), since: judgement.since,
      reason: reason(judgement, progress, slot.isStale), progress: progress, isStale: slot.isStale,
      holdLeft: holdLeft)
  }

  private func origin(of slot: Slot) -> StatusOrigin {
    if case .isolated(_, let cause) = reachability(slot.target.address.family) { return .isolation(cause) }
    if slot.judgement.state == .unknown { return .nobody }
    if slot.judgement.isRemembered { return .memory }
    return slot.judgement.state == .maintenance ? .node : .checks
  }

  private func reason(_ judgement: Judgement, _ progress: Judgement.Progress, _ isStale: Bool) -> String {
    var parts: [String] = []
    switch judgement.state {
    case .unknown: parts.append("no result yet")
    case .up: parts.append(judgement.isRemembered ? "up before the restart" : "checks pass")
    case .down, .maintenance: parts.append(judgement.reason?.description ?? "checks fail")
    }
    // A target that is out for one reason may by now fail for another.
    if case .failure(let cause) = judgement.reason, case .failure(let last) = judgement.lastOutcome, last != cause {
      parts.append("now \(last)")
    }
    if progress != .steady { parts.append(progress.description) }
    // What the last probe met says more than that results are missing.
    if case .localFault(let fault) = judgement.lastOutcome { parts.append(fault.description) }
    if case .failing = progress, let outcome = judgement.lastOutcome { parts.append(outcome.description) }
    if isStale { parts.append("no new results") }
    return parts.joined(separator: "; ")
  }
}
