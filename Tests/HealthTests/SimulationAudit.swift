// An auditor beside the monitor: it keeps books of its own and holds the monitor to its promises.
//
// It knows targets by a number that outlives reloads, sees only what the owner of the sockets sees, and counts runs of
// results itself. A broken promise is recorded once with what was seen; the test prints it beside the seed.

import Health

struct SimulationAudit {
  struct Account {
    var plan: CheckPlan
    var node: Int
    var live: ProbeID?
    /// How often it was started since it was last disturbed, and the last start of all.
    var calmStarts = 0
    var isFirstGap = true
    /// Since when all gaps must be regular ones.
    var regularSince: MonotonicTime?
    var lastStart: MonotonicTime?
    var state = HealthState.unknown
    var results = 0
    var failuresInARow = 0
    var successesInARow = 0
    let born: MonotonicTime
    /// Since when it could be probed in peace: its birth, or the last time the host slept, starved or reloaded.
    var calmSince: MonotonicTime

    init(_ plan: CheckPlan, node: Int, at now: MonotonicTime) {
      self.plan = plan
      self.node = node
      born = now
      calmSince = now
    }
  }

  let maximumConcurrentProbes: Int
  /// Whether there are places enough for all, so that starts are on time.
  let isRoomy: Bool
  var accounts: [Int: Account] = [:]
  var owners: [ProbeID: Int] = [:]
  private(set) var broken: [String] = []
  private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325
  private(set) var changes = 0
  private(set) var starts = 0

  init(maximumConcurrentProbes: Int, isRoomy: Bool) {
    self.maximumConcurrentProbes = maximumConcurrentProbes
    self.isRoomy = isRoomy
  }

  mutating func require(_ promise: Bool, _ what: @autoclosure () -> String) {
    if !promise, broken.count < 5 { broken.append(what()) }
  }

  /// FNV-1a over all that happened, to compare two runs.
  mutating func note(_ words: UInt64...) {
    for word in words { trace = (trace ^ word) &* 0x100_0000_01B3 }
  }

  // MARK: Events

  mutating func started(_ probe: ProbeID, key: Int, at now: MonotonicTime) {
    guard var account = accounts[key] else { return require(false, "a start for no target") }
    note(1, probe.rawValue, UInt64(key), UInt64(now.nanoseconds))
    require(account.live == nil, "\(key): a second probe beside \(account.live as Any) at \(now)")
    require(owners[probe] == nil, "\(probe) is used twice")
    if let last = account.lastStart {
      let gap = now - last
      let every = account.plan.every
      require(gap >= every * 0.899, "\(key): started again after \(gap) of \(every)")
      if isRoomy, account.calmStarts > 0, last > account.calmSince {
        // The first gap of all spreads what started together; the first after a disturbance leads back to the phase.
        let limit = account.isFirstGap ? 2.01 : account.calmStarts == 1 ? 1.551 : 1.101
        require(gap <= every * limit, "\(key): \(gap) between starts of \(every)")
      }
      account.isFirstGap = false
    }
    account.live = probe
    account.calmStarts += 1
    if account.calmStarts == 2 { account.regularSince = now }
    account.lastStart = now
    accounts[key] = account
    owners[probe] = key
    starts += 1
    let live = owners.count
    require(live <= maximumConcurrentProbes, "\(live) probes at once")
  }

  /// A result the monitor is expected to take, by `conclude` or by abandoning the probe.
  mutating func ended(_ probe: ProbeID, _ outcome: ProbeOutcome, at now: MonotonicTime) {
    guard let key = owners.removeValue(forKey: probe) else { return }
    note(2, probe.rawValue, UInt64(now.nanoseconds))
    accounts[key]?.live = nil
    switch outcome {
    case .localFault: break
    case .success:
      accounts[key]?.results += 1
      accounts[key]?.successesInARow += 1
      accounts[key]?.failuresInARow = 0
    case .failure, .maintenance:
      accounts[key]?.results += 1
      accounts[key]?.failuresInARow += 1
      accounts[key]?.successesInARow = 0
    }
  }

  mutating func changed(_ change: HealthChange, key: Int, at now: MonotonicTime) {
    guard let account = accounts[key] else { return require(false, "a change of no target") }
    note(3, UInt64(key), change.to == .down ? 1 : 0, UInt64(now.nanoseconds))
    changes += 1
    require(change.from == account.state && change.to != .unknown, "\(key): \(change) while \(account.state)")
    require((change.to == .down) == (change.reason != nil), "\(key): \(change)")
    let isFirst = account.results == 1
    if change.to == .down {
      require(isFirst || account.failuresInARow >= account.plan.fall, "\(key): down after \(account.failuresInARow)")
    } else {
      require(isFirst || account.successesInARow >= account.plan.rise, "\(key): up after \(account.successesInARow)")
    }
    accounts[key]?.state = change.to
  }

  mutating func disturbed(at now: MonotonicTime) {
    for (key, account) in accounts {
      accounts[key]?.calmSince = max(now, account.calmSince)
      accounts[key]?.calmStarts = 0
      accounts[key]?.regularSince = nil
    }
  }

  /// Another plan holds from now on, but a probe under way has the time the old plan gave it.
  mutating func replan(_ key: Int, _ plan: CheckPlan) {
    guard let account = accounts[key] else { return }
    if account.live != nil, let last = account.lastStart { accounts[key]?.calmSince = last + account.plan.timeout }
    accounts[key]?.plan = plan
  }

  // MARK: Promises that hold at any time

  mutating func inspect(_ monitor: HealthMonitor, keys: [Int], network: SimulatedNetwork, at now: MonotonicTime) {
    let live = owners.count
    require(monitor.liveProbeCount == live, "\(monitor.liveProbeCount) live, \(live) known")
    for (index, key) in keys.enumerated() {
      guard let account = accounts[key] else { continue }
      let verdict = monitor.judgement(at: index)
      require(verdict.state == account.state, "\(key): \(verdict.state), but told \(account.state)")
      guard isRoomy else { continue }
      inspectPromptness(account, key: key, network: network, at: now)
    }
  }

  private mutating func inspectPromptness(
    _ account: Account, key: Int, network: SimulatedNetwork, at now: MonotonicTime
  ) {
    let plan = account.plan
    // A disturbed target waits for its next point, and is then as one that has just started.
    let restart = max(account.lastStart ?? account.calmSince, account.calmSince)
    require(now - restart <= plan.every * 2.01, "\(key): no probe since \(restart) at \(now)")
    let steadySince = max(network.since[account.node], account.calmSince)
    let needed: Int
    switch network.manners[account.node].verdict {
    case .down where account.state != .down: needed = plan.fall
    case .up where account.state != .up: needed = plan.rise
    case .unknown, .up, .down: return
    }
    // Else one interval may be the long first one, or a point passed over.
    let isRegular = account.regularSince.map { $0 <= steadySince } ?? false
    let bound = plan.every * (1.101 * Double(needed) + (isRegular ? 0 : 1)) + plan.timeout
    require(now - steadySince <= bound, "\(key): still \(account.state) at \(now), steady since \(steadySince)")
  }
}
