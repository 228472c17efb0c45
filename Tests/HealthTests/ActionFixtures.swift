// The parts of a list of actions, for tests that look at one kind.

import Health

extension [HealthAction] {
  /// The probes begun, in order.
  var started: [(probe: ProbeID, target: Int)] {
    compactMap { action in
      guard case .start(let probe, let target) = action else { return nil }
      return (probe, target)
    }
  }

  var abandoned: [ProbeID] {
    compactMap { action in
      guard case .abandon(let probe, _) = action else { return nil }
      return probe
    }
  }

  var changes: [HealthChange] {
    compactMap { action in
      guard case .changed(let change) = action else { return nil }
      return change
    }
  }
}
