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
  /// The replies added last, as long as all of them have the same slot and no other: as a rule all of them.
  private var newest = HandOutNote.none
  private var newestFirst = 0
  private var newestLast = 0

  var isEmpty: Bool { newest == .none && entries.isEmpty }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    newest = .none
  }

  /// Adds the slots of a reply that ends there.
  ///
  /// - Parameter memory: that of the reply.
  @inline(__always)
  mutating func add(_ handOuts: HandOutNote, in memory: RawSpan, endingAt end: Int) {
    if handOuts == newest { newestLast = end } else { addOther(handOuts, in: memory, endingAt: end) }
  }

  @inline(never)
  private mutating func addOther(_ handOuts: HandOutNote, in memory: RawSpan, endingAt end: Int) {
    guard handOuts != .none else { return }
    closeNewest()
    if handOuts.isOfOne {
      (newest, newestFirst, newestLast) = (handOuts, end, end)
    } else {
      for index in 0..<handOuts.count {
        entries.append(Entry(slot: handOuts.slot(index, in: memory), first: end, last: end))
      }
    }
  }

  private mutating func closeNewest() {
    guard newest != .none else { return }
    entries.append(Entry(slot: newest.first, first: newestFirst, last: newestLast))
    newest = .none
  }

  /// Calls `body` for the slots of which a reply has left now that so many octets more have.
  mutating func takeSlots(writtenUpTo count: Int, _ body: (UInt32) -> Void) {
    closeNewest()
    for entry in entries where entry.first <= count { body(entry.slot) }
    if let last = entries.last, last.last > count { keep(after: count) } else { removeAll() }
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
