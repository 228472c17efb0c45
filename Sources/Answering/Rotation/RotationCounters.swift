// Which row of an RRset comes next: a counter for each rotating RRset, shared by all workers.
//
// Shared, so that rotation is exact whichever worker a query lands on. A relaxed add costs less than a hundredth of what
// the kernel takes for the datagram.
//
// A round is as many answers as there are rows, and holds each row once. If all rounds began at the first row, two
// resolvers that ask in turn would each get the same row for ever. So every second round begins elsewhere: rounds 2b and
// 2b + 1 begin at row
//
//      floor(frac(b² × √2) × rows)             A B  A B | B A  B A | B A  B A | A B  A B | …
//
// For an asker that comes back after a fixed number of answers, alone or among others, the blocks it meets are a fixed
// number apart. The multiples of an irrational number by squares are spread evenly over 0…1 along every such series
// (Weyl 1916), so that each asker gets each row equally often, and soon. Multiples by b alone would be spread too, but
// slowly for some numbers of askers. Two answers one after the other begin with the same of two rows once in eight times:
// never to do so is the lock itself.

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
  /// The fraction of √2 in units of 2^-32.
  private static let squareRoot: UInt32 = 0x6A09_E667

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
    if count == 2 {
      let number = draw(counter)
      return (number ^ RotationCounters.spread(number &>> 2) &>> 31) & 1
    }
    return count < 2 ? 0 : RotationCounters.row(draw(counter), of: count)
  }

  @inline(__always)
  private func draw(_ counter: CounterIndex) -> UInt32 {
    chunks[counter.chunk].counters[counter.offsetInChunk].wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// Where a counter begins: neighbours apart, so that after a start the names do not all lead to the same node, and each
  /// with a whole block.
  static func start(of counter: Int) -> UInt32 { starts[counter % starts.count] * common }

  /// The row of the answer with that number.
  @inline(__always)
  static func row(_ number: UInt32, of count: UInt32) -> UInt32 {
    let (round, position) = number.quotientAndRemainder(dividingBy: count)
    let start = UInt32(truncatingIfNeeded: (UInt64(spread(round &>> 1)) &* UInt64(count)) &>> 32)
    let row = start &+ position
    return row < count ? row : row &- count
  }

  /// The fraction of `block`² × √2, in units of 2^-32.
  @inline(__always)
  private static func spread(_ block: UInt32) -> UInt32 { block &* block &* squareRoot }
}

extension CounterIndex {
  @inline(__always)
  fileprivate var chunk: Int { Int(rawValue &>> 6) }
  @inline(__always)
  fileprivate var offsetInChunk: Int { Int(rawValue & 63) }
}
