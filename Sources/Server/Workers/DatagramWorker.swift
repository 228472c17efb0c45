// A thread that answers the datagrams of one socket, and does nothing else.
//
// It sleeps in the receive call itself: asking epoll first would cost a tenth of a lone query's whole cost. Every
// thread binds the address by itself (SO_REUSEPORT), so that the kernel spreads the queries and none waits for
// another.

internal import Answering
internal import DNS
internal import Linux
internal import Policy

/// The answer loop of one UDP socket.
struct DatagramWorker: ~Copyable {
  /// Datagrams that one system call takes.
  private static let batchCapacity = 64

  private let link: WorkerLink
  private let sockets: ListeningSockets
  private var reader: Publication<AnswerSnapshot>.Reader
  private var responder = Responder()
  private var batch: DatagramBatch
  private var ahead = ReadAhead()
  private var limiter: RateLimiter
  private let isLimiting: Bool
  private let transfers: TransferReports
  private var notes: HandOutNotes
  private let isNoting: Bool

  init(
    _ sockets: ListeningSockets, _ publication: Publication<AnswerSnapshot>, _ link: WorkerLink,
    limits: RateLimitPlan?, transfers: TransferReports
  ) {
    self.link = link
    self.sockets = sockets
    reader = Publication.Reader(publication)
    self.transfers = transfers
    isLimiting = limits != nil
    limiter = limits?.limiter(now: DatagramWorker.milliseconds()) ?? .unlimited
    notes = HandOutNotes(link.handOuts)
    isNoting = link.isNoting
    batch = DatagramBatch(
      capacity: DatagramWorker.batchCapacity,
      replyCapacity: Int(Responder.defaultPayloadLimit) + HandOutNote.room(over: .udp))
  }

  /// Answers until the link says stop.
  mutating func run() {
    while !link.isStopping {
      let count: Int
      do throws(Errno) {
        count = try batch.receive(from: sockets.udp, waiting: .forFirst)
      } catch {
        // An error pending on the socket concerns an earlier reply, and reading it has cleared it.
        continue
      }
      // Woken for the end, the receive call tells of a datagram that never was.
      guard count > 0, !link.isStopping else {
        link.idleTurns.add(1)
        continue
      }
      if isNoting {
        link.handOuts.begin(reader.generation)
        reader.refresh()
        responder.now = notes.begin()
        answerBatch(.noted)
        let sent = batch.send(to: sockets.udp)
        notes.finish(batch, replies: count, isWhole: sent.refused + sent.dropped == 0)
        link.handOuts.end()
        link.counters.sendFailures.add(UInt64(sent.refused + sent.dropped))
      } else {
        reader.refresh()
        responder.now = UInt32(truncatingIfNeeded: WallClock.roughlyNow())
        answerBatch(.unnoted)
        let sent = batch.send(to: sockets.udp)
        link.counters.sendFailures.add(UInt64(sent.refused + sent.dropped))
      }
    }
  }

  /// Whether the ledger is kept. A constant wherever it is passed, so that what is not asked for costs nothing.
  private enum HandOuts {
    case noted
    /// Kept with the replies, to be noted when it is clear which are sent.
    case kept
    case unnoted
  }

  @inline(__always)
  private mutating func answerBatch(_ handOuts: HandOuts) {
    if reader.snapshot.table.isBig { DatagramWorker.fetch(&ahead, for: batch, from: reader.snapshot) }
    if isLimiting {
      DatagramWorker.answer(
        &batch, by: &responder, from: reader.snapshot, within: &limiter, handOuts, &notes, link.counters, transfers)
    } else if handOuts == .noted {
      DatagramWorker.answerNoting(&batch, by: &responder, from: reader.snapshot, &notes, link.counters, transfers)
    } else {
      DatagramWorker.answerUnnoted(&batch, by: &responder, from: reader.snapshot, &notes, link.counters, transfers)
    }
  }

  @inline(never)
  private static func fetch(_ ahead: inout ReadAhead, for batch: borrowing DatagramBatch, from snapshot: AnswerSnapshot)
  {
    ahead.begin()
    for index in 0..<batch.count { ahead.add(batch.query(index), in: snapshot) }
    ahead.fetch(from: snapshot)
  }

  @inline(never)
  private static func answerNoting(
    _ batch: inout DatagramBatch, by responder: inout Responder, from snapshot: AnswerSnapshot,
    _ notes: inout HandOutNotes, _ counters: WorkerCounters, _ transfers: TransferReports
  ) {
    answer(&batch, by: &responder, from: snapshot, .noted, &notes, counters, transfers)
  }

  @inline(never)
  private static func answerUnnoted(
    _ batch: inout DatagramBatch, by responder: inout Responder, from snapshot: AnswerSnapshot,
    _ notes: inout HandOutNotes, _ counters: WorkerCounters, _ transfers: TransferReports
  ) {
    answer(&batch, by: &responder, from: snapshot, .unnoted, &notes, counters, transfers)
  }

  /// Answers the queries of a batch in place.
  @inline(__always)
  private static func answer(
    _ batch: inout DatagramBatch, by responder: inout Responder, from snapshot: AnswerSnapshot,
    _ handOuts: HandOuts, _ notes: inout HandOutNotes, _ counters: WorkerCounters, _ transfers: TransferReports
  ) {
    var tally = AnswerTally()
    var fromPortZero: UInt64 = 0
    for index in 0..<batch.count {
      // Nobody can receive an answer at port 0.
      let peer = batch.peer(index)
      guard peer.port != 0 else {
        fromPortZero &+= 1
        continue
      }
      var exchange = batch.exchange(index)
      var query = QueryContext(exchange.query, from: peer.client, over: .udp)
      let length = responder.answer(&query, from: snapshot, into: &exchange.reply, tally: &tally)
      let (noted, client) = (query.handOuts, query.client)
      guard handOuts != .unnoted else {
        batch.setReplyLength(length, at: index)
        continue
      }
      batch.setReplyLength(length, noting: noted.rawValue, at: index)
      if handOuts == .noted, !notes.addRepeated(noted, to: client) {
        notes.addOther(noted, in: batch.replyMemory(index), to: client)
      }
    }
    if tally.transfersRefused != 0, !snapshot.settings.transfers.isEmpty {
      report(refusalsIn: &batch, from: snapshot, to: transfers)
    }
    counters.add(tally)
    counters.fromPortZero.add(fromPortZero)
    // A socket has one family, so the first asker speaks for all.
    counters.udpQueries.add(UInt64(batch.count), family: batch.peerFamily(0))
  }

  /// Reports the zones that clients asked for without permission.
  @inline(never)
  private static func report(
    refusalsIn batch: inout DatagramBatch, from snapshot: AnswerSnapshot, to transfers: TransferReports
  ) {
    var counts: [DomainName: UInt64] = [:]
    for index in 0..<batch.count where batch.replyLength(index) >= MessageHeader.length {
      let exchange = batch.exchange(index)
      if let zone = snapshot.zone(refusedTo: exchange.query, by: exchange.reply.bytes) {
        counts[zone.apex, default: 0] += 1
      }
    }
    if !counts.isEmpty { transfers.add(refusedDatagrams: counts) }
  }

  /// The same with replies beyond the rate held back.
  @inline(never)
  private static func answer(
    _ batch: inout DatagramBatch, by responder: inout Responder, from snapshot: AnswerSnapshot,
    within limiter: inout RateLimiter, _ handOuts: HandOuts, _ notes: inout HandOutNotes, _ counters: WorkerCounters,
    _ transfers: TransferReports
  ) {
    answer(&batch, by: &responder, from: snapshot, handOuts == .noted ? .kept : .unnoted, &notes, counters, transfers)
    var tally = AnswerTally()
    let now = milliseconds()
    for index in 0..<batch.count {
      let client = batch.peer(index).client
      let length = batch.replyLength(index)
      let handedOut = HandOutNote(rawValue: batch.note(index))
      var exchange = batch.exchange(index)
      let before = tally.limitedDropped &+ tally.limitedSlipped
      let limited = responder.limit(
        length, answering: QueryContext(exchange.query, from: client, over: .udp), from: snapshot,
        into: &exchange.reply, by: &limiter, at: now, tally: &tally)
      let isHeld = tally.limitedDropped &+ tally.limitedSlipped != before
      if !isHeld, !notes.addRepeated(handedOut, to: client) {
        notes.addOther(handedOut, in: exchange.reply.bytes, to: client)
      }
      batch.setReplyLength(limited, noting: isHeld ? HandOutNote.none.rawValue : handedOut.rawValue, at: index)
    }
    counters.add(tally)
  }

  /// Of a clock that only goes forward, modulo 2^32.
  private static func milliseconds() -> UInt32 {
    UInt32(truncatingIfNeeded: MonotonicClock.roughlyNow() / 1_000_000)
  }
}
