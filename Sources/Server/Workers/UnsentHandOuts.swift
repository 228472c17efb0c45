// The hand-out slots of replies that wait to leave over a connection, each with where in the stream the replies are.

internal import Answering
internal import DNS

/// Slots of replies that are to be written, in their order.
struct UnsentHandOuts {
  private struct Entry {
    var slot: UInt32
    /// Where the first of the replies in a row with this slot ends, and where the last does, in octets from the first that
    /// is still to be written.
    var first: Int
    var last: Int
  }

  private var entries: [Entry] = []

  var isEmpty: Bool { entries.isEmpty }

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  /// Adds the slots of a reply that ends there.
  ///
  /// - Parameter memory: that of the reply.
  mutating func add(_ handOuts: HandOutNote, in memory: RawSpan, endingAt end: Int) {
    for index in 0..<handOuts.count { add(handOuts.slot(index, in: memory), endingAt: end) }
  }

  private mutating func add(_ slot: UInt32, endingAt end: Int) {
    if let newest = entries.indices.last, entries[newest].slot == slot {
      entries[newest].last = end
    } else {
      entries.append(Entry(slot: slot, first: end, last: end))
    }
  }

  /// Calls `body` for the slots of which a reply has left now that so many octets more have.
  mutating func takeSlots(writtenUpTo count: Int, _ body: (UInt32) -> Void) {
    for entry in entries where entry.first <= count { body(entry.slot) }
    if let newest = entries.last, newest.last > count { keep(after: count) } else { removeAll() }
  }

  private mutating func keep(after count: Int) {
    entries.removeAll { $0.last <= count }
    for index in entries.indices {
      // Of a row of which some have left, the next one may end anywhere before the last.
      entries[index].first = max(1, entries[index].first - count)
      entries[index].last -= count
    }
  }
}
