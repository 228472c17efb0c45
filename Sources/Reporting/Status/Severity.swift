// How bad it is, in the four steps of monitoring plug-ins, and the one word an operator reads first.

internal import DNS

/// What a monitoring system makes of the daemon; the raw values are the exit codes of plug-ins.
package enum Severity: Int, Sendable, CaseIterable {
  case ok = 0
  /// Clients are served, but somebody has to look.
  case warning = 1
  /// Clients may not be served, or nobody would notice if they were not.
  case critical = 2
  /// Nothing can be said yet.
  case unknown = 3

  /// As programs see it.
  package var token: String {
    switch self {
    case .ok: "ok"
    case .warning: "warning"
    case .critical: "critical"
    case .unknown: "unknown"
    }
  }
}

extension Severity: Comparable {
  package static func < (one: Severity, other: Severity) -> Bool { one.rawValue < other.rawValue }
}

/// The status in one word: that of the worst condition, or of its severity where it has none of its own.
package enum StatusWord: String, Sendable, CaseIterable {
  case ok = "OK"
  /// Clients are served, but one more failure would end that.
  case redundancyLost = "REDUNDANCY LOST"
  case warning = "WARNING"
  /// Some pool has too few healthy nodes left and answers as `all-down=` says.
  case serviceLost = "SERVICE LOST"
  /// This host is cut off and keeps its last view.
  case isolated = "ISOLATED"
  case critical = "CRITICAL"
  /// The first verdicts are still out.
  case starting = "STARTING"

  /// The word as a stable token for programs: `redundancy-lost`.
  package var token: String { rawValue.lowercased().split(separator: " ").joined(separator: "-") }

  package var severity: Severity {
    switch self {
    case .ok: .ok
    case .redundancyLost, .warning: .warning
    case .serviceLost, .isolated, .critical: .critical
    case .starting: .unknown
    }
  }

  package init(_ severity: Severity) {
    self =
      switch severity {
      case .ok: .ok
      case .warning: .warning
      case .critical: .critical
      case .unknown: .starting
      }
  }
}

/// `1 node`, `2 nodes`.
package func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
