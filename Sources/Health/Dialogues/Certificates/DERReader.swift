// Distinguished encoding rules (X.690), as much as a certificate needs: elements one after another, and nothing deeper
// unless it is asked for, so that no input can make it recurse.

/// The elements in some octets.
struct DERReader {
  /// An element that breaks off, has another tag than it must have, or whose length is not written as DER wants it.
  struct Malformed: Error {}

  struct Element {
    let tag: UInt8
    let content: ArraySlice<UInt8>
  }

  enum Tag {
    static let octetString: UInt8 = 0x04
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    /// `[n]` with elements inside.
    static func explicit(_ number: UInt8) -> UInt8 { 0xA0 | number }
    /// `[n]` in place of a simple type's own tag.
    static func implicit(_ number: UInt8) -> UInt8 { 0x80 | number }
  }

  private var octets: OctetReader

  init(_ content: ArraySlice<UInt8>) { octets = OctetReader(content) }

  var isAtEnd: Bool { octets.isAtEnd }

  /// The next element; nil at the end.
  mutating func next() throws(Malformed) -> Element? {
    guard !octets.isAtEnd else { return nil }
    // Tags of more than one octet do not occur in certificates.
    guard let tag = octets.number(octets: 1), tag & 0x1F != 0x1F, let first = octets.number(octets: 1) else {
      throw Malformed()
    }
    var length = first
    if first >= 0x80 {
      let count = first - 0x80
      // The least number of octets, without a leading zero (X.690 §10.1).
      guard (1...4).contains(count), let long = octets.number(octets: count), long >= 0x80,
        long >> (8 * (count - 1)) != 0
      else { throw Malformed() }
      length = long
    }
    guard let content = octets.read(length) else { throw Malformed() }
    return Element(tag: UInt8(tag), content: content)
  }

  /// The content of the next element, which has this tag.
  mutating func next(_ tag: UInt8) throws(Malformed) -> ArraySlice<UInt8> {
    guard let element = try next(), element.tag == tag else { throw Malformed() }
    return element.content
  }

  /// Skips the next element, which may have any tag.
  mutating func skip() throws(Malformed) {
    guard try next() != nil else { throw Malformed() }
  }

  /// Skips the next element if it has this tag.
  mutating func skip(optional tag: UInt8) throws(Malformed) {
    var ahead = self
    guard let element = try ahead.next(), element.tag == tag else { return }
    self = ahead
  }
}
