// `/maintenance.txt` and `/maintenance.json`: drains and windows of the past fortnight, now, and planned.
//
// They are a part of the status report, so they say the same as everything else does at that moment.

internal import Health
internal import Policy

extension StatusReport {
  /// The schema of `/maintenance.json`; the number rises when a reader of the old one would go wrong.
  package static let maintenanceSchema = "rondo-maintenance/1"

  /// Drains that hold, each with its node.
  private var drains: [(node: String, state: AdminState)] {
    maintenance.adminStates.filter { $0.value.kind == .drained }.sorted {
      ($0.value.since, $0.key) < ($1.value.since, $1.key)
    }
    .map { (node: $0.key, state: $0.value) }
  }

  /// Windows that are over, the latest first. What is older than a fortnight is forgotten when something else happens.
  private var past: [FinishedWindow] {
    maintenance.finished.filter { now.seconds - $0.at <= MaintenanceCalendar.memory }.reversed()
  }

  // MARK: Text

  /// For a terminal.
  package var maintenanceText: [UInt8] {
    let (drains, past) = (drains, past)
    var table = TextTable(["WHEN", "NODE", "FROM", "UNTIL", "BY", "REASON", "STATE"])
    for (node, drain) in drains {
      table.rows.append(["now", node] + cells(drain.since, drain.until, drain.author, drain.reason, state(of: drain)))
    }
    for window in maintenance.planned {
      table.rows.append(
        ["planned", window.node]
          + cells(window.from, window.until, window.author, window.reason, state(of: window)))
    }
    for window in past {
      table.rows.append(
        ["past", window.node]
          + cells(window.from, window.until, window.author, window.reason, state(of: window)))
    }
    let heading =
      "\(counted(drains.count, "node")) drained, \(counted(maintenance.planned.count, "window")) planned, "
      + "\(past.count) over in the past fortnight"
    return ([heading] + (table.rows.isEmpty ? [] : [""] + table.lines)).flatMap {
      terminalSafe($0) + [UInt8(ascii: "\n")]
    }
  }

  private func cells(
    _ from: Int64, _ until: Int64?, _ author: String, _ reason: String, _ state: String
  ) -> [String] {
    [words.time(from), until.map(words.time) ?? "-", author, reason.isEmpty ? "-" : reason, state]
  }

  private func state(of drain: AdminState) -> String {
    drain.overdueSince.map { "overdue for \(spanText(seconds: now.seconds - $0))" } ?? "drained"
  }

  private func state(of window: PlannedWindow) -> String {
    if let held = window.heldBack { return "held back: \(held.reason)" }
    return window.isForced ? "begins whatever the pools have (--force)" : "planned"
  }

  private func state(of window: FinishedWindow) -> String {
    let overdue = window.overdue > 0 ? ", \(spanText(seconds: window.overdue)) overdue" : ""
    switch window.outcome {
    case .ended: return "ended \(words.time(window.at)) by \(window.by)\(overdue)"
    case .missed: return "missed: \(window.by)"
    case .cancelled: return "cancelled \(words.time(window.at)) by \(window.by)"
    case .dropped: return "dropped \(words.time(window.at)): the configuration no longer has the node"
    }
  }

  // MARK: JSON

  /// For programs, such as those that set the downtimes of a monitoring system.
  package var maintenanceJSON: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("schema", StatusReport.maintenanceSchema)
      json.member("time", now.description)
      json.member("now") { json in
        json.array(drains) { json, drain in
          json.object { json in
            json.member("node", drain.node)
            write(drain.state.since, drain.state.until, drain.state.author, drain.state.reason, to: &json)
            json.member("overdue_since", drain.state.overdueSince.map { UnixTime(seconds: $0).description })
          }
        }
      }
      json.member("planned") { $0.array(maintenance.planned) { $1.write(to: &$0) } }
      json.member("past") { json in
        json.array(past) { json, window in
          json.object { json in
            json.member("node", window.node)
            write(window.from, window.until, window.author, window.reason, to: &json)
            json.member("outcome", window.outcome.rawValue)
            json.member("at", UnixTime(seconds: window.at).description)
            json.member("by", window.by)
            json.member("overdue_s", window.overdue)
          }
        }
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private func write(
    _ from: Int64, _ until: Int64?, _ author: String, _ reason: String, to json: inout JSONWriter
  ) {
    json.member("from", UnixTime(seconds: from).description)
    json.member("until", until.map { UnixTime(seconds: $0).description })
    json.member("author", author)
    json.member("reason", reason.isEmpty ? nil : reason)
  }

  // MARK: Page

  /// What is planned, and what is over; nothing where there is neither. What holds now is shown with the nodes.
  func writeMaintenance(to html: inout HTMLWriter) {
    let past = past
    if maintenance.planned.isEmpty && past.isEmpty { return }
    html.markup("<section>\n<h2 id=\"maintenance\">Maintenance windows</h2>\n")
    if maintenance.planned.isEmpty {
      html.markup("<p>None is planned.</p>\n")
    } else {
      writeTable(
        maintenance.planned.map { ($0.node, $0.from, $0.until, $0.author, $0.reason, state(of: $0)) }, to: &html)
    }
    if !past.isEmpty {
      html.element("<details class=\"fold\"><summary>", "\(past.count) over in the past fortnight", "</summary>\n")
      writeTable(past.map { ($0.node, $0.from, $0.until, $0.author, $0.reason, state(of: $0)) }, to: &html)
      html.markup("</details>\n")
    }
    html.markup("</section>\n")
  }

  private typealias Row = (node: String, from: Int64, until: Int64?, author: String, reason: String, state: String)

  private func writeTable(_ rows: [Row], to html: inout HTMLWriter) {
    html.markup("<table class=\"cards\" aria-labelledby=\"maintenance\">\n")
    html.columns("Node", "From", "Until", "By", "Reason", "State")
    html.markup("<tbody>\n")
    for row in rows.prefix(StatusReport.mostWindowsOnPage) {
      html.element("<tr><th scope=\"row\">", row.node, "</th>")
      html.cell("From") { $0.time(UnixTime(seconds: row.from), age: words.time(row.from)) }
      html.cell("Until") { html in
        if let until = row.until { html.time(UnixTime(seconds: until), age: words.time(until)) } else { html.text("–") }
      }
      html.cell("By") { $0.text(row.author) }
      html.cell("Reason") { $0.text(row.reason.isEmpty ? "–" : row.reason) }
      html.cell("State") { $0.text(row.state) }
      html.markup("</tr>\n")
    }
    html.markup("</tbody></table>\n")
    let left = rows.count - StatusReport.mostWindowsOnPage
    if left > 0 { html.element("<p class=\"facts\">", "and \(left) more, shown by rondo maintenance", "</p>\n") }
  }

  /// So many rows of a table are shown.
  private static let mostWindowsOnPage = 40
}
