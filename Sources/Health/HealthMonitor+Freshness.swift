// Results that have grown old: a target whose results stop coming is reported once, and once more when they return.

package import Model

extension CheckPlan {
  /// How old results may become: three intervals, and the timeout that a result may take.
  package var freshness: Duration { every * 3 + timeout }
}

extension HealthMonitor {
  mutating func renewFreshness(of index: Int) {
    expiries.schedule(index, at: clock + slots[index].target.plan.freshness)
    guard slots[index].isStale else { return }
    slots[index].isStale = false
    pendingActions.append(.freshness(target: index, isStale: false))
  }

  /// Reports each target whose results are too old, once. After a stop of this host all results are old, so each target
  /// first gets the time for a new one.
  mutating func expireResults() {
    while let (index, due) = expiries.first, due <= clock {
      let plan = slots[index].target.plan
      guard clock - due <= plan.every else {
        expiries.schedule(index, at: clock + plan.freshness)
        continue
      }
      expiries.remove(index)
      slots[index].isStale = true
      pendingActions.append(.freshness(target: index, isStale: true))
    }
  }
}
