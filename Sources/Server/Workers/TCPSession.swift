// One TCP connection of a DNS client (RFC 7766).
//
// A session holds no buffers of its own while nothing is half done: octets are read into memory that all sessions
// of the worker share, answered there, and written from there. Only the beginning of a message that is not yet
// complete, and the rest of replies that the peer has not yet taken, are kept with the session.

internal import Answering
internal import DNS
internal import Linux

/// A connection and what is half done on it.
final class TCPSession {
  private let connection: TCPConnection
  /// Who opened it.
  let peer: PeerAddress
  /// The same, as far as limits are concerned.
  var source: TCPSource { TCPSource(peer) }
  /// Octets read that were not answered yet: part of a message, or more, if the peer does not take our replies.
  var unread: [UInt8] = []
  /// Replies that the peer has not taken whole yet, and how many octets of them it has; while there are any, nothing
  /// more is read.
  private var unsent: [UInt8] = []
  private var taken = 0
  /// Since when something has been unsent without a break, in monotonic nanoseconds; nil when nothing is.
  private var blockedSince: Int64?
  /// The peer has sent all it will; what is unsent still goes out.
  private(set) var peerHasFinished = false
  /// When octets last moved, in monotonic nanoseconds.
  private(set) var lastActive: Int64
  /// How long nothing may move, in nanoseconds.
  private var idleLimit = TCPSession.ordinaryIdleLimit

  /// RFC 7766 §6.2.3 asks for seconds.
  private static let ordinaryIdleLimit: Int64 = 10_000_000_000

  init(_ connection: consuming TCPConnection, peer: PeerAddress, now: Int64) {
    self.connection = connection
    self.peer = peer
    lastActive = now
  }

  var isBlocked: Bool { blockedSince != nil }

  /// Watches the connection for what can come next: room for what is unsent, or else more to read.
  func watch(in epoll: borrowing Epoll, token: UInt64, isNew: Bool) throws(Errno) {
    let interest: Epoll.Interest = isBlocked ? .writable : .readable
    if isNew {
      try epoll.add(connection, token: token, for: interest)
    } else {
      try epoll.modify(connection, token: token, for: interest)
    }
  }

  /// Reads once into what is free of `buffer`.
  func read(into buffer: inout StreamBuffer, now: Int64) throws(Errno) {
    guard !peerHasFinished, buffer.roomCount > 0 else { return }
    var room = buffer.room()
    switch try connection.read(into: &room) {
    case .octets(let count):
      buffer.fill(count)
      lastActive = now
    case .endOfStream: peerHasFinished = true
    case .wouldBlock: break
    }
  }

  /// Writes the contents of `buffer` and empties it; what the peer does not take is kept as `unsent`.
  func write(_ buffer: inout StreamBuffer, now: Int64) throws(Errno) {
    while !buffer.isEmpty {
      guard case .octets(let count) = try connection.write(buffer.contents) else { break }
      buffer.consume(count)
      lastActive = now
    }
    guard !buffer.isEmpty else { return }
    unsent = buffer.copy()
    blockedSince = now
    buffer.removeAll()
  }

  /// Tries again to send what is unsent.
  func writeUnsent(now: Int64) throws(Errno) {
    while taken < unsent.count {
      guard case .octets(let count) = try connection.write(unsent, from: taken) else { return }
      taken += count
      lastActive = now
    }
    unsent = []
    taken = 0
    blockedSince = nil
  }

  /// Whether nothing has moved for too long. A reader that takes an octet now and then is no better than one that takes
  /// none.
  func isOverdue(at now: Int64) -> Bool {
    if let blockedSince { return now - blockedSince > TCPSession.ordinaryIdleLimit }
    return now - lastActive > idleLimit
  }

  /// Keeps the connection for as long as a client that asked for it was told (RFC 7828).
  func keepLonger() { idleLimit = Int64(Responder.keepaliveTime) * 100_000_000 }

  /// Has the close be a reset, for a peer that takes nothing: what is unsent then costs nothing more.
  func resetOnClose() { connection.resetOnClose() }
}

/// Where a connection comes from, as far as limits are concerned: an IPv4 address, or the first 56 bits of an IPv6 one,
/// which is what one site has.
struct TCPSource: Hashable {
  let family: AddressFamily
  private let prefix: UInt64

  init(_ peer: PeerAddress) {
    family = peer.family
    prefix = peer.family == .ipv4 ? peer.high : peer.high >> 8
  }
}
