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
        if let outcome = probes.start(id, monitor.target(at: index), epoll, token: token) { conclude(id, outcome) }
      case .abandon(let id):
        probeCounts.probes += 1
        probeCounts.failures += 1
        probes.abandon(id)
      case .changed(let change): take(change)
      }
    }
  }

  mutating func look(at id: ProbeID) {
    if let outcome = probes.look(at: id) { conclude(id, outcome) }
  }

  private mutating func conclude(_ id: ProbeID, _ outcome: ProbeOutcome) {
    probeCounts.probes += 1
    if case .failure = outcome { probeCounts.failures += 1 }
    if let change = monitor.conclude(id, outcome, at: .now) { take(change) }
  }

  private mutating func take(_ change: HealthChange) {
    isDirty = true
    if change.from != .unknown { probeCounts.changes += 1 }
    let target = monitor.target(at: change.target)
    let pools = plan.poolsOfTarget[change.target].map { configuration.pools[$0].name }
    switch change.to {
    case .down:
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

  // MARK: Publishing

  /// The runs that the verdicts of this moment give.
  func currentRuns() -> AddressRuns {
    AddressRuns(for: table.rotations) { key in
      plan.selection(of: key.pool, family: key.family, by: monitor).addresses
    }
  }

  func currentSnapshot() -> AnswerSnapshot {
    AnswerSnapshot(table: table, runs: currentRuns(), settings: settings, zones: configuration.zones)
  }

  /// Gives the workers what the verdicts of this moment give, and logs what that means for each pool.
  mutating func publish() {
    isDirty = false
    probeCounts.publications += 1
    moveSerials()
    publication?.publish(currentSnapshot())
    // Workers asleep would keep the old snapshot's memory until their next query.
    for worker in workers { worker.link.wakeUp.signal() }
    tellSecondaries()
    for pool in configuration.pools.indices { logStanding(of: pool) }
  }

  private mutating func logStanding(of pool: Int) {
    let definition = configuration.pools[pool]
    guard !definition.checks.isEmpty else { return }
    for family in AddressFamily.allCases {
      let members = plan.pools[pool].filter { $0.address.family == family }
      guard !members.isEmpty else { continue }
      let selection = plan.selection(of: pool, family: family, by: monitor)
      let left = members.filter { selection.addresses.contains($0.address) }.map { configuration.nodes[$0.node].name }
      let standing: PoolStandings.Standing =
        selection.isFailOpen ? .failOpen : left.count < min(2, members.count) ? .redundancyLost : .redundant
      for line in standings.lines(
        forPool: definition.name, family: family, standing: standing, left: left, at: .now)
      { log.write(line) }
    }
  }
}
