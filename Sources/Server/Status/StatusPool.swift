// What each pool answers at this moment, and how much redundancy is left in it.

package import DNS

extension StatusReport {
  package struct Pool: Sendable {
    package var name: String
    /// Whether the pool was written out in a `ROTATE` record and has no `$POOL` line.
    package var isInline: Bool
    /// The names of the checks that all must pass; empty for `check=none`.
    package var checks: [String]
    /// The names answered from the pool.
    package var uses: [PoolUse]
    /// The names of the pool's nodes, in the order written.
    package var members: [String]
    /// One entry for each address family in which the pool has an address.
    package var families: [PoolFamily]

    package init(
      name: String, isInline: Bool, checks: [String], uses: [PoolUse], members: [String], families: [PoolFamily]
    ) {
      self.name = name
      self.isInline = isInline
      self.checks = checks
      self.uses = uses
      self.members = members
      self.families = families
    }
  }

  /// An owner name with a `ROTATE` record, and that record's TTL in seconds.
  package struct PoolUse: Hashable, Sendable {
    package var name: DomainName
    package var ttl: UInt32

    package init(name: DomainName, ttl: UInt32) {
      self.name = name
      self.ttl = ttl
    }
  }

  package struct PoolFamily: Sendable {
    package var family: AddressFamily
    /// Every address the pool has in this family.
    package var members: [PoolAddress]
    /// Those in the answers of this moment.
    package var handedOut: [PoolAddress]
    /// All checks fail, therefore all addresses are handed out.
    package var isFailOpen: Bool
    /// No check tells of any node, therefore nothing is known of those handed out.
    package var isUnproven = false

    package init(family: AddressFamily, members: [PoolAddress], handedOut: [PoolAddress], isFailOpen: Bool) {
      self.family = family
      self.members = members
      self.handedOut = handedOut
      self.isFailOpen = isFailOpen
    }
  }

  package struct PoolAddress: Hashable, Sendable {
    package var node: String
    package var address: IPAddress

    package init(node: String, address: IPAddress) {
      self.node = node
      self.address = address
    }
  }

  package enum PoolState: String, Sendable {
    case ok
    /// One node, or in one family none, is left of several.
    case redundancyLost = "redundancy-lost"
    /// Every node fails in some family; clients are sent to all of them, in case the checks are wrong.
    case allDownAnsweringAll = "all-down-answering-all"
    case unchecked
  }
}

extension StatusReport.PoolFamily {
  /// The addresses that pass; none when the pool only answers for want of anything better.
  package var healthy: [StatusReport.PoolAddress] { isFailOpen || isUnproven ? [] : handedOut }

  /// The addresses kept out of the answers.
  package var withheld: [StatusReport.PoolAddress] { members.filter { !handedOut.contains($0) } }

  /// Whether one more failure, or one already, leaves clients of this family without a healthy node,
  /// although the pool has several or has lost its only one.
  package var hasLostRedundancy: Bool { healthy.count < min(2, members.count) }
}

extension StatusReport.Pool {
  package var state: StatusReport.PoolState {
    let states = families.map { state(of: $0) }
    let worstFirst: [StatusReport.PoolState] = [.allDownAnsweringAll, .redundancyLost]
    return worstFirst.first { states.contains($0) } ?? (checks.isEmpty ? .unchecked : .ok)
  }

  /// The state of one family; the pool's is the worst of them.
  package func state(of family: StatusReport.PoolFamily) -> StatusReport.PoolState {
    if checks.isEmpty { return .unchecked }
    if family.isFailOpen { return .allDownAnsweringAll }
    return family.hasLostRedundancy ? .redundancyLost : .ok
  }
}
