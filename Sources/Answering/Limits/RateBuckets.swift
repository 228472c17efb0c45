// The credit of each network or kind of answer, in a table of fixed size:
//
//   bucket (12 octets):  last refill (4, milliseconds) | credit (4, thousandths) | limited in a row (4)
//
// Two networks that fall into one bucket share its rate: there is no tag to tell them apart, since a newcomer that
// began with full credit would let two that take turns send without limit. A secret key spreads them, so that
// nobody can choose whose bucket he spoils, and one flooded network spoils one of 65,536.

/// A table of buckets, each of which fills at the same rate.
struct RateBuckets: ~Copyable {
  private struct Bucket {
    /// Milliseconds, modulo 2^32.
    var refilled: UInt32
    /// Thousandths of an answer that may still be sent.
    var credit: UInt32
    /// Answers held back since one was last sent.
    var limited: UInt32 = 0
  }

  /// How far a clock that another thread read a moment earlier may be late, in milliseconds.
  private static let clockJitter: UInt32 = 10_000
  /// One answer, in thousandths.
  private static let price: UInt32 = 1000

  private var buckets: [Bucket]
  private let mask: UInt64
  private let rate: UInt32
  private let fullCredit: UInt32

  /// - Parameters:
  ///   - rate: answers a second.
  ///   - window: seconds whose unused rate may be used at once.
  init(rate: UInt32, window: UInt32, bits: Int, now: UInt32) {
    precondition((1...24).contains(bits))
    self.rate = rate
    fullCredit = UInt32(clamping: UInt64(rate) * UInt64(window) * UInt64(RateBuckets.price))
    buckets = Array(repeating: Bucket(refilled: now, credit: fullCredit), count: 1 << bits)
    mask = 1 << UInt64(bits) - 1
  }

  private func index(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash & mask) }

  /// Adds the rate of the time that has passed, at most the window's; whether one more answer may go out.
  mutating func refill(_ hash: UInt64, now: UInt32) -> Bool {
    let index = index(hash)
    var bucket = buckets[index]
    let elapsed = now &- bucket.refilled
    if elapsed != 0, elapsed < UInt32.max - RateBuckets.clockJitter {
      // Rate per second times milliseconds is thousandths; 64 bits hold it.
      let gained = UInt64(elapsed) &* UInt64(rate)
      bucket.credit = UInt32(truncatingIfNeeded: min(UInt64(fullCredit), UInt64(bucket.credit) &+ gained))
      bucket.refilled = now
      buckets[index] = bucket
    }
    return bucket.credit >= RateBuckets.price
  }

  /// Pays for an answer; only after `refill` has said that it may go out.
  mutating func spend(_ hash: UInt64) {
    let index = index(hash)
    buckets[index].credit &-= RateBuckets.price
    buckets[index].limited = 0
  }

  /// Counts an answer that is held back, and returns how many have been in a row.
  mutating func hold(_ hash: UInt64) -> UInt32 {
    let index = index(hash)
    buckets[index].limited &+= 1
    return buckets[index].limited
  }
}
