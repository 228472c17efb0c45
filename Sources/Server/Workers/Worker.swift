// One worker: a thread with its own sockets, answering from the latest snapshot.
//
// Each worker binds every address by itself (SO_REUSEPORT), so that the kernel spreads the queries and no worker
// ever waits for another.

internal import Answering
internal import DNS
internal import Linux
internal import Synchronization

/// What control and worker share.
final class WorkerLink: Sendable {
  let counters = WorkerCounters()
  /// Signalled when the worker is to look at `isStopping`, or to let go of an old snapshot.
  let wakeUp: EventCounter
  private let stopping = Atomic<Bool>(false)
  private let lastFailure = Mutex<Errno?>(nil)

  init() throws(Errno) { wakeUp = try EventCounter() }

  /// Why the worker could not go on; nil while it does.
  var failure: Errno? { lastFailure.withLock { $0 } }

  func fail(_ error: Errno) { lastFailure.withLock { $0 = error } }

  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  func stop() {
    stopping.store(true, ordering: .releasing)
    wakeUp.signal()
  }
}

/// The answer loop of one thread.
struct Worker: ~Copyable {
  /// After so many full batches of one socket the others have their turn.
  private static let mostBatchesInARow = 16
  /// Datagrams that one system call takes.
  private static let batchCapacity = 64

  private let link: WorkerLink
  private let listeners: [ListeningSockets]
  private var reader: Publication<AnswerSnapshot>.Reader
  private var responder = Responder()
  private var batch: DatagramBatch
  private var sessions: TCPSessions
  private var epoll: Epoll

  init(
    _ listeners: [ListeningSockets], _ publication: Publication<AnswerSnapshot>, _ link: WorkerLink,
    connectionLimit: Int
  ) throws(Errno) {
    let epoll = try Epoll()
    try epoll.add(link.wakeUp, token: Token.wakeUp.rawValue, for: .readable)
    for (index, listener) in listeners.enumerated() {
      try epoll.add(listener.udp, token: Token.datagrams(index).rawValue, for: .readable)
      try epoll.add(listener.tcp, token: Token.connections(index).rawValue, for: .readable)
    }
    self.link = link
    self.listeners = listeners
    self.epoll = epoll
    reader = Publication.Reader(publication)
    batch = DatagramBatch(capacity: Worker.batchCapacity)
    sessions = TCPSessions(limit: connectionLimit)
  }

  /// What an epoll event is about.
  private enum Token {
    case wakeUp
    case datagrams(Int)
    case connections(Int)
    case session(UInt64)

    /// Kind in the top octet, number below.
    var rawValue: UInt64 {
      switch self {
      case .wakeUp: 0
      case .datagrams(let index): 1 << 56 | UInt64(index)
      case .connections(let index): 2 << 56 | UInt64(index)
      case .session(let id): 3 << 56 | id
      }
    }

    init(_ rawValue: UInt64) {
      let number = rawValue & 0x00FF_FFFF_FFFF_FFFF
      switch rawValue >> 56 {
      case 1: self = .datagrams(Int(number))
      case 2: self = .connections(Int(number))
      case 3: self = .session(number)
      default: self = .wakeUp
      }
    }
  }

  /// Answers until the link says stop. An error is one of epoll itself, after which nothing can be waited for.
  mutating func run() throws(Errno) {
    while true {
      let count = try epoll.wait(timeout: sessions.isEmpty ? nil : TCPSessions.sweepInterval)
      for index in 0..<count {
        let event = epoll.event(index)
        switch Token(event.token) {
        case .wakeUp:
          _ = link.wakeUp.drain()
          if link.isStopping { return }
          reader.refresh()
        case .datagrams(let index): answerDatagrams(of: index)
        case .connections(let index): acceptConnections(of: index)
        case .session(let id):
          reader.refresh()
          sessions.serve(id, token: event.token, &responder, reader.snapshot, epoll, link.counters)
        }
      }
      sessions.sweep(now: MonotonicClock.now(), counters: link.counters)
    }
  }

  // MARK: Datagrams

  /// Answers what waits at a UDP socket, batch after batch until one is not full.
  private mutating func answerDatagrams(of index: Int) {
    let socket = listeners[index]
    for _ in 0..<Worker.mostBatchesInARow {
      let count: Int
      do throws(Errno) {
        count = try batch.receive(from: socket.udp)
      } catch {
        // An error pending on the socket concerns an earlier reply, and reading it has cleared it.
        continue
      }
      guard count > 0 else { return }
      reader.refresh()
      Worker.answer(&batch, by: &responder, from: reader.snapshot, link.counters)
      let sent = batch.send(to: socket.udp)
      link.counters.sendFailures.add(UInt64(sent.refused + sent.dropped))
      if count < batch.capacity { return }
    }
  }

  /// Answers the queries of a batch in place.
  private static func answer(
    _ batch: inout DatagramBatch, by responder: inout Responder, from snapshot: AnswerSnapshot,
    _ counters: WorkerCounters
  ) {
    var tally = AnswerTally()
    var fromPortZero: UInt64 = 0
    for index in 0..<batch.count {
      // Nobody can receive an answer at port 0.
      guard batch.peerPort(index) != 0 else {
        fromPortZero &+= 1
        continue
      }
      var exchange = batch.exchange(index)
      let length = responder.answer(exchange.query, over: .udp, from: snapshot, into: &exchange.reply, tally: &tally)
      batch.setReplyLength(length, at: index)
    }
    counters.add(tally)
    counters.fromPortZero.add(fromPortZero)
    // A socket has one family, so the first asker speaks for all.
    counters.udpQueries.add(UInt64(batch.count), family: batch.peerFamily(0))
  }

  // MARK: Connections

  private mutating func acceptConnections(of index: Int) {
    let listener = listeners[index]
    for _ in 0..<Worker.mostBatchesInARow {
      do throws(Errno) {
        guard let accepted = try listener.tcp.accept() else { return }
        try sessions.open(
          accepted, epoll, token: { Token.session($0).rawValue }, now: MonotonicClock.now(), counters: link.counters)
      } catch {
        // Out of descriptors or memory: give one back, and come again with the next event.
        sessions.closeLongestIdle(link.counters)
        return
      }
    }
  }
}
