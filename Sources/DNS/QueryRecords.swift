// What stands behind the question of a query: as a rule nothing, or one OPT record (RFC 6891 §6.1).

/// The OPT record of a query, as far as answering needs it.
public struct QueryOptions {
  /// The largest UDP payload the asker takes, in octets, as it said it (RFC 6891 §6.2.3).
  public var payloadSize: UInt16
  public var version: UInt8
  /// The flags field; DO is the only one known.
  public var flags: UInt16

  /// DO: the asker understands DNSSEC records; copied into the reply (RFC 3225 §3).
  @inlinable public static var dnssecOK: UInt16 { 0x8000 }

  @inlinable
  public init(payloadSize: UInt16, version: UInt8, flags: UInt16) {
    self.payloadSize = payloadSize
    self.version = version
    self.flags = flags
  }
}

/// The records behind the question.
public enum QueryRecords {
  /// They parse, and there is no OPT among them.
  case plain
  case withOptions(QueryOptions)
  /// They run off the end, or a name in them is malformed, or OPT stands where it may not.
  case malformed
  /// The OPT itself is at fault: twice there, not at the root, or its options do not parse.
  case malformedOptions

  /// Reads the records that follow the question, which ends at `start`.
  @inlinable @inline(__always)
  public init(of query: RawSpan, from start: Int) {
    // Nearly every query has no record but an OPT without options, which is eleven octets at the end.
    let counts =
      UInt64(query.uint16(at: MessageHeader.answerCountOffset)) &<< 32
      | UInt64(query.uint16(at: MessageHeader.authorityCountOffset)) &<< 16
      | UInt64(query.uint16(at: MessageHeader.additionalCountOffset))
    if counts == 0 {
      self = .plain
    } else if counts == 1, query.byteCount &- start == 11, query.octet(at: start) == 0,
      query.uint16(at: start &+ 1) == RecordType.opt.rawValue, query.uint16(at: start &+ 9) == 0
    {
      self = .withOptions(QueryRecords.options(of: query, behindName: start &+ 1))
    } else {
      self = QueryRecords.readAll(query, from: start)
    }
  }

  /// The fixed fields of the OPT whose owner name ends before `at`.
  @inlinable @inline(__always)
  static func options(of query: RawSpan, behindName at: Int) -> QueryOptions {
    QueryOptions(
      payloadSize: query.uint16(at: at &+ 2), version: query.octet(at: at &+ 5), flags: query.uint16(at: at &+ 6))
  }

  /// Walks every record of the three sections.
  @usableFromInline @inline(never)
  static func readAll(_ query: RawSpan, from start: Int) -> QueryRecords {
    let sections = [
      MessageHeader.answerCountOffset, MessageHeader.authorityCountOffset, MessageHeader.additionalCountOffset,
    ]
    var found: QueryOptions?
    var faulty = false
    var at = start
    for section in sections {
      // Each turn takes at least eleven octets of the packet, so the packet's length bounds the loop.
      for _ in 0..<query.uint16(at: section) {
        guard let nameEnd = endOfName(in: query, from: at), query.byteCount - nameEnd >= 10 else { return .malformed }
        let dataEnd = nameEnd + 10 + Int(query.uint16(at: nameEnd + 8))
        guard dataEnd <= query.byteCount else { return .malformed }
        if query.uint16(at: nameEnd) == RecordType.opt.rawValue {
          guard section == MessageHeader.additionalCountOffset else { return .malformed }
          let isAtRoot = nameEnd == at + 1
          if found != nil || !isAtRoot || !optionsParse(query, from: nameEnd + 10, to: dataEnd) { faulty = true }
          found = options(of: query, behindName: nameEnd)
        }
        at = dataEnd
      }
    }
    if faulty { return .malformedOptions }
    return found.map { .withOptions($0) } ?? .plain
  }

  /// Whether OPT RDATA is a row of options: code, length, that many octets (RFC 6891 §6.1.2).
  private static func optionsParse(_ query: RawSpan, from start: Int, to end: Int) -> Bool {
    var at = start
    while at < end {
      guard end - at >= 4 else { return false }
      at += 4 + Int(query.uint16(at: at + 2))
    }
    return at == end
  }

  /// One past the name at `start`, or nil when it is malformed.
  ///
  /// Pointers must lead strictly backwards and not into the header, which also ends every chain of them.
  public static func endOfName(in message: RawSpan, from start: Int) -> Int? {
    var at = start
    var end: Int?
    var lowest = start
    var length = 0
    while at < message.byteCount {
      let octet = Int(message.octet(at: at))
      switch octet {
      case 0: return length + 1 <= DomainName.maximumLength ? end ?? at + 1 : nil
      case 1...DomainName.maximumLabelLength:
        length += 1 + octet
        guard length < DomainName.maximumLength else { return nil }
        at += 1 + octet
      case 0xC0...:
        guard message.byteCount - at >= 2 else { return nil }
        let target = (octet & 0x3F) << 8 | Int(message.octet(at: at + 1))
        guard target >= MessageHeader.length, target < lowest else { return nil }
        end = end ?? at + 2
        lowest = target
        at = target
      default: return nil
      }
    }
    return nil
  }
}
