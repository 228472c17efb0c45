// One address of a pool with all that the policy asks about it.

package import DNS
package import Model

/// How sure it is that a member does its work.
enum Soundness: Hashable, Sendable {
  /// Enough gates are up.
  case healthy
  /// Too few are up, but not enough are out to be sure.
  case possible
  case out
}

/// One address of a pool.
package struct PoolMember: Hashable, Sendable {
  /// A member's part of the answers where nothing is said.
  package static let defaultWeight = 1
  package static let mostWeight = 1000

  package let address: IPAddress
  /// One for each gate of the pool; none for `check=none`, which makes the member healthy always. Checks that only warn or
  /// observe are not among them.
  package let verdicts: [HealthState]
  /// 1…1000, in proportion to the other members.
  package let weight: Int
  /// 1…256: how much of its weight the node itself wants to have, as its agent says; 100 where none does.
  package let percent: Int
  /// 0 for members, 1 and on for the groups of `backup=` in their order.
  package let group: Int
  package let site: String?
  /// When it came back after it had been out; nil if it never was.
  package let returned: MonotonicTime?
  /// What an operator has decided of its node; nil to go by the verdicts.
  package let adminState: AdminState.Kind?

  package init(
    _ address: IPAddress, verdicts: [HealthState], weight: Int = PoolMember.defaultWeight, percent: Int = 100,
    group: Int = 0, site: String? = nil, returned: MonotonicTime? = nil, adminState: AdminState.Kind? = nil
  ) {
    self.address = address
    self.verdicts = verdicts
    self.weight = min(max(weight, 1), PoolMember.mostWeight)
    // A node that wants nothing says so by `drain`, and whoever is handed out nevertheless has a share.
    self.percent = min(max(percent, 1), 256)
    self.group = group
    self.site = site
    self.returned = returned
    self.adminState = adminState
  }

  /// The same member under another admin state.
  package func with(_ adminState: AdminState.Kind?) -> PoolMember {
    PoolMember(
      address, verdicts: verdicts, weight: weight, percent: percent, group: group, site: site, returned: returned,
      adminState: adminState)
  }

  /// The node says itself that it is not to be used, no admin state overrules that, and no other verdict keeps it out.
  package var isInMaintenance: Bool {
    adminState == nil && verdicts.contains(.maintenance) && !verdicts.contains(.down)
  }

  /// Whether it is to be handed out for its own sake.
  package func isHealthy(_ need: Need) -> Bool { soundness(need) == .healthy }

  /// By the admin state, or without one by the verdicts.
  func soundness(_ need: Need) -> Soundness {
    switch adminState {
    case .forcedUp: .healthy
    case .drained, .forcedDown: .out
    case nil: proven(need)
    }
  }

  /// By the verdicts alone.
  func proven(_ need: Need) -> Soundness {
    let needed =
      switch need {
      case .all: verdicts.count
      case .any: min(1, verdicts.count)
      case .atLeast(let count): min(max(count, 1), verdicts.count)
      }
    if verdicts.count(where: { $0 == .up }) >= needed { return .healthy }
    return verdicts.count(where: { !$0.isOut }) >= needed ? .possible : .out
  }
}
