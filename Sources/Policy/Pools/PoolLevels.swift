// How much is left of each pool, so that each change is reported once, with how long the former level lasted.

package import DNS
package import Health
internal import Model

package struct PoolLevels {
  package enum Level: Hashable {
    case redundant
    /// One address is left of several.
    case redundancyLost
    /// Too few are left; what is answered then, as `all-down=` words it, or `drained`.
    case failOpen(String)
  }

  /// A pool in one family at one moment.
  package struct View {
    package let level: Level
    /// The nodes that are left, and the backups among those handed out.
    package let left: [String]
    package let backups: [String]
    /// The nodes that are handed out, each once.
    package let members: [String]

    /// - Parameters:
    ///   - addresses: all that the pool has in the family, each with its node.
    ///   - outOnPurpose: how many of them are drained or in maintenance, which is no loss.
    package init(_ selection: PoolSelection, of addresses: [(node: String, address: IPAddress)], outOnPurpose: Int = 0)
    {
      func names(_ members: [PoolMember]) -> [String] {
        // A pool may have thousands.
        let chosen = Set(members.map(\.address))
        return addresses.filter { chosen.contains($0.address) }.map(\.node)
      }
      left = names(selection.live)
      backups = names(selection.members.filter { $0.group > 0 })
      members = names(selection.members).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
      switch selection.basis {
      case .allDown(let answer): level = .failOpen(answer.rawValue)
      case .drained: level = .failOpen("drained")
      case .healthy, .possible, .noMember:
        level = left.count < min(2, addresses.count - outOnPurpose) ? .redundancyLost : .redundant
      }
    }
  }

  /// What has become of a pool in one family.
  package enum Change: Hashable {
    /// Other nodes are handed out.
    case members(entered: [String], left: [String])
    /// Other backups are handed out, or none.
    case backups([String])
    case failOpenLeft(healthy: Int, lastedSeconds: Int64)
    case failOpenEntered(answer: String)
    case redundancyLost(left: [String])
    case redundancyRegained(healthy: Int, lastedSeconds: Int64)
  }

  private struct Key: Hashable {
    var pool: String
    var family: AddressFamily
  }

  private struct Known {
    var level = Level.redundant
    var since: MonotonicTime?
    var backups: [String] = []
    /// Nil before the first view.
    var members: [String]?
  }

  private var known: [Key: Known] = [:]

  package init() {}

  /// What has changed since the last view of the pool.
  package mutating func changes(
    ofPool pool: String, family: AddressFamily, _ view: View, at now: MonotonicTime
  ) -> [Change] {
    let key = Key(pool: pool, family: family)
    let before = known[key] ?? Known()
    var changes: [Change] = []
    if before.members != view.members {
      if let members = before.members {
        let (before, now) = (Set(members), Set(view.members))
        let entered = view.members.filter { !before.contains($0) }
        let left = members.filter { !now.contains($0) }
        if !entered.isEmpty || !left.isEmpty { changes.append(.members(entered: entered, left: left)) }
      }
      known[key, default: before].members = view.members
    }
    if before.backups != view.backups {
      changes.append(.backups(view.backups))
      known[key, default: before].backups = view.backups
    }
    guard before.level != view.level else { return changes }
    known[key, default: before].level = view.level
    known[key]?.since = now
    let lasted = before.since.map { (now - $0).components.seconds } ?? 0
    if case .failOpen = before.level {
      changes.append(.failOpenLeft(healthy: view.left.count, lastedSeconds: lasted))
    }
    switch view.level {
    case .failOpen(let answer): changes.append(.failOpenEntered(answer: answer))
    case .redundancyLost: changes.append(.redundancyLost(left: view.left))
    case .redundant:
      if before.level == .redundancyLost {
        changes.append(.redundancyRegained(healthy: view.left.count, lastedSeconds: lasted))
      }
    }
    return changes
  }

  /// Forgets pools that are gone, and families in which a pool has no address any more.
  package mutating func keep(_ pools: [HealthPlan.PlannedPool]) {
    let keys = pools.flatMap { pool in pool.members.map { Key(pool: pool.name, family: $0.address.family) } }
    let kept = Set(keys)
    known = known.filter { kept.contains($0.key) }
  }
}
