// The section of the status page that says what has happened lately.

extension StatusReport {
  /// So many events are listed, the newest first.
  private static let mostEventsOnPage = 20

  package func writeEvents(to html: inout HTMLWriter) {
    let events = Array(history.newestFirst.prefix(StatusReport.mostEventsOnPage))
    guard !events.isEmpty else { return }
    html.markup("<section>\n<h2 id=\"events\">What has happened</h2>\n")
    html.markup("<table class=\"cards\" aria-labelledby=\"events\">\n")
    html.columns("When", "What")
    html.markup("<tbody>\n")
    for event in events {
      html.markup("<tr><th scope=\"row\">")
      html.time(event.time)
      html.markup("</th>")
      html.cell("What") { html in
        if let badge = StatusBadge(event.level) {
          html.badge(badge)
          html.markup(" ")
        }
        html.text(event.sentence(in: localTime))
      }
      html.markup("</tr>\n")
    }
    html.markup("</tbody></table>\n")
    if history.count > events.count {
      html.markup("<p>Older ones: <a href=\"/events.txt\">events.txt</a>, or <code>rondo events</code>.</p>\n")
    }
    html.markup("</section>\n")
  }
}

extension StatusBadge {
  /// Nil for what is no trouble.
  fileprivate init?(_ level: LogLevel) {
    switch level {
    case .error: self.init(.bad, "✖", level.word)
    case .warning: self.init(.warning, "▲", level.word)
    case .notice, .info, .debug: return nil
    }
  }
}
