// Who comes first next: a counter for each rotating RRset, shared by all workers.
//
// Shared, so that rotation is exact whichever worker a query lands on: an operator who digs twice sees the order
// move. A relaxed add on a line of its own costs less than a hundredth of what the kernel takes for the datagram.

import Synchronization

/// Counters that only ever grow; their remainder by the number of records says which record is first.
final class RotationCounters: Sendable {
  /// A chunk's counters share no atomicity, only memory; chunks keep the arrays of copyable elements.
  private final class Chunk: Sendable {
    let counters: InlineArray<64, Atomic<UInt32>>

    /// Neighbours begin apart, so that after a start the names do not all lead to the same node.
    init(first: Int) {
      counters = InlineArray { Atomic(UInt32(truncatingIfNeeded: first + $0)) }
    }
  }

  private let chunks: [Chunk]

  init(count: Int) {
    chunks = (0..<(count + 63) / 64).map { Chunk(first: $0 * 64) }
  }

  /// Takes the next number of a counter.
  @inline(__always)
  func next(_ counter: Int) -> UInt32 {
    chunks[counter &>> 6].counters[counter & 63].wrappingAdd(1, ordering: .relaxed).oldValue
  }
}
