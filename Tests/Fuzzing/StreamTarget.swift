// Target `stream`: framed queries through a real socket and the session code, cut anywhere, read back now and then.

import Answering
import DNS
import Glibc

@testable import Linux
@testable import Server

private let plainSnapshot = snapshot(
  ofGood: """
    $ORIGIN z.
    $TTL 1h
    @ SOA ns.o. h.o. 1 1h 15m 1w 1m
    @ NS ns.o.
    a A 192.0.2.1
    b CNAME a
    \((0..<60).map { "h TXT \"\($0) \(String(repeating: "u", count: 240))\"" }.joined(separator: "\n"))
    """)

func runStream(_ octets: [UInt8], _ rooms: ReplyRooms) throws(Flaw) {
  let (expected, isWellFormed) = expectedReplies(to: octets, rooms)
  let received: [UInt8]
  do throws(Errno) {
    received = try exchange(octets)
  } catch {
    throw Flaw("errno \(error.rawValue)")
  }
  try require(expected.starts(with: received), "octets that are no replies in order")
  // What is no message ends the connection, if need be before the peer has taken all that was due.
  if isWellFormed { try require(received.count == expected.count, "\(received.count) octets of \(expected.count)") }
}

/// The framed replies to each whole frame before the first that is too short, and whether there is none such.
private func expectedReplies(to octets: [UInt8], _ rooms: ReplyRooms) -> (octets: [UInt8], isWellFormed: Bool) {
  var replies: [UInt8] = []
  var rest = octets[...]
  while rest.count >= 2 {
    let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
    guard length >= 12 else { return (replies, false) }
    guard rest.count >= 2 + length else { break }
    if let reply = rooms.reply(to: Array(rest.dropFirst(2).prefix(length)), over: .tcp, from: plainSnapshot) {
      replies += [UInt8(reply.count >> 8), UInt8(reply.count & 0xFF)] + reply
    }
    rest = rest.dropFirst(2 + length)
  }
  return (replies, true)
}

/// Sends the octets in pieces to a session, and returns all that comes back until the session closes.
private func exchange(_ octets: [UInt8]) throws(Errno) -> [UInt8] {
  let numbers = try socketPair()
  var client = StreamClient(FileDescriptor(owning: numbers.client))
  var served = try ServedStream(FileDescriptor(owning: numbers.server))
  for (index, piece) in pieces(of: octets, longest: 600).enumerated() {
    guard try client.send(octets, piece, servedBy: &served) else { break }
    // A peer that reads only now and then, so that replies pile up.
    if index % 7 == 0 { client.receive() }
  }
  client.finishSending()
  // Until neither side has anything more to do.
  while true {
    let served = try served.serve()
    guard client.receive() || served else { return client.received }
  }
}

private func socketPair() throws(Errno) -> (client: Int32, server: Int32) {
  var numbers: [Int32] = [-1, -1]
  let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
  // The kernel fills in two numbers.
  try call("socketpair") { unsafe socketpair(AF_UNIX, type, 0, &numbers) }
  return (numbers[0], numbers[1])
}

/// A session of the server, with the loop that wakes it.
private struct ServedStream: ~Copyable {
  private var sessions: TCPSessions
  private var notes: HandOutNotes
  private var epoll: Epoll
  private var responder = Responder()
  private let counters = WorkerCounters()

  init(_ connection: consuming FileDescriptor) throws(Errno) {
    // Little room, so that a long reply does not fit at once.
    try connection.setOption(SOL_SOCKET, SO_SNDBUF, 4_608)
    let epoll = try Epoll(capacity: 4)
    var sessions = TCPSessions(limit: 4, sources: ConnectionSources(workerCount: 1), handOuts: .noted)
    var notes = HandOutNotes(try HandOutLink(.addresses))
    let peer = PeerAddress(isIPv6: false, port: 1, high: 0, low: 0)
    let session = sessions.open(Accepted(connection: TCPConnection(connection), peer: peer), now: 0, counters: counters)
    var tally = AnswerTally()
    sessions.serve(session, token: session, &responder, plainSnapshot, &notes, epoll, counters, &tally, now: 0)
    self.notes = notes
    self.epoll = epoll
    self.sessions = sessions
  }

  /// Does what can be done at once; false when that is nothing.
  mutating func serve() throws(Errno) -> Bool {
    let count = try epoll.wait(timeout: .zero)
    var tally = AnswerTally()
    for index in 0..<count {
      let token = epoll.event(index).token
      sessions.serve(
        token, token: token, &responder, plainSnapshot, &notes, epoll, counters, &tally, now: MonotonicClock.now())
    }
    return count > 0
  }
}

/// The other end: it sends without waiting and keeps what it receives.
private struct StreamClient: ~Copyable {
  private let descriptor: FileDescriptor
  private(set) var received: [UInt8] = []
  private var room = [UInt8](repeating: 0, count: 16_384)

  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  /// Sends a piece while the other side is served; false when that side has closed.
  mutating func send(
    _ octets: [UInt8], _ piece: Range<Int>, servedBy served: inout ServedStream
  ) throws(Errno) -> Bool {
    var at = piece.lowerBound
    while at < piece.upperBound {
      // As many octets as the slice has.
      let count = unsafe octets[at..<piece.upperBound].withUnsafeBytes {
        unsafe Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      let error = Errno.current.rawValue
      if count < 0, error == EPIPE || error == ECONNRESET { return false }
      at += max(count, 0)
      let hasServed = try served.serve()
      // A pipe that is full in both directions waits for our reading.
      if count < 0, !hasServed { receive() }
    }
    return true
  }

  func finishSending() { shutdown(descriptor.number, Int32(SHUT_WR)) }

  /// Takes what is there; false when that is nothing.
  @discardableResult
  mutating func receive() -> Bool {
    // At most as many octets as the room has.
    let count = unsafe room.withUnsafeMutableBytes { unsafe recv(descriptor.number, $0.baseAddress, $0.count, 0) }
    if count > 0 { received += room[..<count] }
    return count > 0
  }
}
