// What each pool answers at this moment, and how much redundancy is left in it.

package import DNS
package import Health
package import Model

extension StatusReport {
  package struct Pool: Sendable {
    package var name: String
    /// Whether the pool was written out in a `ROTATE` record and has no `$POOL` line.
    package var isInline: Bool
    /// The names of the checks that gate the pool's nodes; empty for `check=none`.
    package var checks: [String]
    /// Those that only warn, and those that are only watched.
    package var warners: [String] = []
    package var observers: [String] = []
    /// What the pool does with its nodes.
    package var policy = PoolPolicy()
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
    /// Those proved healthy, handed out or not; nil to take those handed out for them.
    package var live: [PoolAddress]?
    /// Which rule has chosen them.
    package var basis: PoolSelection.Basis

    package init(
      family: AddressFamily, members: [PoolAddress], handedOut: [PoolAddress],
      basis: PoolSelection.Basis = .healthy
    ) {
      self.family = family
      self.members = members
      self.handedOut = handedOut
      self.basis = basis
    }
  }

  package struct PoolAddress: Hashable, Sendable {
    package var node: String
    package var address: IPAddress
    package var weight = 1
    /// What its agent makes of the weight, in percent.
    package var agentPercent = 100
    /// How much of its share it has got back since its return, in percent.
    package var slowStartPercent = 100
    /// The group of backups, from 1; 0 for members.
    package var backupGroup = 0
    /// What an operator has decided of its node; nil if nothing.
    package var adminState: AdminState.Kind?
    /// The node says itself that it is not to be used, and nothing else keeps it out.
    package var isInMaintenance = false
    /// Its part of the first places of all answers, in percent; 0 while it is kept out.
    package var sharePercent = 0

    package init(node: String, address: IPAddress) {
      self.node = node
      self.address = address
    }
  }

  package enum PoolState: String, Sendable {
    case ok
    /// One node, or in one family none, is left of several.
    case redundancyLost = "redundancy-lost"
    /// Too few nodes pass in some family; clients are sent to all of them, in case the checks are wrong.
    case allDownAnsweringAll = "all-down-answering-all"
    /// The same, and clients are sent to those that were healthy last, to the backups, or nowhere.
    case allDownLastGood = "all-down-last-good"
    case allDownBackupOnly = "all-down-backup-only"
    case allDownNoData = "all-down-nodata"
    case allDownServerFailure = "all-down-servfail"
    /// Nobody is left but nodes that an operator has drained; clients are sent to them.
    case allDownDrained = "all-down-drained"
    case unchecked

    package var isAllDown: Bool { rawValue.hasPrefix("all-down") }
  }
}

extension StatusReport.PoolFamily {
  /// Too few pass, so nodes that do not pass are handed out, or nothing is: service is in doubt.
  package var isFailOpen: Bool { basis.isFailOpen }

  /// The addresses that pass.
  package var healthy: [StatusReport.PoolAddress] { live ?? (basis == .healthy ? handedOut : []) }

  /// The addresses kept out of the answers.
  package var withheld: [StatusReport.PoolAddress] { members.filter { !handedOut.contains($0) } }

  /// Whether one more failure, or one already, leaves clients of this family without a healthy node,
  /// although the pool has several or has lost its only one. A node that is out on purpose is no loss.
  package var hasLostRedundancy: Bool { healthy.count < leastForRedundancy }

  /// How many have to be healthy.
  package var leastForRedundancy: Int {
    min(2, members.count { $0.adminState != .drained && !$0.isInMaintenance })
  }
}

extension StatusReport.Pool {
  package var state: StatusReport.PoolState {
    let states = families.map { state(of: $0) }
    return states.first(where: \.isAllDown) ?? states.first { $0 == .redundancyLost }
      ?? (checks.isEmpty ? .unchecked : .ok)
  }

  /// The state of one family; the pool's is the worst of them.
  package func state(of family: StatusReport.PoolFamily) -> StatusReport.PoolState {
    if checks.isEmpty { return .unchecked }
    return switch family.basis {
    case .allDown(.answerAll): .allDownAnsweringAll
    case .allDown(.lastGood): .allDownLastGood
    case .allDown(.backupOnly): .allDownBackupOnly
    case .allDown(.nodata): .allDownNoData
    case .allDown(.servfail): .allDownServerFailure
    case .drained: .allDownDrained
    case .healthy, .possible, .noMember: family.hasLostRedundancy ? .redundancyLost : .ok
    }
  }
}
