// From the facts of a report to the conditions that need attention.

internal import DNS
internal import Health
internal import Model
internal import Policy

extension StatusReport {
  /// For how long a node may say that it is in maintenance before that needs attention, in seconds: as long as a drain
  /// that has no end.
  package static let longestMaintenance = AdminState.longestOpenDrain

  /// What needs attention in this report; compute it once for each rendering.
  package var attention: Attention {
    // Before the first verdicts nothing else can be said of pools and checks.
    if case .waiting(let missing) = readiness {
      return Attention([Condition(.starting, "", "waiting for \(missing)")] + daemonConditions, calm: "")
    }
    return Attention(
      pools.compactMap(\.condition) + isolationConditions + nodeConditions + daemonConditions, calm: calmSentence)
  }

  package var severity: Severity { attention.severity }
  package var headline: String { attention.headline }

  /// What does not depend on any check.
  private var daemonConditions: [Condition] {
    var conditions = reported + reachabilityConditions + upkeepConditions
    if case .refused(let refusal) = configuration.lastReload?.outcome {
      conditions.append(Condition(.reloadRefused, "", "the last reload was refused (\(refusal.summary))"))
    }
    return conditions
  }

  private var isolationConditions: [Condition] {
    guard let first = health.isolated.first else { return [] }
    let families = health.isolated.map(\.displayName).joined(separator: " and ")
    return [
      Condition(
        .isolated, health.isolated.count > 1 ? "ipv4 ipv6" : first.rawValue,
        """
        this host is cut off (\(families)): its last view is kept, and no failure would be noticed
        """)
    ]
  }

  private var nodeConditions: [Condition] {
    nodes.flatMap { node in [node.condition(words)].compactMap { $0 } + node.checkConditions } + windowConditions
  }

  /// Windows whose time has come, and that cannot begin.
  private var windowConditions: [Condition] {
    maintenance.planned.compactMap { window in
      window.heldBack.map { held in
        Condition(
          .windowHeldBack, "\(window.node) \(UnixTime(seconds: window.from))",
          "the window of \(window.node) \(words.span(from: window.from, until: window.until)) is held back: "
            + held.reason)
      }
    }
  }

  private var calmSentence: String {
    let failing = nodes.count { [.down, .partial].contains($0.checkedState) && $0.announcement == nil }
    let all = "\(counted(pools.count, "pool")), \(counted(nodes.count, "node"))"
    return failing == 0 ? "\(all), no check fails" : "\(all); \(counted(failing, "node")) with failing checks"
  }
}

extension StatusReport.Node {
  /// The check by which the node says that it is not to be used, when that alone keeps it out; nil otherwise.
  package var announcement: StatusReport.Check? {
    let out = checks.filter { $0.role == .gate && $0.state.isOut }
    return out.allSatisfy { $0.state == .maintenance } ? out.max { $0.since > $1.since } : nil
  }

  /// What an operator has decided, or what the node says of itself.
  fileprivate func condition(_ words: TimeWords) -> Condition? {
    if let adminState { return condition(adminState, words) }
    guard let announcement else { return nil }
    let lasted = words.now.seconds(since: announcement.since)
    guard lasted > StatusReport.longestMaintenance else {
      return Condition(.maintenance, name, "in maintenance: \(name)")
    }
    return Condition(.maintenanceOverdue, name, "in maintenance for \(spanText(seconds: lasted)): \(name)")
  }

  private func condition(_ adminState: AdminState, _ words: TimeWords) -> Condition {
    let what = "\(adminState.kind.words)\(words.end(adminState.until)): \(name)"
    guard !adminState.kind.isForced else { return Condition(.nodeForced, name, what) }
    guard let overdue = adminState.overdueSince else { return Condition(.drained, name, what) }
    guard adminState.until != nil else {
      let lasted = words.now.seconds(since: UnixTime(seconds: adminState.since))
      return Condition(.drainOverdue, name, "drained for \(spanText(seconds: lasted)): \(name)")
    }
    let late = words.now.seconds(since: UnixTime(seconds: overdue))
    return Condition(
      .drainOverdue, name,
      "drained for \(spanText(seconds: late)) longer than planned: \(name) (\(missingResult ?? "its checks do not pass"))"
    )
  }

  /// The first check that decides and does not pass: `owa at 192.0.2.11: connection refused`.
  private var missingResult: String? {
    for address in addresses {
      for check in address.checks where check.role == .gate && (check.state != .up || check.isStale) {
        return "\(check.name) at \(address.address): \(check.explanation ?? "no result yet")"
      }
    }
    return nil
  }

  fileprivate var checkConditions: [Condition] {
    addresses.flatMap { address in
      address.checks.flatMap { check in
        let subject = "\(check.name) of \(name) at \(address.address)"
        var conditions: [Condition] = []
        // While this host is cut off no result counts: that is one condition, not one for each check.
        if check.isStale, !check.origin.isIsolation {
          conditions.append(Condition(.resultsMissing, subject, "no new results: \(check.name) of \(name)"))
        }
        if check.isWarning {
          conditions.append(
            Condition(.checkWarning, subject, "a check that only warns fails: \(check.name) of \(name)"))
        }
        for fault in check.certificate?.faults ?? [] {
          conditions.append(Condition(fault.kind, subject, "\(fault.words): \(check.name) of \(name)"))
        }
        return conditions
      }
    }
  }
}

extension StatusReport.Pool {
  fileprivate var condition: Condition? {
    if state.isAllDown { return Condition(.serviceLost, name, "pool \(name): \(serviceLostSentence)") }
    guard state == .redundancyLost else { return nil }
    return Condition(.redundancyLost, name, "pool \(name): \(redundancyLostSentence)")
  }

  private var serviceLostSentence: String {
    let lost = families.filter(\.isFailOpen)
    let names = lost.map(\.family.displayName).joined(separator: " and ")
    if state == .allDownDrained { return "only drained nodes are left (\(names)), \(state.emergencyWords)" }
    let members = lost.flatMap(\.members)
    let forcedDown = members.count { $0.adminState == .forcedDown }
    if forcedDown > 0, forcedDown < members.count, state == .allDownAnsweringAll, lost.allSatisfy(\.healthy.isEmpty) {
      return "all nodes that are not forced down fail their checks (\(names)), these are handed out"
    }
    let what =
      if forcedDown == members.count {
        "all nodes are forced down"
      } else if lost.allSatisfy({ $0.members.allSatisfy(\.isInMaintenance) }) {
        "all nodes are in maintenance"
      } else if lost.allSatisfy(\.healthy.isEmpty) {
        "all nodes fail their checks"
      } else {
        "too few nodes pass their checks"
      }
    return "\(what) (\(names)), \(state.emergencyWords)"
  }

  private var redundancyLostSentence: String {
    families.filter(\.hasLostRedundancy).map { family in
      if family.basis == .possible, family.healthy.isEmpty {
        return "no check has a result for any node (\(family.family.displayName))"
      }
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
    case .allDownLastGood: "the nodes that were healthy last are handed out"
    case .allDownBackupOnly: "the backups are handed out"
    case .allDownNoData: "what is left is handed out, and \"no such record\" where nothing is"
    case .allDownServerFailure: "what is left is handed out, and SERVFAIL where nothing is"
    case .allDownDrained: "these are handed out"
    case .ok, .redundancyLost, .unchecked, .allDownAnsweringAll: "all are handed out"
    }
  }
}
