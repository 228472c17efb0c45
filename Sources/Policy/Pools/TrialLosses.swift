// What a configuration on trial would do to pools that have a healthy node now.

package import DNS
package import Health
internal import Model

/// A plan whose new targets are checked beside those of the plan that is in force.
package struct TrialPlan: Sendable {
  package let plan: HealthPlan
  /// For each target of the plan its number in the monitor.
  package let numbers: [Int]
  /// The targets that are checked for the trial only, by their index in the plan.
  package let newcomers: [Int]
  /// For each pool those of the plan in force whose place it takes; none for a pool that stays as it is, and therefore
  /// loses nothing.
  package let formerPools: [[Int]]

  /// - Parameter targetCount: how many targets the plan in force has.
  package init(_ plan: HealthPlan, _ succession: PlanSuccession, besideTargets targetCount: Int, formerPools: [[Int]]) {
    self.plan = plan
    var newcomers: [Int] = []
    numbers = succession.targets.enumerated().map { index, predecessor in
      if let predecessor { return predecessor }
      newcomers.append(index)
      return targetCount + newcomers.count - 1
    }
    self.newcomers = newcomers
    self.formerPools = zip(formerPools, succession.pools).map { $1.map { [$0] } == $0 ? [] : $0 }
  }

  /// Whether each new target has had a result. A fault of this host is none: it says nothing about the target.
  package func isProbed(by monitor: HealthMonitor) -> Bool {
    newcomers.allSatisfy { judgement(on: $0, by: monitor)?.lastHeard != nil }
  }

  /// What the monitor holds of a target; nil of a new one that is not checked yet.
  private func judgement(on target: Int, by monitor: HealthMonitor) -> Judgement? {
    numbers[target] < monitor.targetCount ? monitor.judgement(at: numbers[target]) : nil
  }
}

/// A pool that has a healthy node in a family, and would have none.
package struct TrialLoss: Sendable {
  package let pool: String
  package let family: AddressFamily
  /// Why each of its nodes is not healthy: `ex1 by check web: connection refused`.
  package let reasons: [String]

  /// So many nodes are named.
  private static let mostNamed = 4

  /// `pool access in IPv4 (ex1 by check web: connection refused)`
  package var text: String {
    let more = reasons.count > TrialLoss.mostNamed ? ["and \(reasons.count - TrialLoss.mostNamed) more"] : []
    let named = (reasons.prefix(TrialLoss.mostNamed) + more).joined(separator: "; ")
    return "pool \(pool) in \(family.displayName)" + (named.isEmpty ? ", of which no node is left" : " (\(named))")
  }
}

extension TrialPlan {
  /// The pools that would lose their last healthy node.
  ///
  /// - Parameters:
  ///   - adminStates: what operators have decided, by the name of a node.
  ///   - limit: how many are looked for.
  ///   - hadHealthy: whether a pool of the plan in force has a healthy node in a family.
  package func losses(
    _ monitor: HealthMonitor, adminStates: [String: AdminState], limit: Int = .max,
    hadHealthy: (Int, AddressFamily) -> Bool
  ) -> [TrialLoss] {
    var losses: [TrialLoss] = []
    for (pool, former) in zip(plan.pools, formerPools) where !former.isEmpty {
      for family in AddressFamily.allCases {
        guard losses.count < limit else { return losses }
        let hasHealthy = pool.members.contains {
          $0.address.family == family && isHealthy($0, of: pool, monitor, adminStates)
        }
        guard !hasHealthy, former.contains(where: { hadHealthy($0, family) }) else { continue }
        let members = pool.members.filter { $0.address.family == family }
        losses.append(
          TrialLoss(pool: pool.name, family: family, reasons: members.map { reason($0, monitor, adminStates) }))
      }
    }
    return losses
  }

  private func isHealthy(
    _ member: HealthPlan.Member, of pool: HealthPlan.PlannedPool, _ monitor: HealthMonitor,
    _ adminStates: [String: AdminState]
  ) -> Bool {
    PoolMember(
      member.address, verdicts: member.gates.map { judgement(on: $0, by: monitor)?.state ?? .unknown },
      adminState: adminStates[plan.nodes[member.node]]?.kind
    ).isHealthy(pool.policy.need)
  }

  private func reason(_ member: HealthPlan.Member, _ monitor: HealthMonitor, _ adminStates: [String: AdminState])
    -> String
  {
    let node = plan.nodes[member.node]
    if let adminState = adminStates[node] { return "\(node) is \(adminState.kind.words)" }
    for gate in member.gates {
      let judgement = judgement(on: gate, by: monitor)
      if judgement?.state == .up { continue }
      let reason = judgement?.reason?.description ?? judgement?.why ?? "no result yet"
      return "\(node) by check \(plan.targets[gate].check): \(reason)"
    }
    return "\(node) has too few checks that pass"
  }
}
