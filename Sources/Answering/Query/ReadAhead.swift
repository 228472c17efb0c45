// Has what the queries of a batch need of a big table fetched at once, not for one after the other.
//
// An answer goes from the slot of a name to the name, to its set, to the records, and in a table larger than the caches
// it waits for memory at each step. The steps of different queries do not depend on each other. Taken for the whole batch,
// one kind of step after the other, the processor waits for a dozen of them at a time; the answers then find all at hand.

import DNS

/// The queries of one batch, as far as they have been followed into the table.
package struct ReadAhead {
  /// For each query the number that the last step led to; queries beyond these are not followed.
  private var numbers = InlineArray<64, Int>(repeating: 0)
  private var count = 0
  /// Made of all that was read, so that reading it is not left out for having no effect.
  private var traces: UInt64 = 0

  package init() {}

  /// Begins a batch.
  @inline(__always)
  package mutating func begin() { count = 0 }

  /// Adds a query of the batch.
  @inline(__always)
  package mutating func add(_ query: RawSpan, in snapshot: AnswerSnapshot) {
    guard count < numbers.count, let question = Question(of: query) else { return }
    numbers[count] = snapshot.table.owners.firstSlot(of: question.name, in: query)
    count &+= 1
  }

  /// Follows the queries that were added.
  @inline(never)
  package mutating func fetch(from snapshot: AnswerSnapshot) {
    let table = snapshot.table
    for index in 0..<count { numbers[index] = table.owners.owner(inSlot: numbers[index]).index }
    for index in 0..<count { traces ^= table.owners.traces(of: OwnerID(numbers[index])) }
    for index in 0..<count {
      // Most owners have one set, or are asked for the first.
      let head = table.owners.head(of: OwnerID(numbers[index]))
      numbers[index] = head.setCount == 0 ? -1 : Int(head.firstSet)
      if head.setCount != 0 { traces ^= UInt64(table.sets[Int(head.firstSet)].length) }
    }
    for index in 0..<count where numbers[index] >= 0 { traces ^= table.traces(of: table.sets[numbers[index]]) }
  }
}

extension ZoneTable {
  /// Whether the table is larger than what stays in the caches of a processor beside all else.
  @inline(__always)
  package var isBig: Bool { owners.isBig }

  /// Reads the memory of a set's records; what it returns is of no meaning.
  @inline(__always)
  fileprivate func traces(of set: RecordSet) -> UInt64 {
    guard set.storage != .published, set.length != 0 else { return 0 }
    let first = set.offset
    let ends = UInt64(octets[first]) ^ UInt64(octets[first &+ Int(set.length) &- 1])
    return set.recordLength != 0 ? ends ^ UInt64(counters.current(set.counter)) : ends
  }
}
