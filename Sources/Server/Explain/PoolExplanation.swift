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
    heading = "pool \(definition.name), \(PoolExplanation.words(for: checks, definition.options.need))."
    let planned = view.plan.pools[pool]
    let members = planned.members.filter { $0.address.family == family }
    let pool = view.plan.view(of: pool, family: family, by: view.monitor, view.histories, at: view.now)
    let selection = pool.selection
    let shares = Dictionary(uniqueKeysWithValues: zip(selection.addresses, pool.shares))
    let areEqual = Set(pool.shares).count < 2
    for member in members {
      let share = shares[member.address]
      tell(member, isIn: share != nil, share: areEqual ? nil : share)
    }
    if selection.addresses.count > 1 { lines += PoolExplanation.words(for: planned) }
    if let words = PoolExplanation.words(for: selection.basis) { lines.append(words) }
  }

  /// `each if it passes web and mta`
  private static func words(for checks: [String], _ need: PoolOptions.Need) -> String {
    if checks.isEmpty { return "which nobody tests (check=none)" }
    if checks.count == 1 { return "each if it passes \(checks[0])" }
    return switch need {
    case .all: "each if it passes \(checks.joined(separator: " and "))"
    case .any: "each if it passes \(checks.joined(separator: " or "))"
    case .atLeast(let count): "each if it passes \(count) of \(checks.joined(separator: ", "))"
    }
  }

  /// In which order they stand, and how many.
  private static func words(for pool: HealthPlan.PlannedPool) -> [String] {
    let most = "at most \(pool.policy.answers)"
    let order =
      switch pool.policy.order {
      case .rotate: "Each answer begins with another one, as often as the shares say; \(most)."
      case .shuffle: "Each answer begins with another one, without a pattern; \(most)."
      case .hash: "The network of the asker decides which is first; \(most)."
      case .fixed: "They stand as in the file; \(most)."
      }
    return pool.prefersSite ? [order, "Those at the asker's site come first (prefer=site)."] : [order]
  }

  private mutating func tell(_ member: HealthPlan.Member, isIn: Bool, share: Int?) {
    let node = view.configuration.nodes[member.node]
    var remarks: [String] = []
    if member.group > 0 { remarks.append(isIn ? "backup" : "backup, not needed or not well") }
    if let share { remarks.append("share \(share)") }
    if let site = node.site { remarks.append("site \(site)") }
    let remark = remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"
    lines.append("  \(isIn ? "in " : "OUT")  \(node.name) \(member.address)\(remark)")
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
