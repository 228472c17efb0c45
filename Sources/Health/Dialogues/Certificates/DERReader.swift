// Distinguished encoding rules (X.690), as much as a certificate needs: elements one after another, nothing deeper
// unless somebody asks for it, so no input can make it recurse.

/// The elements in some octets.
struct DERReader {
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

  /// The next element; nil at the end, and where the encoding is broken.
  mutating func next() -> Element? {
    // Tags of more than one octet do not occur in certificates.
    guard let tag = octets.number(octets: 1), tag & 0x1F != 0x1F, let first = octets.number(octets: 1) else {
      return nil
    }
    var length = first
    if first >= 0x80 {
      guard (0x81...0x84).contains(first), let long = octets.number(octets: first - 0x80) else { return nil }
      length = long
    }
    return octets.take(length).map { Element(tag: UInt8(tag), content: $0) }
  }

  /// The content of the next element if it has this tag.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard let element = next(), element.tag == tag else { return nil }
    return element.content
  }

  /// Passes the next element if it has this tag, and returns what is in it.
  mutating func optional(_ tag: UInt8) -> ArraySlice<UInt8>? {
    var ahead = self
    guard let content = ahead.next(tag) else { return nil }
    self = ahead
    return content
  }
}
