// Reading a message that somebody else wrote: one step at a time, every step within bounds.
//
// The answer path has readers of its own, which allocate nothing; this one serves commands.

/// A place in a message, from which fields are read one after the other; a field that is not there is nil.
package struct MessageReader {
  /// The whole message: compression pointers lead anywhere in it.
  private let octets: [UInt8]
  /// Where the next field begins.
  package private(set) var at: Int
  /// One past the last octet that fields may have.
  private let end: Int

  /// Reads the range, or the part of it that the message has.
  package init(_ octets: [UInt8], in range: Range<Int>? = nil) {
    self.octets = octets
    at = min(range?.lowerBound ?? 0, octets.count)
    end = min(range?.upperBound ?? octets.count, octets.count)
  }

  package var isAtEnd: Bool { at >= end }

  /// The next `count` octets; 0 or more.
  package mutating func octets(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, end - at >= count else { return nil }
    defer { at += count }
    return octets[at..<at + count]
  }

  /// All octets that are left.
  package mutating func rest() -> ArraySlice<UInt8> {
    defer { at = end }
    return octets[at..<max(at, end)]
  }

  package mutating func uint8() -> UInt8? { octets(1)?.first }
  package mutating func uint16() -> UInt16? { number(2).map { UInt16(truncatingIfNeeded: $0) } }
  package mutating func uint32() -> UInt32? { number(4).map { UInt32(truncatingIfNeeded: $0) } }

  /// The next `count` octets as a number in network order, 8 at most.
  package mutating func number(_ count: Int) -> UInt64? {
    octets(count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
  }

  /// A length octet and that many octets (RFC 1035 §3.3).
  package mutating func string() -> ArraySlice<UInt8>? {
    let start = at
    guard let length = uint8(), let text = octets(Int(length)) else {
      at = start
      return nil
    }
    return text
  }

  /// A name, its compression pointers followed (RFC 1035 §4.1.4).
  ///
  /// A pointer must lead to before the labels that it ends, and into no header: so no chain is a circle. A name has at
  /// most 127 labels, and so no honest one has more pointers: a longer chain is refused, which bounds the work.
  package mutating func name() -> DomainName? {
    var wire: [UInt8] = []
    var place = at
    var limit = end
    var lowest = at
    var next: Int?
    for _ in 0..<2 * 128 {
      guard place < limit else { return nil }
      let length = Int(octets[place])
      switch length {
      case 0:
        at = next ?? place + 1
        return DomainName(uncheckedWire: wire + [0])
      case 1...DomainName.maximumLabelLength:
        let labelEnd = place + 1 + length
        // The root octet is still to come.
        guard labelEnd <= limit, wire.count + 1 + length < DomainName.maximumLength else { return nil }
        wire += octets[place..<labelEnd]
        place = labelEnd
      case 0xC0...:
        guard place + 1 < limit else { return nil }
        let target = (length & 0x3F) << 8 | Int(octets[place + 1])
        guard target >= MessageHeader.length, target < lowest else { return nil }
        next = next ?? place + 2
        (place, lowest, limit) = (target, target, octets.count)
      default: return nil
      }
    }
    return nil
  }
}
