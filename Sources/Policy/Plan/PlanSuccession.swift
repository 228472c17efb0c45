// What a plan has in common with the one before it.
//
// The loader finds it out, for it takes a look at every target; whoever adopts the plan then touches only what is new.

internal import DNS
internal import Health
internal import Model

package struct PlanSuccession: Sendable {
  /// For each target the one of the former plan that it continues, verdict and all.
  package let targets: [Int?]
  /// For each pool the one of the former plan that it equals in name and in all that its answers depend on.
  package let pools: [Int?]

  package init(from former: HealthPlan, to next: HealthPlan) {
    let targets = HealthMonitor.predecessors(of: next.targets, among: former.targets)
    self.targets = targets
    let named = Dictionary(former.pools.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let sitesAreSame = former.sites == next.sites
    pools = next.pools.map { pool in
      guard let number = named[pool.name] else { return nil }
      let before = former.pools[number]
      let isSame =
        pool.policy == before.policy && pool.isChecked == before.isChecked
        && (sitesAreSame || pool.policy.preference != .site) && pool.members.count == before.members.count
        && zip(pool.members, before.members).allSatisfy { member, memberBefore in
          next.nodes[member.node] == former.nodes[memberBefore.node] && member.address == memberBefore.address
            && member.weight == memberBefore.weight && member.group == memberBefore.group
            && member.site == memberBefore.site && member.gates.map { targets[$0] } == memberBefore.gates
            && zip(member.gates, memberBefore.gates).allSatisfy { next.targets[$0].plan == former.targets[$1].plan }
        }
      return isSame ? number : nil
    }
  }
}
