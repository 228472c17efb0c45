// Who of a pool is in the answers of this moment, who is out, since when and why.

package import DNS
internal import Health
internal import Model
internal import Policy
package import ZoneFile

package struct PoolExplanation {
  /// `the pool access (ex1 ex2), if owa passes`
  package let heading: String
  package private(set) var lines: [String] = []
  private let view: ServedView

  /// - Parameter asker: for whom; nil for anybody.
  package init(_ rotation: RotationRecord, _ family: AddressFamily, for asker: IPAddress?, in view: ServedView) {
    self.view = view
    let pool = rotation.pool
    let definition = view.configuration.pools[pool]
    let checks = definition.checks.map { view.configuration.checks[$0].name }
    heading = "pool \(definition.name), \(PoolExplanation.words(for: checks, definition.policy.need))."
    let planned = view.plan.pools[pool]
    let members = planned.members.filter { $0.address.family == family }
    let now = view.plan.view(of: pool, family: family, by: view.monitor, view.histories, at: view.now)
    let selection = now.selection
    // Two nodes may have the same address.
    let shares = Dictionary(zip(selection.addresses, zip(selection.members, now.shares))) { first, _ in first }
    let sum = Set(now.shares).count < 2 || planned.policy.order == .fixed ? nil : now.shares.reduce(0, +)
    for member in members {
      let handedOut = shares[member.address]
      var told = handedOut.map { remarks(on: $0.0, planned.policy) } ?? []
      if let sum, let share = handedOut?.1 { told.append("share \(share * 100 / max(sum, 1))%") }
      tell(member, isIn: handedOut != nil, told)
    }
    if selection.addresses.count > 1 {
      lines += PoolExplanation.words(for: planned.policy)
      if planned.policy.preference == .site { lines += words(forSiteOf: asker) }
    }
    if let minTTL = planned.policy.minTTL, minTTL < rotation.ttl,
      view.plan.nearness(of: planned, family: family, ttl: rotation.ttl, by: view.monitor, at: view.now).isNear
    {
      lines.append("A change is near: the TTL is that of min-ttl=, \(minTTL).")
    }
    if let words = PoolExplanation.words(for: selection.basis) { lines.append(words) }
  }

  /// `each if it passes web and mta`
  private static func words(for checks: [String], _ need: Need) -> String {
    if checks.isEmpty { return "which are not tested (check=none)" }
    if checks.count == 1 { return "each if it passes \(checks[0])" }
    return switch need {
    case .all: "each if it passes \(checks.joined(separator: " and "))"
    case .any: "each if it passes \(checks.joined(separator: " or "))"
    case .atLeast(let count): "each if it passes \(count) of \(checks.joined(separator: ", "))"
    }
  }

  /// In which order they stand, and how many.
  private static func words(for policy: PoolPolicy) -> [String] {
    let most = "at most \(policy.answers)"
    return switch policy.order {
    case .rotate: ["The first one changes from answer to answer, in proportion to the shares; \(most)."]
    case .shuffle: ["The first one changes from answer to answer, without a pattern; \(most)."]
    case .hash: ["The network of the asker decides which is first; \(most)."]
    case .fixed: ["The order is that of the file; \(most)."]
    }
  }

  /// Whom `prefer=site` puts first.
  private func words(forSiteOf asker: IPAddress?) -> [String] {
    guard let asker else { return ["Those at the asker's site come first (prefer=site)."] }
    let configuration = view.configuration
    let nearest = configuration.sites.flatMap { site in site.prefixes.map { (site.name, $0) } }
      .filter { $0.1.contains(asker) }.max { $0.1.length < $1.1.length }
    let place =
      nearest.map { "\(asker) is at site \($0.0) (\($0.1.address)/\($0.1.length)): those there come first." }
      ?? "\(asker) is in no network of a $SITE: no node is preferred."
    guard configuration.subnetSources.contains(where: { $0.contains(asker) }) else { return [place] }
    return [place, "If it asks on behalf of a client subnet, that decides instead ($ECS)."]
  }

  /// What sets the share of a member apart.
  private func remarks(on member: PoolMember, _ policy: PoolPolicy) -> [String] {
    var remarks: [String] = []
    if member.weight != 1 { remarks.append("weight \(member.weight)") }
    if member.percent != 100 { remarks.append("agent \(member.percent)%") }
    let step = policy.slowStartStep(of: member, at: view.now)
    if step < PoolPolicy.slowStartSteps { remarks.append("slow start \(step * 100 / PoolPolicy.slowStartSteps)%") }
    return remarks
  }

  private mutating func tell(_ member: HealthPlan.Member, isIn: Bool, _ told: [String]) {
    let node = view.configuration.nodes[member.node]
    var remarks: [String] = []
    if member.group > 0 { remarks.append(isIn ? "backup" : "backup, not needed or not healthy") }
    remarks += told
    if let site = node.site { remarks.append("site \(site)") }
    let remark = remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"
    lines.append("  \(isIn ? "in " : "OUT")  \(node.name) \(member.address)\(remark)")
    if let adminState = view.plan.adminStates[member.node] {
      lines.append("         \(view.words.sentence(adminState)), whatever its checks say")
      if let quiet = view.quiet[node.name] { lines.append("         \(view.words.sentence(quiet))") }
    }
    for gate in member.gates { lines.append("         \(words(forTarget: gate))") }
  }

  /// `owa: down for 5s, by its check: connection refused`
  private func words(forTarget index: Int) -> String {
    let target = view.monitor.target(at: index)
    let standing = view.monitor.status(at: index, now: view.now)
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

  private static func words(for origin: StatusOrigin) -> String {
    switch origin {
    case .nobody: "no result yet"
    case .checks: "by its check"
    case .node: "by its own word"
    case .memory: "as before the restart"
    case .isolation(let cause): "kept since this host is cut off (\(cause.rawValue))"
    }
  }

  /// What the choice rests on, where it is not simply the healthy nodes.
  private static func words(for basis: PoolSelection.Basis) -> String? {
    switch basis {
    case .healthy: nil
    case .possible: "No node is known to be healthy; those not known to be down are handed out."
    case .drained:
      "Only drained nodes are left that still work: they are handed out, since an empty answer would be worse."
    case .allDown(.answerAll):
      "No node is healthy. Those marked \"in\" are answered anyway: an empty answer would be a certain outage."
    case .allDown(let rule): "Too few nodes are healthy: all-down=\(rule.rawValue) decides."
    case .noMember: "No node of the pool has such an address: the answer is \"no such record\"."
    }
  }
}
