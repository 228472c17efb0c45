// How nodes that an operator has taken out become quiet, each change told once.
//
//   nodes that are out ─▶ watched ─(asked now and then)─▶ not quiet: told if it is news ─▶ quiet: told, and watched no more

package import Health

/// The nodes that are out and not yet quiet.
package struct QuietWatch: Sendable {
  /// When each is to be asked for next.
  private var looks: [String: MonotonicTime] = [:]
  /// Why it is not quiet yet, as each was last reported.
  private var reasons: [String: NodeQuiet.Standing] = [:]
  /// All that were out when that was last looked at.
  private var out: Set<String>
  /// Those that were out at the start and have not been asked for yet: one of them that is quiet then was before.
  private var known: Set<String>

  /// How soon one is asked for again that is still handed out: a record may go with a reload, a pool get another node.
  private static let interval = Duration.seconds(1)
  /// The same of one whose last answers are leaving.
  private static let shortInterval = Duration.milliseconds(100)

  /// - Parameter out: the nodes that are out already, which are reported only if they have yet to become quiet.
  package init(_ out: Set<String> = [], at now: MonotonicTime = MonotonicTime(nanoseconds: 0)) {
    self.out = out
    known = out
    for node in out { looks[node] = now }
  }

  /// Takes note of the nodes that an operator keeps out of the answers now.
  package mutating func follow(_ out: Set<String>, at now: MonotonicTime) {
    guard out != self.out else { return }
    for node in out.subtracting(self.out) { looks[node] = now }
    for node in self.out.subtracting(out) {
      looks[node] = nil
      reasons[node] = nil
      known.remove(node)
    }
    self.out = out
  }

  /// When `step` is next to be called; nil if it need not be.
  package var nextLook: MonotonicTime? { looks.values.min() }

  /// Asks for the nodes that are due.
  ///
  /// - Parameter quiet: what the ledger says of a node; nil if it does not know it.
  /// - Returns: those that have become quiet, and those that are not for a reason that is new, in the order of their names.
  package mutating func step(
    to now: MonotonicTime, _ quiet: (String) -> NodeQuiet?
  ) -> [(node: String, quiet: NodeQuiet)] {
    var told: [(node: String, quiet: NodeQuiet)] = []
    for node in looks.filter({ $0.value <= now }).keys.sorted() {
      let wasKnown = known.remove(node) != nil
      guard let found = quiet(node) else {
        looks[node] = nil
        continue
      }
      switch found.standing {
      case .quiet:
        if !wasKnown { told.append((node, found)) }
        looks[node] = nil
        reasons[node] = nil
        continue
      case .unknown:
        looks[node] = nil
        continue
      case .settling:
        looks[node] = now + QuietWatch.shortInterval
        continue
      case .notYet(let time): looks[node] = max(time, now + .milliseconds(1))
      case .servedStill, .heldBySecondaries: looks[node] = now + QuietWatch.interval
      }
      if QuietWatch.isNews(found.standing, after: reasons[node], at: now) {
        told.append((node, found))
        reasons[node] = found.standing
      }
    }
    return told
  }

  /// A time that is reported as the whole second after it, and one that has all but come, are no news; nor is that a zone
  /// has moved on while the same secondaries have the same copies.
  private static func isNews(
    _ standing: NodeQuiet.Standing, after former: NodeQuiet.Standing?, at now: MonotonicTime
  ) -> Bool {
    if case .heldBySecondaries(let holds) = standing, case .heldBySecondaries(let formerHolds)? = former {
      return holds.map(\.copy) != formerHolds.map(\.copy)
    }
    guard case .notYet(let time) = standing else { return former != standing }
    guard time - now >= shortInterval else { return false }
    guard case .notYet(let formerTime)? = former else { return true }
    return time - formerTime >= .seconds(1) || formerTime - time >= .seconds(1)
  }
}
