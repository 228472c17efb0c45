// What the checks say to a drain: whether pools can spare a node now, and whether a drained one does its work again.

internal import DNS
package import Health
internal import Model

extension HealthPlan {
  /// What pools would lose if these nodes were drained now:
  /// `pool access would have 0 healthy nodes in IPv4 instead of 1, and needs 1`.
  package func losses(draining nodes: Set<Int>, by monitor: HealthMonitor) -> [String] {
    pools.filter { pool in pool.members.contains { nodes.contains($0.node) } }.flatMap { pool in
      let before = members(of: pool, by: monitor, PoolHistory())
      let after = zip(pool.members, before).map { nodes.contains($0.node) ? $1.with(.drained) : $1 }
      return PoolLoss.losses(from: before, to: after, under: pool.policy).map { "pool \(pool.name) \($0)" }
    }
  }

  /// Why the checks of a node do not pass: `owa at 192.0.2.11: connection refused`. Nil if each check that decides over
  /// it in some pool is up by a result of its own that is not old.
  package func failure(ofNode node: Int, by monitor: HealthMonitor, at now: MonotonicTime) -> String? {
    let targets = Set(pools.flatMap { pool in pool.members.lazy.filter { $0.node == node }.flatMap(\.gates) })
    for target in targets.sorted() {
      let status = monitor.status(at: target, now: now)
      let isFresh = !status.isStale && status.origin == .checks
      if status.state == .up, isFresh { continue }
      let (check, address) = (self.targets[target].check, self.targets[target].address)
      let words: String =
        switch status.origin {
        case .isolation: "this host is cut off"
        case .memory: "no result since the restart"
        case .checks, .node, .nobody: status.reason
        }
      return "\(check) at \(address): \(words)"
    }
    return nil
  }

  /// The same for the calendar, as things are now.
  package func outlook(by monitor: HealthMonitor, at now: MonotonicTime) -> MaintenanceOutlook {
    MaintenanceOutlook(
      obstacle: { name in
        nodes.firstIndex(of: name).flatMap { losses(draining: [$0], by: monitor).first }
      },
      failure: { name in nodes.firstIndex(of: name).flatMap { failure(ofNode: $0, by: monitor, at: now) } })
  }
}
