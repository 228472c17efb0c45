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
  let link: HandOutLink
  private let askers: AskerWriter
  private var slots = BatchHandOuts()
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
    guard slots.repeats(handOuts) else { return handOuts == .none }
    askers.enter(client, inUpperHalf: slots.lastInUpperHalf, at: second)
    return true
  }

  /// Takes note of a reply with other slots than the one before.
  ///
  /// - Parameter memory: that of the reply.
  @inline(never)
  mutating func addOther(_ handOuts: HandOutNote, in memory: RawSpan, to client: ClientAddress) {
    slots.add(handOuts, in: memory)
    enter(client, handOuts, in: memory, at: UInt32(truncatingIfNeeded: second))
  }

  /// Enters an asker with the first two slots of a reply, and with each further one.
  private func enter(_ client: ClientAddress, _ handOuts: HandOutNote, in memory: RawSpan, at second: UInt32) {
    askers.enter(client, handOuts.pair, at: second)
    for index in 0..<handOuts.furtherCount {
      askers.enter(client, handOuts.slot(index &+ 2, in: memory), at: second)
    }
  }

  /// Notes what was sent, now that the kernel has it.
  ///
  /// - Parameter replies: how many the batch had.
  @inline(__always)
  mutating func finish(_ batch: borrowing DatagramBatch, replies: Int, isWhole: Bool) {
    if !slots.isEmpty { mark(batch, replies: replies, isWhole: isWhole) }
  }

  @inline(never)
  private mutating func mark(_ batch: borrowing DatagramBatch, replies: Int, isWhole: Bool) {
    let sent = MonotonicClock.next()
    let isListed = isWhole && !slots.isOverfull
    if isListed {
      for index in 0..<slots.count { mark(slots[index], at: sent.millisecond) }
    }
    if !isListed || UInt64(sent.second) != second { goThrough(batch, replies: replies, sent: sent) }
    slots.removeAll()
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
