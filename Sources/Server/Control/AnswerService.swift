// The workers: their threads, and the snapshot that they answer from.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Policy
internal import Reporting

/// All workers; none before the first round of checks is over.
struct AnswerService: ~Copyable {
  /// TCP connections of all workers together (RFC 7766 §6.2.2).
  private static let connectionLimit = 1_000

  private let limits: RateLimitPlan?
  private let ledger: LedgerDetail
  /// Signalled by a worker that cannot go on.
  private let alarm: Shared<EventCounter>
  private var workers: [WorkerThread] = []
  /// Nil until the workers run.
  private var publication: Publication<AnswerSnapshot>?

  init(limits: RateLimitPlan?, ledger: LedgerDetail, _ epoll: borrowing Epoll) throws(Errno) {
    let alarm = Shared(try EventCounter())
    try epoll.add(alarm.value, token: Daemon.Token.alarm.rawValue, for: .readable)
    self.limits = limits
    self.ledger = ledger
    self.alarm = alarm
  }

  var isRunning: Bool { publication != nil }

  /// Why a worker could not go on; nil while all do.
  var failure: ServerFailure? {
    workers.lazy.compactMap { worker in
      worker.link.failure.map { ServerFailure("worker \(worker.name) cannot wait for events (epoll_wait): \($0)") }
    }.first
  }

  /// How far each worker has come: what a watchdog compares.
  var progress: [Watchdog.Progress] { workers.map { ($0.name, $0.link.progress) } }

  /// Starts the workers, which answer from `first` on.
  ///
  /// - Parameter longestSleep: for which a worker without queries may sleep; nil for ever.
  mutating func start(
    at sockets: OpenSockets, from first: AnswerSnapshot, reportingTo transfers: TransferReports,
    longestSleep: Duration?
  ) throws(ServerFailure) {
    let publication = Publication(first)
    self.publication = publication
    let connectionLimit = max(16, AnswerService.connectionLimit / sockets.workers.count)
    let sources = ConnectionSources(workerCount: sockets.workers.count)
    for (number, listeners) in sockets.workers.enumerated() {
      for (address, sockets) in listeners.enumerated() {
        let name = "udp-\(number)-\(address)"
        workers.append(
          try starting("worker \(name)") { () throws(Errno) in
            try WorkerThread(
              name: name, datagramsOf: sockets, publication, limits: limits, ledger: ledger, transfers: transfers,
              longestSleep: longestSleep)
          })
      }
      let name = "tcp-\(number)"
      workers.append(
        try starting("worker \(name)") { () throws(Errno) in
          try WorkerThread(
            name: name, connectionsOf: listeners, publication, connectionLimit: connectionLimit, sources: sources,
            ledger: ledger, alarm: alarm, transfers: transfers)
        })
    }
  }

  /// - Returns: the generation of what is published; nil before the workers run.
  @discardableResult
  func publish(_ snapshot: AnswerSnapshot) -> UInt64? { publication?.publish(snapshot) }

  /// What each worker notes of hand-outs.
  var handOuts: [HandOutLink] { workers.map(\.link.handOuts) }

  /// Has workers look at what is published now. A worker without queries would hold the former table, and its memory, for as
  /// long.
  func moveOn() {
    for worker in workers { worker.moveOn() }
  }

  /// Ends the workers and waits until they have, `limit` at most.
  ///
  /// - Returns: the names of those that hang.
  func stop(within limit: Duration) -> [String] {
    let deadline = MonotonicClock.now() + limit.wholeNanoseconds
    for worker in workers { worker.beginStop() }
    return workers.filter { !$0.finishStop(until: deadline) }.map(\.name)
  }

  /// The sums over all workers.
  func counters() -> AnswerCounters {
    var sum = AnswerCounters()
    for counters in workers.map(\.link.counters) {
      sum.queries[.init(.udp, .ipv4), default: 0] += counters.udpQueries.ipv4.current
      sum.queries[.init(.udp, .ipv6), default: 0] += counters.udpQueries.ipv6.current
      sum.queries[.init(.tcp, .ipv4), default: 0] += counters.tcpQueries.ipv4.current
      sum.queries[.init(.tcp, .ipv6), default: 0] += counters.tcpQueries.ipv6.current
      for code in ResponseCode.allCases {
        sum.responses[code, default: 0] += counters.responses[Int(code.rawValue)].current
      }
      sum.truncated += counters.truncated.current
      sum.dropped[.tooShort, default: 0] += counters.tooShort.current
      sum.dropped[.notAQuery, default: 0] += counters.notQueries.current
      sum.dropped[.fromPortZero, default: 0] += counters.fromPortZero.current
      sum.dropped[.sendFailed, default: 0] += counters.sendFailures.current
      sum.malformed += counters.responses[Int(ResponseCode.formatError.rawValue)].current
      sum.transfersRefused += counters.transfersRefused.current
      sum.rateLimited[.drop, default: 0] += counters.limitedDropped.current
      sum.rateLimited[.slip, default: 0] += counters.limitedSlipped.current
      sum.ednsErrors += counters.optionErrors.current
      sum.tcp.open += counters.tcpOpen.current
      sum.tcp.accepted += counters.tcpAccepted.current
      sum.tcp.crowdedOut += counters.tcpCrowdedOut.current
      sum.tcp.closedIdle += counters.tcpClosedIdle.current
      sum.tcp.malformed += counters.tcpMalformed.current
    }
    return sum
  }
}
