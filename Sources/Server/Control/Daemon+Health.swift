// Health on the control thread: probes out, results in, new address runs to the workers.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

/// Sums over all probes since the start, those of earlier configurations included.
struct ProbeCounts {
  var probes: UInt64 = 0
  var failures: UInt64 = 0
  var changes: UInt64 = 0
  var publications: UInt64 = 0
}

extension Daemon {
  /// Lets time pass for the monitor.
  mutating func advanceHealth(to now: MonotonicTime) {
    var pending = monitor.advance(to: now, using: &random)
    // A probe that fails at once frees its place for the next, hence the turns; each starts a waiting target.
    while !pending.isEmpty {
      perform(pending)
      pending = monitor.nextDeadline.map { $0 <= now } == true ? monitor.advance(to: now, using: &random) : []
    }
  }

  mutating func perform(_ actions: [HealthAction]) {
    for action in actions {
      switch action {
      case .start(let id, let index):
        let token = Token.probe(id).rawValue
        let target = monitor.target(at: index)
        if let end = probes.start(id, target, epoll, token: token, using: &random) { conclude(id, end) }
      case .abandon(let id):
        probeCounts.probes += 1
        probeCounts.failures += 1
        probes.abandon(id)
      case .changed(let change): take(change)
      case .freshness(let index, let isStale): take(staleness: isStale, of: index)
      case .connection(let family, let connection): take(connection, of: family)
      }
    }
  }

  mutating func look(at id: ProbeID) {
    switch probes.look(at: id, epoll) {
    case .end(let end): conclude(id, end)
    case .stage(let stage): monitor.note(stage, of: id)
    case nil: break
    }
  }

  private mutating func conclude(_ id: ProbeID, _ end: Probes.End) {
    probeCounts.probes += 1
    switch end.outcome {
    case .failure, .maintenance: probeCounts.failures += 1
    case .success, .localFault: break
    }
    let target = monitor.target(of: id)
    if let target { logLocalFault(of: target, end.outcome) }
    if let change = monitor.conclude(id, end.outcome, notes: end.notes, at: .now) { take(change) }
    if let target, end.outcome == .success { hold(target) }
  }

  // MARK: Watch

  /// Holds a connection to a target that is well, if its check asks for that.
  private mutating func hold(_ index: Int) {
    guard monitor.isToBeWatched(at: index) else { return }
    let target = monitor.target(at: index)
    guard let endpoint = target.endpoint else { return }
    watches.hold(index, at: endpoint, from: target.source, epoll, at: .now) { Token.watch($0).rawValue }
  }

  mutating func lookAtWatch(_ number: UInt64) {
    let broken = watches.look(
      at: number, plan: { monitor.target(at: $0).plan }, epoll, token: Token.watch(number).rawValue, at: .now)
    if let broken { monitor.noteBrokenWatch(of: broken, at: .now) }
  }

  /// Tells when this host begins or ceases to be unable to probe a target: nothing else would, for such a probe says
  /// nothing of the node.
  private func logLocalFault(of index: Int, _ outcome: ProbeOutcome) {
    let before = monitor.hasLocalFault(at: index)
    let target: ProbeTarget
    switch outcome {
    case .localFault(let fault) where !before:
      target = monitor.target(at: index)
      log.write(
        .checkCannotRun(
          node: target.node, address: target.address, check: target.check, reason: fault.description))
    case .success where before, .failure where before, .maintenance where before:
      target = monitor.target(at: index)
      log.write(.checkRunsAgain(node: target.node, address: target.address, check: target.check))
    case .localFault, .success, .failure, .maintenance: break
    }
  }

  private mutating func take(_ change: HealthChange) {
    isDirty = true
    memory.noteChange()
    if change.to.isOut { watches.release(change.target) }
    if change.from != .unknown { probeCounts.changes += 1 }
    let target = monitor.target(at: change.target)
    logWarning(change, of: target)
    let pools = plan.pools(of: change.target, as: .gate).map { configuration.pools[$0].name }
    // A reference, or a check that decides over nobody.
    if pools.isEmpty, plan.role(of: change.target) != nil { return }
    switch change.to {
    case .down, .maintenance:
      log.write(
        .addressDown(
          node: target.node, address: target.address, check: target.check,
          reason: change.reason?.description ?? "check fails", pools: pools))
    case .up:
      log.write(
        .addressUp(
          node: target.node, address: target.address, check: target.check,
          downSeconds: change.from == .down ? change.lasted.components.seconds : nil, pools: pools))
    case .unknown: break
    }
  }

  /// Tells of a check that only warns.
  private func logWarning(_ change: HealthChange, of target: ProbeTarget) {
    let pools = plan.pools(of: change.target, as: .warn).map { configuration.pools[$0].name }
    guard !pools.isEmpty, change.to.isOut || change.from.isOut else { return }
    log.write(
      .checkWarning(
        node: target.node, address: target.address, check: target.check, isOver: !change.to.isOut,
        reason: change.reason?.description, pools: pools))
  }

  private func take(staleness isStale: Bool, of index: Int) {
    let target = monitor.target(at: index)
    log.write(
      .resultsMissing(
        node: target.node, address: target.address, check: target.check, isOver: !isStale,
        reason: monitor.standing(at: index, now: .now).reason))
  }

  private func take(_ connection: Connection, of family: AddressFamily) {
    switch connection {
    case .isolated(_, let cause): log.write(.isolated(family: family, cause: cause.rawValue))
    case .connected: log.write(.isolationOver(family: family))
    }
  }

  // MARK: Publishing

  /// The snapshot that the verdicts of this moment give.
  mutating func currentSnapshot(at now: MonotonicTime) -> AnswerSnapshot {
    let (runs, renewal) = plan.runs(for: table.rotations, by: monitor, histories, at: now)
    nextRenewal = renewal
    return AnswerSnapshot(
      table: table, runs: runs, settings: settings, zones: settings.transfers.isEmpty ? [] : configuration.zones)
  }

  /// Looks whether answers have to change although no verdict has: shares of a slow start, weights that agents ask for,
  /// a change that has come near.
  mutating func notePolicies(at now: MonotonicTime) {
    if let renewal = nextRenewal, renewal <= now { isDirty = true }
    for target in monitor.takeUnsettled() {
      isDirty = isDirty || plan.pools(of: target, as: .gate).contains { plan.isUnsettled(plan.pools[$0], by: target) }
    }
  }

  /// Gives the workers what the verdicts of this moment give, and logs what that means for each pool.
  mutating func publish() {
    isDirty = false
    probeCounts.publications += 1
    let now = MonotonicTime.now
    histories.note(plan, by: monitor, at: now)
    moveSerials()
    publication?.publish(currentSnapshot(at: now))
    tellSecondaries()
    for pool in configuration.pools.indices { logStanding(of: pool, at: now) }
  }

  private mutating func logStanding(of pool: Int, at now: MonotonicTime) {
    let definition = configuration.pools[pool]
    guard !definition.checks.isEmpty else { return }
    for family in AddressFamily.allCases {
      let members = plan.pools[pool].members.filter { $0.address.family == family }
      guard !members.isEmpty else { continue }
      let selection = plan.view(of: pool, family: family, by: monitor, histories, at: now).selection
      for line in standings.lines(
        forPool: definition.name, family: family,
        PoolStandings.View(
          selection, of: members.map { (configuration.nodes[$0.node].name, $0.address) },
          drained: members.count { plan.orders[$0.node]?.kind == .drained }), at: now)
      { log.write(line) }
    }
  }
}

extension HealthPlan {
  /// Whether what is unsettled about a target can change the answers of a pool.
  fileprivate func isUnsettled(_ pool: PlannedPool, by target: Int) -> Bool {
    if case .agent = targets[target].plan.kind { return true }
    return pool.policy.minTTL != nil
  }
}
