// Which row of an RRset comes next: a counter for each rotating RRset, shared by all workers.
//
// Shared, so that rotation is exact whichever worker a query lands on. A relaxed add costs less than a hundredth of what
// the kernel takes for the datagram.
//
// Which row a number means, says `RotationOrder`.

import Model
import Synchronization

/// Counters that only ever grow; their remainder by the number of records says which record is first.
struct RotationCounters: Sendable {
  /// A fixed number of counters; arrays hold only what can be copied, so they hold chunks.
  private final class Chunk: Sendable {
    let counters: InlineArray<64, Atomic<UInt32>>

    init(first: Int) {
      counters = InlineArray { Atomic(RotationCounters.start(of: first + $0)) }
    }

    init(copying other: Chunk) {
      counters = InlineArray { Atomic(other.counters[$0].load(ordering: .relaxed)) }
    }
  }

  /// Two rounds of 1 to 10 rows go into it.
  private static let common: UInt32 = 5040
  /// Multiples of `common` at which the *i*-th counter begins with row *i* modulo 2, 3 and 4 rows.
  private static let starts: [UInt32] = [0, 2, 18, 19, 14, 69, 22, 24, 42, 9, 30, 11]

  private let chunks: [Chunk]

  init(count: Int) {
    chunks = (0..<(count + 63) / 64).map { Chunk(first: $0 * 64) }
  }

  /// How many counters a set takes of which each site has its own, `sites` not counting the askers in none.
  ///
  /// At most 64: names and sites are each as many as the operator likes, and their product must not be. Beyond that
  /// some sites share a counter, whose turns they then take from each other.
  static func count(forSites sites: Int) -> Int { min(1 + sites, 64) }

  /// Which of a set's counters is that of a site; 0 is the one of askers in none.
  @inline(__always)
  static func index(ofSite site: Int) -> UInt32 { UInt32(truncatingIfNeeded: site) & 63 }

  /// Begins where the others are at this moment.
  init(copying others: RotationCounters) {
    chunks = others.chunks.map { Chunk(copying: $0) }
  }

  /// Whether there is such a counter.
  func holds(_ counter: CounterIndex) -> Bool { counter.chunk < chunks.count }

  /// Where a counter is.
  @inline(__always)
  func current(_ counter: CounterIndex) -> UInt32 {
    chunks[counter.chunk].counters[counter.offsetInChunk].load(ordering: .relaxed)
  }

  /// Draws the next number of a counter and gives the row that it means, of `count`, which is at least 1.
  @inline(__always)
  func next(_ counter: CounterIndex, below count: UInt32) -> UInt32 {
    // Two nodes are the common case, and a division costs more than all else here.
    if count == 2 { return RotationOrder.rowOfTwo(draw(counter)) }
    return count < 2 ? 0 : RotationOrder.row(draw(counter), of: count)
  }

  @inline(__always)
  private func draw(_ counter: CounterIndex) -> UInt32 {
    chunks[counter.chunk].counters[counter.offsetInChunk].wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// Where a counter begins: neighbours apart, so that after a start the names do not all lead to the same node, and each
  /// with a whole block.
  static func start(of counter: Int) -> UInt32 { starts[counter % starts.count] * common }
}

extension CounterIndex {
  @inline(__always)
  fileprivate var chunk: Int { Int(rawValue &>> 6) }
  @inline(__always)
  fileprivate var offsetInChunk: Int { Int(rawValue & 63) }
}
