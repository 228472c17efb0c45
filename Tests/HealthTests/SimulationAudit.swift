// An auditor beside the monitor: it keeps books of its own and holds the monitor to its promises.
//
// It knows targets by a number that outlives reloads, sees only what the owner of the sockets sees, and counts runs of
// results itself. A broken promise is recorded once with what was seen; the test prints it beside the seed.

import DNS
import Model

@testable import Health

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
    /// The run of failures that the last success ended, and when: a witness heard at the same moment may have confirmed it
    /// just before, which is reported a little later.
    var endedRun: (failures: Int, at: MonotonicTime)?
    var successesInARow = 0
    /// The checks since it came up, the latest last; true for a failure.
    var history: [Bool] = []
    /// When the verdict became another, the first one not counted.
    var changes: [MonotonicTime] = []
    /// The last start that was not its turn, but to witness.
    var lastOutOfTurn: MonotonicTime?
    /// The next start may still be as the old plan had it.
    var isReplanned = false
    let born: MonotonicTime
    /// Since when it could be probed in peace: its birth, or the last time the host slept, starved or reloaded.
    var calmSince: MonotonicTime

    init(_ plan: CheckPlan, node: Int, at now: MonotonicTime) {
      self.plan = plan
      self.node = node
      born = now
      calmSince = now
    }

    /// Whether more results are wanted at once.
    var isPending: Bool {
      state == .up ? failuresInARow > 0 : state.isOut && successesInARow > 0 && successesInARow < plan.rise
    }
  }

  let maximumConcurrentProbes: Int
  /// Whether there are places enough for all, so that starts are on time.
  let isRoomy: Bool
  var accounts: [Int: Account] = [:]
  var owners: [ProbeID: Int] = [:]
  private var connectedSince: MonotonicTime?
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
    inspectGap(&account, key: key, at: now)
    account.live = probe
    account.calmStarts += 1
    // The first start of all lays the grid itself; after a disturbance there may be a longer gap back to it.
    if account.calmStarts == 2 || account.lastStart == nil { account.regularSince = now }
    account.lastStart = now
    accounts[key] = account
    owners[probe] = key
    starts += 1
    let live = owners.count
    require(live <= maximumConcurrentProbes, "\(live) probes at once")
  }

  private mutating func inspectGap(_ account: inout Account, key: Int, at now: MonotonicTime) {
    guard let last = account.lastStart else { return }
    let gap = now - last
    let plan = account.plan
    if gap < (account.isPending ? plan.fast * 0.949 : plan.every * 0.899),
      !account.isReplanned, !account.isFirstGap
    {
      let since = account.lastOutOfTurn.map { now - $0 }
      require(since ?? .seconds(1) >= .milliseconds(250), "\(key): out of turn again after \(since as Any)")
      account.lastOutOfTurn = now
    }
    if isRoomy, account.calmStarts > 0, last > account.calmSince {
      // The first after a disturbance leads back to the phase.
      let limit = account.isFirstGap || account.calmStarts > 1 ? 1.001 : 1.501
      let longest = account.isPending ? max(plan.fast, plan.timeout) + .milliseconds(5) : plan.every * limit
      require(gap <= longest, "\(key): \(gap) between starts, at most \(longest), pending \(account.isPending)")
    }
    account.isFirstGap = false
    account.isReplanned = false
  }

  /// A result the monitor is expected to take, by `conclude` or by abandoning the probe.
  mutating func ended(_ probe: ProbeID, _ outcome: ProbeOutcome, isDisregarded: Bool, at now: MonotonicTime) {
    guard let key = owners.removeValue(forKey: probe) else { return }
    note(2, probe.rawValue, UInt64(now.nanoseconds))
    accounts[key]?.live = nil
    switch outcome {
    case .localFault: break
    case .failure where isDisregarded: break
    case .success:
      accounts[key]?.results += 1
      accounts[key]?.successesInARow += 1
      let run = accounts[key]?.failuresInARow ?? 0
      accounts[key]?.endedRun = (run, now)
      accounts[key]?.failuresInARow = 0
      accounts[key]?.history.append(false)
    case .failure, .maintenance:
      accounts[key]?.results += 1
      accounts[key]?.failuresInARow += 1
      accounts[key]?.successesInARow = 0
      accounts[key]?.history.append(true)
    }
    let excess = (accounts[key]?.history.count ?? 0) - FlakyRule.mostChecks
    if excess > 0 { accounts[key]?.history.removeFirst(excess) }
  }

  /// Whether the probe began before this host was cut off for the last time, or heard of it that it is no longer.
  func isBelated(_ probe: ProbeID) -> Bool {
    guard let key = owners[probe], let start = accounts[key]?.lastStart, let connectedSince else { return false }
    return start < connectedSince
  }

  /// This host is cut off, or no longer: what was held against targets is forgotten.
  mutating func reconnected(at now: MonotonicTime) {
    connectedSince = now
    for key in accounts.keys { accounts[key]?.failuresInARow = 0 }
    disturbed(at: now)
  }

  mutating func changed(_ change: HealthChange, key: Int, at now: MonotonicTime) {
    guard let account = accounts[key] else { return require(false, "a change of no target") }
    note(3, UInt64(key), change.to == .down ? 1 : 0, UInt64(now.nanoseconds))
    changes += 1
    require(change.from == account.state && change.to != .unknown, "\(key): \(change) while \(account.state)")
    require(change.to.isOut == (change.reason != nil), "\(key): \(change)")
    require(change.reason.map { !$0.description.isEmpty } ?? true, "\(key): no reason given")
    if account.results > 1 { inspectCause(of: change, account, key: key, at: now) }
    if account.state != .unknown { accounts[key]?.changes.append(now) }
    if change.to == .up { accounts[key]?.history = [] }
    accounts[key]?.state = change.to
  }

  private mutating func inspectCause(
    of change: HealthChange, _ account: Account, key: Int, at now: MonotonicTime
  ) {
    let plan = account.plan
    if case .intermittent(let failures, let checks, _) = change.reason {
      let counted = account.history.suffix(checks).count { $0 }
      require(failures == counted && failures >= plan.tuning.flaky?.failures ?? .max, "\(key): \(change)")
    } else if change.to.isOut {
      let ended = account.endedRun.map { $0.at == now ? $0.failures : 0 } ?? 0
      let failures = max(account.failuresInARow, ended)
      require(failures >= plan.fall, "\(key): out after \(failures)")
    } else {
      require(account.successesInARow >= plan.rise, "\(key): up after \(account.successesInARow)")
    }
    for hours in [1, 6] {
      let stretch = Duration.seconds(3_600 * hours)
      let within = account.changes.reversed().prefix { now - $0 <= stretch }.count + 1
      require(within <= HoldDown.mostChanges(within: stretch), "\(key): \(within) changes in \(hours) h")
    }
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
    accounts[key]?.isReplanned = true
  }

  // MARK: Promises that hold at any time

  mutating func inspect(_ monitor: HealthMonitor, keys: [Int], network: SimulatedNetwork, at now: MonotonicTime) {
    let live = owners.count
    require(monitor.liveProbeCount == live, "\(monitor.liveProbeCount) live, \(live) known")
    for (index, key) in keys.enumerated() {
      guard let account = accounts[key] else { continue }
      let verdict = monitor.judgement(at: index)
      require(verdict.state == account.state, "\(key): \(verdict.state), but told \(account.state)")
      let standing = monitor.status(at: index, now: now)
      require(!standing.reason.isEmpty, "\(key): \(verdict.state) without a reason")
      require(monitor.hasTimer(index), "\(key): nothing will ever happen to it")
      guard isRoomy, !monitor.reachability(.ipv4).isIsolated else { continue }
      inspectPromptness(account, verdict, patience: monitor.patience, key: key, network: network, at: now)
    }
  }

  private mutating func inspectPromptness(
    _ account: Account, _ verdict: Judgement, patience: Duration, key: Int, network: SimulatedNetwork,
    at now: MonotonicTime
  ) {
    let plan = account.plan
    // A disturbed target waits for its next point, and is then as one that has just started.
    let restart = max(account.lastStart ?? account.calmSince, account.calmSince)
    require(now - restart <= plan.every * 2.01, "\(key): no probe since \(restart) at \(now)")
    let steadySince = max(network.since[account.node], account.calmSince)
    // Otherwise one interval may be the long first one, or a point passed over.
    let isRegular = account.regularSince.map { $0 <= steadySince } ?? false
    let extra = (isRegular ? .zero : plan.every) + .milliseconds(20)
    let limit: MonotonicTime
    switch network.manners[account.node].verdict {
    case .down where !account.state.isOut: limit = steadySince + plan.slowestDetection(patience: patience) + extra
    case .up where account.state != .up:
      let held = (verdict.heldUntil ?? steadySince) + plan.every + plan.timeout
      var calming = Duration.zero
      if case .intermittent = verdict.reason { calming = plan.every * (plan.tuning.flaky?.checks ?? 0) }
      limit = max(steadySince + plan.slowestReturn(answer: plan.timeout), held) + calming + extra
    default: return
    }
    require(now <= limit, "\(key): still \(account.state) at \(now), steady since \(steadySince), limit \(limit)")
  }
}

extension HealthMonitor {
  /// Whether the target is in line, or has a time at which it goes on.
  func hasTimer(_ index: Int) -> Bool {
    if case .waiting = slots[index].phase { return line.all.contains(index) }
    return timers.deadline(of: index) != nil && (slots[index].isStale || expiries.deadline(of: index) != nil)
  }

  var patience: Duration { guards[.ipv4].patience }
}
