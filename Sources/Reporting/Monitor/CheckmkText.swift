// `rondo monitor --checkmk`: one line a service, as the Checkmk agent takes it from a local check.
//
//   STATE "Rondo pool access" healthy_ipv4=2;;;0;2|healthy_ipv6=2;;;0;2 TEXT

extension MonitorReport {
  package var checkmk: [UInt8] {
    // A line break within a text is written as `\n`; the lines after the first are the details of the service.
    let details = attention.withoutPools.findings.prefix(MonitorReport.mostDetails).map {
      "\\n\($0.severity.token) \($0.kind.rawValue): \(plain($0.text))"
    }
    let lines =
      [line(daemon, named: "Rondo", details: details.count > 1 ? details.joined() : "")]
      + pools.map { line($0, named: "Rondo pool \($0.pool ?? "")", details: "") }
    return lines.flatMap { Array("\($0)\n".utf8) }
  }

  /// What is said for a daemon that does not answer.
  package static func checkmk(silence reason: String) -> String { "2 \"Rondo\" - \(plain(reason))\n" }

  private static let mostDetails = 40

  private func line(_ service: Service, named name: String, details: String) -> String {
    let readings = service.readings.map { "\($0.name)=\($0.value);;;0;\($0.most.map(String.init) ?? "")" }
    let quoted = plain(name).substituting("\"", by: "'")
    let metrics = readings.isEmpty ? "-" : readings.joined(separator: "|")
    return "\(service.severity.rawValue) \"\(quoted)\" \(metrics) \(plain(service.text))\(details)"
  }
}

/// A text in which nothing is taken for a line break.
private func plain(_ text: String) -> String { singleLine(text).substituting("\\", by: "/") }
