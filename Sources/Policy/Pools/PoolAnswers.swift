// What each pool hands out, kept from one publication to the next: a change of health costs the pools that it touches, and
// a reload those that it changes.
//
//   a verdict, an agent's weight, an admin state, a step of a slow start ─▶ outdated ─(refresh)─▶ as of now ─▶ runs
//
// Only answers are kept, without TTL; how near a change is depends on the time of day and is asked anew each time.

package import Answering
package import DNS
package import Health

/// The answers of all pools of a plan.
package struct PoolAnswers {
  /// A pool in one family.
  package struct Part {
    /// But for its TTL.
    package var answer: RotationAnswer
    /// When it will be another although no verdict changes; nil if never.
    package var renewal: MonotonicTime?
  }

  /// Of each pool by its number in the plan, in the order of the families; empty before the first look.
  private var parts: [[Part]]
  private var outdated: Set<Int>
  /// Looked at anew since `takeRefreshed`.
  private var refreshed: Set<Int> = []

  package init(_ plan: HealthPlan) {
    parts = Array(repeating: [], count: plan.pools.count)
    outdated = Set(plan.pools.indices)
  }

  /// Takes note that something has changed on which the pool's answers depend.
  package mutating func invalidate(_ pool: Int) { outdated.insert(pool) }

  /// Takes over the answers of pools that another plan has unchanged.
  ///
  /// - Parameter predecessors: for each pool of the other plan the one of this that it equals.
  package mutating func follow(_ predecessors: [Int?]) {
    let former = self
    parts = predecessors.map { $0.map { former.parts[$0] } ?? [] }
    outdated = Set(predecessors.indices.filter { predecessors[$0].map(former.outdated.contains) ?? true })
    refreshed = Set(predecessors.indices.filter { predecessors[$0].map(former.refreshed.contains) ?? false })
  }

  /// Looks anew at the pools that may hand out something else than when they were looked at last.
  package mutating func refresh(
    _ plan: HealthPlan, by monitor: HealthMonitor, _ histories: inout PoolHistories, at now: MonotonicTime
  ) {
    for pool in parts.indices where parts[pool].contains(where: { $0.renewal.map { $0 <= now } ?? false }) {
      outdated.insert(pool)
    }
    for pool in outdated {
      histories.update(plan, pool, by: monitor, at: now)
      parts[pool] = PoolAnswers.parts(of: pool, plan, by: monitor, histories, at: now)
    }
    refreshed.formUnion(outdated)
    outdated = []
    assert(isCurrent(plan, by: monitor, histories, at: now), "a change of a pool was not noted")
  }

  private static func parts(
    of pool: Int, _ plan: HealthPlan, by monitor: HealthMonitor, _ histories: PoolHistories, at now: MonotonicTime
  ) -> [Part] {
    AddressFamily.allCases.map { plan.part(of: pool, family: $0, by: monitor, histories, at: now) }
  }

  /// Whether everything is as a look at all pools would find it; only of few pools, for it takes long.
  private func isCurrent(
    _ plan: HealthPlan, by monitor: HealthMonitor, _ histories: PoolHistories, at now: MonotonicTime
  ) -> Bool {
    // What the monitor has yet to tell is noted when it does.
    guard parts.count <= 64, !monitor.hasNews else { return true }
    return parts.indices.allSatisfy { pool in
      let found = PoolAnswers.parts(of: pool, plan, by: monitor, histories, at: now)
      return zip(found, parts[pool]).allSatisfy { $0.answer == $1.answer && $0.renewal == $1.renewal }
    }
  }

  /// The pools that were looked at anew since this was asked last.
  package mutating func takeRefreshed() -> [Int] {
    defer { refreshed = [] }
    return refreshed.sorted()
  }

  /// The answers of a pool in one family as of the last `refresh`.
  package func part(of pool: Int, family: AddressFamily) -> Part { parts[pool][family == .ipv4 ? 0 : 1] }

  /// What each pool hands out in both families, one after the other.
  package var addresses: [[IPAddress]] { parts.map { $0.flatMap(\.answer.addresses) } }
}
