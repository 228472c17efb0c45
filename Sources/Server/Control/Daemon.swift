// The control thread: signals, health checks, status port and control socket in one loop.
//
// Its services own everything that changes. Workers only ever see the snapshots it publishes:
//
//   probe ends, time passes ─▶ HealthService ─▶ AddressRuns ─┐
//   SIGHUP, reload          ─▶ ZoneService ───▶ ZoneTable ───┴▶ AnswerSnapshot ─▶ AnswerService ─▶ workers
//                                                     serials ─▶ SecondaryService ─▶ notices
//   clients                 ─▶ LocalServices ─▶ commands, status

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Policy
internal import Reporting
internal import ZoneFile

/// A running server, seen from its control thread: a loop around services, each with state of its own.
struct Daemon: ~Copyable {
  let options: ServerOptions
  let log: Log
  let startedAt = UnixTime.now
  let started = MonotonicTime.now

  var epoll: Epoll
  let sockets: OpenSockets
  var zones: ZoneService
  var health: HealthService
  var answers: AnswerService
  var secondaries: SecondaryService
  var ledger: LedgerService
  var local: LocalServices
  var listeners: ListenerPresence
  var localClock = LocalClock()
  var reports: ReportService
  var reloads = ReloadService()
  /// Renders and explains.
  let reporter: BackgroundThread
  /// Reads and compiles files.
  let loader: BackgroundThread
  /// What both of them have done.
  let results: Mailbox<BackgroundResult>
  /// What reaches the state directory.
  var state: StateService
  let stopGuard: StopGuard
  let supervisor: Supervisor
  /// Nil when no supervisor waits for signs of life.
  var watchdog = Watchdog(at: .now)
  /// Until when the start waits for the disk; nil while it does not.
  var startLimit: MonotonicTime?
  var stopCause: String?
  /// Whether children have ended that may be nobody's to wait for; only as process 1.
  private var hasOrphans = false
  /// When answers begin although checks have no result yet; nil once they have begun.
  var firstRoundEnd: MonotonicTime?
  /// When memory is to be given back that was needed for a start, a reload or an explanation.
  var memoryRelease: MonotonicTime?

  init(
    _ options: ServerOptions, _ configuration: consuming Configuration, _ settings: AnswerSettings,
    _ sockets: OpenSockets, _ stopGuard: StopGuard, _ log: Log
  ) throws(ServerFailure) {
    let epoll = try starting("the control loop") { () throws(Errno) in
      let epoll = try Epoll()
      try stopGuard.watch(epoll, token: Token.stop.rawValue)
      try epoll.add(sockets.signals, token: Token.signals.rawValue, for: .readable)
      return epoll
    }
    let former = try starting("the thread for state files") { () throws(Errno) in
      try StateAtStart(directory: options.stateDirectory, log)
    }
    let state = try starting("the thread for state files") { () throws(Errno) in try StateService(former, epoll, log) }
    let supervisor = try starting("the thread for the supervisor") { () throws(Errno) in try Supervisor() }
    let results = try starting("the control loop") { () throws(Errno) in
      let results = try Mailbox<BackgroundResult>()
      try epoll.add(results.arrival, token: Token.results.rawValue, for: .readable)
      return results
    }
    let reporter = try starting("the thread for reports") { () throws(Errno) in try BackgroundThread(name: "reporter") }
    let loader = try starting("the thread for reloads") { () throws(Errno) in try BackgroundThread(name: "loader") }
    let local = try starting("status port and control socket") { () throws(Errno) in
      try LocalServices(at: sockets, hosts: options.statusHosts, epoll, log)
    }
    let answers = try starting("the control loop") { () throws(Errno) in
      try AnswerService(limits: options.rateLimit, ledger: options.ledger, epoll)
    }
    let secondaries = try starting("the control loop") { () throws(Errno) in
      try SecondaryService(options, epoll, log)
    }
    let plan = HealthPlan(copy configuration)
    let tls = TLSContexts(for: copy configuration)
    zones = ZoneService(consume configuration, settings, former, log)
    health = HealthService(plan, tls, former, log)
    ledger = LedgerService(options.ledger, zones.handOuts, former, out: health.plan.nodesKeptOut, at: .now)
    health.startPrograms(as: options.start)
    self.state = state
    self.stopGuard = stopGuard
    self.supervisor = supervisor
    self.local = local
    listeners = ListenerPresence(of: sockets.names)
    reports = ReportService(on: reporter, results)
    self.reporter = reporter
    self.loader = loader
    self.results = results
    self.answers = answers
    self.secondaries = secondaries
    self.epoll = epoll
    self.options = options
    self.log = log
    self.sockets = sockets
  }

  /// What an epoll event is about; kind in the top octet, number below.
  enum Token {
    case signals
    case alarm
    case statusListener
    case controlListener
    case probe(ProbeID)
    case status(UInt64)
    case control(UInt64)
    case watch(UInt64)
    case notice(UInt64)
    case transfers
    case results
    case state
    case stop

    private static let numberMask: UInt64 = 0x00FF_FFFF_FFFF_FFFF

    var rawValue: UInt64 {
      switch self {
      case .signals: 0
      case .statusListener: 1 << 56
      case .controlListener: 2 << 56
      // The place has 24 bits, far more than there are places; the generation keeps all of its 32.
      case .probe(let id): 3 << 56 | UInt64(id.slot) << 32 | UInt64(id.generation)
      case .status(let number): 4 << 56 | number
      case .control(let number): 5 << 56 | number
      case .alarm: 6 << 56
      case .watch(let number): 7 << 56 | number
      case .notice(let number): 8 << 56 | number
      case .transfers: 9 << 56
      case .results: 10 << 56
      case .state: 11 << 56
      case .stop: 12 << 56
      }
    }

    init(_ rawValue: UInt64) {
      let number = rawValue & Token.numberMask
      switch rawValue >> 56 {
      case 1: self = .statusListener
      case 2: self = .controlListener
      case 3:
        self = .probe(
          ProbeID(slot: UInt32(number >> 32), generation: UInt32(truncatingIfNeeded: number)))
      case 4: self = .status(number)
      case 5: self = .control(number)
      case 6: self = .alarm
      case 7: self = .watch(number)
      case 8: self = .notice(number)
      case 9: self = .transfers
      case 10: self = .results
      case 11: self = .state
      case 12: self = .stop
      default: self = .signals
      }
    }
  }

  // MARK: The loop

  /// After so many waits for what has arrived already it is time for the clock; enough for all probes and connections.
  private static let mostFurtherWaits = 8

  /// Goes round once: waits for the next event or deadline, and does what is due.
  mutating func turn() throws(ServerFailure) {
    var count = try waitForEvents(atMost: timeUntilNextDeadline())
    for index in 0..<count { dispatch(Token(epoll.event(index).token)) }
    // More may have arrived than one wait tells: no probe is given up whose answer is here.
    for _ in 0..<Daemon.mostFurtherWaits where count == epoll.capacity {
      count = try waitForEvents(atMost: .zero)
      for index in 0..<count { dispatch(Token(epoll.event(index).token)) }
    }
    let now = MonotonicTime.now
    let awaitedFirstResults = health.awaitsFirstResults
    health.step(to: now, epoll)
    if answers.isRunning { health.stepCalendar(to: now) }
    localClock.step()
    if awaitedFirstResults, !health.awaitsFirstResults { supervisor.notify("STATUS=\(statusForSupervisor)") }
    advanceReload(to: now)
    // Before there are workers each first verdict is published to nobody: they begin with all of them.
    if health.needsPublishing, answers.isRunning { publish() }
    if zones.releaseNotices(at: now), answers.isRunning { secondaries.announce(zones.announceable) }
    health.saveIfDue(at: now)
    for answer in state.step(to: now) { local.respond(answer.response, toControl: answer.client, epoll) }
    secondaries.step(to: now, keys: zones.settings.transfers.keys, epoll)
    if ledger.isLookDue(at: now) { lookAtLedger(at: now) }
    if ledger.isSaveDue(at: now) { ledger.save(out: health.plan.nodesKeptOut, at: now) }
    listeners.step(to: now, log)
    local.step(to: now, epoll)
    if reports.canRender { reports.render(view()) }
    if answers.isRunning, reports.isWatchDue(at: now) { reports.watch(view(), at: now) }
    if hasOrphans { hasOrphans = reapOrphans() }
    releaseMemory(at: now)
    showLife(at: now)
  }

  private mutating func waitForEvents(atMost span: Duration?) throws(ServerFailure) -> Int {
    do throws(Errno) {
      return try epoll.wait(timeout: span)
    } catch {
      throw ServerFailure("the control loop cannot wait for events (epoll_wait): \(error)")
    }
  }

  /// Tells the supervisor that the control loop and all workers live, if they do.
  private mutating func showLife(at now: MonotonicTime) {
    guard let finding = watchdog?.inspect(answers.progress, now: now) else { return }
    switch finding {
    case .notDue: return
    case .alive: supervisor.notify("WATCHDOG=1")
    case .stuck(let workers): for worker in workers { log.write(.workerStuck(worker)) }
    }
    answers.moveOn()
  }

  private func timeUntilNextDeadline() -> Duration? {
    // There are more than are reaped in one turn.
    if hasOrphans { return .zero }
    let deadlines = [
      health.nextDeadline(after: .now), secondaries.nextDeadline, ledger.nextDeadline, local.nextDeadline,
      zones.nextDeadline, listeners.nextDeadline, memoryRelease?.nanoseconds, state.nextDeadline,
      watchdog?.nextInspection.nanoseconds,
      startLimit?.nanoseconds, answers.isRunning ? reports.nextDeadline : nil,
      answers.isRunning ? health.nextCalendarLook?.nanoseconds : nil,
      reloads.nextDeadline, firstRoundEnd?.nanoseconds,
    ]
    return deadlines.compactMap { $0 }.min().map { .nanoseconds(max(0, $0 - MonotonicClock.now())) }
  }

  private mutating func releaseMemory(at now: MonotonicTime) {
    let isDue = memoryRelease.map { $0 <= now } ?? false
    if isDue { memoryRelease = nil }
    let unused = zones.step(to: now)
    guard !unused.isEmpty || isDue else { return }
    loader.discard(unused)
    loader.run { releaseUnusedMemory() }
  }

  private mutating func dispatch(_ token: Token) {
    switch token {
    case .signals: receiveSignals()
    case .alarm: stopCause = "a worker failed"
    case .statusListener: local.acceptStatusConnections(epoll)
    case .controlListener: local.acceptControlConnections(epoll)
    case .probe(let id): health.poll(id, epoll)
    case .status(let number): serveStatus(number)
    case .control(let number): serveControl(number)
    case .watch(let number): health.pollWatch(number, epoll)
    case .notice(let number): secondaries.receiveAnswer(of: number)
    case .transfers: ledger.note(secondaries.countTransfers(), at: .now)
    case .results: receiveResults()
    case .state: recordSavedState()
    case .stop: stopCause = stopGuard.cause
    }
  }

  // MARK: Publishing

  /// Gives the workers what the verdicts of this moment give, and logs what that means for each pool.
  ///
  /// - Parameter line: what has brought it about, logged before what it means.
  mutating func publish(because line: LogLine? = nil) {
    let now = MonotonicTime.now
    health.beginPublication(at: now)
    zones.moveSerials(handingOut: zones.followsAddresses ? health.addressesOfPools : [])
    let snapshot = currentSnapshot(at: now)
    let generation = answers.publish(snapshot)
    if let line { log.write(line) }
    if let generation {
      ledger.endPublication(
        generation, serials: zones.followsAddresses ? zones.table.serials : [],
        handingOut: zones.followsAddresses ? health.addressesOfPools : [], out: health.plan.nodesKeptOut, at: now)
      lookAtLedger(at: now)
    }
    if answers.isRunning { secondaries.announce(zones.announceable) }
    health.logLevels(at: now)
  }

  /// Looks at what workers have handed out, and logs which nodes have become quiet by that, or why they have not.
  private mutating func lookAtLedger(at now: MonotonicTime) {
    let passed = ledger.passed
    ledger.note(secondaries.countTransfers(), at: now)
    let news = ledger.step(to: now, passed: passed)
    guard !news.isEmpty, let view = ledger.view else { return }
    let (log, clock) = (log, DaemonView.ClockPair.now)
    // Who asked last is found in the background: the tables are long.
    reporter.run {
      for (node, report) in view.quietReports(on: news, at: clock) { log.write(.quiet(node, report)) }
    }
  }

  /// Keeps for the next process what workers have handed out up to their end.
  mutating func saveLedgerAtEnd() {
    ledger.note(secondaries.countTransfers(), at: .now)
    ledger.saveAtEnd(out: health.plan.nodesKeptOut, at: .now)
  }

  /// The snapshot that the verdicts of this moment give.
  mutating func currentSnapshot(at now: MonotonicTime) -> AnswerSnapshot {
    guard var book = ledger.takeLedger() else {
      return zones.snapshot(health.runs(for: zones.table.rotations, at: now, slots: nil))
    }
    let fixedSlots = book.beginPublication(of: zones.table.handOuts, at: now)
    var runs = health.runs(for: zones.table.rotations, at: now) { book.slots(ofRun: $0, for: $1, $2, $3) }
    runs.fixedSlots = fixedSlots
    ledger.giveBack(book)
    return zones.snapshot(runs)
  }

  /// The disk has taken something: a zone may move on to the serial that its file has.
  private mutating func recordSavedState() {
    state.drainProgress()
    if zones.recordSavedSerials(), answers.isRunning { publish() }
  }

  private mutating func receiveSignals() {
    do throws(Errno) {
      while let signal = try sockets.signals.next() {
        switch signal {
        case .hangUp: reloads.add(.signal, .refuseLosses, among: local.controlClients)
        case .childEnded: hasOrphans = true
        case .terminate, .interrupt: break
        }
      }
    } catch {
      log.write(.workerFault(worker: 0, fault: "signalfd", reason: error.description))
    }
  }
}

extension MonotonicTime {
  static var now: MonotonicTime { MonotonicTime(nanoseconds: MonotonicClock.now()) }
}

extension UnixTime {
  static var now: UnixTime { UnixTime(milliseconds: WallClock.nowInMilliseconds()) }
}
