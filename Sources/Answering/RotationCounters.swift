// Who comes first next: a counter for each rotating RRset, shared by all workers.
//
// Shared, so that rotation is exact whichever worker a query lands on: an operator who digs twice sees the order
// move. A relaxed add costs less than a hundredth of what the kernel takes for the datagram.

import Synchronization

/// Counters that only ever grow; their remainder by the number of records says which record is first.
struct RotationCounters: Sendable {
  /// A fixed number of counters; arrays hold only what can be copied, so they hold chunks.
  private final class Chunk: Sendable {
    let counters: InlineArray<64, Atomic<UInt32>>

    /// Neighbours begin apart, so that after a start the names do not all lead to the same node.
    init(first: Int) {
      counters = InlineArray { Atomic(UInt32(truncatingIfNeeded: first + $0)) }
    }

    init(copying other: Chunk) {
      counters = InlineArray { Atomic(other.counters[$0].load(ordering: .relaxed)) }
    }
  }

  private let chunks: [Chunk]

  init(count: Int) {
    chunks = (0..<(count + 63) / 64).map { Chunk(first: $0 * 64) }
  }

  /// Begins where the others stand at this moment.
  init(copying others: RotationCounters) {
    chunks = others.chunks.map { Chunk(copying: $0) }
  }

  /// Where a counter stands.
  @inline(__always)
  func current(_ counter: UInt32) -> UInt32 {
    chunks[Int(counter &>> 6)].counters[Int(counter & 63)].load(ordering: .relaxed)
  }

  /// Takes the next number of a counter and brings it below `count`, which is at least 1.
  @inline(__always)
  func next(_ counter: UInt32, below count: UInt32) -> UInt32 {
    if count < 2 { return 0 }
    let chunk = chunks[Int(counter &>> 6)]
    let number = chunk.counters[Int(counter & 63)].wrappingAdd(1, ordering: .relaxed).oldValue
    // Two nodes are the common case, and a division costs more than all else here.
    return count == 2 ? number & 1 : number % count
  }
}
