// How each pool stood, so that the log tells of changes once, with how long the former state lasted.

internal import DNS
internal import Health
internal import Model

struct PoolStandings {
  enum Standing: Hashable {
    case redundant
    /// One address is left of several.
    case redundancyLost
    /// Too few are left; what is answered then, as `all-down=` words it, or `drained`.
    case failOpen(String)
  }

  /// A pool in one family at one moment.
  struct View {
    let standing: Standing
    /// The nodes that are left, and the backups among those handed out.
    let left: [String]
    let backups: [String]

    /// - Parameters:
    ///   - addresses: all that the pool has in the family, each with its node.
    ///   - outOnPurpose: how many of them are drained or in maintenance, which is no loss.
    init(_ selection: PoolSelection, of addresses: [(node: String, address: IPAddress)], outOnPurpose: Int = 0) {
      func names(_ members: [PoolMember]) -> [String] {
        addresses.filter { known in members.contains { $0.address == known.address } }.map(\.node)
      }
      left = names(selection.basis == .possible ? selection.members : selection.live)
      backups = names(selection.members.filter { $0.group > 0 })
      switch selection.basis {
      case .allDown(let answer): standing = .failOpen(answer.rawValue)
      case .drained: standing = .failOpen("drained")
      case .well, .possible, .noMember:
        standing = left.count < min(2, addresses.count - outOnPurpose) ? .redundancyLost : .redundant
      }
    }
  }

  private struct Key: Hashable {
    var pool: String
    var family: AddressFamily
  }

  private struct Known {
    var standing = Standing.redundant
    var since: MonotonicTime?
    var backups: [String] = []
  }

  private var known: [Key: Known] = [:]

  /// The lines that a pool's standing gives; none when it is what it was.
  mutating func lines(
    forPool pool: String, family: AddressFamily, _ view: View, at now: MonotonicTime
  ) -> [LogLine] {
    let key = Key(pool: pool, family: family)
    let before = known[key] ?? Known()
    var lines: [LogLine] = []
    if before.backups != view.backups {
      lines.append(.backups(pool: pool, family: family, now: view.backups))
      known[key, default: before].backups = view.backups
    }
    guard before.standing != view.standing else { return lines }
    known[key, default: before].standing = view.standing
    known[key]?.since = now
    let lasted = before.since.map { (now - $0).components.seconds } ?? 0
    if case .failOpen = before.standing {
      lines.append(.failOpenLeft(pool: pool, family: family, healthy: view.left.count, lastedSeconds: lasted))
    }
    switch view.standing {
    case .failOpen(let answer):
      lines.append(.failOpenEntered(pool: pool, family: family, answer: answer))
    case .redundancyLost: lines.append(.redundancyLost(pool: pool, family: family, left: view.left))
    case .redundant:
      if before.standing == .redundancyLost {
        lines.append(
          .redundancyRegained(pool: pool, family: family, healthy: view.left.count, lastedSeconds: lasted))
      }
    }
    return lines
  }

  /// Forgets pools that are no more.
  mutating func keep(pools: [String]) {
    let names = Set(pools)
    known = known.filter { names.contains($0.key.pool) }
  }
}
