// What a worker does to note its hand-outs, with the memory that the daemon uses: so that counts include what it costs.

import Answering
import DNS
import Linux

/// The notes of a batch (`HandOutNotes` of the daemon, which also knows of replies that were not sent).
struct NotedHandOuts: ~Copyable {
  private let marks: SharedWords
  private let askers: AskerWriter
  private var slots = [UInt32](repeating: 0, count: 64)
  private var slotCount = 0
  private var last = HandOutNote.impossible
  private var lastButOne = HandOutNote.impossible
  /// The slots of `last`, as the table of askers has them.
  private var lastSlots: UInt64 = 0
  private var second: UInt64 = 0

  init() throws(Errno) {
    var random = SystemRandomNumberGenerator()
    let table = try AskerTable(.addresses, using: &random)
    marks = try SharedWords(count: 65_536)
    askers = table.writer()
  }

  mutating func begin() { second = UInt64(MonotonicClock.roughlyNextSecond()) }

  @inline(__always)
  func addRepeated(_ handOuts: HandOutNote, to client: ClientAddress) -> Bool {
    guard handOuts == last else { return handOuts == .none }
    askers.enter(client, inUpperHalf: lastSlots, at: second)
    return true
  }

  /// Takes note of a reply with other slots than the one before.
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
    guard slotCount < slots.count else { return }
    slots[slotCount] = slot
    slotCount &+= 1
  }

  @inline(never)
  mutating func finish() {
    guard slotCount != 0 else { return }
    let sent = MonotonicClock.next()
    for index in 0..<slotCount { marks.store(sent.millisecond, at: Int(slots[index])) }
    slotCount = 0
    last = .impossible
    lastButOne = .impossible
  }
}
