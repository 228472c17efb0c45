// What a pool would lose by a step: the question behind every "may I", such as a drain.
//
// The state after is compared with the state before, so a step is held against only what it makes worse: a pool that has
// too few healthy members already loses nothing when a failing one is taken out.

package import DNS
package import Model

/// What one pool loses in one family.
package struct PoolLoss: Hashable, Sendable {
  package let family: AddressFamily
  /// Members that enough checks have proved healthy, before and after.
  package let healthyBefore: Int
  package let healthyAfter: Int
  /// `min-live=`
  package let needed: Int

  /// The families in which a step leaves a pool worse off than it is: fewer members that are or may be healthy, and
  /// fewer healthy ones than the pool needs.
  ///
  /// A member that has no verdict yet counts as one that may be lost. `before` and `after` are the members of the same
  /// pool, seen before and after the step.
  package static func losses(
    from before: [PoolMember], to after: [PoolMember], under policy: PoolPolicy
  ) -> [PoolLoss] {
    AddressFamily.allCases.compactMap { family in
      func count(_ members: [PoolMember], where isCounted: (Soundness) -> Bool) -> Int {
        members.count { $0.address.family == family && isCounted($0.soundness(policy.need)) }
      }
      let loss = PoolLoss(
        family: family, healthyBefore: count(before) { $0 == .healthy }, healthyAfter: count(after) { $0 == .healthy },
        needed: policy.minLive)
      let losesCandidates = count(after) { $0 != .out } < count(before) { $0 != .out }
      return losesCandidates && loss.healthyAfter < loss.needed ? loss : nil
    }
  }
}

extension PoolLoss: CustomStringConvertible {
  /// Goes on after the name of the pool: `would have 0 healthy nodes in IPv4 instead of 1, and needs 1`
  package var description: String {
    let nodes = healthyAfter == 1 ? "node" : "nodes"
    let place = family.displayName
    // Where the count stays, what is lost is a node that no check has proved out.
    let change =
      healthyAfter < healthyBefore
      ? "instead of \(healthyBefore)" : "and lose one whose checks have no verdict yet"
    return "would have \(healthyAfter) healthy \(nodes) in \(place) \(change), and needs \(needed)"
  }
}
