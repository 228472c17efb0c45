// What the structures of this room promise, checked whole: the simulations do so at each step, so that a broken promise
// stops the run where it is broken, and not where its effects are noticed.

import DNS

extension HealthMonitor {
  /// Checks that each target waits for exactly one thing, and that all counts agree. Costs O(targets).
  package func checkInvariants() {
    precondition(timers.isOrdered && expiries.isOrdered, "the earliest deadline is first")
    var (waiting, probing, withoutResult, failuresWithheld) = (0, 0, 0, 0)
    // No slot is copied: that would cost more than all the rest.
    for index in slots.indices {
      switch slots[index].phase {
      case .resting: precondition(timers.deadline(of: index) != nil, "a resting target has a next start")
      case .waiting:
        waiting += 1
        precondition(timers.deadline(of: index) == nil, "a waiting target has no timer")
      case .probing(let probe):
        probing += 1
        precondition(probeSlots.target(of: probe.id) == index, "a probe has the slot of its target")
        precondition(timers.deadline(of: index) == probe.nextDeadline, "a probe can end")
      }
      if !slots[index].hasHadResult { withoutResult += 1 }
      if slots[index].judgement.isWithheld { failuresWithheld += 1 }
      precondition(slots[index].isStale == (expiries.deadline(of: index) == nil), "what is not stale can become so")
      precondition(slots[index].judgement.state.isOut == slots[index].judgement.hasReason, "what is out has a reason")
    }
    precondition(probing == probeSlots.claimedCount, "each claimed slot has a probe")
    precondition(waiting == waitingTargetCount, "each waiting target is in a line")
    precondition(withoutResult == targetsWithoutResult && failuresWithheld == withheld.count)
    precondition((line.all + programLine.all).allSatisfy { slots[$0].isWaiting }, "only waiting targets are in a line")
    for family in AddressFamily.allCases { guards[family].checkInvariants() }
  }
}
