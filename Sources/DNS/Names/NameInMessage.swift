// A name where it lies in a message, hashed and compared without regard to letter case, eight octets at a time.
//
// Lower-casing a whole wire name is safe: its length octets are at most 63, below "A" (65).

/// The extent of an uncompressed name in a message: `start..<end`, length octets and root octet included.
///
/// It comes after the header and is 1–255 octets long, so the eight octets that end with it are always there.
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
    // What comes before it is shifted out.
    unsafe uncheckedWord(at: end &- 8) &>> UInt64(truncatingIfNeeded: (8 &- length) &<< 3)
  }

  @inlinable @inline(__always)
  func isInBounds(_ name: NameInMessage) -> Bool {
    name.start >= 8 && name.end > name.start && name.end <= byteCount
  }

  /// Eight octets of a name, or of what comes before it, the first of them lowest.
  @unsafe @inlinable @inline(__always)
  func uncheckedWord(at offset: Int) -> UInt64 {
    // The callers have shown that the name is in bounds and comes after eight octets at least; what they load ends
    // with the name or before. Any eight octets are a valid UInt64.
    unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }
}
