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
  /// The hash of a name's words, the same for all its letter cases.
  @inlinable @inline(__always)
  public func hash(of name: NameInMessage) -> UInt64 {
    precondition(isInBounds(name))
    var hash = NameWords.seed
    var at = name.start
    while at <= name.end &- 8 {
      hash = NameWords.mix(hash, unsafe uncheckedWord(at: at))
      at &+= 8
    }
    return at == name.end ? hash : NameWords.mix(hash, tail(of: name))
  }

  /// Whether a name's words, lower-cased, are those that begin at `place` in `words`, where a name of the same length
  /// stands.
  @inlinable @inline(__always)
  public func name(_ name: NameInMessage, isAt place: Int, of words: Span<UInt64>) -> Bool {
    precondition(isInBounds(name) && place >= 0 && words.count &- place >= NameWords.count(forLength: name.length))
    var at = name.start
    var index = place
    while at <= name.end &- 8 {
      // In bounds, as all words of the name were just shown to be; likewise the last one below.
      let known = unsafe words[unchecked: index]
      let word = unsafe uncheckedWord(at: at)
      // Most askers send lower case, and then there is nothing to fold.
      if word != known, foldCase(word) != known { return false }
      at &+= 8
      index &+= 1
    }
    if at == name.end { return true }
    let known = unsafe words[unchecked: index]
    let word = tail(of: name)
    return word == known || foldCase(word) == known
  }

  /// What is left of the name behind its whole words, padded with zeros.
  @inlinable @inline(__always)
  func tail(of name: NameInMessage) -> UInt64 {
    // The last eight octets, those that belong to the word before shifted out.
    unsafe uncheckedWord(at: name.end &- 8) &>> UInt64(truncatingIfNeeded: 64 &- (name.length & 7) &<< 3)
  }

  @inlinable @inline(__always)
  func isInBounds(_ name: NameInMessage) -> Bool {
    name.start >= 8 && name.end > name.start && name.end <= byteCount
  }

  /// Eight octets of a name, or of what stands before it, the first of them lowest.
  @unsafe @inlinable @inline(__always)
  func uncheckedWord(at offset: Int) -> UInt64 {
    // Both callers have shown `isInBounds` for the name and end by `name.end`; they start no lower than eight octets
    // before that end, which is at least 9. Any eight octets are a valid UInt64.
    unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }
}

/// A name as 64-bit words: lower-cased, first octet lowest, the last word padded with zeros.
public enum NameWords {
  /// How many words a name of so many octets takes.
  @inlinable @inline(__always)
  public static func count(forLength octets: Int) -> Int { (octets &+ 7) &>> 3 }

  /// The words of a name by itself.
  package static func words(of name: DomainName) -> [UInt64] {
    let wire = name.wire.span.octets
    return (0..<count(forLength: wire.byteCount)).map { foldCase(word($0, of: wire)) }
  }

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

  package static func hash(of words: some Sequence<UInt64>) -> UInt64 {
    words.reduce(seed) { mix($0, $1) }
  }

  /// The hash of a name, or of any octets, that stand by themselves.
  package static func hash(of wire: RawSpan) -> UInt64 {
    var hash = seed
    for index in 0..<count(forLength: wire.byteCount) { hash = mix(hash, word(index, of: wire)) }
    return hash
  }

  @inlinable static var seed: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  /// One step of the hash: the two halves of a 128-bit product, folded.
  ///
  /// The bit that tells a letter's cases apart is set in every octet. That also makes some names hash alike that are
  /// not; it costs them a comparison, and everybody else one operation instead of a dozen.
  @inlinable @inline(__always)
  static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ (word | 0x2020_2020_2020_2020)).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
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
