// A name as numbers of eight octets: what it is hashed and compared by.

/// A name as 64-bit words: lower-cased, first octet lowest, the last word padded with zeros.
public enum NameWords {
  /// How many words a name of so many octets takes.
  @inlinable @inline(__always)
  public static func count(forLength octets: Int) -> Int { (octets &+ 7) &>> 3 }

  /// A word of a name by itself, letter case as it is.
  @inline(__always)
  package static func word(_ index: Int, of wire: RawSpan) -> UInt64 {
    let start = index &* 8
    if start &+ 8 <= wire.byteCount { return wire.word(at: start) }
    var word: UInt64 = 0
    var at = wire.byteCount
    while at > start {
      at &-= 1
      word = word &<< 8 | UInt64(wire.octet(at: at))
    }
    return word
  }

  /// The hash of a name, or of any octets, by themselves: of eight octets after the other, the last of which
  /// may overlap those before; or of one word, if there are less than eight.
  package static func hash(of wire: RawSpan) -> UInt64 {
    let last = wire.byteCount &- 8
    guard last >= 0 else { return mix(seed, word(0, of: wire)) }
    var hash = seed
    var at = 0
    while at < last {
      hash = mix(hash, wire.word(at: at))
      at &+= 8
    }
    return mix(hash, wire.word(at: last))
  }

  @inlinable static var seed: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  /// One step of the hash: the two halves of a 128-bit product, folded.
  ///
  /// The bit that tells a letter's cases apart is set in every octet, one operation instead of a dozen. That also makes
  /// names hash alike that are not equal, as many as one likes to make: only a table that bounds its probes may use this
  /// hash (`OwnerIndex`).
  @inlinable @inline(__always)
  static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ (word | 0x2020_2020_2020_2020)).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}

extension Hasher {
  /// Feeds a name in wire form, letter case ignored; its root octet ends it.
  @_optimize(speed)
  mutating func combine(name wire: RawSpan) {
    for index in 0..<NameWords.count(forLength: wire.byteCount) { combine(foldCase(NameWords.word(index, of: wire))) }
  }
}

/// Lower-cases the ASCII letters among eight octets; other octets stay as they are (RFC 4343 §3).
@inlinable @inline(__always)
public func foldCase(_ word: UInt64) -> UInt64 {
  let everyOctet: UInt64 = 0x0101_0101_0101_0101
  let lowBits = word & (everyOctet &* 0x7F)
  // The top bit of each octet becomes: "at least A", and "beyond Z".
  let fromA = lowBits &+ everyOctet &* (0x80 &- 0x41)
  let beyondZ = lowBits &+ everyOctet &* (0x80 &- 0x5B)
  let upperCase = fromA & ~beyondZ & ~word & (everyOctet &* 0x80)
  return word | upperCase &>> 2
}
