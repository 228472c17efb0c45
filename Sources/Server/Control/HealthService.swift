// Health checks: probes go out, results come in, and what each pool hands out follows from them.
//
// It owns the monitor with its sockets, what operators have decided of nodes, and what pools remember. Whoever owns it
// steps it at `nextDeadline` and with the events of its sockets, and publishes when `needsPublishing` says so.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Model
internal import Policy
internal import Reporting
internal import ZoneFile

/// The checks of a configuration, and what they have found.
struct HealthService: ~Copyable {
  private(set) var plan: HealthPlan
  private(set) var monitor: HealthMonitor
  /// What checks by TLS share.
  private(set) var tls: TLSContexts
  /// What pools remember of their members.
  private(set) var histories = PoolHistories()
  /// What they hand out.
  private var poolAnswers: PoolAnswers
  /// What operators have decided of nodes.
  private(set) var adminStates: AdminStateStore
  private(set) var counts = HealthCounters()
  /// Whether a verdict or an admin state has changed since the last publication.
  private(set) var needsPublishing = false
  private let log: Log
  private var memory: HealthStore
  private var probes = Probes()
  /// Targets that this host could not probe last, as the log says.
  private var unable: Set<Int> = []
  private var watches = Watches()
  /// How pools stood when last looked at, for the log.
  private var levels = PoolLevels()
  /// When answers have to be published anew although no verdict has changed; nil if never.
  private var nextRenewal: MonotonicTime?
  private var random = KeyedRandom()
  private let begun = MonotonicTime.now
  /// When the calendar is to be looked at next; nil for at once.
  private(set) var nextCalendarLook: MonotonicTime?
  /// Whether answers have begun although checks had no result yet, and some still have none.
  private(set) var awaitsFirstResults = false
  /// A plan that is tried before it takes the place of the present one.
  private var trial: TrialPlan?
  /// For its new targets.
  private var trialTLS = TLSContexts()
  /// Whether something has happened on which its losses depend since they were looked for.
  private var trialHasNews = false

  init(_ plan: HealthPlan, _ tls: TLSContexts, _ state: StateAtStart, _ log: Log) {
    self.plan = plan
    poolAnswers = PoolAnswers(plan)
    self.tls = tls
    self.log = log
    memory = HealthStore(keptBy: state.writer)
    adminStates = AdminStateStore(state.calendar, keptBy: state.writer)
    monitor = HealthMonitor(targets: plan.targets, remembering: state.memory, at: .now, using: &random)
    logFaults(of: tls)
    followAdminStates()
  }

  /// What check programs start with.
  mutating func startPrograms(as start: ProcessStart?) { probes.programStart = start }

  // MARK: Time

  /// When `step` is next to be called, if no socket speaks first.
  func nextDeadline(after now: MonotonicTime) -> Int64? {
    [monitor.nextDeadline, memory.nextDeadline(after: now), nextRenewal, probes.nextDeadline]
      .compactMap { $0?.nanoseconds }.min()
  }

  /// Does what is due.
  mutating func step(to now: MonotonicTime, _ epoll: borrowing Epoll) {
    advance(to: now, epoll)
    probes.sweep(at: now)
    checkRenewals(at: now)
    if awaitsFirstResults, monitor.firstRoundIsOver {
      awaitsFirstResults = false
      log.write(.firstRoundOver(afterMilliseconds: (now - begun).wholeNanoseconds / 1_000_000))
    }
  }

  /// Takes note that answers begin although checks have no result yet, and logs which.
  mutating func cutFirstRound() {
    awaitsFirstResults = true
    let missing = missingResults
    log.write(
      .firstRoundCut(
        missing: missing.count, of: plan.targets.count,
        first: missing.prefix(8).map { "\(plan.targets[$0].node)/\(plan.targets[$0].check)" }))
  }

  /// What needs attention besides verdicts.
  var conditions: [Condition] {
    guard awaitsFirstResults else { return [] }
    let missing = missingResults
    guard let first = missing.first else { return [] }
    let example = "\(plan.targets[first].check) of \(plan.targets[first].node)"
    return [
      Condition(
        .checksMissing, "",
        "\(counted(missing.count, "check")) without a result since the start, for example \(example)")
    ]
  }

  /// The targets that have had no result yet.
  var missingResults: [Int] { monitor.targetsWithoutResult(of: plan.targets.count) }

  /// Writes what has changed if it is time to.
  mutating func saveIfDue(at now: MonotonicTime) { memory.writeIfDue(monitor, at: now) }

  /// Writes the last view before the end.
  mutating func saveAtEnd() { memory.write(monitor, at: .now) }

  /// Lets time pass for the monitor.
  private mutating func advance(to now: MonotonicTime, _ epoll: borrowing Epoll) {
    var pending = monitor.advance(to: now, using: &random)
    // A probe that fails at once frees its place for the next, hence the turns; each starts a waiting target.
    while !pending.isEmpty {
      perform(pending, epoll)
      pending = monitor.nextDeadline.map { $0 <= now } == true ? monitor.advance(to: now, using: &random) : []
    }
  }

  private mutating func perform(_ actions: [HealthAction], _ epoll: borrowing Epoll) {
    for action in actions {
      switch action {
      case .start(let id, let index):
        let token = Daemon.Token.probe(id).rawValue
        let target = monitor.target(at: index)
        if let end = probes.start(id, target, tls(at: index), epoll, token: token, using: &random) {
          conclude(id, end, epoll)
        }
      case .abandon(let id, let index):
        probes.abandon(id)
        if let index, let outcome = monitor.judgement(at: index).lastOutcome { record(outcome, of: index) }
      case .changed(let change): apply(change)
      case .freshness(let index, let isStale): logFreshness(isStale: isStale, of: index)
      case .reachability(let family, let reachability): apply(reachability, of: family)
      }
    }
  }

  /// Goes on with a probe whose socket has something to say.
  mutating func poll(_ id: ProbeID, _ epoll: borrowing Epoll) {
    switch probes.poll(id, epoll) {
    case .end(let end): conclude(id, end, epoll)
    case .stage(let stage): monitor.record(stage, of: id)
    case nil: break
    }
  }

  private mutating func conclude(_ id: ProbeID, _ end: Probes.End, _ epoll: borrowing Epoll) {
    let target = monitor.target(of: id)
    if let target { record(end.outcome, of: target) }
    if let change = monitor.conclude(id, end.outcome, notes: end.notes, at: .now) { apply(change) }
    if let target, end.outcome == .success { hold(target, epoll) }
  }

  /// Counts the end of a probe, and logs when this host begins or ceases to be unable to probe the target: such a probe
  /// says nothing of the node, so nothing else would.
  private mutating func record(_ outcome: ProbeOutcome, of index: Int) {
    trialHasNews = true
    counts.probes += 1
    switch outcome {
    case .failure, .maintenance: counts.failures += 1
    case .success: break
    // That this host stood still concerns no check by itself.
    case .localFault(.wokeLate): return
    case .localFault: break
    }
    let target = monitor.target(at: index)
    if case .localFault(let fault) = outcome {
      guard unable.insert(index).inserted else { return }
      write(
        .checkCannotRun(
          node: target.node, address: target.address, check: target.check, reason: fault.description), about: index)
    } else if unable.remove(index) != nil {
      write(.checkRunsAgain(node: target.node, address: target.address, check: target.check), about: index)
    }
  }

  // MARK: Watch

  /// Holds a connection to a target that is up, if its check asks for that.
  private mutating func hold(_ index: Int, _ epoll: borrowing Epoll) {
    guard monitor.isToBeWatched(at: index) else { return }
    let target = monitor.target(at: index)
    guard let endpoint = target.endpoint else { return }
    watches.hold(index, at: endpoint, from: target.source, epoll, at: .now) { Daemon.Token.watch($0).rawValue }
  }

  /// Goes on with a held connection that has something to say.
  mutating func pollWatch(_ number: UInt64, _ epoll: borrowing Epoll) {
    let broken = watches.poll(
      number, plan: { monitor.target(at: $0).plan }, epoll, token: Daemon.Token.watch(number).rawValue, at: .now)
    if let broken { monitor.recordBrokenWatch(of: broken, at: .now) }
  }

  private mutating func apply(_ change: HealthChange) {
    trialHasNews = true
    // Nobody is answered from a target that is checked for a trial only.
    if change.target < plan.targets.count {
      needsPublishing = true
      for use in plan.uses[change.target] { poolAnswers.invalidate(use.pool) }
    }
    memory.markDirty()
    if change.to.isOut { watches.release(change.target) }
    if change.from != .unknown { counts.changes += 1 }
    let target = monitor.target(at: change.target)
    logWarning(change, of: target)
    let pools = pools(of: change.target, as: .gate)
    // A reference, or a check that decides over nobody.
    if pools.isEmpty, change.target >= plan.targets.count || plan.role(of: change.target) != nil { return }
    switch change.to {
    case .down, .maintenance:
      write(
        .addressDown(
          node: target.node, address: target.address, check: target.check, from: change.from, to: change.to,
          reason: change.reason?.description ?? "check fails", pools: pools), about: change.target)
    case .up:
      write(
        .addressUp(
          node: target.node, address: target.address, check: target.check, from: change.from,
          downSeconds: change.from == .down ? change.lasted.components.seconds : nil, pools: pools),
        about: change.target)
    case .unknown: break
    }
  }

  private func write(_ line: LogLine, about target: Int) {
    log.write(target < plan.targets.count ? line : line.onTrial)
  }

  /// Logs a check that only warns.
  private func logWarning(_ change: HealthChange, of target: ProbeTarget) {
    let pools = pools(of: change.target, as: .warn)
    guard !pools.isEmpty, change.to.isOut || change.from.isOut else { return }
    write(
      .checkWarning(
        node: target.node, address: target.address, check: target.check, isOver: !change.to.isOut,
        reason: change.reason?.description, pools: pools), about: change.target)
  }

  private func logFreshness(isStale: Bool, of index: Int) {
    let target = monitor.target(at: index)
    log.write(
      .resultsMissing(
        node: target.node, address: target.address, check: target.check, isOver: !isStale,
        reason: monitor.status(at: index, now: .now).reason))
  }

  private func apply(_ reachability: Reachability, of family: AddressFamily) {
    switch reachability {
    case .isolated(_, let cause): log.write(.isolated(family: family, cause: cause.rawValue))
    case .connected: log.write(.isolationOver(family: family))
    }
  }

  // MARK: Publishing

  /// The runs that the verdicts of this moment give for a table's rotations.
  ///
  /// - Parameter slots: nil where nobody keeps the ledger.
  mutating func runs(
    for rotations: [RotationKey], at now: MonotonicTime, slots: AddressRuns.SlotSource?
  ) -> AddressRuns {
    let (runs, renewal) = plan.runs(for: rotations, by: monitor, at: now, slots: slots) {
      poolAnswers.part(of: $0, family: $1)
    }
    nextRenewal = renewal
    return runs
  }

  /// Looks whether answers have to change although no verdict has: shares of a slow start, weights that agents ask for,
  /// a change that has come near.
  private mutating func checkRenewals(at now: MonotonicTime) {
    if let renewal = nextRenewal, renewal <= now { needsPublishing = true }
    invalidateUnsettled()
  }

  private mutating func invalidateUnsettled() {
    for target in monitor.drainUnsettled() where target < plan.targets.count {
      for pool in plan.pools(of: target, as: .gate) where plan.isUnsettled(plan.pools[pool], by: target) {
        poolAnswers.invalidate(pool)
        needsPublishing = true
      }
    }
  }

  /// Looks how all pools stand, for what is published next.
  mutating func refreshAnswers(at now: MonotonicTime) {
    invalidateUnsettled()
    poolAnswers.refresh(plan, by: monitor, &histories, at: now)
  }

  /// Takes note that the verdicts up to now are being published.
  mutating func beginPublication(at now: MonotonicTime) {
    refreshAnswers(at: now)
    needsPublishing = false
    counts.publications += 1
  }

  /// What each pool hands out in both families, one after the other, as it was looked at last.
  var addressesOfPools: [[IPAddress]] { poolAnswers.addresses }

  /// Logs what has become of each pool.
  mutating func logLevels(at now: MonotonicTime) {
    var changes: [PoolChange] = []
    for pool in poolAnswers.takeRefreshed() { noteLevel(of: plan.pools[pool], pool, at: now, &changes) }
    for line in LogLine.lines(of: changes) { log.write(line) }
  }

  private mutating func noteLevel(
    of pool: HealthPlan.PlannedPool, _ number: Int, at now: MonotonicTime, _ found: inout [PoolChange]
  ) {
    guard pool.isChecked else { return }
    for family in AddressFamily.allCases {
      let members = pool.members.filter { $0.address.family == family }
      guard !members.isEmpty else { continue }
      let selection = plan.view(of: number, family: family, by: monitor, histories, at: now).selection
      let known = plan.members(of: pool, by: monitor, PoolHistory()).filter { $0.address.family == family }
      let changes = levels.changes(
        ofPool: pool.name, family: family,
        PoolLevels.View(
          selection, of: members.map { (plan.nodes[$0.node], $0.address) },
          outOnPurpose: known.count { $0.adminState == .drained || $0.isInMaintenance }), at: now)
      found += changes.map { PoolChange(pool: pool.name, family: family, change: $0) }
    }
  }

  // MARK: Admin states

  /// What operators have decided and planned.
  var calendar: MaintenanceCalendar { adminStates.calendar }

  /// Copies the admin states into the plan, those of nodes that the configuration has.
  private mutating func followAdminStates() {
    let (nodes, now) = (plan.nodes, WallClock.now())
    let former = calendar
    note(adminStates.change { $0.keep(nodes: nodes, at: now) }.events, after: former)
    applyAdminStates()
  }

  /// The one place at which what happens to admin states and windows becomes known.
  private func note(_ events: [MaintenanceEvent], after former: MaintenanceCalendar) {
    for event in events { log.write(LogLine(event, after: former)) }
  }

  private mutating func applyAdminStates() {
    plan.adminStates = [:]
    guard !calendar.adminStates.isEmpty else { return }
    for (index, node) in plan.nodes.enumerated() { plan.adminStates[index] = calendar[node] }
  }

  /// Changes admin states and windows and logs what happens by that; it holds from the next publication on.
  ///
  /// - Returns: what has happened, and whether it will outlive a restart.
  mutating func change(
    _ change: (inout MaintenanceCalendar) -> [MaintenanceEvent]
  ) -> (events: [MaintenanceEvent], keeping: AdminStateStore.Keeping) {
    let former = plan.adminStates
    let formerCalendar = calendar
    let (events, keeping) = adminStates.change(change)
    note(events, after: formerCalendar)
    nextCalendarLook = nil
    applyAdminStates()
    let changed = Set(plan.nodes.indices.filter { former[$0]?.kind != plan.adminStates[$0]?.kind })
    guard !changed.isEmpty else { return (events, keeping) }
    needsPublishing = true
    trialHasNews = true
    for pool in plan.pools.indices where plan.pools[pool].members.contains(where: { changed.contains($0.node) }) {
      poolAnswers.invalidate(pool)
    }
    return (events, keeping)
  }

  /// Between two looks at the time of day, which may be set at any moment.
  private static let longestCalendarRest = Duration.seconds(10)
  /// Between two looks at nodes that a window or a drain waits for.
  private static let calendarPoll = Duration.seconds(1)

  /// Lets windows begin and drains end whose time has come. Only once queries are answered: before, it is not known
  /// whether a pool can spare a node.
  mutating func stepCalendar(to now: MonotonicTime) {
    if let next = nextCalendarLook, next > now { return }
    let civil = WallClock.now()
    // Each turn changes a node or a window, so they come to an end; the bound is for what nobody has thought of.
    for _ in 0..<2 * MaintenanceCalendar.mostWindows {
      let outlook = plan.outlook(by: monitor, at: now)
      let (events, _) = change { calendar in calendar.advance(to: civil, outlook).map { [$0] } ?? [] }
      if events.isEmpty { break }
    }
    scheduleCalendar(at: now)
  }

  private mutating func scheduleCalendar(at now: MonotonicTime) {
    if calendar.awaitsNodes {
      nextCalendarLook = now + HealthService.calendarPoll
    } else if let due = calendar.nextDue {
      let left = Duration.milliseconds(max(0, due * 1_000 - WallClock.nowInMilliseconds()))
      nextCalendarLook = now + min(left, HealthService.longestCalendarRest)
    } else {
      nextCalendarLook = now + .seconds(3_600)
    }
  }

  // MARK: Another configuration

  /// Begins to check what another plan has and the present one has not, beside all that is checked as before.
  mutating func beginTrial(of loaded: LoadedConfiguration, at now: MonotonicTime, _ epoll: borrowing Epoll) {
    let trial = TrialPlan(loaded, besideTargets: plan.targets.count)
    trialTLS = loaded.tls
    logFaults(of: trialTLS)
    self.trial = trial
    trialHasNews = true
    guard !trial.newcomers.isEmpty else { return }
    // None of the present ones goes, so there is nothing to abandon.
    _ = monitor.replaceTargets(
      with: plan.targets + trial.newcomers.map { trial.plan.targets[$0] },
      continuing: plan.targets.indices.map { $0 } + trial.newcomers.map { _ in nil }, at: now)
    advance(to: now, epoll)
  }

  /// Whether each new target of the plan on trial has had a result.
  var isTrialProbed: Bool { trial?.isProbed(by: monitor) ?? true }

  /// Whether something has happened since this was asked last by which the plan on trial may be judged otherwise.
  mutating func takeTrialNews() -> Bool {
    defer { trialHasNews = false }
    return trialHasNews
  }

  /// The pools that would lose their last healthy node if the plan on trial took the place of the present one now.
  ///
  /// - Parameter limit: how many are looked for.
  func trialLosses(limit: Int = .max) -> [TrialLoss] { trial.map { losses(of: $0, limit) } ?? [] }

  /// The same of a plan that was not on trial.
  func losses(of loaded: LoadedConfiguration) -> [TrialLoss] {
    losses(of: TrialPlan(loaded, besideTargets: plan.targets.count), .max)
  }

  private func losses(of trial: TrialPlan, _ limit: Int) -> [TrialLoss] {
    trial.losses(monitor, adminStates: calendar.adminStates, limit: limit) { pool, family in
      !plan.view(of: pool, family: family, by: monitor, histories, at: .now).selection.live.isEmpty
    }
  }

  /// Goes back to the present plan alone.
  mutating func endTrial(at now: MonotonicTime) {
    guard let trial else { return }
    self.trial = nil
    guard !trial.newcomers.isEmpty else { return }
    let former = monitor.targetCount
    unable = unable.filter { $0 < plan.targets.count }
    let actions = monitor.replaceTargets(with: plan.targets, continuing: Array(plan.targets.indices), at: now)
    for case .abandon(let probe, _) in actions { probes.abandon(probe) }
    watches.renumber((0..<former).map { $0 < plan.targets.count ? $0 : nil })
  }

  /// The pools that ask for a target in this role, in the present plan or the one on trial.
  private func pools(of target: Int, as role: HealthPlan.Role) -> [String] {
    if target < plan.targets.count { return plan.pools(of: target, as: role).map { plan.pools[$0].name } }
    guard let trial else { return [] }
    let newcomer = trial.newcomers[target - plan.targets.count]
    return trial.plan.pools(of: newcomer, as: role).map { trial.plan.pools[$0].name }
  }

  /// Checks what another plan says; targets that stay keep their verdicts.
  ///
  /// - Returns: the plan before, for whoever has the time to free it: each target knows all names that lead to it.
  mutating func follow(
    _ loaded: LoadedConfiguration, at now: MonotonicTime, _ epoll: borrowing Epoll
  ) -> HealthPlan {
    tls = loaded.tls
    // Otherwise the trial has done so.
    if trial == nil { logFaults(of: tls) }
    let former = plan
    let formerTargets = (0..<monitor.targetCount).map { monitor.target(at: $0) }
    // After a trial new targets continue what it has found of them.
    let predecessors = trial.map { $0.numbers } ?? loaded.succession.targets
    unable = Set(predecessors.indices.filter { predecessors[$0].map(unable.contains) ?? false })
    trial = nil
    plan = loaded.plan
    followAdminStates()
    poolAnswers.follow(loaded.succession.pools)
    let actions = monitor.replaceTargets(with: plan.targets, continuing: predecessors, at: now)
    for case .abandon(let probe, _) in actions { probes.abandon(probe) }
    watches.renumber(HealthPlan.successors(of: formerTargets, among: plan.targets))
    levels.keep(plan.pools)
    histories.keep(plan)
    // New nodes are probed at once; on this machine's own network their verdict follows within milliseconds.
    advance(to: now, epoll)
    needsPublishing = true
    return former
  }

  /// What a probe of a target verifies certificates with. New targets of a trial have the authorities that were read for
  /// it; the others keep those that their verdicts so far rest on.
  private func tls(at target: Int) -> TLSContexts {
    guard trial != nil, target >= plan.targets.count else { return tls }
    return trialTLS
  }

  private func logFaults(of tls: TLSContexts) {
    for fault in tls.faults { log.write(.tlsUnavailable(reason: fault)) }
  }
}

extension TrialPlan {
  /// - Parameter targetCount: how many targets the plan in force has.
  fileprivate init(_ loaded: LoadedConfiguration, besideTargets targetCount: Int) {
    self.init(loaded.plan, loaded.succession, besideTargets: targetCount, formerPools: loaded.formerPools)
  }
}

extension HealthPlan {
  /// Whether what is unsettled about a target can change the answers of a pool.
  fileprivate func isUnsettled(_ pool: PlannedPool, by target: Int) -> Bool {
    if case .agent = targets[target].plan.kind { return true }
    return pool.policy.minTTL != nil
  }
}
