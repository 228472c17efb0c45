// What monitoring systems are given: one service for each pool, one for all the rest, each with a state and readings.
//
//   StatusReport ─▶ conditions ─▶ MonitorReport ─▶ Nagios, Checkmk, PRTG
//
// States come from the conditions that `rondo status` shows, and from nothing else. So no two systems disagree.

internal import DNS
internal import Health

package struct MonitorReport {
  /// What a system shows as one line with a state.
  package struct Service {
    /// The pool's name; nil for the service of all the rest.
    package let pool: String?
    package let severity: Severity
    /// One line, without the word for the state.
    package let text: String
    package let readings: [Reading]
  }

  /// A number that is worth a graph.
  package struct Reading {
    package enum Unit {
      case count, seconds
      /// A count that only rises.
      case counter
    }

    /// A word of small letters, digits and underscores, the same in every version.
    package let name: String
    /// For people: `Pools without redundancy`.
    package let title: String
    package let value: Int64
    package let unit: Unit
    /// Below it redundancy is lost.
    package var least: Int64?
    /// The greatest possible value.
    package var most: Int64?

    fileprivate init(_ name: String, _ title: String, _ value: some BinaryInteger, _ unit: Unit = .count) {
      self.name = name
      self.title = title
      self.value = Int64(clamping: value)
      self.unit = unit
    }
  }

  /// All conditions, as `rondo status` counts them.
  package let attention: Attention
  /// All that is about no single pool.
  package let daemon: Service
  package let pools: [Service]

  package init(_ report: StatusReport) {
    let attention = report.attention
    self.attention = attention
    let rest = attention.withoutPools
    daemon = Service(
      pool: nil, severity: rest.severity, text: rest.wordedHeadline, readings: Reading.all(of: report, attention))
    let ofPools = Dictionary(grouping: attention.conditions.filter(\.kind.isOfPool), by: \.subject)
    pools = report.pools.map { pool in
      let readings = pool.checks.isEmpty ? [] : pool.families.map(Reading.init)
      guard report.readiness == .ready else {
        return Service(
          pool: pool.name, severity: .unknown, text: "the first checks are not finished", readings: readings)
      }
      guard let worst = ofPools[pool.name]?.first else {
        return Service(pool: pool.name, severity: .ok, text: pool.calmSentence, readings: readings)
      }
      return Service(
        pool: pool.name, severity: worst.severity, text: "\(worst.kind.word.rawValue): \(worst.text)",
        readings: readings)
    }
  }
}

extension Attention {
  /// The headline after the status word, where that says more than the severity does.
  package var wordedHeadline: String {
    word == StatusWord(severity) && word != .starting ? headline : "\(word.rawValue): \(headline)"
  }
}

extension StatusReport.Pool {
  /// `2 of 2 healthy (IPv4), 1 of 2 healthy (IPv6)`
  fileprivate var calmSentence: String {
    guard !checks.isEmpty else { return "not checked (check=none)" }
    return families.map { "\($0.healthy.count) of \($0.members.count) healthy (\($0.family.displayName))" }
      .joined(separator: ", ")
  }
}

extension MonitorReport.Reading {
  fileprivate init(_ family: StatusReport.PoolFamily) {
    self.init("healthy_\(family.family.rawValue)", "healthy \(family.family.displayName)", family.healthy.count)
    least = Int64(family.leastForRedundancy)
    most = Int64(family.members.count)
  }

  fileprivate static func all(of report: StatusReport, _ attention: Attention) -> [Self] {
    let states = report.nodes.map(\.checkedState)
    return [
      Self("pools_service_lost", "Pools without service", attention.count(.serviceLost)),
      Self("pools_redundancy_lost", "Pools without redundancy", attention.count(.redundancyLost)),
      Self("findings_critical", "Critical findings", attention.conditions.count { $0.severity == .critical }),
      Self("findings_warning", "Warnings", attention.conditions.count { $0.severity == .warning }),
      Self("nodes", "Nodes", report.nodes.count),
      Self("nodes_failing", "Nodes with failing checks", states.count { $0 == .down || $0 == .partial }),
      Self("nodes_drained", "Drained nodes", report.nodes.count { $0.adminState?.kind == .drained }),
      Self("queries", "Queries", report.answers.queries.values.reduce(0, &+), .counter),
      Self("servfail", "SERVFAIL replies", report.answers.responses[.serverFailure, default: 0], .counter),
      Self("probes", "Probes", report.health.probes, .counter),
      Self("probe_failures", "Failed probes", report.health.failures, .counter),
      Self("uptime", "Uptime", report.now.seconds(since: report.startedAt), .seconds),
    ]
  }
}
