// The question section of a query, read where it lies in the packet (RFC 1035 §4.1.2).

/// The one question of a query: the extent of its name, and what it asks.
public struct Question {
  public let name: NameInMessage
  public let type: RecordType
  public let recordClass: UInt16

  /// QNAME comes just after the header.
  @inlinable public static var nameStart: Int { 12 }

  /// One past the question.
  @inlinable @inline(__always)
  public var end: Int { name.end &+ 4 }

  /// Reads the question after the header; nil when it does not parse.
  ///
  /// A compression pointer is refused: QNAME is the first name of the message, so a pointer in it could only lead
  /// into the header or round in a circle.
  @inlinable @inline(__always)
  public init?(of query: RawSpan) {
    // Type and class follow the name: a name that reaches into the last four octets does not parse.
    let limit = query.byteCount &- 4
    var at = Question.nameStart
    while at < limit {
      // `at` is at least 12 and below `limit`, which is below the query's length.
      let length = Int(unsafe query.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
      if length == 0 {
        let end = at &+ 1
        guard UInt(bitPattern: end &- Question.nameStart) <= UInt(DomainName.maximumLength), query.byteCount &- end >= 4
        else { return nil }
        name = NameInMessage(start: Question.nameStart, end: end)
        let typeAndClass = query.uint32(at: end)
        type = RecordType(rawValue: UInt16(truncatingIfNeeded: typeAndClass &>> 16))
        recordClass = UInt16(truncatingIfNeeded: typeAndClass)
        return
      }
      guard length <= DomainName.maximumLabelLength else { return nil }
      at &+= length &+ 1
    }
    return nil
  }

  /// One past all questions, or what takes their place in a message that is no query (RFC 2136 §2.3); nil when
  /// they do not parse. Each takes at least five octets, so the message's length bounds the loop.
  package static func endOfAll(in message: RawSpan) -> Int? {
    var at = nameStart
    for _ in 0..<message.uint16(at: MessageHeader.questionCountOffset) {
      guard let nameEnd = QueryRecords.endOfName(in: message, from: at), message.byteCount &- nameEnd >= 4 else {
        return nil
      }
      at = nameEnd &+ 4
    }
    return at
  }
}
