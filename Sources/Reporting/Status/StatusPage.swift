// `/`: the report as a web page, without script and without anything to be fetched besides.
//
// It must be read at 3 a.m., on a phone if need be: the verdict first and large, then what needs attention, then what
// clients are given, then why. What is in trouble comes first; where there is much that is not, it is folded away.

internal import DNS
internal import Health

extension StatusReport {
  /// Whether the page loads itself anew. A reader who needs more time, or a screen reader, can stop it (WCAG 2.2.1).
  package enum PageRefresh: Sendable {
    case automatic, byHand
  }

  /// So many conditions are listed on the page.
  private static let mostFindingsOnPage = 40

  /// The report as an HTML document in UTF-8.
  package func page(refresh: PageRefresh) -> [UInt8] {
    let attention = attention
    var html = HTMLWriter(localTime: localTime)
    html.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    if refresh == .automatic { html.markup("<meta http-equiv=\"refresh\" content=\"5\">\n") }
    let names = [attention.word.rawValue, host, "Rondo"].compactMap { $0 }
    html.element("<title>", names.joined(separator: " · "), "</title>\n")
    html.markup(statusPageStyle)
    html.markup("</head>\n<body>\n")
    writeBanner(attention, to: &html, refresh)
    html.markup("<main>\n")
    writeFindings(attention.findings, to: &html)
    writeReload(to: &html)
    writePools(to: &html, refresh)
    writeNodes(to: &html, refresh)
    writeMaintenance(to: &html)
    writeEvents(to: &html)
    writeCounters(to: &html)
    writeZones(to: &html)
    html.markup("</main>\n")
    writeDaemon(to: &html)
    html.markup("</body>\n</html>\n")
    return html.bytes
  }

  private func writeBanner(_ attention: Attention, to html: inout HTMLWriter, _ refresh: PageRefresh) {
    let badge = StatusBadge(attention.word)
    html.element("<header class=\"", badge.tone.rawValue, "\">\n")
    if let host { html.element("<p class=\"host\">", host, "</p>\n") }
    html.element("<h1><span aria-hidden=\"true\">", badge.symbol, "</span> ")
    html.element("", badge.word, "</h1>\n")
    html.element("<p class=\"headline\">", attention.headline, "</p>\n")
    html.markup("<p class=\"facts\">")
    html.text("Rondo \(version) · up \(spanText(seconds: now.seconds(since: startedAt))) · as of ")
    html.time(now)
    switch refresh {
    case .automatic: html.markup(" · reloads every 5 seconds, <a href=\"/still\">stop</a>")
    case .byHand: html.markup(" · does not reload, <a href=\"/\">reload every 5 seconds</a>")
    }
    html.markup("</p>\n</header>\n")
  }

  /// All that the headline has no room for.
  private func writeFindings(_ findings: ArraySlice<Condition>, to html: inout HTMLWriter) {
    guard findings.count > 1 else { return }
    html.element(
      "<section class=\"part\">\n<h2>", "Needs attention: \(findings.count)", "</h2>\n<ul class=\"findings\">\n")
    for finding in findings.prefix(StatusReport.mostFindingsOnPage) {
      html.markup("<li>")
      html.badge(StatusBadge(finding.severity))
      html.element(" ", finding.text, "</li>\n")
    }
    let left = findings.count - StatusReport.mostFindingsOnPage
    if left > 0 { html.element("<li>", "and \(left) more, all of them in status.json", "</li>\n") }
    html.markup("</ul>\n</section>\n")
  }

  private func writeReload(to html: inout HTMLWriter) {
    guard let reload = configuration.lastReload, case .refused(let refusal) = reload.outcome else { return }
    html.element(
      "<section class=\"notice\">\n<h2>", "The last reload was refused: \(refusal.summary)", "</h2>\n")
    html.markup("<p>The configuration from before is still in use. Tried ")
    html.time(reload.at, age: age(reload.at))
    switch refusal.cause {
    case .errors: html.element(". The first error:</p>\n<pre>", refusal.first, "</pre>\n</section>\n")
    case .losses:
      html.element(
        ". Reload again once the nodes are healthy, or load the files anyway with rondo reload --force.</p>\n<pre>",
        refusal.first, "</pre>\n</section>\n")
    }
  }
}
