// From the verdicts on its members to the addresses a pool hands out.
//
// Four rules, tried in turn until one leaves enough (`min-live=`, 1 unless said otherwise):
//  1. those that enough gates have proved healthy;
//  2. those that they have not proved out: at the start, or when this host itself cannot probe;
//  3. those that an operator has drained, if their checks do not prove them out: they still do their work, others do not;
//  4. what `all-down=` says: everybody, unless said otherwise. An empty answer is an outage for certain, a wrong check
//     only perhaps. A member that is drained or forced down counts only where there is no other.
// The third rule is for when nobody at all is left by the first two, not for when `min-live=` asks for more.
// So a node that a reload brings in waits for its first check, yet nobody is missed for want of evidence. Under each
// rule the members come first; backup groups are added in their order, one by one, until there are enough.
// The rules are applied to each family by itself, since an A and an AAAA question each need an answer.

package import DNS
package import Model

/// What a pool hands out in one family.
package struct PoolSelection: Hashable, Sendable {
  /// What the answer rests on.
  package enum Basis: Hashable, Sendable {
    case healthy
    /// Nobody, or too few, are proved healthy, but these are not proved out.
    case possible
    /// Nobody is left but these, whom an operator has drained: service is in doubt.
    case drained
    /// Too few are left for `min-live=`, or nobody: the answer is what `all-down=` says, service is in doubt.
    case allDown(AllDown)
    /// The pool has no address of the family.
    case noMember

    /// Too few were left, so unhealthy members are handed out too: service is in doubt.
    package var isFailOpen: Bool {
      switch self {
      case .drained, .allDown: true
      case .healthy, .possible, .noMember: false
      }
    }

    /// As the status names it.
    package var word: String {
      switch self {
      case .healthy: "healthy"
      case .possible: "possible"
      case .drained: "drained"
      case .allDown: "all-down"
      case .noMember: "no-member"
      }
    }
  }

  /// In the order of the members; empty only if there is no member of the family, or by `nodata` and `servfail`.
  package let members: [PoolMember]
  package let basis: Basis
  /// Those proved healthy, handed out or not.
  package let live: [PoolMember]

  package var addresses: [IPAddress] { members.map(\.address) }

  package var isFailOpen: Bool { basis.isFailOpen }

  package init(of members: [PoolMember], family: AddressFamily) {
    self.init(of: members, family: family, policy: PoolPolicy(), lastGood: [])
  }

  /// - Parameter lastGood: the addresses of the last selection that was not an emergency, for `all-down=last-good`.
  package init(of members: [PoolMember], family: AddressFamily, policy: PoolPolicy, lastGood: Set<IPAddress>) {
    let ofFamily = members.filter { $0.address.family == family }
    let healthy = ofFamily.filter { $0.soundness(policy.need) == .healthy }
    let possible = ofFamily.filter { $0.soundness(policy.need) != .out }
    live = healthy
    if ofFamily.isEmpty {
      (self.members, basis) = ([], .noMember)
    } else if let chosen = PoolSelection.firstGroups(of: healthy, atLeast: policy.minLive) {
      (self.members, basis) = (chosen, .healthy)
    } else if let chosen = PoolSelection.firstGroups(of: possible, atLeast: policy.minLive) {
      (self.members, basis) = (chosen, .possible)
    } else if possible.isEmpty, let chosen = PoolSelection.drainedInService(ofFamily, policy.need) {
      (self.members, basis) = (chosen, .drained)
    } else {
      basis = .allDown(policy.allDown)
      self.members = PoolSelection.emergency(
        PoolSelection.leastForbidden(ofFamily), possible, policy.allDown, lastGood)
    }
    assert(
      !self.members.isEmpty || possible.isEmpty && [.nodata, .servfail].contains(policy.allDown) || ofFamily.isEmpty,
      "a pool that has somebody answers")
  }

  /// The members, and as many backup groups as it takes to have enough; nil if all together are too few.
  private static func firstGroups(of members: [PoolMember], atLeast least: Int) -> [PoolMember]? {
    for group in Set(members.map(\.group)).sorted() {
      let chosen = members.filter { $0.group <= group }
      if chosen.count >= least { return chosen }
    }
    return nil
  }

  /// Those who are drained and, as their checks prove, do their work; else those who are not proved out.
  private static func drainedInService(_ members: [PoolMember], _ need: Need) -> [PoolMember]? {
    let drained = members.filter { $0.adminState == .drained }
    return firstGroups(of: drained.filter { $0.proven(need) == .healthy }, atLeast: 1)
      ?? firstGroups(of: drained.filter { $0.proven(need) != .out }, atLeast: 1)
  }

  /// The members that no admin state takes out; if there are none the drained ones, then all.
  private static func leastForbidden(_ members: [PoolMember]) -> [PoolMember] {
    let free = members.filter { $0.adminState?.isOut != true }
    let drained = members.filter { $0.adminState == .drained }
    return free.isEmpty ? drained.isEmpty ? members : drained : free
  }

  private static func emergency(
    _ all: [PoolMember], _ possible: [PoolMember], _ policy: AllDown, _ lastGood: Set<IPAddress>
  ) -> [PoolMember] {
    let usual = firstGroups(of: all, atLeast: 1) ?? all
    switch policy {
    case .answerAll:
      // Backups that live are no reason to leave members out, nor the other way round.
      return all.filter { usual.contains($0) || possible.contains($0) }
    case .lastGood:
      let known = all.filter { lastGood.contains($0.address) || possible.contains($0) }
      return known.isEmpty ? usual : known
    case .backupOnly:
      let backups = firstGroups(of: all.filter { $0.group > 0 }, atLeast: 1)
      return backups ?? usual
    // Too few are still somebody: an empty answer would be worse than the little there is.
    case .nodata, .servfail: return possible
    }
  }
}
