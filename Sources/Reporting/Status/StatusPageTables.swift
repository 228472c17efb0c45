// The two tables of the status page: pools and nodes, what is in trouble first.
//
// On a narrow screen the style sheet makes each row a card; therefore every cell carries the heading of its column.

internal import DNS
internal import Health
internal import Model

extension StatusReport {
  /// Up to so many healthy pools or nodes are shown beside those in trouble; more fold away.
  private static let mostUnfolded = 10

  // MARK: Pools

  package func writePools(to html: inout HTMLWriter, _ refresh: PageRefresh) {
    html.markup("<section>\n<h2 id=\"pools\">Pools: what clients are given now</h2>\n")
    let troubled = pools.filter(\.state.isAllDown) + pools.filter { $0.state == .redundancyLost }
    let calm = pools.filter { !$0.isInTrouble }
    writeGroups(troubled, calm, "\(counted(calm.count, "pool")) without trouble", to: &html, refresh) { pools, html in
      html.markup("<table class=\"cards\" aria-labelledby=\"pools\">\n")
      html.columns("Pool", "State", "Family", "In the answers", "Kept out", "Checks", "Names (TTL)")
      html.markup("<tbody>\n")
      for pool in pools {
        for family in pool.families { writeRow(pool, family, to: &html) }
      }
      html.markup("</tbody></table>\n")
    }
    html.markup("</section>\n")
  }

  private func writeRow(_ pool: Pool, _ family: PoolFamily, to html: inout HTMLWriter) {
    html.element("<tr><th scope=\"row\">", pool.name, "</th>")
    html.cell("State") { $0.badge(StatusBadge(pool.state(of: family))) }
    html.cell("Family") { $0.text(family.family.displayName) }
    html.cell("In the answers") { writeAddresses(family.handedOut, to: &$0) }
    html.cell("Kept out") { writeAddresses(family.withheld, to: &$0) }
    html.cell("Checks") { $0.text(pool.checkNames(separator: ", ")) }
    html.cell("Names (TTL)") { writeUses(pool.uses, to: &$0) }
    html.markup("</tr>\n")
  }

  private func writeAddresses(_ addresses: [PoolAddress], to html: inout HTMLWriter) {
    if addresses.isEmpty { html.markup("–") }
    for (index, address) in addresses.enumerated() {
      if index > 0 { html.markup("<br>") }
      html.element("<strong>", address.node, "</strong> ")
      if let remark = address.remark { html.element("", remark, " ") }
      html.element("<code>", address.address.description, "</code>")
    }
  }

  /// The first names of a pool; the others fold away, for a pool may serve hundreds.
  private func writeUses(_ uses: [PoolUse], to html: inout HTMLWriter) {
    let shown = 3
    for (index, use) in uses.enumerated() {
      if index == shown { html.element("<details><summary>", "\(uses.count - shown) more", "</summary>") }
      if index > 0 && index != shown { html.markup("<br>") }
      html.element("", "\(use.name) (\(use.ttl) s)", "")
    }
    if uses.count > shown { html.markup("</details>") }
  }

  // MARK: Nodes

  package func writeNodes(to html: inout HTMLWriter, _ refresh: PageRefresh) {
    html.markup("<section>\n<h2 id=\"nodes\">Nodes: what the checks find</h2>\n")
    let byRank = Dictionary(grouping: nodes, by: \.rank)
    let troubled = (0..<Node.ranks).flatMap { byRank[$0] ?? [] }
    let calm = byRank[Node.ranks] ?? []
    writeGroups(troubled, calm, "\(counted(calm.count, "node")) without trouble", to: &html, refresh) { nodes, html in
      html.markup("<table class=\"cards\" aria-labelledby=\"nodes\">\n")
      html.columns("Address", "Check", "State", "Since", "Last probe", "Latency", "Reason")
      for node in nodes { writeRows(node, to: &html) }
      html.markup("</table>\n")
    }
    html.markup("</section>\n")
  }

  private func writeRows(_ node: Node, to html: inout HTMLWriter) {
    html.markup("<tbody>\n<tr class=\"node\"><th scope=\"rowgroup\" colspan=\"7\">")
    html.text(node.name)
    if let site = node.site { html.element(" <span class=\"site\">site ", site, "</span>") }
    html.markup(" ")
    html.badge(StatusBadge(node))
    if let adminState = node.adminState {
      html.element(" ", words.clause(adminState), ", ")
      html.time(UnixTime(seconds: adminState.since), age: age(UnixTime(seconds: adminState.since)))
    }
    if let quiet = node.quiet {
      html.element("<br><span class=\"caches\">", words.sentence(quiet), "")
      if quiet.state == .waiting {
        html.markup(" <span class=\"countdown\" aria-hidden=\"true\" style=\"--from:")
        html.element("", String(quiet.secondsLeft), "\"></span>")
      }
      html.markup("</span>")
    }
    html.markup("</th></tr>\n")
    for address in node.addresses { writeRows(address, to: &html) }
    html.markup("</tbody>\n")
  }

  private func writeRows(_ address: NodeAddress, to html: inout HTMLWriter) {
    if address.checks.isEmpty {
      html.element("<tr><th scope=\"row\"><code>", address.address.description, "</code></th>")
      html.cell("Check") { $0.text("none") }
      html.cell("State") { $0.badge(StatusBadge(NodeState.unchecked)) }
      for heading in ["Since", "Last probe", "Latency", "Reason"] { html.cell(heading) { $0.text("–") } }
      html.markup("</tr>\n")
    }
    for check in address.checks {
      html.element("<tr><th scope=\"row\"><code>", address.address.description, "</code></th>")
      html.cell("Check") {
        $0.element("", check.name, " ")
        $0.element("<code>", check.kind, "</code>")
      }
      html.cell("State") { $0.badge(StatusBadge(check)) }
      html.cell("Since") { $0.time(check.since, age: age(check.since)) }
      html.cell("Last probe") {
        if let probe = check.lastProbeAt { $0.time(probe, age: age(probe)) } else { $0.text("–") }
      }
      html.cell("Latency") { $0.text(check.currentLatency ?? "–") }
      html.cell("Reason") { $0.text(check.explanation ?? "–") }
      html.markup("</tr>\n")
    }
  }

  // MARK: Folding

  /// Writes those in trouble, then the others: beneath them if they are few, else folded away.
  private func writeGroups<Element>(
    _ troubled: [Element], _ calm: [Element], _ summary: String, to html: inout HTMLWriter, _ refresh: PageRefresh,
    _ write: ([Element], inout HTMLWriter) -> Void
  ) {
    guard calm.count > StatusReport.mostUnfolded else { return write(troubled + calm, &html) }
    if !troubled.isEmpty { write(troubled, &html) }
    html.element("<details class=\"fold\"><summary>", summary, "</summary>\n")
    if refresh == .automatic {
      html.markup(
        "<p class=\"facts\">This page folds it again when it reloads; <a href=\"/still\">stop that</a>.</p>\n")
    }
    write(calm, &html)
    html.markup("</details>\n")
  }
}

extension StatusReport.Pool {
  fileprivate var isInTrouble: Bool { state.isAllDown || state == .redundancyLost }
}

extension StatusReport.Node {
  fileprivate static let ranks = 6

  /// By what a node is sorted: failures first, then what is out on purpose, then what only warns; `ranks` for no trouble.
  fileprivate var rank: Int {
    if adminState?.kind == .drained { return 3 }
    switch state {
    case .down: return 0
    case .partial: return 1
    case .forcedUp, .forcedDown: return 2
    case .maintenance: return 3
    case .unknown: return 4
    case .up, .unchecked: break
    }
    let needsLook = checks.contains { $0.isStale || $0.isWarning || $0.certificate?.faults.isEmpty == false }
    return needsLook ? 5 : Self.ranks
  }
}
