// The TCP connections of one worker: reading queries, writing answers, closing who stays too long.

internal import Answering
internal import DNS
internal import Linux

/// All sessions of a worker, and the memory they share.
struct TCPSessions: ~Copyable {
  /// How often idle sessions are looked for.
  static let sweepInterval = Duration.seconds(1)
  /// The two octets of length before each message (RFC 1035 §4.2.2).
  private static let lengthField = 2
  private static let longestFrame = lengthField + Responder.longestMessage

  /// At most this many, and so many of one source; for one more the longest idle of them is closed.
  private let limit: Int
  private let limitOfOneSource: Int
  private var countBySource: [TCPSource: Int] = [:]
  private var slots: [TCPSession?] = []
  /// How often a slot was used, so that a late event of a closed session is not taken for its successor's.
  private var generations: [UInt64] = []
  private var free: [Int] = []
  private var nextSweep: Int64 = 0
  /// Taken with the first connection.
  private var memory: Memory?

  /// What is read and written at once.
  private final class Memory {
    /// What a session kept from before, less than a frame, and behind it what is read now: hundreds of queries.
    var arrived = StreamBuffer(capacity: TCPSessions.longestFrame + 16_384)
    /// Replies, gathered until one more might not fit. No more than this can be kept for a peer that takes nothing.
    var leaving = StreamBuffer(capacity: TCPSessions.longestFrame + 32_768)
  }

  init(limit: Int, ofOneSource: Int) {
    self.limit = max(limit, 1)
    limitOfOneSource = max(ofOneSource, 1)
  }

  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  // MARK: Opening and closing

  mutating func open(
    _ accepted: consuming Accepted, _ epoll: borrowing Epoll, token: (UInt64) -> UInt64, now: Int64,
    counters: WorkerCounters
  ) throws(Errno) {
    let peer = accepted.peer
    let source = TCPSource(peer)
    if countBySource[source, default: 0] >= limitOfOneSource {
      closeLongestIdle(of: source, counters)
    } else if count >= limit {
      closeLongestIdle(counters)
    }
    let session = TCPSession(accepted.take(), peer: peer, now: now)
    let slot = free.popLast() ?? slots.count
    if slot == slots.count {
      slots.append(nil)
      generations.append(0)
    }
    generations[slot] += 1
    slots[slot] = session
    count += 1
    countBySource[source, default: 0] += 1
    counters.tcpAccepted.add(1)
    counters.tcpOpen.add(1)
    if memory == nil { memory = Memory() }
    do throws(Errno) {
      try session.watch(in: epoll, token: token(identifier(of: slot)), isNew: true)
    } catch {
      close(slot, counters)
      throw error
    }
  }

  /// A session's number: its slot in the low 24 bits, the generation above.
  private func identifier(of slot: Int) -> UInt64 { (generations[slot] & 0xFFFF_FFFF) << 24 | UInt64(slot) }

  private func slot(of identifier: UInt64) -> Int? {
    let slot = Int(identifier & 0xFF_FFFF)
    guard slots.indices.contains(slot), slots[slot] != nil, self.identifier(of: slot) == identifier else { return nil }
    return slot
  }

  private mutating func close(_ slot: Int, _ counters: WorkerCounters) {
    guard let source = slots[slot]?.source else { return }
    countBySource[source, default: 1] -= 1
    if countBySource[source] == 0 { countBySource[source] = nil }
    // The last reference: the connection closes itself.
    slots[slot] = nil
    free.append(slot)
    count -= 1
    counters.tcpOpen.decrease()
  }

  /// Makes room by closing the session on which nothing has moved for longest, of one source if one is given.
  mutating func closeLongestIdle(of source: TCPSource? = nil, _ counters: WorkerCounters) {
    let open = slots.indices.filter { slots[$0] != nil && (source == nil || slots[$0]?.source == source) }
    guard let oldest = open.min(by: { (slots[$0]?.lastActive ?? 0) < (slots[$1]?.lastActive ?? 0) }) else { return }
    counters.tcpCrowdedOut.add(1)
    close(oldest, counters)
  }

  /// Closes sessions on which nothing moved for too long; looks at most once in `sweepInterval`.
  mutating func sweep(now: Int64, counters: WorkerCounters) {
    guard count > 0, now >= nextSweep else { return }
    nextSweep = now + 1_000_000_000
    for slot in slots.indices {
      guard let session = slots[slot], session.isOverdue(at: now) else { continue }
      if session.isBlocked { session.resetOnClose() }
      counters.tcpClosedIdle.add(1)
      close(slot, counters)
    }
  }

  // MARK: Serving

  /// Does what an event on a session allows: send, read, answer.
  mutating func serve(
    _ identifier: UInt64, token: UInt64, _ responder: inout Responder, _ snapshot: AnswerSnapshot,
    _ epoll: borrowing Epoll, _ counters: WorkerCounters
  ) {
    guard let slot = slot(of: identifier), let session = slots[slot], let memory else { return }
    let now = MonotonicClock.now()
    let wasBlocked = session.isBlocked
    do throws(Errno) {
      try session.writeUnsent(now: now)
      if !session.isBlocked {
        let isWellFormed = try exchange(
          session, &memory.arrived, &memory.leaving, &responder, snapshot, counters, now: now)
        if !isWellFormed { counters.tcpMalformed.add(1) }
        // Nothing sensible can follow a frame that is no message; nor can anything follow the end of the stream.
        guard isWellFormed, !session.peerHasFinished || session.isBlocked else {
          close(slot, counters)
          return
        }
      }
      if wasBlocked != session.isBlocked { try session.watch(in: epoll, token: token, isNew: false) }
    } catch {
      // Reset by the peer, or broken: there is nobody left to tell.
      close(slot, counters)
    }
  }

  /// Reads once, answers every whole message and sends the answers together.
  ///
  /// - Returns: false when the peer sent what is no DNS message.
  private func exchange(
    _ session: TCPSession, _ arrived: inout StreamBuffer, _ leaving: inout StreamBuffer,
    _ responder: inout Responder, _ snapshot: AnswerSnapshot, _ counters: WorkerCounters, now: Int64
  ) throws(Errno) -> Bool {
    arrived.removeAll()
    leaving.removeAll()
    arrived.append(session.unread)
    session.unread = []
    try session.read(into: &arrived, now: now)

    var isWellFormed = true
    var queries: UInt64 = 0
    var tally = AnswerTally()
    while arrived.count >= TCPSessions.lengthField, !session.isBlocked {
      let length = Int(arrived.contents.uint16(at: 0))
      guard length >= MessageHeader.length else {
        isWellFormed = false
        break
      }
      guard arrived.count >= TCPSessions.lengthField + length else { break }
      if leaving.roomCount < TCPSessions.longestFrame {
        try session.write(&leaving, now: now)
        guard !session.isBlocked else { break }
      }
      TCPSessions.answer(
        arrived.contents.extracting(TCPSessions.lengthField..<TCPSessions.lengthField + length),
        from: session.peer.client, &leaving, &responder, snapshot, &tally)
      arrived.consume(TCPSessions.lengthField + length)
      queries += 1
    }
    counters.add(tally)
    if tally.keepalives > 0 { session.keepLonger() }
    counters.tcpQueries.add(queries, family: session.peer.family)
    if !session.isBlocked { try session.write(&leaving, now: now) }
    session.unread = arrived.copy()
    return isWellFormed
  }

  /// Answers one message behind the replies that are to leave already.
  private static func answer(
    _ query: RawSpan, from client: ClientAddress, _ leaving: inout StreamBuffer, _ responder: inout Responder,
    _ snapshot: AnswerSnapshot,
    _ tally: inout AnswerTally
  ) {
    var room = leaving.room()
    var body = room._mutatingExtracting(lengthField..<longestFrame)
    let length = responder.answer(query, from: client, over: .tcp, from: snapshot, into: &body, tally: &tally)
    guard length > 0 else { return }
    room.store(UInt16(truncatingIfNeeded: length), at: 0)
    leaving.fill(lengthField + length)
  }
}
