// The report of one moment that every page, table and metric is rendered from.

internal import Answering
internal import DNS
internal import Health
internal import Model
internal import Policy
internal import ZoneFile

extension DaemonView {
  package enum Scope {
    case whole
    /// Without the names of pools, which may be a hundred thousand and need no attention.
    case withoutNames
  }

  package func report(_ scope: Scope = .whole) -> StatusReport {
    var report = facts
    report.zones = configuration.zones.map { zone in
      var report = StatusReport.Zone(apex: zone.apex, serial: zone.soa.serial, nameCount: zone.nameCount)
      if let transfers { report.transfers = transfers[zone.apex] ?? .init() }
      return report
    }
    let uses = scope == .whole ? Dictionary(grouping: configuration.zones.flatMap(\.rotations), by: \.pool) : [:]
    report.pools = configuration.pools.indices.map { pool($0, uses[$0] ?? [], clock.monotonic) }
    report.nodes = nodes(clock)
    report.health.isolated = AddressFamily.allCases.filter { monitor.reachability($0).isIsolated }
    return report
  }

  // MARK: Pools

  private func pool(_ index: Int, _ uses: [RotationRecord], _ now: MonotonicTime) -> StatusReport.Pool {
    let definition = configuration.pools[index]
    var report = StatusReport.Pool(
      name: definition.name, isInline: definition.isInline,
      checks: definition.checks.map { configuration.checks[$0].name },
      uses: uses.map { StatusReport.PoolUse(name: $0.owner, ttl: $0.ttl) },
      members: definition.allNodes.map { configuration.nodes[$0].name },
      families: AddressFamily.allCases.compactMap { family(of: index, $0, now) })
    report.warners = definition.warners.map { configuration.checks[$0].name }
    report.observers = definition.observers.map { configuration.checks[$0].name }
    report.policy = definition.policy
    return report
  }

  private func family(of pool: Int, _ family: AddressFamily, _ now: MonotonicTime) -> StatusReport.PoolFamily? {
    let planned = plan.pools[pool]
    let view = plan.view(of: pool, family: family, by: monitor, histories, at: now)
    // In a fixed order the first place is always the same one's.
    let parts = planned.policy.order == .fixed ? [1] + view.shares.dropFirst().map { _ in 0 } : view.shares
    let shares = Dictionary(zip(view.selection.addresses, parts)) { first, _ in first }
    let sum = max(parts.reduce(0, +), 1)
    let known = plan.members(of: planned, by: monitor, histories[planned.name])
    let members = zip(planned.members, known).filter { $1.address.family == family }.map { member, known in
      var address = StatusReport.PoolAddress(node: configuration.nodes[member.node].name, address: member.address)
      address.weight = member.weight
      address.agentPercent = known.percent
      address.slowStartPercent =
        planned.policy.slowStartStep(of: known, at: now) * 100 / PoolPolicy.slowStartSteps
      address.backupGroup = member.group
      address.adminState = known.adminState
      address.isInMaintenance = known.isInMaintenance
      address.sharePercent = shares[member.address].map { $0 * 100 / sum } ?? 0
      return address
    }
    guard !members.isEmpty else { return nil }
    func named(_ chosen: [PoolMember]) -> [StatusReport.PoolAddress] {
      members.filter { member in chosen.contains { $0.address == member.address } }
    }
    var report = StatusReport.PoolFamily(
      family: family, members: members, handedOut: named(view.selection.members),
      basis: view.selection.basis)
    report.live = named(view.selection.live)
    return report
  }

  // MARK: Nodes

  private func nodes(_ clock: ClockPair) -> [StatusReport.Node] {
    var checks: [IPAddress: [String: [StatusReport.Check]]] = [:]
    for index in plan.targets.indices {
      let target = monitor.target(at: index)
      checks[target.address, default: [:]][target.node, default: []].append(check(index, clock))
    }
    let quiet = quietReports(on: plan.nodesKeptOut)
    return configuration.nodes.enumerated().map { index, node in
      var report = StatusReport.Node(
        name: node.name, site: node.site,
        addresses: node.addresses.map {
          StatusReport.NodeAddress(address: $0, checks: checks[$0]?[node.name] ?? [])
        })
      report.adminState = plan.adminStates[index]
      report.quiet = quiet[node.name]
      return report
    }
  }

  private func check(_ index: Int, _ clock: ClockPair) -> StatusReport.Check {
    let target = monitor.target(at: index)
    let judgement = monitor.judgement(at: index)
    var check = StatusReport.Check(
      name: target.check, kind: target.plan.kind.description, state: judgement.state,
      since: clock.civil(judgement.since))
    switch plan.role(of: index) {
    case .warn: check.role = .warn
    case .observe: check.role = .observe
    case .gate, nil: break
    }
    let status = monitor.status(at: index, now: clock.monotonic)
    check.origin = status.origin
    check.isStale = status.isStale
    check.holdLeftSeconds = status.holdLeft?.components.seconds
    check.detail = detail(status)
    check.cause = judgement.reason?.word
    check.certificate = judgement.certificate.map { StatusReport.Certificate($0) }
    check.lastResult = judgement.lastOutcome.map { StatusReport.Check.Result($0) }
    check.reason = judgement.why
    if check.reason == nil, let warning = judgement.lastNotes.warnings.first { check.reason = "warning: \(warning)" }
    check.lastProbeAt = judgement.lastHeard.map(clock.civil)
    check.latencyMicroseconds = judgement.lastLatency.map { $0.wholeNanoseconds / 1_000 }
    check.consecutiveFailures = judgement.failuresInARow
    check.consecutiveSuccesses = judgement.successesInARow
    check.probes = judgement.probes
    check.failures = judgement.failures
    check.changes = judgement.flips
    return check
  }

  private func detail(_ status: TargetStatus) -> String? {
    var parts: [String] = []
    if status.progress != .steady { parts.append(status.progress.description) }
    if let left = status.holdLeft { parts.append("back in \(left.components.seconds + 1) s") }
    if status.origin == .memory { parts.append("not checked since the restart") }
    if case .isolation = status.origin { parts.append("as before this host was cut off") }
    if status.isStale { parts.append("no new results") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension StatusReport.Check.Result {
  fileprivate init(_ outcome: ProbeOutcome) {
    self =
      switch outcome {
      case .success: .ok
      case .failure: .failed
      case .maintenance: .maintenance
      case .localFault: .noResult
      }
  }
}

extension StatusReport.Certificate {
  fileprivate init(_ sighting: CertificateSighting) {
    self.init(expiresAt: UnixTime(seconds: sighting.expiry))
    uncoveredNames = sighting.uncoveredNames
    faults = sighting.faults.map { reason in
      let kind: Condition.Kind =
        switch reason {
        case .certificateExpiresSoon: .certificateExpiring
        case .certificateDoesNotCover: .certificateNames
        default: .certificateExpired
        }
      return Fault(kind, reason.description)
    }
  }
}
