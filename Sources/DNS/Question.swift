// The question section of a query, read where it lies in the packet (RFC 1035 §4.1.2).

/// Where the one question of a query stands, and what it asks.
public struct Question {
  /// The first octet of QNAME: always just behind the header.
  @inlinable public static var nameStart: Int { 12 }

  /// One past QNAME's root octet.
  public let nameEnd: Int
  public let type: RecordType
  public let recordClass: UInt16

  /// One past the question.
  @inlinable public var end: Int { nameEnd &+ 4 }
  /// The length of QNAME in octets, 1–255.
  @inlinable public var nameLength: Int { nameEnd &- Question.nameStart }

  /// Reads the question behind the header; nil when it does not parse.
  ///
  /// A compression pointer is refused: QNAME is the first name of the message, so a pointer in it could only lead
  /// into the header or round in a circle.
  @inlinable
  public init?(of query: RawSpan) {
    var at = Question.nameStart
    let limit = query.byteCount
    while true {
      guard at < limit else { return nil }
      let length = Int(query.octet(at: at))
      at &+= 1
      if length == 0 { break }
      guard length <= DomainName.maximumLabelLength else { return nil }
      at &+= length
    }
    guard at &- Question.nameStart <= DomainName.maximumLength, limit &- at >= 4 else { return nil }
    nameEnd = at
    type = RecordType(rawValue: query.uint16(at: at))
    recordClass = query.uint16(at: at &+ 2)
  }
}
