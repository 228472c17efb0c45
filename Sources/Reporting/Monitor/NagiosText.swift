// `rondo monitor --nagios`: the output of a plug-in, by the Monitoring Plugins Development Guidelines.
//
//   RONDO WARNING - REDUNDANCY LOST: pool access: only ex2 left (IPv4) | 'pools_service_lost'=0 …
//   more lines, as many as there is room for
//
// Nagios reads 8,192 octets and drops the rest. So what there is no room for is left out line by line, and counted.

extension MonitorReport {
  /// A little less than Nagios reads.
  private static let mostOctets = 8_000
  /// The readings get this much at most, so that the sentences have room.
  private static let mostReadingOctets = 4_000
  private static let longestHeadline = 600

  /// What is said for a daemon that does not answer.
  package static func nagios(silence reason: String) -> String { "RONDO CRITICAL - \(nagiosLine(reason))\n" }

  package var nagios: [UInt8] {
    let readings =
      daemon.readings.map { $0.performance("") }
      + pools.flatMap { pool in
        pool.readings.map { $0.performance("\(pool.pool ?? "") ") }
      }
    let kept = readings.prefix(within: MonitorReport.mostReadingOctets)
    let headline = nagiosLine(attention.wordedHeadline).shortened(to: MonitorReport.longestHeadline)
    let first = "RONDO \(attention.severity.pluginWord) - \(headline) | \(kept.joined(separator: " "))"
    var lines = attention.findings.map { "\($0.severity.token) \($0.kind.rawValue): \(nagiosLine($0.text))" }
    if lines.count < 2 { lines = [] }
    lines += pools.filter { $0.severity == .ok }.map { "ok pool \(nagiosLine($0.pool ?? "")): \(nagiosLine($0.text))" }
    let shown = lines.prefix(within: MonitorReport.mostOctets - first.utf8.count - 100)
    var text = ([first] + shown).joined(separator: "\n") + "\n"
    if shown.count < lines.count { text += "and \(lines.count - shown.count) lines more, shown by rondo status\n" }
    if kept.count < readings.count { text += "\(readings.count - kept.count) readings are left out\n" }
    return Array(text.utf8)
  }
}

extension Severity {
  /// As the first line of a plug-in has it.
  fileprivate var pluginWord: String { token.uppercased() }
}

extension MonitorReport.Reading {
  /// `'access healthy_ipv4'=2;2:;;0;2`
  fileprivate func performance(_ prefix: String) -> String {
    let label = singleLine(prefix + name).substituting("='", by: "_")
    let unit =
      switch self.unit {
      case .count: ""
      case .counter: "c"
      case .seconds: "s"
      }
    let limits = least.map { "\($0):" } ?? ""
    return "'\(label)'=\(value)\(unit);\(limits);;0;\(most.map(String.init) ?? "")"
  }
}

extension Collection<String> {
  /// The first elements that together, each with a separator, have at most so many octets.
  fileprivate func prefix(within octets: Int) -> SubSequence {
    var left = octets
    return prefix { element in
      left -= element.utf8.count + 1
      return left >= 0
    }
  }
}

/// One line for Nagios, which makes a colon of each semicolon.
private func nagiosLine(_ text: String) -> String { singleLine(text).substituting(";", by: ",") }
