// What a worker remembers of the addresses in its replies until these are sent, and notes then.
//
//   reply written ─▶ who asked: into the table of askers; which slot: kept ─(batch sent, clock read)─▶ the slot's mark
//
// A batch has few slots, and as a rule all its replies the same one, so that the marks cost next to nothing for a reply. An
// asker is entered before the batch is sent, under the second at which it came. Where the second has changed until the
// batch was sent, or the kernel has refused a reply, the batch is gone through once more.

internal import Answering
internal import DNS
internal import Linux

/// The notes of one worker, of which each has its own.
struct HandOutNotes: ~Copyable {
  /// As many different slots of a batch are kept apart; beyond that the batch is gone through after it was sent.
  private static let mostSlots = 64

  let link: HandOutLink
  private let askers: AskerWriter
  private var slots = [UInt32](repeating: 0, count: HandOutNotes.mostSlots)
  private var slotCount = 0
  private var isOverfull = false
  /// The note of the reply before and that of another, if they are of one or two slots: queries for A and AAAA take turns.
  private var last = HandOutNote.impossible
  private var lastButOne = HandOutNote.impossible
  /// The slots of `last`, as the table of askers has them.
  private var lastSlots: UInt64 = 0
  /// The second under which askers are entered: the first whole one after the batch came.
  private var second: UInt64 = 0
  /// By how much Unix time was ahead when the second began.
  private var civilOffset: Int64 = 0

  init(_ link: HandOutLink) {
    self.link = link
    askers = link.askers.writer()
  }

  /// Begins a batch that has come just now.
  ///
  /// - Returns: Unix time in seconds, modulo 2^32.
  @inline(__always)
  mutating func begin() -> UInt32 {
    let next = MonotonicClock.roughlyNextSecond()
    if UInt64(next) != second { adopt(next) }
    return next &+ UInt32(truncatingIfNeeded: civilOffset)
  }

  @inline(never)
  private mutating func adopt(_ next: UInt32) {
    second = UInt64(next)
    civilOffset = WallClock.roughlyNow() &- Int64(next)
  }

  // MARK: Datagrams

  /// Takes note of a reply that is to be sent, if it has the slots of the one before, or none.
  ///
  /// - Returns: false where there is more to do.
  @inline(__always)
  func addRepeated(_ handOuts: HandOutNote, to client: ClientAddress) -> Bool {
    guard handOuts == last else { return handOuts == .none }
    askers.enter(client, inUpperHalf: lastSlots, at: second)
    return true
  }

  /// Takes note of a reply with other slots than the one before.
  ///
  /// - Parameter memory: that of the reply.
  @inline(never)
  mutating func addOther(_ handOuts: HandOutNote, in memory: RawSpan, to client: ClientAddress) {
    if handOuts.isOfOneOrTwo {
      swap(&last, &lastButOne)
      let isKept = handOuts == last
      last = handOuts
      lastSlots = handOuts.rawValue &<< 32
      askers.enter(client, inUpperHalf: lastSlots, at: second)
      if isKept { return }
    } else {
      enter(client, handOuts, in: memory, at: UInt32(truncatingIfNeeded: second))
    }
    for index in 0..<handOuts.count { keep(handOuts.slot(index, in: memory)) }
  }

  /// Enters an asker with the first two slots of a reply, and with each further one.
  private func enter(_ client: ClientAddress, _ handOuts: HandOutNote, in memory: RawSpan, at second: UInt32) {
    askers.enter(client, handOuts.pair, at: second)
    for index in 0..<handOuts.furtherCount {
      askers.enter(client, handOuts.slot(index &+ 2, in: memory), at: second)
    }
  }

  private mutating func keep(_ slot: UInt32) {
    for index in 0..<slotCount where slots[index] == slot { return }
    guard slotCount < HandOutNotes.mostSlots else {
      isOverfull = true
      return
    }
    slots[slotCount] = slot
    slotCount &+= 1
  }

  /// Notes what was sent, now that the kernel has it.
  ///
  /// - Parameter replies: how many the batch had.
  @inline(__always)
  mutating func finish(_ batch: borrowing DatagramBatch, replies: Int, isWhole: Bool) {
    if slotCount != 0 { mark(batch, replies: replies, isWhole: isWhole) }
  }

  @inline(never)
  private mutating func mark(_ batch: borrowing DatagramBatch, replies: Int, isWhole: Bool) {
    let sent = MonotonicClock.next()
    if isWhole, !isOverfull {
      for index in 0..<slotCount { mark(slots[index], at: sent.millisecond) }
    }
    if !isWhole || isOverfull || UInt64(sent.second) != second { goThrough(batch, replies: replies, sent: sent) }
    slotCount = 0
    isOverfull = false
    last = .impossible
    lastButOne = .impossible
  }

  /// Marks and enters each reply that was sent, and takes back the askers of those that were not.
  @inline(never)
  private func goThrough(_ batch: borrowing DatagramBatch, replies: Int, sent: (millisecond: UInt64, second: UInt32)) {
    for index in 0..<replies {
      let handOuts = HandOutNote(rawValue: batch.note(index))
      guard handOuts != .none else { continue }
      let (client, memory) = (batch.peer(index).client, batch.replyMemory(index))
      if batch.isSent(index) {
        for number in 0..<handOuts.count { mark(handOuts.slot(number, in: memory), at: sent.millisecond) }
        enter(client, handOuts, in: memory, at: sent.second)
      } else {
        remove(client, handOuts, in: memory)
      }
    }
  }

  private func remove(_ client: ClientAddress, _ handOuts: HandOutNote, in memory: RawSpan) {
    let second = UInt32(truncatingIfNeeded: second)
    askers.remove(client, handOuts.pair, at: second)
    for index in 0..<handOuts.furtherCount {
      askers.remove(client, handOuts.slot(index &+ 2, in: memory), at: second)
    }
  }

  private func mark(_ slot: UInt32, at millisecond: UInt64) {
    if Int(slot) < link.marks.count { link.marks.store(millisecond, at: Int(slot)) }
  }

  // MARK: Connections

  /// Notes what was written to a connection just now.
  func note(_ slot: UInt32, sentTo client: ClientAddress) {
    let sent = MonotonicClock.next()
    mark(slot, at: sent.millisecond)
    askers.enter(client, slot, at: sent.second)
  }
}
