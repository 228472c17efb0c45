// A thread that serves TCP connections: its own listeners (SO_REUSEPORT) and the sessions that come of them.

internal import Answering
internal import DNS
internal import Linux

/// The answer loop of the TCP side of all listening addresses.
struct ConnectionWorker: ~Copyable {
  private let link: WorkerLink
  private let listeners: [ListeningSockets]
  private var reader: Publication<AnswerSnapshot>.Reader
  private var responder = Responder()
  private var sessions: TCPSessions
  private var notes: HandOutNotes
  private var epoll: Epoll
  /// Until when no new connections are taken, in monotonic nanoseconds; nil while they are.
  private var listenersRest: Int64?
  private static let rest: Int64 = 100_000_000

  /// What the worker waits in; made before its thread, so that a start without one fails as a start.
  static func epoll(over listeners: [ListeningSockets], _ link: WorkerLink) throws(Errno) -> Epoll {
    let epoll = try Epoll()
    try epoll.add(link.wakeUp, token: Token.wakeUp.rawValue, for: .readable)
    for (index, listener) in listeners.enumerated() {
      try epoll.add(listener.tcp, token: Token.connections(index).rawValue, for: .readable)
    }
    return epoll
  }

  /// - Parameter epoll: as `epoll(over:)` makes it.
  init(
    _ listeners: [ListeningSockets], _ epoll: consuming Epoll, _ publication: Publication<AnswerSnapshot>,
    _ link: WorkerLink, connectionLimit: Int, sources: ConnectionSources, transfers: TransferReports
  ) {
    self.link = link
    self.listeners = listeners
    self.epoll = epoll
    reader = Publication.Reader(publication)
    notes = HandOutNotes(link.handOuts)
    sessions = TCPSessions(
      limit: connectionLimit, sources: sources, handOuts: link.isNoting ? .noted : .unnoted, transfers: transfers)
  }

  /// What an epoll event is about; kind in the top octet, number below.
  private enum Token {
    case wakeUp
    case connections(Int)
    case session(UInt64)

    var rawValue: UInt64 {
      switch self {
      case .wakeUp: 0
      case .connections(let index): 1 << 56 | UInt64(index)
      case .session(let id): 2 << 56 | id
      }
    }

    init(_ rawValue: UInt64) {
      let number = rawValue & 0x00FF_FFFF_FFFF_FFFF
      switch rawValue >> 56 {
      case 1: self = .connections(Int(number))
      case 2: self = .session(number)
      default: self = .wakeUp
      }
    }
  }

  /// Serves until the link says stop. An error is one of epoll itself, after which nothing can be waited for.
  mutating func run() throws(Errno) {
    while true {
      let count = try epoll.wait(milliseconds: timeout)
      // One time for all that has come together.
      let now = MonotonicClock.now()
      var tally = AnswerTally()
      if link.isNoting { link.handOuts.begin(sessions.oldestUnsent(before: reader.generation)) }
      reader.refresh()
      sessions.generation = reader.generation
      responder.now = UInt32(truncatingIfNeeded: WallClock.roughlyNow())
      for index in 0..<count {
        let event = epoll.event(index)
        switch Token(event.token) {
        case .wakeUp:
          link.wakeUp.drain()
          link.idleTurns.add(1)
          if link.isStopping {
            link.counters.add(tally)
            return
          }
        case .connections(let index): acceptConnection(of: index, &tally, now: now)
        case .session(let id):
          sessions.serve(
            id, token: event.token, &responder, reader.snapshot, &notes, epoll, link.counters, &tally, now: now)
        }
      }
      link.counters.add(tally)
      sessions.sweep(now: now, counters: link.counters)
      if link.isNoting { link.handOuts.end(holding: sessions.oldestUnsent) }
      if let until = listenersRest, until <= now {
        listenersRest = nil
        watchListeners(by: .resuming)
      }
    }
  }

  /// In milliseconds.
  private var timeout: Int32? {
    if listenersRest != nil { return Int32(ConnectionWorker.rest / 1_000_000) }
    return sessions.isEmpty ? nil : Int32(TCPSessions.sweepInterval / 1_000_000)
  }

  private func watchListeners(by watching: OpenSockets.Watching) {
    for (index, listener) in listeners.enumerated() {
      // It was watched before, and changing a watch asks the kernel for nothing new.
      try? OpenSockets.watch(listener.tcp, epoll, token: Token.connections(index).rawValue, by: watching)
    }
  }

  /// Takes one connection and serves it. If more wait, the listener tells of them again in the next turn: one that is
  /// served to its end before the next begins stays in the caches all the while, which saves more than waiting costs.
  private mutating func acceptConnection(of index: Int, _ tally: inout AnswerTally, now: Int64) {
    do throws(Errno) {
      guard let accepted = try listeners[index].tcp.accept() else { return }
      let session = sessions.open(accepted, now: now, counters: link.counters)
      // The first query has come as a rule: the listener tells of a connection that has spoken.
      sessions.serve(
        session, token: Token.session(session).rawValue, &responder, reader.snapshot, &notes, epoll, link.counters,
        &tally, now: now)
    } catch {
      // Out of descriptors or memory: give one back, and rest a moment, for the listener stays readable.
      sessions.closeLongestIdle(link.counters)
      watchListeners(by: .pausing)
      listenersRest = now + ConnectionWorker.rest
    }
  }
}
