// Probes out of turn: after a watched connection broke, or because a target is asked to be a witness.

internal import Model

extension HealthMonitor {
  /// Records that the idle connection to a target broke: the target is probed at once, and a refusal counts as the whole
  /// fall. At most one such probe in each `fast`, so that a server that closes idle connections is not flooded.
  package mutating func recordBrokenWatch(of index: Int, at now: MonotonicTime) {
    clock = max(clock, now)
    slots[index].earlyProbe.wantBecauseWatchBroke(at: clock, gap: slots[index].target.plan.fast)
    bringForward(index)
  }

  /// Moves the next start forward to the wanted early probe. A probe under way is left alone: when it ends, the next
  /// start is scheduled with this one in mind.
  mutating func bringForward(_ index: Int) {
    guard case .resting = slots[index].phase, let wanted = slots[index].earlyProbe.nextStart,
      wanted < timers.deadline(of: index) ?? .distantFuture
    else { return }
    timers.schedule(index, at: wanted)
  }
}
