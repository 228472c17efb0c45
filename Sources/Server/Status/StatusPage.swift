// `/`: the report as a web page, without script and without anything to be fetched besides.
//
// It must be read at 3 a.m.: the verdict first and large, then what clients are given, then why.

import DNS
import Health

extension StatusReport {
  /// Whether the page loads itself anew. Who reads slowly, or with a screen reader, can stop it (WCAG 2.2.1).
  package enum PageRefresh: Sendable {
    case automatic, byHand
  }

  /// The report as an HTML document in UTF-8.
  package func page(refresh: PageRefresh) -> [UInt8] {
    let attention = attention
    var html = HTMLWriter()
    html.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    if refresh == .automatic { html.markup("<meta http-equiv=\"refresh\" content=\"5\">\n") }
    html.element("<title>", "\(attention.word.rawValue) · Rondo", "</title>\n")
    html.markup(statusPageStyle)
    html.markup("</head>\n<body>\n")
    writeBanner(attention, to: &html, refresh)
    html.markup("<main>\n")
    writeReload(to: &html)
    writePools(to: &html)
    writeNodes(to: &html)
    writeCounters(to: &html)
    writeDaemon(to: &html)
    writeZones(to: &html)
    html.markup("</main>\n</body>\n</html>\n")
    return html.bytes
  }

  private func writeBanner(_ attention: Attention, to html: inout HTMLWriter, _ refresh: PageRefresh) {
    let badge = StatusBadge(attention.word)
    html.element("<header class=\"", badge.tone.rawValue, "\">\n")
    html.element("<h1><span aria-hidden=\"true\">", badge.symbol, "</span> ")
    html.element("", badge.word, "</h1>\n")
    html.element("<p class=\"headline\">", attention.headline, "</p>\n")
    html.markup("<p class=\"facts\">")
    html.text("Rondo \(version) · up \(spanText(seconds: now.seconds(since: startedAt))) · as of ")
    html.time(now, age: now.description)
    switch refresh {
    case .automatic: html.markup(" · reloads every 5 seconds, <a href=\"/still\">stop</a>")
    case .byHand: html.markup(" · stands still, <a href=\"/\">reload every 5 seconds</a>")
    }
    html.markup("</p>\n</header>\n")
  }

  private func writeReload(to html: inout HTMLWriter) {
    guard let reload = configuration.lastReload, case .refused(let count, let first) = reload.outcome else { return }
    html.markup("<section class=\"notice\" aria-label=\"Last reload\">\n<p><strong>")
    html.element("", "The last reload was refused: \(counted(count, "error")).", "</strong> ")
    html.markup("The configuration from before is still in use. Tried ")
    html.time(reload.at, age: age(reload.at))
    html.element(". The first error:</p>\n<pre>", first, "</pre>\n</section>\n")
  }

  private func writePools(to html: inout HTMLWriter) {
    html.markup("<div class=\"scroll\"><table>\n<caption>Pools: what clients are given now</caption>\n")
    html.columns("Pool", "State", "Family", "In the answers", "Kept out", "Checks", "Names (TTL)")
    html.markup("<tbody>\n")
    for pool in pools {
      for family in pool.families {
        html.element("<tr><th scope=\"row\">", pool.name, "</th><td>")
        html.badge(StatusBadge(pool.state(of: family)))
        html.element("</td><td>", family.family.displayName, "</td><td>")
        writeAddresses(family.handedOut, to: &html)
        html.markup("</td><td>")
        writeAddresses(family.withheld, to: &html)
        html.element("</td><td>", pool.checkNames(separator: ", "), "</td><td>")
        writeUses(pool.uses, to: &html)
        html.markup("</td></tr>\n")
      }
    }
    html.markup("</tbody></table></div>\n")
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

  private func writeNodes(to html: inout HTMLWriter) {
    html.markup("<div class=\"scroll\"><table>\n<caption>Nodes: what the checks find</caption>\n")
    html.columns("Address", "Check", "State", "Since", "Last probe", "Latency", "Reason")
    for node in nodes {
      html.markup("<tbody>\n<tr class=\"node\"><th scope=\"rowgroup\" colspan=\"7\">")
      html.text(node.name)
      if let site = node.site { html.element(" <span class=\"site\">site ", site, "</span>") }
      html.markup(" ")
      html.badge(StatusBadge(node))
      if let order = node.order {
        html.element(" ", "by \(order.author)\(order.reason.isEmpty ? "" : ": \(order.reason)")", ", ")
        html.time(UnixTime(seconds: order.since), age: age(UnixTime(seconds: order.since)))
      }
      html.markup("</th></tr>\n")
      for address in node.addresses { writeRows(address, to: &html) }
      html.markup("</tbody>\n")
    }
    html.markup("</table></div>\n")
  }

  private func writeRows(_ address: NodeAddress, to html: inout HTMLWriter) {
    if address.checks.isEmpty {
      html.element("<tr><th scope=\"row\"><code>", address.address.description, "</code></th><td>none</td><td>")
      html.badge(StatusBadge(NodeState.unchecked))
      html.markup("</td><td>–</td><td>–</td><td>–</td><td>–</td></tr>\n")
    }
    for check in address.checks {
      html.element("<tr><th scope=\"row\"><code>", address.address.description, "</code></th>")
      html.element("<td>", check.name, " ")
      html.element("<code>", check.kind, "</code></td><td>")
      html.badge(StatusBadge(check))
      html.markup("</td><td>")
      html.time(check.since, age: age(check.since))
      html.markup("</td><td>")
      if let probe = check.lastProbeAt { html.time(probe, age: age(probe)) } else { html.markup("–") }
      html.element("</td><td>", check.currentLatency ?? "–", "</td>")
      html.element("<td>", check.explanation ?? "–", "</td></tr>\n")
    }
  }
}
