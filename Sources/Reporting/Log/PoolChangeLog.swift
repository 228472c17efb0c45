// The log line of each change of what is left of a pool.

package import DNS
package import Policy

extension LogLine {
  package init(_ change: PoolLevels.Change, ofPool pool: String, family: AddressFamily) {
    self =
      switch change {
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
