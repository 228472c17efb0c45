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
  /// For whom it is counted.
  let source: ClientAddress
  /// The peer has sent all it will; what is unsent still goes out.
  private(set) var peerHasFinished = false
  /// When octets last moved, in monotonic nanoseconds.
  private(set) var lastActive: Int64
  /// How long nothing may move, in nanoseconds.
  private(set) var idleLimit = TCPSession.ordinaryIdleLimit
  /// What epoll watches it for; nil as long as it does not.
  private var watched: Epoll.Interest?
  /// Nil while nothing is half done, as it is with most connections from their first to their last moment.
  private var halfDone: HalfDone?

  private final class HalfDone {
    /// Octets read that were not answered yet: part of a message, or more, if the peer does not take our replies.
    var unread: [UInt8] = []
    /// When the part of a message that waits in `unread` began to; nil when none does.
    var partSince: Int64?
    /// Octets of replies that the peer has not taken yet; while there are any, nothing more is read.
    var unsent: [UInt8] = []
    /// When the peer last had taken all replies; nil while it has.
    var unsentSince: Int64?
    /// Whose addresses are in them.
    var unsentHandOuts = UnsentHandOuts()
    var unsentGeneration: UInt64 = 0
    /// The zone that is being sent; while there is one, nothing more is read.
    var transfer: Transfer?

    var isOver: Bool { unread.isEmpty && unsent.isEmpty && transfer == nil }
  }

  /// A zone that is being sent. Apart, for few connections have one.
  final class Transfer {
    var messages: ActiveTransfer
    /// When it began, in monotonic nanoseconds.
    let since: Int64

    init(_ messages: ActiveTransfer, since: Int64) {
      self.messages = messages
      self.since = since
    }
  }

  /// RFC 7766 §6.2.3 asks for seconds.
  private static let ordinaryIdleLimit: Int64 = 10_000_000_000

  init(_ connection: consuming TCPConnection, peer: PeerAddress, now: Int64) {
    self.connection = connection
    self.peer = peer
    source = ConnectionSources.source(of: peer.client)
    lastActive = now
  }

  /// Whether it waits for room to write in, not for more to read.
  var isWriting: Bool {
    guard let halfDone else { return false }
    return !halfDone.unsent.isEmpty || halfDone.transfer != nil
  }

  /// Whether the peer has taken all replies.
  var hasSentAll: Bool { halfDone?.unsent.isEmpty ?? true }

  var transfer: Transfer? { halfDone?.transfer }

  func begin(_ transfer: Transfer) { change { $0.transfer = transfer } }

  func endTransfer() { if transfer != nil { change { $0.transfer = nil } } }

  private func change(_ change: (HalfDone) -> Void) {
    let changed = halfDone ?? HalfDone()
    change(changed)
    halfDone = changed.isOver ? nil : changed
  }

  /// Watches the connection for what can come next: room for what is unsent, or else more to read.
  ///
  /// The first time is best when what has come is read already: watched before that, epoll would note it as ready, only to
  /// find that it no longer is.
  func watch(in epoll: borrowing Epoll, token: UInt64) throws(Errno) {
    let wanted: Epoll.Interest = isWriting ? .writable : .readable
    guard let watched else {
      try epoll.add(connection, token: token, for: wanted)
      self.watched = wanted
      return
    }
    guard watched != wanted else { return }
    try epoll.modify(connection, token: token, for: wanted)
    self.watched = wanted
  }

  /// Reads once into what is free of `buffer`, behind what was kept from before.
  func read(into buffer: inout StreamBuffer, now: Int64) throws(Errno) {
    if let unread = halfDone?.unread { buffer.append(unread) }
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

  /// Writes the contents of `buffer` and empties it; what the peer does not take is kept and sent before anything else.
  ///
  /// - Returns: whether the peer has taken all.
  @discardableResult
  func write(_ buffer: inout StreamBuffer, now: Int64) throws(Errno) -> Bool {
    while !buffer.isEmpty {
      guard case .octets(let count) = try connection.write(buffer.contents) else { break }
      buffer.consume(count)
      lastActive = now
    }
    guard !buffer.isEmpty else { return true }
    change {
      $0.unsent = buffer.copy()
      $0.unsentSince = $0.unsentSince ?? now
    }
    buffer.removeAll()
    return false
  }

  /// How many octets of replies the peer has not taken yet.
  var unsentCount: Int { halfDone?.unsent.count ?? 0 }

  /// Keeps whose addresses are in the replies that are unsent, which were made from this generation.
  func hold(_ handOuts: UnsentHandOuts, of generation: UInt64) {
    change {
      $0.unsentHandOuts = handOuts
      $0.unsentGeneration = generation
    }
  }

  var holdsHandOuts: Bool { halfDone.map { !$0.unsentHandOuts.isEmpty } ?? false }

  /// What the replies with addresses that have not left were made from; nil if there are none.
  var heldGeneration: UInt64? { holdsHandOuts ? halfDone?.unsentGeneration : nil }

  /// Calls `body` for the hand-out slots of the replies that have left with so many octets more.
  func takeHandOuts(writtenUpTo count: Int, _ body: (UInt32) -> Void) {
    halfDone?.unsentHandOuts.takeSlots(writtenUpTo: count, body)
  }

  /// Tries again to send what is unsent.
  func writeUnsent(now: Int64) throws(Errno) {
    guard let unsent = halfDone?.unsent, !unsent.isEmpty else { return }
    var sent = 0
    while sent < unsent.count {
      guard case .octets(let count) = try connection.write(unsent, from: sent) else { break }
      sent += count
      lastActive = now
    }
    change {
      $0.unsent.removeFirst(sent)
      if $0.unsent.isEmpty { $0.unsentSince = nil }
    }
  }

  /// How long a message may take to arrive, and replies to be taken, in nanoseconds: octets that drip in or out one by
  /// one count as activity, yet hold memory.
  private static let messageLimit: Int64 = 10_000_000_000
  private static let repliesLimit: Int64 = 30_000_000_000

  /// Keeps for the next read what was not answered yet.
  ///
  /// - Parameter hasAdvanced: whether a message was whole, so that what is left is the beginning of another.
  func keep(_ rest: borrowing StreamBuffer, hasAdvanced: Bool, now: Int64) {
    guard !rest.isEmpty || halfDone != nil else { return }
    change {
      $0.unread = rest.copy()
      $0.partSince = rest.isEmpty || !$0.unsent.isEmpty ? nil : hasAdvanced ? now : $0.partSince ?? now
    }
  }

  /// Whether the connection has had its time.
  func isOverdue(_ now: Int64) -> Bool {
    guard now - lastActive <= idleLimit else { return true }
    guard let halfDone else { return false }
    return now - (halfDone.partSince ?? now) > TCPSession.messageLimit
      || now - (halfDone.unsentSince ?? now) > TCPSession.repliesLimit
  }

  /// Keeps the connection for as long as the client was promised (RFC 7828).
  func keepLonger() { idleLimit = Int64(Responder.keepaliveTime) * 100_000_000 }

  /// Has the close be a reset, for a peer that takes nothing: what is unsent then costs nothing more.
  func resetOnClose() { connection.resetOnClose() }
}
