// How each pool stood, so that the log tells of changes once, with how long the former state lasted.

internal import DNS
internal import Health

struct PoolStandings {
  enum Standing: Hashable {
    case redundant
    /// One address is left of several.
    case redundancyLost
    /// None is left: all are handed out.
    case failOpen
  }

  private struct Key: Hashable {
    var pool: String
    var family: AddressFamily
  }

  private var standings: [Key: (standing: Standing, since: MonotonicTime)] = [:]

  /// The lines that a pool's standing gives; none when it is what it was.
  mutating func lines(
    forPool pool: String, family: AddressFamily, standing: Standing, left: [String], at now: MonotonicTime
  ) -> [LogLine] {
    let key = Key(pool: pool, family: family)
    let before = standings[key]?.standing ?? .redundant
    guard before != standing else { return [] }
    let lasted = standings[key].map { (now - $0.since).components.seconds } ?? 0
    standings[key] = (standing, now)
    let healthy = standing == .failOpen ? 0 : left.count
    var lines: [LogLine] = []
    if before == .failOpen {
      lines.append(.failOpenLeft(pool: pool, family: family, healthy: healthy, lastedSeconds: lasted))
    }
    switch standing {
    case .failOpen: lines.append(.failOpenEntered(pool: pool, family: family))
    case .redundancyLost: lines.append(.redundancyLost(pool: pool, family: family, left: left))
    case .redundant:
      if before == .redundancyLost {
        lines.append(.redundancyRegained(pool: pool, family: family, healthy: healthy, lastedSeconds: lasted))
      }
    }
    return lines
  }

  /// Forgets pools that are no more.
  mutating func keep(pools: [String]) {
    let names = Set(pools)
    standings = standings.filter { names.contains($0.key.pool) }
  }
}
