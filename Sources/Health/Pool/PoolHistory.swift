// What a pool has to remember from one look at its members to the next: who has come back when, and whom it answered
// while nodes were healthy.

package import DNS
package import Model

/// The past of one pool, as far as its policy asks for it.
package struct PoolHistory: Sendable {
  private var out: Set<IPAddress> = []
  private var returned: [IPAddress: MonotonicTime] = [:]
  private var lastGood: [AddressFamily: Set<IPAddress>] = [:]

  package init() {}

  /// When the member came back after it had been out; nil if it never was, or is.
  package func returned(_ address: IPAddress) -> MonotonicTime? { returned[address] }

  /// Whom the pool answered last while nobody had to be answered for want of better.
  package func lastGood(_ family: AddressFamily) -> Set<IPAddress> { lastGood[family] ?? [] }

  /// Takes note of how the members stand; those that are no longer among them are forgotten.
  package mutating func update(_ members: [PoolMember], under policy: PoolPolicy, at now: MonotonicTime) {
    let addresses = Set(members.map(\.address))
    out.formIntersection(addresses)
    returned = returned.filter { addresses.contains($0.key) }
    // Nodes may share an address: it is out only when none of them is healthy.
    let healthy = Set(members.filter { $0.soundness(policy.need) == .healthy }.map(\.address))
    for member in members {
      switch member.soundness(policy.need) {
      case .out where healthy.contains(member.address): break
      case .out:
        out.insert(member.address)
        returned[member.address] = nil
      case .healthy: if out.remove(member.address) != nil { returned[member.address] = now }
      case .possible: break
      }
    }
    for family in AddressFamily.allCases {
      let selection = PoolSelection(of: members, family: family, policy: policy, lastGood: [])
      if !selection.isFailOpen { lastGood[family] = Set(selection.addresses) }
    }
  }
}
