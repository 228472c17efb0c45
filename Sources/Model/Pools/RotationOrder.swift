// In which order the rows of a rotation come: the answer path draws by it, and weights are laid out by it.
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

public enum RotationOrder {
  /// The fraction of √2 in units of 2^-32.
  @inlinable static var squareRoot: UInt32 { 0x6A09_E667 }

  /// The row of the answer with that number; `count` is at least 1.
  @inlinable @inline(__always)
  public static func row(_ number: UInt32, of count: UInt32) -> UInt32 {
    let (round, position) = number.quotientAndRemainder(dividingBy: count)
    let start = UInt32(truncatingIfNeeded: (UInt64(spread(round &>> 1)) &* UInt64(count)) &>> 32)
    let row = start &+ position
    return row < count ? row : row &- count
  }

  /// The same of two rows, without a division.
  @inlinable @inline(__always)
  public static func rowOfTwo(_ number: UInt32) -> UInt32 { (number ^ spread(number &>> 2) &>> 31) & 1 }

  /// The fraction of `block`² × √2, in units of 2^-32.
  @inlinable @inline(__always)
  static func spread(_ block: UInt32) -> UInt32 { block &* block &* squareRoot }
}
