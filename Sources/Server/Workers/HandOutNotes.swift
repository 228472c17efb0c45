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
  /// The note of the reply before and that of another, if they are of one slot: queries for A and AAAA take turns.
  private var last = HandOutNote.impossible
  private var lastButOne = HandOutNote.impossible
  private var lastPair = HandOutNote.impossible
  /// The second under which askers are entered: the first whole one after the batch came.
  private var second: UInt32 = 0
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
    if next != second { adopt(next) }
    return next &+ UInt32(truncatingIfNeeded: civilOffset)
  }

  @inline(never)
  private mutating func adopt(_ next: UInt32) {
    second = next
    civilOffset = WallClock.roughlyNow() &- Int64(next)
  }

  // MARK: Datagrams

  /// Takes note of a reply that is to be sent, if it has the slot of the one before, or none.
  ///
  /// - Returns: false where there is more to do.
  @inline(__always)
  func addRepeated(_ handOuts: HandOutNote, to client: ClientAddress) -> Bool {
    guard handOuts == last else { return handOuts == .none }
    askers.enter(client, handOuts.onlySlot, at: second)
    return true
  }

  /// Takes note of a reply with another slot than the one before, or with several.
  ///
  /// - Parameter memory: that of the reply.
  @inline(never)
  mutating func addOther(_ handOuts: HandOutNote, in memory: RawSpan, to client: ClientAddress) {
    if handOuts.isOfOne {
      swap(&last, &lastButOne)
      if handOuts != last { keep(handOuts.onlySlot) }
      last = handOuts
      return askers.enter(client, handOuts.onlySlot, at: second)
    }
    let isKept = handOuts == lastPair
    for index in 0..<handOuts.count {
      let slot = handOuts.slot(index, in: memory)
      if !isKept { keep(slot) }
      askers.enter(client, slot, at: second)
    }
    if handOuts.count == 2 { lastPair = handOuts }
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
    if !isWhole || isOverfull || sent.second != second { goThrough(batch, replies: replies, sent: sent) }
    slotCount = 0
    isOverfull = false
    last = .impossible
    lastButOne = .impossible
    lastPair = .impossible
  }

  /// Marks and enters each reply that was sent, and takes back the askers of those that were not.
  @inline(never)
  private func goThrough(_ batch: borrowing DatagramBatch, replies: Int, sent: (millisecond: UInt64, second: UInt32)) {
    for index in 0..<replies {
      let handOuts = HandOutNote(rawValue: batch.note(index))
      let client = batch.peer(index).client
      for number in 0..<handOuts.count {
        let slot = handOuts.slot(number, in: batch.replyMemory(index))
        switch batch.isSent(index) {
        case true:
          mark(slot, at: sent.millisecond)
          askers.enter(client, slot, at: sent.second)
        case false: askers.remove(client, slot, at: second)
        }
      }
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
