// `/status.txt`, which `rondo status` prints: the report as aligned columns for a terminal of any kind.
//
// The first line begins with the severity and stands for itself, so that a monitoring plug-in can show it alone.

internal import DNS
internal import Health
internal import Policy

extension StatusReport {
  private static let mostFindingsShown = 40

  /// The report as text, no line of it holding control characters.
  package var text: [UInt8] {
    let attention = attention
    var lines = ["\(attention.word.rawValue): \(attention.headline)"]
    lines.append(
      "rondo \(version), up \(spanText(seconds: now.seconds(since: startedAt))), at \(now), "
        + "configuration read \(age(configuration.loadedAt))")
    lines += reloadLines
    let findings = attention.findings
    if findings.count > 1 { lines += [""] + StatusReport.attentionTable(findings).lines }
    for table in [poolTable, orderTable, windowTable, nodeTable] where !table.rows.isEmpty {
      lines += [""] + table.lines
    }
    return lines.flatMap { terminalSafe($0) + [UInt8(ascii: "\n")] }
  }

  /// How long ago `time` was: `3m ago`.
  package func age(_ time: UnixTime) -> String { "\(spanText(seconds: now.seconds(since: time))) ago" }

  private var reloadLines: [String] {
    guard let reload = configuration.lastReload, case .refused(let refusal) = reload.outcome else { return [] }
    let why =
      switch refusal.cause {
      case .errors: " with \(refusal.summary), the first: \(refusal.first)"
      case .losses:
        ": \(refusal.first)" + (refusal.count > 1 ? ", and so \(counted(refusal.count - 1, "more pool"))" : "")
      }
    return ["last reload refused \(age(reload.at))\(why)"]
  }

  /// What the headline has no room for.
  private static func attentionTable(_ findings: ArraySlice<Condition>) -> TextTable {
    var table = TextTable(["ATTENTION", "KIND", "WHAT"])
    for finding in findings.prefix(mostFindingsShown) {
      table.rows.append([finding.severity.token, finding.kind.rawValue, finding.text])
    }
    let left = findings.count - mostFindingsShown
    if left > 0 { table.rows.append(["", "", "and \(left) more, all of them in /status.json"]) }
    return table
  }

  private var poolTable: TextTable {
    var table = TextTable(["POOL", "STATE", "FAMILY", "ANSWERS NOW", "KEPT OUT", "CHECKS"])
    for pool in pools {
      let checks = pool.checkNames(separator: ",")
      for family in pool.families {
        table.rows.append([
          pool.name, pool.state(of: family).rawValue, family.family.rawValue, nodeNames(family.handedOut),
          nodeNames(family.withheld), checks,
        ])
      }
    }
    return table
  }

  private func nodeNames(_ addresses: [PoolAddress]) -> String {
    addresses.isEmpty
      ? "-" : addresses.map { $0.node + ($0.remark.map { "(\($0))" } ?? "") }.joined(separator: " ")
  }

  private var orderTable: TextTable {
    var table = TextTable(["NODE", "ADMIN STATE", "SINCE", "UNTIL", "BY", "REASON", "CACHES"])
    for node in nodes {
      guard let adminState = node.adminState else { continue }
      table.rows.append([
        node.name, adminState.kind.words, words.time(adminState.since),
        adminState.until.map(words.time) ?? "-", adminState.author,
        adminState.reason.isEmpty ? "-" : adminState.reason, node.quiet.map(words.sentence) ?? "-",
      ])
    }
    return table
  }

  private var windowTable: TextTable {
    var table = TextTable(["NODE", "WINDOW FROM", "UNTIL", "BY", "REASON"])
    for window in maintenance.planned.prefix(StatusReport.mostFindingsShown) {
      table.rows.append([
        window.node, words.time(window.from), words.time(window.until), window.author,
        window.reason.isEmpty ? "-" : window.reason,
      ])
    }
    let left = maintenance.planned.count - table.rows.count
    if left > 0 { table.rows.append(["", "", "", "", "and \(left) more, shown by rondo maintenance"]) }
    return table
  }

  private var nodeTable: TextTable {
    var table = TextTable(["NODE", "SITE", "ADDRESS", "CHECK", "STATE", "SINCE", "LATENCY", "REASON"])
    for node in nodes {
      for address in node.addresses {
        let place = [node.name, node.site ?? "-", address.address.description]
        if address.checks.isEmpty { table.rows.append(place + ["none", "unchecked", "-", "-", "-"]) }
        for check in address.checks { table.rows.append(place + cells(check)) }
      }
    }
    return table
  }

  private func cells(_ check: Check) -> [String] {
    let role = check.role == .gate ? "" : " (\(check.role.rawValue))"
    return [
      "\(check.name) \(check.kind)\(role)", check.state.rawValue, age(check.since), check.currentLatency ?? "-",
      check.explanation ?? "-",
    ]
  }
}

extension StatusReport.PoolAddress {
  /// What sets it apart from a plain member: `weight 3`, `backup`, `agent 50%`, `slow start 30%`; nil if nothing does.
  package var remark: String? {
    var parts: [String] = []
    if weight != 1 { parts.append("weight \(weight)") }
    if agentPercent != 100 { parts.append("agent \(agentPercent)%") }
    if slowStartPercent != 100 { parts.append("slow start \(slowStartPercent)%") }
    if let adminState { parts.append(adminState.words) }
    if backupGroup > 0 { parts.append(backupGroup == 1 ? "backup" : "backup \(backupGroup)") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension StatusReport.Pool {
  /// The names of the gates, then of the checks with another role: `owa, cert (warn)`.
  package func checkNames(separator: String) -> String {
    let gates = checks.isEmpty ? ["none"] : checks
    return (gates + warners.map { "\($0) (warn)" } + observers.map { "\($0) (observe)" }).joined(separator: separator)
  }
}

extension StatusReport.Check {
  /// The latency for people; nil while the check is down, when the last good probe proves nothing.
  package var currentLatency: String? {
    guard state == .up, let latencyMicroseconds else { return nil }
    return latencyText(microseconds: latencyMicroseconds)
  }

  /// Reason and detail together: `connection refused (failing 1 of 3)`; nil when there is neither.
  package var explanation: String? {
    switch (reason, detail) {
    case (let reason?, let detail?): "\(reason) (\(detail))"
    case (let reason?, nil): reason
    case (nil, let detail): detail
    }
  }
}

/// Rows of cells, printed in columns two blanks apart; the last column is left as wide as it is.
package struct TextTable {
  package var heading: [String]
  package var rows: [[String]] = []

  package init(_ heading: [String]) { self.heading = heading }

  package var lines: [String] {
    let widths = heading.indices.map { column in ([heading] + rows).map { $0[column].count }.max() ?? 0 }
    return ([heading] + rows).map { row in
      var line = ""
      for (cell, width) in zip(row.dropLast(), widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      return line + (row.last ?? "")
    }
  }
}

/// `text` in UTF-8, its control characters as `\DDD`, so that nothing a node said can steer a terminal.
package func terminalSafe(_ text: String) -> [UInt8] { text.unicodeScalars.flatMap(terminalSafe) }

package func terminalSafe(_ scalar: Unicode.Scalar) -> [UInt8] {
  let octets = Array(String(scalar).utf8)
  return scalar.properties.generalCategory == .control ? octets.flatMap { Array(decimalEscape($0).utf8) } : octets
}
