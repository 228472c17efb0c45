// A name where it lies in a message, hashed and compared without regard to letter case, eight octets at a time.
//
// Lower-casing a whole wire name is safe: its length octets are at most 63, below "A" (65).

/// Where an uncompressed name stands in a message: `start..<end`, length octets and root octet included.
///
/// It stands behind the header and is 1–255 octets long, so the eight octets that end with it are always there.
public struct NameInMessage: Sendable {
  public var start: Int
  public var end: Int

  @inlinable @inline(__always)
  public init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }

  /// In octets.
  @inlinable @inline(__always)
  public var length: Int { end &- start }
}

extension RawSpan {
  /// The hash of a name, the same for all its letter cases; see `NameWords.hash`.
  @inlinable @inline(__always)
  public func hash(of name: NameInMessage) -> UInt64 {
    precondition(isInBounds(name))
    guard name.length >= 8 else { return NameWords.mix(NameWords.seed, tail(upTo: name.end, length: name.length)) }
    var hash = NameWords.seed
    var at = name.start
    while at < name.end &- 8 {
      hash = NameWords.mix(hash, unsafe uncheckedWord(at: at))
      at &+= 8
    }
    return NameWords.mix(hash, unsafe uncheckedWord(at: name.end &- 8))
  }

  /// Whether a name, lower-cased, is the one of the same length whose words begin at `place`, 1 or above, in `words`.
  @inlinable @inline(__always)
  public func name(_ name: NameInMessage, isAt place: Int, of words: Span<UInt64>) -> Bool {
    precondition(isInBounds(name) && place >= 1 && words.count &- place >= NameWords.count(forLength: name.length))
    // Whole words were just shown to be there, so all octets of the name are, and eight before it.
    let table = words.octets
    let distance = place &* 8 &- name.start
    guard name.length >= 8 else {
      let known = table.tail(upTo: name.end &+ distance, length: name.length)
      return foldCase(tail(upTo: name.end, length: name.length)) == known
    }
    var at = name.start
    while at < name.end &- 8 {
      guard unsafe foldedWord(at: at, is: table.uncheckedWord(at: at &+ distance)) else { return false }
      at &+= 8
    }
    return unsafe foldedWord(at: name.end &- 8, is: table.uncheckedWord(at: name.end &- 8 &+ distance))
  }

  /// Whether eight octets of a name, lower-cased, are these.
  @unsafe @inlinable @inline(__always)
  func foldedWord(at offset: Int, is known: UInt64) -> Bool {
    let word = unsafe uncheckedWord(at: offset)
    // Most askers send lower case, and then there is nothing to fold.
    return word == known || foldCase(word) == known
  }

  /// A name of less than eight octets that ends at `end`, as a word padded with zeros.
  @inlinable @inline(__always)
  func tail(upTo end: Int, length: Int) -> UInt64 {
    // What stands before it is shifted out.
    unsafe uncheckedWord(at: end &- 8) &>> UInt64(truncatingIfNeeded: (8 &- length) &<< 3)
  }

  @inlinable @inline(__always)
  func isInBounds(_ name: NameInMessage) -> Bool {
    name.start >= 8 && name.end > name.start && name.end <= byteCount
  }

  /// Eight octets of a name, or of what stands before it, the first of them lowest.
  @unsafe @inlinable @inline(__always)
  func uncheckedWord(at offset: Int) -> UInt64 {
    // The callers have shown that the name is in bounds and stands behind eight octets at least; what they load ends
    // with the name or before. Any eight octets are a valid UInt64.
    unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }
}

/// A name as 64-bit words: lower-cased, first octet lowest, the last word padded with zeros.
public enum NameWords {
  /// How many words a name of so many octets takes.
  @inlinable @inline(__always)
  public static func count(forLength octets: Int) -> Int { (octets &+ 7) &>> 3 }

  /// A word of a name that stands by itself, letter case as it is.
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

  /// The hash of a name, or of any octets, that stand by themselves: of eight octets after the other, the last of which
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
  /// names hash alike that are not equal, and anybody can make as many of those as he likes: only a table that bounds
  /// its probes may use this hash (`OwnerIndex`).
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
