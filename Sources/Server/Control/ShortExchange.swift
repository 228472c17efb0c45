// One request, one response, the end: what a connection to the status port or the control socket is.
//
// Both services live on the control thread, so everything about them is bounded: how many connections, how many
// octets, how long. A client may be as slow or as rude as it likes; it costs a descriptor until the deadline. The answer
// to a request may be given at once or later; until then nothing more is read.

internal import Linux

/// Puts a request together from octets that arrive in pieces.
protocol RequestReader {
  associatedtype Request
  /// How long an answer may take, in nanoseconds; the client is then left without one.
  static var answerLimit: Int64 { get }
  /// Takes the next octets; not nil once the request is complete, or can be none.
  mutating func receive(_ octets: Span<UInt8>) -> Request?
}

/// A connection that serves one request.
final class ShortExchange<Connection: StreamConnection & ~Copyable, Reader: RequestReader> {
  enum Stage {
    case reading
    /// The request is complete, and its answer is being made.
    case answering
    case writing
    /// All is sent and our side closed; what the peer still sends is discarded, so that no reset overtakes the response.
    case lingering
    case over
  }

  let connection: Connection
  private(set) var stage = Stage.reading
  private var reader: Reader
  private(set) var response: SharedOctets?
  private var sent = 0
  /// Monotonic nanoseconds after which the connection is closed, whatever it is doing.
  private(set) var deadline: Int64

  /// What one read takes at most, in octets.
  private static var readSize: Int { 4_096 }
  /// What one turn sends at most, in octets, so that a big response holds nobody up.
  private static var writeSize: Int { 256 << 10 }

  init(_ connection: consuming Connection, _ reader: Reader, deadline: Int64) {
    self.connection = connection
    self.reader = reader
    self.deadline = deadline
  }

  /// What epoll is to watch for.
  var interest: Epoll.Interest {
    switch stage {
    case .reading, .lingering: .readable
    case .writing: .writable
    // Only that the peer has gone.
    case .answering, .over: []
    }
  }

  /// Reads what is there.
  ///
  /// - Returns: the request, once, when it is complete; `respond` is to be called then or later.
  func read(now: Int64) -> Reader.Request? {
    switch stage {
    case .writing, .over: return nil
    case .answering:
      // Nothing else is watched for: the client has gone.
      stage = .over
      return nil
    case .reading, .lingering: break
    }
    guard let octets = receive() else { return nil }
    guard !octets.isEmpty else {
      stage = .over
      return nil
    }
    guard stage == .reading, let request = reader.receive(octets.span) else { return nil }
    stage = .answering
    deadline = now + Reader.answerLimit
    return request
  }

  /// What has arrived: empty at the end of the stream or after an error, nil when there is nothing yet.
  private func receive() -> [UInt8]? {
    var buffer = StreamBuffer(capacity: Self.readSize)
    var room = buffer.room()
    do throws(Errno) {
      switch try connection.read(into: &room) {
      case .octets(let count):
        buffer.fill(count)
        return buffer.copy()
      case .wouldBlock: return nil
      case .endOfStream: return []
      }
    } catch {
      return []
    }
  }

  func respond(_ octets: SharedOctets, until deadline: Int64) {
    guard stage == .answering else { return }
    response = octets
    self.deadline = deadline
    stage = .writing
    write()
  }

  /// Sends as much as the peer takes.
  func write() {
    guard stage == .writing, let response else { return }
    let end = min(response.octets.count, sent + Self.writeSize)
    do throws(Errno) {
      while sent < end {
        guard case .octets(let count) = try connection.write(response.octets, from: sent, to: end) else { return }
        sent += count
      }
      guard sent == response.octets.count else { return }
      self.response = nil
      try connection.finishSending()
      stage = .lingering
    } catch {
      stage = .over
    }
  }
}

/// The connections of one service.
struct ShortExchanges<Connection: StreamConnection & ~Copyable, Reader: RequestReader> {
  /// For more than this many at once the oldest make room.
  static var limit: Int { 64 }
  /// How long a request may take to arrive, and a response to be read, in nanoseconds.
  static var timeLimit: Int64 { 5_000_000_000 }
  /// How many octets clients that read slowly may keep in memory; the newest response is kept whatever it takes.
  static var mostHeld: Int { 64 << 20 }

  /// As every connection begins.
  private let reader: Reader
  private var open: [UInt64: ShortExchange<Connection, Reader>] = [:]
  private var nextNumber: UInt64 = 0

  /// - Parameter reader: one that has read nothing yet.
  init(reading reader: Reader) { self.reader = reader }

  var isEmpty: Bool { open.isEmpty }

  /// Those that are open.
  var numbers: Set<UInt64> { Set(open.keys) }

  /// When the first of them is to be closed.
  var nextDeadline: Int64? { open.values.map { $0.deadline }.min() }

  /// Takes a new connection; when there are too many, the oldest is dropped.
  mutating func add(
    _ connection: consuming Connection, _ epoll: borrowing Epoll, now: Int64, token: (UInt64) -> UInt64
  ) {
    if open.count >= Self.limit { dropOldest() }
    nextNumber += 1
    let exchange = ShortExchange<Connection, Reader>(connection, reader, deadline: now + Self.timeLimit)
    do throws(Errno) {
      try epoll.add(exchange.connection, token: token(nextNumber), for: exchange.interest)
      open[nextNumber] = exchange
    } catch {
      // Out of memory for watches: the connection is dropped, and the client sees that.
    }
  }

  /// Goes on with a connection that has something to say.
  ///
  /// - Returns: its request, once, when that is complete; `respond` is to be called then or later.
  mutating func proceed(with number: UInt64, _ epoll: borrowing Epoll, token: UInt64) -> Reader.Request? {
    guard let exchange = open[number] else { return nil }
    let request = exchange.read(now: MonotonicClock.now())
    if request == nil { exchange.write() }
    settle(number, exchange, epoll, token: token)
    return request
  }

  /// Sends the response to a request that `proceed` returned; a client that has gone meanwhile is left alone.
  mutating func respond(_ octets: SharedOctets, to number: UInt64, _ epoll: borrowing Epoll, token: UInt64) {
    guard let exchange = open[number] else { return }
    exchange.respond(octets, until: MonotonicClock.now() + Self.timeLimit)
    settle(number, exchange, epoll, token: token)
    dropSlowest(butFor: octets)
  }

  /// Closes the connections that hold the oldest responses while all together hold too much.
  private mutating func dropSlowest(butFor newest: SharedOctets) {
    let holding = open.filter { $0.value.response != nil }.sorted { $0.key < $1.key }
    var held: [ObjectIdentifier: Int] = [:]
    for (_, exchange) in holding { exchange.response.map { held[ObjectIdentifier($0)] = $0.octets.count } }
    var sum = held.values.reduce(0, +)
    for (_, exchange) in holding where sum > Self.mostHeld {
      guard let response = exchange.response, response !== newest,
        let size = held.removeValue(forKey: ObjectIdentifier(response))
      else { continue }
      for (number, other) in holding where other.response === response { open[number] = nil }
      sum -= size
    }
  }

  /// The connection with that number, to ask whose it is.
  func exchange(_ number: UInt64) -> ShortExchange<Connection, Reader>? { open[number] }

  /// Watches for what comes next, or closes.
  private mutating func settle(
    _ number: UInt64, _ exchange: ShortExchange<Connection, Reader>, _ epoll: borrowing Epoll, token: UInt64
  ) {
    guard exchange.stage != .over else {
      open[number] = nil
      return
    }
    do throws(Errno) {
      try epoll.modify(exchange.connection, token: token, for: exchange.interest)
    } catch {
      open[number] = nil
    }
  }

  /// Closes who has been there longest.
  mutating func dropOldest() {
    if let oldest = open.keys.min() { open[oldest] = nil }
  }

  /// Closes who is past the deadline.
  mutating func sweep(now: Int64) {
    guard !open.isEmpty else { return }
    for (number, exchange) in open where exchange.deadline <= now { open[number] = nil }
  }
}
