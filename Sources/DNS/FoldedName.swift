// A name on its way to the zone table: lower-cased and hashed eight octets at a time.
//
// Lower-casing a whole wire name is safe: its length octets are at most 63, below "A" (65).

/// A name in lower case as 64-bit words, first octet lowest, the last word padded with zeros; and its hash.
public struct FoldedName {
  @inlinable public static var maximumWords: Int { 32 }

  /// Only the first `wordCount` words mean anything; the others hold what an earlier name left there.
  public var words = InlineArray<32, UInt64>(repeating: 0)
  public var wordCount = 0
  /// In octets, 1–255.
  public var length = 0
  public var hash: UInt64 = 0

  @inlinable public init() {}

  /// Takes the name at `start..<end` of a message.
  ///
  /// A name in a message stands behind its header, so the eight octets that end with the name are always there.
  @inlinable @inline(__always)
  public mutating func fold(_ message: RawSpan, from start: Int, to end: Int) {
    let octets = end &- start
    precondition(start >= 8 && octets > 0 && octets <= DomainName.maximumLength && end <= message.byteCount)
    var state = FoldedName.seed
    let whole = octets &>> 3
    var index = 0
    while index < whole {
      let word = foldCase(message.word(at: start &+ index &<< 3))
      words[index] = word
      state = FoldedName.mix(state, word)
      index &+= 1
    }
    let rest = octets & 7
    if rest != 0 {
      let word = foldCase(message.word(at: end &- 8) &>> UInt64(64 &- rest &<< 3))
      words[index] = word
      state = FoldedName.mix(state, word)
      index &+= 1
    }
    wordCount = index
    length = octets
    hash = state
  }

  /// The hash of a name that is already in folded words.
  package static func hash(of words: some Sequence<UInt64>) -> UInt64 {
    words.reduce(seed) { mix($0, $1) }
  }

  /// Takes a name by itself, for building tables.
  package mutating func fold(_ name: DomainName) {
    let behindHeader = [UInt8](repeating: 0, count: 8) + name.wire
    fold(behindHeader.span.octets, from: 8, to: behindHeader.count)
  }

  @inlinable static var seed: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  /// One step of the hash: the two halves of a 128-bit product, folded.
  @inlinable @inline(__always)
  static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
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
