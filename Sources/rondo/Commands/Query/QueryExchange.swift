// Sends a query and waits for its reply, over UDP first and over TCP where the reply does not fit.
//
// The server may be hostile: what does not belong to the query is passed over, and no step takes longer than its time.

import DNS
import Linux

/// One question on its way to one server.
struct QueryExchange {
  /// What has come back.
  struct Reply {
    let message: ReceivedMessage
    let isOverTCP: Bool
    /// From sending to receiving.
    let time: Duration
    /// Whether the answer over UDP said that it was too long.
    var followsTruncation = false
  }

  /// Why nothing has; the text goes on after "no answer from ADDR:PORT".
  struct Failure: Error {
    let message: String
  }

  /// What one transport came to.
  private enum Attempt {
    case reply(Reply)
    /// Something with the right ID, which only the server should know.
    case unreadable(ReceivedMessage.Fault)
    /// The same over UDP with TC set: cut wherever the room ended (RFC 2181 §9).
    case cutOff(ReceivedMessage.Fault)
    case timedOut
    case failed(Errno)
  }

  private let query: QueryMessage
  private let server: SocketEndpoint
  /// For one attempt.
  private let patience: Duration
  /// Why what was received last did not belong to the query.
  private var stray: String?

  init(_ query: QueryMessage, with server: SocketEndpoint, within patience: Duration) {
    self.query = query
    self.server = server
    self.patience = patience
  }

  mutating func run(_ transport: QueryOptions.Transport, tries: Int) throws(Failure) -> Reply {
    // Each attempt ends before its outcome is worded: `stray` is what it has left over.
    if transport != .tcp {
      let attempt = overUDP(tries: tries)
      if case .cutOff = attempt, transport == .udpThenTCP {
        // Asked again over TCP, whatever the part that came says.
      } else {
        let short = try reply(of: attempt, attempts: tries)
        guard short.message.isTruncated, transport == .udpThenTCP else { return short }
      }
    }
    let attempt = overTCP()
    var whole = try reply(of: attempt, attempts: 1)
    whole.followsTruncation = transport != .tcp
    return whole
  }

  private func reply(of attempt: Attempt, attempts: Int) throws(Failure) -> Reply {
    switch attempt {
    case .reply(let reply): return reply
    case .unreadable(let fault), .cutOff(let fault): throw Failure(message: " that can be read: \(fault)")
    case .timedOut:
      let span = " within \(patience.components.seconds) s" + (attempts > 1 ? ", asked \(attempts) times" : "")
      throw Failure(
        message: span
          + (stray.map { "; what came last is not the reply: \($0)" }
            ?? "; is the address right, and does every firewall let DNS through?"))
    case .failed(.connectionRefused):
      throw Failure(message: ": Connection refused; nothing listens there: write @ADDR[:PORT] to ask another server")
    case .failed(.connectionAborted):
      throw Failure(message: ": it closed the connection before it had answered")
    case .failed(let error): throw Failure(message: ": \(error)")
    }
  }

  // MARK: UDP

  private mutating func overUDP(tries: Int) -> Attempt {
    do throws(Errno) {
      for _ in 0..<tries {
        let attempt = try onceOverUDP()
        guard case .timedOut = attempt else { return attempt }
      }
      return .timedOut
    } catch {
      return .failed(error)
    }
  }

  /// On a socket of its own, and so from a source port of its own.
  private mutating func onceOverUDP() throws(Errno) -> Attempt {
    let socket = try UDPClient(to: server, timeout: patience)
    var epoll = try Epoll(capacity: 1)
    try epoll.add(socket, token: 0, for: .readable)
    let start = MonotonicClock.now()
    try socket.send(query.octets)
    while let left = remaining(since: start) {
      guard try epoll.wait(timeout: left) > 0 else { continue }
      // The kernel passes on what comes from the server's address and port, and nothing else.
      if let attempt = judge(try socket.receive(), isOverTCP: false, since: start) { return attempt }
    }
    return .timedOut
  }

  // MARK: TCP

  private mutating func overTCP() -> Attempt {
    do throws(Errno) {
      let start = MonotonicClock.now()
      let opening = try TCPConnect(to: server)
      var epoll = try Epoll(capacity: 1)
      try epoll.add(opening, token: 0, for: .writable)
      while try opening.progress() == .pending { try wait(&epoll, since: start) }
      let connection = opening.connection()
      try send(on: connection, &epoll, since: start)
      try epoll.modify(connection, token: 0, for: .readable)
      while remaining(since: start) != nil {
        let length = try receive(2, on: connection, &epoll, since: start)
        let octets = try receive(Int(length[0]) << 8 | Int(length[1]), on: connection, &epoll, since: start)
        if let attempt = judge(octets, isOverTCP: true, since: start) { return attempt }
      }
      return .timedOut
    } catch .timedOut {
      return .timedOut
    } catch {
      return .failed(error)
    }
  }

  /// The query, its length before it (RFC 1035 §4.2.2).
  private func send(
    on connection: borrowing TCPConnection, _ epoll: inout Epoll, since start: Int64
  ) throws(Errno) {
    let message = query.octets
    let framed = [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
    var sent = 0
    while sent < framed.count {
      if case .octets(let count) = try connection.write(framed, from: sent) {
        sent += count
      } else {
        try wait(&epoll, since: start)
      }
    }
  }

  /// Exactly `count` octets.
  private func receive(
    _ count: Int, on connection: borrowing TCPConnection, _ epoll: inout Epoll, since start: Int64
  ) throws(Errno) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: count)
    var received = 0
    while received < count {
      // Looked at for each read: a peer that never stops sending is never waited for.
      guard remaining(since: start) != nil else { throw .timedOut }
      var elements = octets.mutableSpan
      var whole = MutableRawSpan(_elements: &elements)
      var room = whole._mutatingExtracting(received...)
      switch try connection.read(into: &room) {
      case .octets(let more): received += more
      case .wouldBlock: try wait(&epoll, since: start)
      case .endOfStream: throw .connectionAborted
      }
    }
    return octets
  }

  /// Throws `.timedOut` when the time is over: a peer that sends an octet now and then gets no more of it.
  private func wait(_ epoll: inout Epoll, since start: Int64) throws(Errno) {
    guard let left = remaining(since: start) else { throw .timedOut }
    _ = try epoll.wait(timeout: left)
  }

  // MARK: What both need

  /// What the octets are to the query; nil when they are to be passed over.
  private mutating func judge(_ octets: [UInt8], isOverTCP: Bool, since start: Int64) -> Attempt? {
    do throws(ReceivedMessage.Fault) {
      let message = try ReceivedMessage(octets)
      stray = query.mismatch(with: message)
      if stray != nil { return nil }
      return .reply(Reply(message: message, isOverTCP: isOverTCP, time: elapsed(since: start)))
    } catch {
      stray = error.description
      let identifier = octets.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
      guard octets.count >= 2, identifier == query.identifier else { return nil }
      // QR and TC.
      let isCutOff = !isOverTCP && octets.count >= MessageHeader.length && octets[2] & 0x82 == 0x82
      return isCutOff ? .cutOff(error) : .unreadable(error)
    }
  }

  private func elapsed(since start: Int64) -> Duration { .nanoseconds(MonotonicClock.now() - start) }

  /// Nil when the time is over.
  private func remaining(since start: Int64) -> Duration? {
    let left = patience - elapsed(since: start)
    return left > .zero ? left : nil
  }
}
