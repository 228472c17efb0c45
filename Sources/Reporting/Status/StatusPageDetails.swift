// The lower half of the status page, for the second look: counters, the zones, the daemon itself.

internal import DNS

extension StatusReport {
  package func writeZones(to html: inout HTMLWriter) {
    html.element("<section>\n<h2 id=\"zones\">", "Zones answered for: \(zones.count)", "</h2>\n")
    html.markup("<table class=\"cards\" aria-labelledby=\"zones\">\n")
    html.columns("Zone", "Serial", "Names")
    html.markup("<tbody>\n")
    for zone in zones {
      html.element("<tr><th scope=\"row\">", zone.apex.description, "</th>")
      html.cell("Serial") { $0.text(String(zone.serial)) }
      html.cell("Names") { $0.text(String(zone.nameCount)) }
      html.markup("</tr>\n")
    }
    html.markup("</tbody></table>\n</section>\n")
  }

  package func writeCounters(to html: inout HTMLWriter) {
    html.markup("<section class=\"part\">\n<h2>Counters since the start</h2>\n<div class=\"columns\">\n")
    html.counters(
      "Queries",
      QueryPath.allCases.map { path in
        (
          "\(path.transport.rawValue.uppercased()) over \(path.family.displayName)",
          answers.queries[path, default: 0]
        )
      })
    html.counters(
      "Replies",
      ResponseCode.allCases.map { ($0.statusName, answers.responses[$0, default: 0]) }
        + [("with the TC bit", answers.truncated)])
    html.counters(
      "Trouble",
      [
        ("malformed", answers.malformed), ("EDNS errors", answers.ednsErrors),
        ("transfers refused", answers.transfersRefused), ("dropped: too short", answers.dropped[.tooShort, default: 0]),
        ("dropped: not a query", answers.dropped[.notAQuery, default: 0]),
        ("dropped: from port 0", answers.dropped[.fromPortZero, default: 0]),
        ("dropped: not sent", answers.dropped[.sendFailed, default: 0]),
      ])
    html.counters(
      "TCP connections",
      [
        ("open now", answers.tcp.open), ("accepted", answers.tcp.accepted), ("crowded out", answers.tcp.crowdedOut),
        ("malformed", answers.tcp.malformed),
        ("closed idle", answers.tcp.closedIdle),
      ])
    html.counters(
      "Checks",
      [
        ("probes", health.probes), ("failed", health.failures), ("changes of state", health.changes),
        ("answers renewed", health.publications),
      ])
    html.markup("</div></section>\n")
  }

  package func writeDaemon(to html: inout HTMLWriter) {
    html.markup("<footer class=\"part\">\n<h2>Daemon</h2>\n<dl>\n")
    html.element("<dt>Configuration</dt><dd>", configuration.files.joined(separator: ", "), ", read ")
    html.time(configuration.loadedAt, age: age(configuration.loadedAt))
    html.markup("</dd>\n<dt>Last reload</dt><dd>")
    writeLastReload(to: &html)
    html.markup("</dd>\n<dt>Started</dt><dd>")
    html.time(startedAt, age: age(startedAt))
    html.markup("</dd>\n<dt>Listens on</dt><dd>")
    for (index, listener) in listeners.enumerated() {
      if index > 0 { html.markup("<br>") }
      html.element("", listener.service.rawValue, " ")
      html.element("<code>", listener.address, "</code>")
    }
    html.markup("</dd>\n<dt>For programs</dt><dd><a href=\"/status.json\">status.json</a> ")
    html.markup("<a href=\"/status.txt\">status.txt</a> ")
    html.markup("<a href=\"/maintenance.json\">maintenance.json</a> <a href=\"/metrics\">metrics</a> ")
    html.markup("<a href=\"/healthz\">healthz</a> <a href=\"/readyz\">readyz</a></dd>\n</dl>\n</footer>\n")
  }

  private func writeLastReload(to html: inout HTMLWriter) {
    guard let reload = configuration.lastReload else { return html.markup("none since the start") }
    switch reload.outcome {
    case .loaded: html.markup("done ")
    case .refused: html.markup("refused ")
    }
    html.time(reload.at, age: age(reload.at))
  }
}

extension HTMLWriter {
  /// Writes a small table of named numbers; those that are zero fold away.
  fileprivate mutating func counters(_ heading: String, _ rows: [(name: String, count: UInt64)]) {
    element("<div><h3>", heading, "</h3>\n")
    let counted = rows.filter { $0.count > 0 }
    if !counted.isEmpty {
      element("<table aria-label=\"", heading, "\"><tbody>\n")
      for row in counted {
        element("<tr><th scope=\"row\">", row.name, "</th>")
        element("<td class=\"number\">", String(row.count), "</td></tr>\n")
      }
      markup("</tbody></table>\n")
    }
    let zero = rows.filter { $0.count == 0 }.map(\.name)
    if !zero.isEmpty {
      element("<details><summary>", "\(zero.count) at zero", "</summary>")
      element("", zero.joined(separator: ", "), "</details>\n")
    }
    markup("</div>\n")
  }
}
