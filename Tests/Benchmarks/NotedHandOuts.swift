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
  private var lastPair = HandOutNote.impossible
  private var second: UInt32 = 0

  init() throws(Errno) {
    var random = SystemRandomNumberGenerator()
    let table = try AskerTable(.addresses, using: &random)
    marks = try SharedWords(count: 65_536)
    askers = table.writer()
  }

  mutating func begin() { second = MonotonicClock.roughlyNextSecond() }

  @inline(__always)
  func addRepeated(_ handOuts: HandOutNote, to client: ClientAddress) -> Bool {
    guard handOuts == last else { return handOuts == .none }
    askers.enter(client, handOuts.onlySlot, at: second)
    return true
  }

  /// Takes note of a reply with another slot than the one before, or with several.
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
    lastPair = .impossible
  }
}
