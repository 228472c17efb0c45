// Starting workers on their threads and ending them.

internal import Answering
internal import Linux
internal import Policy
internal import Synchronization

/// What control and a worker share.
final class WorkerLink: Sendable {
  let counters = WorkerCounters()
  /// What the worker has handed out.
  let handOuts: HandOutLink
  /// Whether it notes that.
  let isNoting: Bool
  /// Turns of a worker that had nothing to answer: with the queries, how it shows that it lives.
  let idleTurns = Counter()
  /// Signalled when a worker that waits in epoll is to look at `isStopping`, and at what is published.
  let wakeUp: EventCounter
  private let stopping = Atomic<Bool>(false)
  private let ended = Atomic<Bool>(false)
  private let lastFailure = Mutex<Errno?>(nil)

  init(_ ledger: LedgerDetail) throws(Errno) {
    wakeUp = try EventCounter()
    handOuts = try HandOutLink(ledger == .prefixes ? .networks : .addresses)
    isNoting = ledger != .off
  }

  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  /// Why the worker could not go on; nil while it does.
  var failure: Errno? { lastFailure.withLock { $0 } }

  func stop() {
    stopping.store(true, ordering: .releasing)
    wakeUp.signal()
  }

  /// Whether the worker's thread has come to its end.
  var hasEnded: Bool { ended.load(ordering: .acquiring) }

  func end() { ended.store(true, ordering: .releasing) }

  /// A number that grows while the worker lives: with each batch of queries, or each idle turn.
  var progress: UInt64 {
    counters.udpQueries.ipv4.current &+ counters.udpQueries.ipv6.current &+ idleTurns.current
  }

  func fail(_ error: Errno) { lastFailure.withLock { $0 = error } }
}

/// A worker's thread, seen from the control thread.
final class WorkerThread {
  let link: WorkerLink
  /// `udp-0-1`: its kind, its number, and for datagrams the number of the address.
  let name: String
  /// The socket whose receive call the worker sleeps in, if it does.
  private let receiving: ListeningSockets?
  private var thread: Thread?

  /// Starts a worker for the datagrams of one listening address.
  init(
    name: String, datagramsOf sockets: ListeningSockets, _ publication: Publication<AnswerSnapshot>,
    limits: RateLimitPlan?, ledger: LedgerDetail, transfers: TransferReports, longestSleep: Duration?
  ) throws(Errno) {
    let link = try WorkerLink(ledger)
    self.link = link
    self.name = name
    receiving = sockets
    if let longestSleep { try sockets.udp.setReceiveTimeout(longestSleep) }
    thread = try Thread.start(name: name) {
      var worker = DatagramWorker(sockets, publication, link, limits: limits, transfers: transfers)
      worker.run()
      link.end()
    }
  }

  /// Starts a worker for the connections of all listening addresses. If it fails later, its link tells why, and
  /// `alarm` is signalled.
  init(
    name: String, connectionsOf listeners: [ListeningSockets], _ publication: Publication<AnswerSnapshot>,
    connectionLimit: Int, sources: ConnectionSources, ledger: LedgerDetail, alarm: Shared<EventCounter>,
    transfers: TransferReports
  ) throws(Errno) {
    let link = try WorkerLink(ledger)
    self.link = link
    self.name = name
    receiving = nil
    let epoll = try ConnectionWorker.epoll(over: listeners, link)
    thread = try Thread.start(name: name, moving: epoll) { epoll in
      defer { link.end() }
      var worker = ConnectionWorker(
        listeners, epoll, publication, link, connectionLimit: connectionLimit, sources: sources, transfers: transfers)
      do throws(Errno) {
        try worker.run()
      } catch {
        link.fail(error)
        alarm.value.signal()
      }
    }
  }

  /// Has a worker of connections look at what is published now. One of datagrams cannot be woken; it does so with its
  /// next query.
  func moveOn() {
    if receiving == nil { link.wakeUp.signal() }
  }

  /// Tells the worker to end.
  func beginStop() {
    link.stop()
    receiving?.udp.wakeReceiver()
  }

  /// Waits until the worker has ended, as it was asked to, or until this time.
  ///
  /// - Returns: whether it has. A thread that hangs is let go.
  func finishStop(until deadline: Int64) -> Bool {
    while !link.hasEnded {
      guard MonotonicClock.now() < deadline else {
        thread = nil
        return false
      }
      sleep(for: .microseconds(500))
    }
    thread.take()?.join()
    return true
  }
}
