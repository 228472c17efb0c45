// The log lines of what has become of pools at one publication.

package import DNS
package import Policy

/// A change of one pool in one family.
package struct PoolChange: Hashable {
  package let pool: String
  package let family: AddressFamily
  package let change: PoolLevels.Change

  package init(pool: String, family: AddressFamily, change: PoolLevels.Change) {
    self.pool = pool
    self.family = family
    self.change = change
  }
}

extension LogLine {
  /// First the members that come and go, in one line for all pools with the same change: a node may be in a thousand of them. Then
  /// what that means for each pool.
  package static func lines(of changes: [PoolChange]) -> [LogLine] {
    struct Turnover: Hashable {
      let family: AddressFamily
      let entered: [String]
      let left: [String]
    }
    var order: [Turnover] = []
    var pools: [Turnover: [String]] = [:]
    var others: [LogLine] = []
    for item in changes {
      guard case .members(let entered, let left) = item.change else {
        others += LogLine.line(of: item.change, inPool: item.pool, item.family).map { [$0] } ?? []
        continue
      }
      let turnover = Turnover(family: item.family, entered: entered, left: left)
      if pools[turnover] == nil { order.append(turnover) }
      pools[turnover, default: []].append(item.pool)
    }
    return order.map {
      .members(pools: pools[$0] ?? [], family: $0.family, entered: $0.entered, left: $0.left)
    } + others
  }

  /// Nil for members that come and go.
  private static func line(of change: PoolLevels.Change, inPool pool: String, _ family: AddressFamily) -> LogLine? {
    switch change {
    case .members: nil
    case .backups(let now): .backups(pool: pool, family: family, now: now)
    case .failOpenLeft(let healthy, let lasted):
      .failOpenLeft(pool: pool, family: family, healthy: healthy, lastedSeconds: lasted)
    case .failOpenEntered(let answer): .failOpenEntered(pool: pool, family: family, answer: answer)
    case .redundancyLost(let left): .redundancyLost(pool: pool, family: family, left: left)
    case .redundancyRegained(let healthy, let lasted):
      .redundancyRegained(pool: pool, family: family, healthy: healthy, lastedSeconds: lasted)
    }
  }
}
