// Who of a pool is in the answers of this moment, who is out, since when and why.

internal import DNS
internal import Health
internal import ZoneFile

struct PoolExplanation {
  /// `the pool access (ex1 ex2), if owa passes`
  let heading: String
  private(set) var lines: [String] = []
  private let view: ServedView

  init(_ pool: Int, _ family: AddressFamily, in view: ServedView) {
    self.view = view
    let definition = view.configuration.pools[pool]
    let checks = definition.checks.map { view.configuration.checks[$0].name }
    let tested =
      checks.isEmpty ? "which nobody tests (check=none)" : "each if it passes \(checks.joined(separator: " and "))"
    heading = "pool \(definition.name), \(tested)."
    let members = view.plan.pools[pool].filter { $0.address.family == family }
    let selection = view.plan.selection(of: pool, family: family, by: view.monitor)
    let handedOut = Set(selection.addresses)
    for member in members { tell(member, isIn: handedOut.contains(member.address)) }
    if selection.addresses.count > 1 {
      lines.append("Every asker is given the same addresses, each time another one first; at most 8.")
    }
    if let words = PoolExplanation.words(for: selection.basis) { lines.append(words) }
  }

  private mutating func tell(_ member: HealthPlan.Member, isIn: Bool) {
    let node = view.configuration.nodes[member.node].name
    lines.append("  \(isIn ? "in " : "OUT")  \(node) \(member.address)")
    for gate in member.gates { lines.append("         \(words(forTarget: gate))") }
  }

  /// `owa: down for 5s, says the check: connection refused`
  private func words(forTarget index: Int) -> String {
    let target = view.monitor.target(at: index)
    let standing = view.monitor.standing(at: index, now: view.now)
    let age = spanText(seconds: (view.now - standing.since).components.seconds)
    let state: String =
      switch standing.state {
      case .up: "up"
      case .down: "down"
      case .maintenance: "in maintenance"
      case .unknown: "unknown"
      }
    let held = standing.holdLeft.map { "; back in \($0.components.seconds + 1) s" } ?? ""
    return
      "\(target.check): \(state) for \(age), \(PoolExplanation.words(for: standing.origin)): \(standing.reason)\(held)"
  }

  private static func words(for origin: StandingOrigin) -> String {
    switch origin {
    case .nobody: "not heard of"
    case .checks: "says the check"
    case .node: "says the node"
    case .memory: "as before the restart"
    case .isolation(let cause): "kept since this host is cut off (\(cause.rawValue))"
    case .order(let order): "ordered by \(order.author)"
    }
  }

  /// What the choice rests on, where it is not simply who is well.
  private static func words(for basis: PoolSelection.Basis) -> String? {
    switch basis {
    case .well: nil
    case .possible: "Nobody is proved well; those who are not proved down are handed out."
    case .allDown(.answerAll):
      "Nobody is well. All are handed out all the same: an empty answer would be an outage for certain."
    case .allDown(let rule): "Too few are well: all-down=\(rule.rawValue) decides."
    case .noMember: "No node of the pool has such an address: the answer is \"no such record\"."
    }
  }
}
