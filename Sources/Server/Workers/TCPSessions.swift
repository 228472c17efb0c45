// The TCP connections of one worker: reading queries, writing answers, closing who stays too long.

internal import Answering
internal import DNS
internal import Linux
internal import Policy
internal import Reporting

/// All sessions of a worker, and the memory they share.
struct TCPSessions: ~Copyable {
  /// How often idle sessions are looked for, in nanoseconds.
  static var sweepInterval: Int64 { 1_000_000_000 }
  /// The two octets of length before each message (RFC 1035 §4.2.2).
  private static let lengthField = 2
  private static let longestFrame = lengthField + Responder.longestMessage
  /// What a reply may use while it is written.
  private static let replyRoom = longestFrame + HandOutNote.room(over: .tcp)

  /// At most this many; for one more the longest idle is closed.
  private let limit: Int
  private var sources: ConnectionSources
  /// Nil where nobody asks how transfers end.
  private let transfers: TransferReports?
  private var slots: [Slot] = []
  /// The slot freed last; nil when none is free.
  private var firstFree: Int?
  private var nextSweep: Int64 = 0
  /// Taken with the first connection.
  private var memory: Memory?
  /// Whether the addresses in replies are noted.
  enum HandOuts { case noted, unnoted }
  private let handOuts: HandOuts
  /// What replies are made from.
  var generation: UInt64 = 0
  /// The generation of the oldest reply with addresses that has not left yet; 0 for none. A reply that has left since the
  /// last sweep may still be counted in.
  private(set) var oldestUnsent: UInt64 = 0

  private struct Slot {
    var session: TCPSession?
    /// How often the slot was used, so that a late event of a closed session is not taken for its successor's.
    var generation: UInt64 = 0
    /// While it is free: the one that was freed before it.
    var nextFree: Int?
  }

  /// What is read and written at once.
  private final class Memory {
    /// What a session kept from before, less than a frame, and behind it what is read now: hundreds of queries.
    var arrived = StreamBuffer(capacity: TCPSessions.longestFrame + 16_384)
    /// Replies, gathered until one more might not fit. No more than this can be kept for a peer that takes nothing.
    var leaving = StreamBuffer(capacity: TCPSessions.longestFrame + 32_768)
    /// Whose addresses are in them.
    var handOuts = UnsentHandOuts()
  }

  init(limit: Int, sources: ConnectionSources, handOuts: HandOuts = .unnoted, transfers: TransferReports? = nil) {
    self.handOuts = handOuts
    self.transfers = transfers
    self.limit = max(limit, 1)
    self.sources = sources
  }

  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  // MARK: Opening and closing

  /// Takes a connection on and returns the session's number, to be served at once, from when on it is watched. Of a source
  /// that has its share the connection that is longest idle makes room.
  mutating func open(_ accepted: consuming Accepted, now: Int64, counters: WorkerCounters) -> UInt64 {
    if count >= limit { closeLongestIdle(counters) }
    let peer = accepted.peer
    let session = TCPSession(accepted.takeConnection(), peer: peer, now: now)
    if sources.mayBeFull(session.source) { makeRoom(for: session.source, counters) }
    sources.enter(session.source)
    let slot = firstFree ?? slots.count
    if slot == slots.count { slots.append(Slot()) }
    firstFree = slots[slot].nextFree
    slots[slot].generation += 1
    slots[slot].session = session
    count += 1
    counters.tcpAccepted.add(1)
    counters.tcpOpen.add(1)
    if memory == nil { memory = Memory() }
    return identifier(of: slot)
  }

  /// A session's number: its slot in the low 24 bits, the generation above.
  private func identifier(of slot: Int) -> UInt64 { (slots[slot].generation & 0xFFFF_FFFF) << 24 | UInt64(slot) }

  private func session(_ identifier: UInt64) -> (slot: Int, TCPSession)? {
    let slot = Int(identifier & 0xFF_FFFF)
    guard slot < slots.count, let session = slots[slot].session, self.identifier(of: slot) == identifier else {
      return nil
    }
    return (slot, session)
  }

  private mutating func close(_ slot: Int, _ counters: WorkerCounters) {
    guard let session = slots[slot].session else { return }
    sources.leave(session.source)
    endTransfer(of: session, .broken, now: MonotonicClock.now())
    // The last reference: the connection closes itself.
    slots[slot].session = nil
    slots[slot].nextFree = firstFree
    firstFree = slot
    count -= 1
    counters.tcpOpen.decrease()
  }

  mutating func closeLongestIdle(_ counters: WorkerCounters) {
    let open = slots.indices.filter { slots[$0].session != nil }
    closeLongestIdle(of: open, counters)
  }

  private mutating func closeLongestIdle(of open: [Int], _ counters: WorkerCounters) {
    func lastActive(_ slot: Int) -> Int64 { slots[slot].session?.lastActive ?? 0 }
    guard let oldest = open.min(by: { lastActive($0) < lastActive($1) }) else { return }
    counters.tcpCrowdedOut.add(1)
    close(oldest, counters)
  }

  /// Closes a connection of the source if it has its share; only now its connections are really counted.
  private mutating func makeRoom(for source: ClientAddress, _ counters: WorkerCounters) {
    let its = slots.indices.filter { slots[$0].session?.source == source }
    if its.count >= sources.share { closeLongestIdle(of: its, counters) }
  }

  /// Closes sessions on which nothing moved for too long, or too slowly; looks at most once in `sweepInterval`.
  mutating func sweep(now: Int64, counters: WorkerCounters) {
    guard count > 0, now >= nextSweep else { return }
    nextSweep = now + TCPSessions.sweepInterval
    defer { if oldestUnsent != 0 { findOldestUnsent() } }
    for slot in slots.indices {
      guard let session = slots[slot].session, session.isOverdue(now) else { continue }
      // A client that has not read our replies for so long is given up.
      if !session.hasSentAll { session.resetOnClose() }
      counters.tcpClosedIdle.add(1)
      close(slot, counters)
    }
  }

  // MARK: Hand-outs

  /// What the generation of a new batch has to be taken for: it and the replies that have not left yet.
  func oldestUnsent(before generation: UInt64) -> UInt64 {
    oldestUnsent == 0 ? generation : min(oldestUnsent, generation)
  }

  private mutating func findOldestUnsent() {
    oldestUnsent = slots.lazy.compactMap { $0.session?.heldGeneration }.min() ?? 0
  }

  /// Notes whose addresses have left with the first `written` octets, and keeps the rest with the session.
  private mutating func note(
    _ handOuts: inout UnsentHandOuts, writtenUpTo written: Int, of session: TCPSession, _ notes: inout HandOutNotes
  ) {
    handOuts.takeSlots(writtenUpTo: written) { notes.note($0, sentTo: session.peer.client) }
    guard !handOuts.isEmpty else { return }
    if session.unsentCount > 0 {
      session.hold(handOuts, of: generation)
      oldestUnsent = oldestUnsent(before: generation)
    }
    handOuts.removeAll()
  }

  /// Writes the replies that have been gathered, and notes those that leave.
  private mutating func write(
    _ leaving: inout StreamBuffer, _ handOuts: inout UnsentHandOuts, to session: TCPSession,
    _ notes: inout HandOutNotes, now: Int64
  ) throws(Errno) -> Bool {
    guard !handOuts.isEmpty else { return try session.write(&leaving, now: now) }
    let count = leaving.count
    do throws(Errno) {
      let isWhole = try session.write(&leaving, now: now)
      note(&handOuts, writtenUpTo: count - session.unsentCount, of: session, &notes)
      return isWhole
    } catch {
      note(&handOuts, writtenUpTo: count - leaving.count, of: session, &notes)
      throw error
    }
  }

  // MARK: Serving

  /// Does what an event on a session allows: send, read, answer. What it came to is added to `tally`.
  mutating func serve(
    _ identifier: UInt64, token: UInt64, _ responder: inout Responder, _ snapshot: AnswerSnapshot,
    _ notes: inout HandOutNotes, _ epoll: borrowing Epoll, _ counters: WorkerCounters, _ tally: inout AnswerTally,
    now: Int64
  ) {
    guard let (slot, session) = session(identifier), let memory else { return }
    do throws(Errno) {
      if session.isWriting {
        let before = session.unsentCount
        try session.writeUnsent(now: now)
        if session.holdsHandOuts {
          session.takeHandOuts(writtenUpTo: before - session.unsentCount) {
            notes.note($0, sentTo: session.peer.client)
          }
        }
        if session.hasSentAll { try goOnWithTransfer(of: session, &memory.leaving, responder.now, now: now) }
      }
      if !session.isWriting {
        let isWellFormed = try exchange(
          session, &memory.arrived, &memory.leaving, &memory.handOuts, &responder, snapshot, &notes, counters, &tally,
          now: now)
        if !isWellFormed { counters.tcpMalformed.add(1) }
        // Nothing sensible can follow a frame that is no message; nor can anything follow the end of the stream.
        guard isWellFormed, !session.peerHasFinished || session.isWriting else {
          close(slot, counters)
          return
        }
      }
      try session.watch(in: epoll, token: token)
    } catch {
      // Reset by the peer, or broken, or epoll has no room for it: there is nobody left to tell.
      close(slot, counters)
    }
  }

  /// Sends the next message of a transfer. One a turn, and only when the last has left: other sessions come in
  /// between, and no more than one message waits in memory.
  private func goOnWithTransfer(
    of session: TCPSession, _ leaving: inout StreamBuffer, _ civil: UInt32, now: Int64
  ) throws(Errno) {
    guard let transfer = session.transfer else { return }
    leaving.removeAll()
    var room = leaving.room()
    var body = room._mutatingExtracting(TCPSessions.lengthField..<TCPSessions.longestFrame)
    guard let length = transfer.messages.next(into: &body, now: UInt64(civil)) else {
      endTransfer(of: session, .complete, now: now)
      return
    }
    room.store(UInt16(truncatingIfNeeded: length), at: 0)
    leaving.fill(TCPSessions.lengthField + length)
    try session.write(&leaving, now: now)
  }

  private func endTransfer(of session: TCPSession, _ outcome: TransferReport.Outcome, now: Int64) {
    guard let transfer = session.transfer else { return }
    session.endTransfer()
    transfers?.add(
      TransferReport(
        outcome: outcome, apex: transfer.messages.apex, serial: transfer.messages.serial,
        client: session.peer.address, octets: transfer.messages.octetCount, duration: now - transfer.since))
  }

  /// Reads once, answers every whole message and sends the answers together.
  ///
  /// - Returns: false when the peer sent what is no DNS message.
  private mutating func exchange(
    _ session: TCPSession, _ arrived: inout StreamBuffer, _ leaving: inout StreamBuffer,
    _ handOuts: inout UnsentHandOuts, _ responder: inout Responder, _ snapshot: AnswerSnapshot,
    _ notes: inout HandOutNotes, _ counters: WorkerCounters, _ tally: inout AnswerTally, now: Int64
  ) throws(Errno) -> Bool {
    arrived.removeAll()
    leaving.removeAll()
    handOuts.removeAll()
    try session.read(into: &arrived, now: now)
    // As a rule a client that has its answer hangs up.
    if arrived.isEmpty { return true }

    var isWellFormed = true
    var queries: UInt64 = 0
    let keepalives = tally.keepalives
    var hasSentAll = true
    while arrived.count >= TCPSessions.lengthField, hasSentAll {
      let length = Int(arrived.contents.uint16(at: 0))
      guard length >= MessageHeader.length else {
        isWellFormed = false
        break
      }
      guard arrived.count >= TCPSessions.lengthField + length else { break }
      if leaving.roomCount < TCPSessions.replyRoom {
        hasSentAll = try write(&leaving, &handOuts, to: session, &notes, now: now)
        guard hasSentAll else { break }
      }
      if !snapshot.settings.transfers.isEmpty,
        let transfer = ActiveTransfer(
          answering: arrived.contents.extracting(TCPSessions.lengthField..<TCPSessions.lengthField + length),
          from: session.peer.client, snapshot, now: UInt64(responder.now))
      {
        // What else has come waits until the zone is sent.
        session.begin(TCPSession.Transfer(transfer, since: now))
        transfers?.add(
          begun: ZoneCopy(zone: transfer.apex, secondary: session.peer.address, serial: transfer.serial))
        if transfer.announcesKeepalive { session.keepLonger() }
        arrived.consume(TCPSessions.lengthField + length)
        queries += 1
        break
      }
      let refused = tally.transfersRefused
      answer(
        arrived.contents.extracting(TCPSessions.lengthField..<TCPSessions.lengthField + length),
        from: session.peer.client, &leaving, &handOuts, &responder, snapshot, &tally)
      if tally.transfersRefused != refused {
        reportRefusal(
          of: arrived.contents.extracting(TCPSessions.lengthField..<TCPSessions.lengthField + length), to: session.peer,
          snapshot)
      }
      arrived.consume(TCPSessions.lengthField + length)
      queries += 1
    }
    if tally.keepalives != keepalives { session.keepLonger() }
    counters.tcpQueries.add(queries, family: session.peer.family)
    if hasSentAll { _ = try write(&leaving, &handOuts, to: session, &notes, now: now) }
    session.keep(arrived, hasAdvanced: queries > 0, now: now)
    return isWellFormed
  }

  /// Reports that a client asked for a zone without permission.
  private func reportRefusal(of query: RawSpan, to peer: PeerAddress, _ snapshot: AnswerSnapshot) {
    guard let zone = snapshot.zone(askedForBy: query) else { return }
    transfers?.add(TransferReport(outcome: .refused, apex: zone.apex, serial: zone.serial, client: peer.address))
  }

  /// Answers one message behind the replies that are to leave already.
  private func answer(
    _ message: RawSpan, from client: ClientAddress, _ leaving: inout StreamBuffer,
    _ unsentHandOuts: inout UnsentHandOuts, _ responder: inout Responder, _ snapshot: AnswerSnapshot,
    _ tally: inout AnswerTally
  ) {
    let end = leaving.count
    var room = leaving.room()
    var body = room._mutatingExtracting(TCPSessions.lengthField..<TCPSessions.replyRoom)
    var query = QueryContext(message, from: client, over: .tcp)
    let length = responder.answer(&query, from: snapshot, into: &body, tally: &tally)
    guard length > 0 else { return }
    let frame = TCPSessions.lengthField + length
    if handOuts == .noted { unsentHandOuts.add(query.handOuts, in: body.bytes, endingAt: end + frame) }
    room.store(UInt16(truncatingIfNeeded: length), at: 0)
    leaving.fill(frame)
  }
}
