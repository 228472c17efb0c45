// When nodes that an operator has taken out become quiet, each told once.
//
//   nodes that are out ─▶ watched ─(asked when the last copy should have expired)─▶ quiet: told, and watched no more

package import Health

/// The nodes that are out and not yet quiet.
package struct QuietWatch: Sendable {
  /// When each is to be asked for next.
  private var looks: [String: MonotonicTime] = [:]
  /// All that were out when that was last looked at.
  private var out: Set<String>
  /// Those that were out at the start and have not been asked for yet: one of them that is quiet then was before.
  private var known: Set<String>

  /// How soon one is asked for again that is still handed out: a record may go with a reload, a pool get another node.
  private static let interval = Duration.seconds(1)

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
      known.remove(node)
    }
    self.out = out
  }

  /// When `step` is next to be called; nil if it need not be.
  package var nextLook: MonotonicTime? { looks.values.min() }

  /// Asks for the nodes that are due.
  ///
  /// - Parameter quiet: what the ledger says of a node; nil if it does not know it.
  /// - Returns: those that have become quiet, in the order of their names.
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
      case .notYet(let time): looks[node] = max(time, now + .milliseconds(1))
      case .settling, .servedStill, .heldBySecondaries: looks[node] = now + QuietWatch.interval
      case .unknown: looks[node] = nil
      }
    }
    return told
  }
}
