// The control thread: signals, health checks, status port and control socket in one loop.
//
// It owns everything that changes. Workers only ever see the snapshots it publishes:
//
//   probe ends, time passes ─▶ HealthMonitor ─▶ changes ─▶ selections ─▶ AddressRuns ─▶ Publication ─▶ workers
//   SIGHUP, reload          ─▶ files ─▶ configuration ─▶ ZoneTable ─────────┘

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

/// The version, as `rondo version` prints it.
package let rondoVersion = "0.1.0"

/// A running server, seen from its control thread.
struct Daemon: ~Copyable {
  let options: ServerOptions
  let log: Log
  let startedAt = UnixTime.now
  let started = MonotonicTime.now

  // What is served.
  var configuration: Configuration
  var plan: HealthPlan
  var table: ZoneTable
  var settings: AnswerSettings
  var monitor: HealthMonitor
  var serials: SerialStore
  var memory: HealthStore
  var orders: OrderStore
  /// What each zone's rotations last handed out, by apex; only kept when zones may be transferred.
  var handedOut: [DomainName: [IPAddress]] = [:]
  /// The serials in the files, likewise.
  var writtenSerials: [DomainName: UInt32] = [:]
  /// Nil until the workers run.
  var publication: Publication<AnswerSnapshot>?
  /// Whether a verdict has changed since the last publication.
  var isDirty = false
  /// What pools remember of their members.
  var histories = PoolHistories()
  /// When answers have to be published anew although no verdict has changed; nil if never.
  var nextRenewal: MonotonicTime?
  /// How pools stood when last looked at, for the log.
  var standings = PoolStandings()
  var probeCounts = ProbeCounts()

  // What status tells besides.
  var loadedAt = UnixTime.now
  var lastReload: StatusReport.Reload?

  // Sockets and threads.
  var epoll: Epoll
  let sockets: OpenSockets
  var probes = Probes()
  var watches = Watches()
  var statusExchanges = ShortExchanges<TCPConnection, HTTPReader>()
  /// Until when no new clients of the two services are taken, in monotonic nanoseconds; nil while they are.
  var listenersRest: Int64?
  var controlExchanges = ShortExchanges<UnixConnection, CommandReader>()
  /// None before the first round of checks is over.
  var workers: [WorkerThread] = []
  /// Signalled by a worker that cannot go on.
  let alarm: Shared<EventCounter>
  let notices: Notices
  /// What workers tell of zone transfers, and what it sums up to.
  let transferReports: TransferReports
  var transfers = TransferLedger()
  /// The serials that secondaries were told of.
  var toldSerials: [DomainName: UInt32] = [:]
  var random = KeyedRandom()
  var stopCause: String?
  /// When memory is to be given back that was needed for a start, a reload or an explanation.
  var memoryRelease: MonotonicTime?
  var formerTables = FormerTables()

  init(
    _ options: ServerOptions, _ configuration: consuming Configuration, _ settings: AnswerSettings,
    _ sockets: OpenSockets, _ log: Log
  ) throws(Errno) {
    let epoll = try Epoll()
    let alarm = Shared(try EventCounter())
    try epoll.add(sockets.signals, token: Token.signals.rawValue, for: .readable)
    try epoll.add(alarm.value, token: Token.alarm.rawValue, for: .readable)
    try sockets.watchServices(
      epoll, status: Token.statusListener.rawValue, control: Token.controlListener.rawValue, by: .beginning)
    let transferReports = try TransferReports()
    try epoll.add(transferReports.arrival, token: Token.transfers.rawValue, for: .readable)
    notices = try Notices(to: options.notify, epoll, token: { Token.notice($0).rawValue })
    self.transferReports = transferReports
    self.epoll = epoll
    self.alarm = alarm
    self.options = options
    self.log = log
    self.sockets = sockets
    self.configuration = configuration
    self.settings = settings
    serials = SerialStore(directory: options.stateDirectory)
    assignSerials(&serials, in: &self.configuration, log)
    plan = HealthPlan(self.configuration)
    table = ZoneTable.compile(self.configuration)
    memory = HealthStore(directory: options.stateDirectory)
    orders = OrderStore(directory: options.stateDirectory, log)
    monitor = HealthMonitor(
      targets: plan.targets, remembering: memory.read(log), at: .now, using: &random)
    probes.tls = TLSContexts(for: self.configuration)
    for fault in probes.tls.faults { log.write(.tlsUnavailable(reason: fault)) }
    followOrders()
    if settings.transfers.isEmpty {
      self.configuration.forgetManyRecords()
    } else {
      takeWrittenSerials()
      table = ZoneTable.compile(self.configuration)
    }
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

    private static let numberMask: UInt64 = 0x00FF_FFFF_FFFF_FFFF

    var rawValue: UInt64 {
      switch self {
      case .signals: 0
      case .statusListener: 1 << 56
      case .controlListener: 2 << 56
      // The place has 24 bits, far more than there are places; the generation keeps all of its 32.
      case .probe(let id): 3 << 56 | UInt64(id.place) << 32 | UInt64(id.generation)
      case .status(let number): 4 << 56 | number
      case .control(let number): 5 << 56 | number
      case .alarm: 6 << 56
      case .watch(let number): 7 << 56 | number
      case .notice(let number): 8 << 56 | number
      case .transfers: 9 << 56
      }
    }

    init(_ rawValue: UInt64) {
      let number = rawValue & Token.numberMask
      switch rawValue >> 56 {
      case 1: self = .statusListener
      case 2: self = .controlListener
      case 3:
        self = .probe(
          ProbeID(place: UInt32(number >> 32), generation: UInt32(truncatingIfNeeded: number)))
      case 4: self = .status(number)
      case 5: self = .control(number)
      case 6: self = .alarm
      case 7: self = .watch(number)
      case 8: self = .notice(number)
      case 9: self = .transfers
      default: self = .signals
      }
    }
  }

  // MARK: The loop

  /// Goes round once: waits for the next event or deadline, and does what is due.
  mutating func turn() throws(Errno) {
    let count = try epoll.wait(timeout: timeUntilNextDeadline())
    for index in 0..<count { take(Token(epoll.event(index).token)) }
    let now = MonotonicTime.now
    advanceHealth(to: now)
    notePolicies(at: now)
    // Before there are workers nobody is told of each first verdict: they begin with all of them.
    if isDirty, publication != nil { publish() }
    resumeListeners(now: now.nanoseconds)
    memory.writeIfDue(monitor, at: now, log)
    notices.advance(now: now.nanoseconds, civil: civilSeconds, keys: settings.transfers.keys, log)
    statusExchanges.sweep(now: now.nanoseconds)
    controlExchanges.sweep(now: now.nanoseconds)
    releaseMemory(at: now)
  }

  private func timeUntilNextDeadline() -> Duration? {
    let deadlines = [
      monitor.nextDeadline?.nanoseconds, memory.nextDeadline(after: .now)?.nanoseconds,
      statusExchanges.nextDeadline, controlExchanges.nextDeadline, listenersRest, notices.nextDeadline,
      nextRenewal?.nanoseconds, memoryRelease?.nanoseconds, formerTables.nextLook?.nanoseconds,
    ]
    return deadlines.compactMap { $0 }.min().map { .nanoseconds(max(0, $0 - MonotonicClock.now())) }
  }

  private mutating func releaseMemory(at now: MonotonicTime) {
    let isDue = memoryRelease.map { $0 <= now } ?? false
    if isDue { memoryRelease = nil }
    if formerTables.haveGone(at: now) || isDue { releaseUnusedMemory() }
  }

  private mutating func take(_ token: Token) {
    switch token {
    case .signals: takeSignals()
    case .alarm: stopCause = "a worker failed"
    case .statusListener: acceptStatusConnections()
    case .controlListener: acceptControlConnections()
    case .probe(let id): look(at: id)
    case .status(let number): serveStatus(number)
    case .control(let number): serveControl(number)
    case .watch(let number): lookAtWatch(number)
    case .notice(let number): notices.takeAnswer(of: number, civil: civilSeconds, log)
    case .transfers: takeTransferReports()
    }
  }

  /// Unix time in seconds.
  private var civilSeconds: UInt64 { UInt64(max(0, UnixTime.now.seconds)) }

  private mutating func takeTransferReports() {
    let ended = transferReports.takeAll()
    transfers.enter(refusedDatagrams: ended.refusedDatagrams)
    for report in ended.reports {
      if let line = transfers.enter(report, now: MonotonicClock.now()) { log.write(line) }
    }
  }

  /// Tells systemd, if it asked to be told. If it cannot be told, there is nobody to tell that either.
  func tellSupervisor(_ state: String) { _ = try? notifySupervisor(state) }

  private mutating func takeSignals() {
    do throws(Errno) {
      while let signal = try sockets.signals.next() {
        switch signal {
        case .terminate: stopCause = "SIGTERM"
        case .interrupt: stopCause = "SIGINT"
        case .hangUp: _ = reload()
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
