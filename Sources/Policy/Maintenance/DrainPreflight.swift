// Whether nodes may be drained, asked beforehand: stricter than a drain itself, which counts who is healthy.
//
//   each pool without the nodes ─▶ members that are healthy ─▶ those that nothing is held against ─▶ enough of them?
//
// A partner that has just come back, or goes up and down, is healthy: a drain is then no loss, and still a bad idea.

package import DNS
package import Health
internal import Model

/// What is held against relying on a member of a pool.
package enum Doubt: Hashable, Sendable {
  /// Its checks keep it out, or an operator does.
  case out(String)
  /// It has no verdict.
  case unknown
  /// So many times it went out of late.
  case flaps(times: Int)
  /// It came back so many seconds ago.
  case backFor(seconds: Int64)
  /// It has so much of its share.
  case slowStart(percent: Int)
  /// A check fails at the moment, though not often enough.
  case failing(String)
  /// A check has no new results.
  case stale(check: String)
  /// No probe has confirmed since the restart what was known before.
  case remembered(check: String)
  /// This host is cut off.
  case isolated
  /// It is forced up, and its checks do not pass.
  case forcedUp
}

/// One pool in one family without the nodes that are to be drained.
package struct PoolPreflight: Hashable, Sendable {
  package let pool: String
  package let family: AddressFamily
  /// Members that nothing is held against.
  package let stable: [String]
  /// The others, with the first thing that is held against each.
  package let doubtful: [Member]
  /// `min-live=`
  package let needed: Int
  /// Whether it is left with too few, and with fewer than without the drain.
  package let isShort: Bool

  package struct Member: Hashable, Sendable {
    package let node: String
    package let doubt: Doubt
  }
}

extension HealthPlan {
  /// For how long a node must be up again before it is relied upon, in seconds.
  package static let settlingTime: Int64 = 300

  /// All pools and families that the nodes are in, without them.
  package func preflight(
    draining nodes: Set<Int>, by monitor: HealthMonitor, _ histories: PoolHistories, at now: MonotonicTime
  ) -> [PoolPreflight] {
    pools.filter { pool in pool.members.contains { nodes.contains($0.node) } }.flatMap { pool -> [PoolPreflight] in
      let known = members(of: pool, by: monitor, histories[pool.name])
      let doubts = zip(pool.members, known).map { member, known in
        doubt(about: member, known, of: pool, by: monitor, at: now)
      }
      // Seen so that only those count who are relied upon.
      let before = zip(zip(pool.members, known), doubts).map { member, doubt in
        doubt == nil || nodes.contains(member.0.node) ? member.1 : member.1.with(.drained)
      }
      let after = zip(pool.members, before).map { nodes.contains($0.node) ? $1.with(.drained) : $1 }
      let losses = PoolLoss.losses(from: before, to: after, under: pool.policy)
      return AddressFamily.allCases.compactMap { family -> PoolPreflight? in
        let ofFamily = pool.members.indices.filter { pool.members[$0].address.family == family }
        guard ofFamily.contains(where: { nodes.contains(pool.members[$0].node) }) else { return nil }
        let partners = ofFamily.filter { !nodes.contains(pool.members[$0].node) }
        return PoolPreflight(
          pool: pool.name, family: family,
          stable: partners.filter { doubts[$0] == nil }.map { self.nodes[pool.members[$0].node] },
          doubtful: partners.compactMap { index -> PoolPreflight.Member? in
            doubts[index].map { PoolPreflight.Member(node: self.nodes[pool.members[index].node], doubt: $0) }
          },
          needed: pool.policy.minLive, isShort: losses.contains { $0.family == family })
      }
    }
  }

  /// The first thing that is held against relying on a member; nil if there is nothing.
  private func doubt(
    about member: Member, _ known: PoolMember, of pool: PlannedPool, by monitor: HealthMonitor, at now: MonotonicTime
  ) -> Doubt? {
    if let standing = adminStates[member.node] {
      if standing.kind.isOut { return .out("is \(standing.description)") }
      return known.with(nil).isHealthy(pool.policy.need) ? nil : .forcedUp
    }
    let gates = member.gates.map { (target: $0, judgement: monitor.judgement(at: $0)) }
    guard known.isHealthy(pool.policy.need) else {
      guard let gate = gates.first(where: { $0.judgement.state.isOut }) else { return .unknown }
      let status = monitor.status(at: gate.target, now: now)
      return .out("fails \(targets[gate.target].check): \(status.reason)")
    }
    for gate in gates where gate.judgement.state == .up {
      if let doubt = doubt(about: gate.target, gate.judgement, by: monitor, at: now) { return doubt }
    }
    let step = pool.policy.slowStartStep(of: known, at: now)
    return step < PoolPolicy.slowStartSteps ? .slowStart(percent: step * 100 / PoolPolicy.slowStartSteps) : nil
  }

  /// What is held against a check that passes.
  private func doubt(
    about target: Int, _ judgement: Judgement, by monitor: HealthMonitor, at now: MonotonicTime
  ) -> Doubt? {
    let status = monitor.status(at: target, now: now)
    let check = targets[target].check
    switch status.origin {
    case .isolation: return .isolated
    case .memory: return .remembered(check: check)
    case .checks, .node, .nobody: break
    }
    if status.isStale { return .stale(check: check) }
    let upFor = now - judgement.since
    let times = judgement.hold.recentSteps(upFor: upFor)
    if times > 1 { return .flaps(times: times) }
    // What was up at the first look may have been so for long.
    if judgement.flips > 0, upFor < .seconds(HealthPlan.settlingTime) {
      return .backFor(seconds: upFor.components.seconds)
    }
    return judgement.failuresInARow > 0 ? .failing("\(check): \(status.reason)") : nil
  }
}
