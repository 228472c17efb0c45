// The one word an operator needs first, and the sentence that goes with it.

import DNS
import Health

/// How well the service stands as a whole.
package enum Severity: String, Sendable, CaseIterable {
  case ok = "OK"
  /// Clients are served, but one more failure would end that.
  case redundancyLost = "REDUNDANCY LOST"
  /// Some pool has no healthy node left and answers with all of them.
  case serviceLost = "SERVICE LOST"
  /// The first verdicts are still out.
  case starting = "STARTING"

  /// The severity as a stable token for programs: `redundancy-lost`.
  package var token: String {
    switch self {
    case .ok: "ok"
    case .redundancyLost: "redundancy-lost"
    case .serviceLost: "service-lost"
    case .starting: "starting"
    }
  }

  /// The severity in the numbers of monitoring plug-ins: 0 OK, 1 warning, 2 critical, 3 unknown.
  package var monitoringState: Int {
    switch self {
    case .ok: 0
    case .redundancyLost: 1
    case .serviceLost: 2
    case .starting: 3
    }
  }

  /// Reads the severity back from the start of a text rendering; nil when it is not one.
  package init?(firstLineOf text: some Collection<UInt8>) {
    guard let severity = Severity.allCases.first(where: { text.starts(with: "\($0.rawValue): ".utf8) }) else {
      return nil
    }
    self = severity
  }
}

extension StatusReport {
  package var severity: Severity {
    if readiness != .ready { return .starting }
    let states = pools.map(\.state)
    if states.contains(where: \.isAllDown) { return .serviceLost }
    return states.contains(.redundancyLost) ? .redundancyLost : .ok
  }

  /// What the severity is due to, in one sentence without a full stop.
  package var headline: String {
    let sentence =
      switch severity {
      case .starting: startingSentence
      case .serviceLost: sentence(about: pools.filter(\.state.isAllDown)) { $0.serviceLostSentence }
      case .redundancyLost:
        sentence(about: pools.filter { $0.state == .redundancyLost }) { $0.redundancyLostSentence }
      case .ok: okSentence
      }
    let whole = sentence + orderSentence + isolationSentence + staleSentence + warningSentence
    guard case .refused(let count, _) = configuration.lastReload?.outcome else { return whole }
    return whole + "; the last reload was refused (\(counted(count, "error")))"
  }

  private var isolationSentence: String {
    let families = health.isolated.map(\.displayName).joined(separator: " and ")
    return families.isEmpty ? "" : "; this host is cut off (\(families)), the last view is kept"
  }

  /// What operators have ordered: who is drained is told, who is forced is a warning, since no check decides then.
  private var orderSentence: String {
    func named(_ kind: Order.Kind) -> String? {
      let names = nodes.filter { $0.order?.kind == kind }.map(\.name)
      return names.first.map { $0 + (names.count > 1 ? " and \(names.count - 1) more" : "") }
    }
    let forced = [Order.Kind.forcedUp, .forcedDown].compactMap { kind in
      named(kind).map { "; warning: \(kind.words): \($0)" }
    }
    return (named(.drained).map { "; drained: \($0)" } ?? "") + forced.joined()
  }

  /// Checks that tell nothing any more, so that what they said last stands.
  private var staleSentence: String { sentence(about: \.isStale) { "; no new results: \($0)" } }

  /// Checks that only warn, and fail.
  private var warningSentence: String { sentence(about: \.isWarning) { "; warning: \($0) fails" } }

  /// The first of such checks in words, and how many more there are; empty where there is none.
  private func sentence(about isMeant: (Check) -> Bool, _ describe: (String) -> String) -> String {
    let names = nodes.flatMap { node in node.checks.filter(isMeant).map { "\($0.name) of \(node.name)" } }
    guard let first = names.first else { return "" }
    return describe(first) + (names.count > 1 ? " and \(names.count - 1) more" : "")
  }

  private var startingSentence: String {
    guard case .waiting(let missing) = readiness else { return "not ready" }
    return "waiting for \(missing)"
  }

  private var okSentence: String {
    let failing = nodes.count { [.down, .maintenance, .partial].contains($0.checkedState) }
    let all = "\(counted(pools.count, "pool")), \(counted(nodes.count, "node"))"
    return failing == 0 ? "\(all), no check fails" : "\(all); \(counted(failing, "node")) with failing checks"
  }

  /// The first of the pools in words, and how many more there are.
  private func sentence(about affected: [Pool], _ describe: (Pool) -> String) -> String {
    guard let first = affected.first else { return "" }
    let more = affected.count > 1 ? "; and \(counted(affected.count - 1, "more pool"))" : ""
    return "pool \(first.name): \(describe(first))" + more
  }
}

extension StatusReport.Pool {
  fileprivate var serviceLostSentence: String {
    let lost = families.filter(\.isFailOpen)
    let names = lost.map(\.family.displayName).joined(separator: " and ")
    if state == .allDownDrained { return "only drained nodes are left (\(names)), \(state.emergencyWords)" }
    let what = lost.allSatisfy(\.healthy.isEmpty) ? "all nodes fail their checks" : "too few nodes pass their checks"
    return "\(what) (\(names)), \(state.emergencyWords)"
  }

  fileprivate var redundancyLostSentence: String {
    families.filter(\.hasLostRedundancy).map { family in
      if family.isUnproven { return "no check tells of any node (\(family.family.displayName))" }
      let left = family.healthy.map(\.node).joined(separator: ", ")
      return left.isEmpty
        ? "no node left (\(family.family.displayName))" : "only \(left) left (\(family.family.displayName))"
    }.joined(separator: ", ")
  }
}

extension StatusReport.PoolState {
  /// What clients are given in an emergency.
  fileprivate var emergencyWords: String {
    switch self {
    case .allDownLastGood: "those that were well last are handed out"
    case .allDownBackupOnly: "the backups are handed out"
    case .allDownNoData: "what is left is handed out, and \"no such record\" where nothing is"
    case .allDownServerFailure: "what is left is handed out, and SERVFAIL where nothing is"
    case .allDownDrained: "these are handed out"
    case .ok, .redundancyLost, .unchecked, .allDownAnsweringAll: "all are handed out"
    }
  }
}

extension AddressFamily {
  /// The family as people write it.
  var displayName: String { self == .ipv4 ? "IPv4" : "IPv6" }
}

/// `1 node`, `2 nodes`.
func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
