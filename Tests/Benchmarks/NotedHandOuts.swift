// What a worker does to note its hand-outs, with the memory that the daemon uses: so that counts include what it costs.

import Answering
import DNS
import Linux

/// The notes of a batch (`HandOutNotes` of the daemon, which also knows of replies that were not sent).
struct NotedHandOuts: ~Copyable {
  private let marks: SharedWords
  private let askers: AskerWriter
  private var slots = BatchHandOuts()
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
    guard slots.repeats(handOuts) else { return handOuts == .none }
    askers.enter(client, inUpperHalf: slots.lastInUpperHalf, at: second)
    return true
  }

  /// Of two slots at most, as all pieces have.
  @inline(never)
  mutating func addOther(_ handOuts: HandOutNote, in memory: RawSpan, to client: ClientAddress) {
    slots.add(handOuts, in: memory)
    askers.enter(client, handOuts.pair, at: UInt32(truncatingIfNeeded: second))
  }

  @inline(never)
  mutating func finish() {
    guard !slots.isEmpty else { return }
    let sent = MonotonicClock.next()
    for index in 0..<slots.count { marks.store(sent.millisecond, at: Int(slots[index])) }
    slots.removeAll()
  }
}
