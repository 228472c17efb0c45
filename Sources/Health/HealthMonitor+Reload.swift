// Replaces the targets, without forgetting what is known of those that stay.
//
// A reload must not be an event for the nodes: a target that is tested as before keeps verdict, counts,
// rhythm and even the probe under way. Renaming a check or changing its times and counts is no other test; another port is.

import DNS
import Model

/// By what a target is recognised after a reload.
private struct ProbeIdentity: Hashable {
  var node: String
  var address: IPAddress
  var kind: CheckPlan.Kind
  /// Nil to recognise it under another check name.
  var check: String?

  init(_ target: ProbeTarget, named: Bool) {
    node = target.node
    address = target.address
    kind = target.plan.kind
    check = named ? target.check : nil
  }
}

extension HealthMonitor {
  /// Tests these targets from now on; indices are those of the new list.
  ///
  /// The returned actions abandon probes of targets that are gone. New targets are unknown and start with the next
  /// `advance`. A probe under way keeps its identity and its deadline.
  ///
  /// - Parameter predecessors: for each new target the old one that it continues, each at most once (`predecessors`).
  package mutating func replaceTargets(
    with targets: [ProbeTarget], continuing predecessors: [Int?], at now: MonotonicTime
  ) -> [HealthAction] {
    assert(predecessors.count == targets.count)
    clock = max(clock, now)
    let staying = Set(predecessors.compactMap { $0 })
    var actions: [HealthAction] = []
    for index in slots.indices where !staying.contains(index) {
      guard case .probing(let probe) = slots[index].phase else { continue }
      probeSlots.release(probe.id)
      actions.append(.abandon(probe.id, target: nil))
    }
    rebuild(targets, from: predecessors)
    layBeat()
    watchHosts()
    targetsWithoutResult = slots.count { !$0.hasHadResult }
    if targetsWithoutResult == 0 { firstRoundIsOver = true }
    return actions
  }

  /// For each new target the index of the old one that it continues. Same check name first: two checks of one port may
  /// swap their order without swapping their verdicts.
  package static func predecessors(of targets: [ProbeTarget], among former: [ProbeTarget]) -> [Int?] {
    var found: [Int?] = Array(repeating: nil, count: targets.count)
    var taken: Set<Int> = []
    for named in [true, false] {
      var old: [ProbeIdentity: [Int]] = [:]
      for index in former.indices.reversed() where !taken.contains(index) {
        old[ProbeIdentity(former[index], named: named), default: []].append(index)
      }
      for index in targets.indices where found[index] == nil {
        guard let match = old[ProbeIdentity(targets[index], named: named)]?.popLast() else { continue }
        found[index] = match
        taken.insert(match)
      }
    }
    return found
  }

  private mutating func rebuild(_ targets: [ProbeTarget], from predecessors: [Int?]) {
    let oldSlots = slots
    let oldTimers = timers
    let oldExpiries = expiries
    let oldLines = Array(line.all) + Array(programLine.all)
    var successors: [Int: Int] = [:]
    slots = []
    slots.reserveCapacity(targets.count)
    timers = DeadlineQueue(capacity: targets.count)
    expiries = DeadlineQueue(capacity: targets.count)
    line = WaitingLine()
    programLine = WaitingLine()
    withheld = []
    for (index, target) in targets.enumerated() {
      guard let old = predecessors[index] else {
        appendNew(target)
        continue
      }
      successors[old] = index
      slots.append(oldSlots[old])
      slots[index].target = target
      slots[index].cadence.change(to: target.plan, at: clock)
      renew(expiryOf: index, from: oldSlots[old].target.plan, oldExpiries.deadline(of: old))
      if target.plan.fall > oldSlots[old].target.plan.fall {
        slots[index].judgement.reconsiderWithheld(under: target.plan)
      }
      if slots[index].judgement.isWithheld { withheld.insert(index) }
      let isSameRhythm = slots[index].cadence.every == oldSlots[old].cadence.every
      switch slots[index].phase {
      case .waiting where isSameRhythm: break
      case .probing(let probe):
        probeSlots.move(probe.id, to: index)
        timers.schedule(index, at: probe.nextDeadline)
      // A target that was due under another interval need not be due under this one, and leaves the line.
      case .waiting, .resting:
        slots[index].phase = .resting
        let due = isSameRhythm ? oldTimers.deadline(of: old) : nil
        timers.schedule(index, at: due ?? slots[index].cadence.nextStart(notBefore: clock, beat: beat))
      }
    }
    for waiting in oldLines {
      guard let index = successors[waiting], case .waiting = slots[index].phase else { continue }
      if slots[index].target.plan.kind.isProgram { programLine.append(index) } else { line.append(index) }
    }
    // What nobody has asked for yet is still to be known, under the new numbers.
    unsettled = Set(unsettled.compactMap { successors[$0] })
    pendingActions = pendingActions.compactMap { $0.renumbered(successors) }
  }

  /// What was fresh stays so for as long as the new plan says; what was stale stays stale until a result comes.
  private mutating func renew(expiryOf index: Int, from old: CheckPlan, _ expiry: MonotonicTime?) {
    guard let expiry else { return }
    let plan = slots[index].target.plan
    expiries.schedule(index, at: max(expiry, clock) + (plan.freshness - old.freshness).orZero)
  }
}

extension HealthAction {
  /// The action under the new numbers of targets; nil if it is about one that is gone.
  fileprivate func renumbered(_ successors: [Int: Int]) -> HealthAction? {
    switch self {
    case .reachability, .abandon: self
    case .start(let probe, let target): successors[target].map { .start(probe, target: $0) }
    case .freshness(let target, let isStale): successors[target].map { .freshness(target: $0, isStale: isStale) }
    case .changed(let change):
      successors[change.target].map {
        .changed(
          HealthChange(
            target: $0, from: change.from, to: change.to, reason: change.reason, lasted: change.lasted))
      }
    }
  }
}

extension Duration {
  fileprivate var orZero: Duration { max(self, .zero) }
}
