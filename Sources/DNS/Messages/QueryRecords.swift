// What comes after the question of a query: as a rule nothing, or one OPT record (RFC 6891 §6.1).

/// What the records after the question come to, and what the OPT among them says.
public struct QueryRecords {
  public enum Form: Sendable {
    /// They parse, and there is no OPT among them.
    case plain
    /// There is an OPT, and no options in it.
    case withOptions
    /// There is an OPT with options; they are whole, what is in them has yet to be read.
    case withOptionData
    /// There is a TSIG, and no OPT.
    case signed
    /// There are both; what is in the OPT has yet to be read, if anything is.
    case signedWithOptions
    /// They run off the end, or a name in them is malformed, or OPT is in a section where it may not be.
    case malformed
    /// The OPT itself is at fault: twice there, not at the root, or its options do not parse.
    case malformedOptions
  }

  public var form: Form
  /// The largest UDP payload the asker takes, in octets, as it said it (RFC 6891 §6.2.3); 0 without OPT.
  public var payloadSize: UInt16 = 0
  /// The EDNS version; 0 without OPT.
  public var version: UInt8 = 0
  /// The flags field; DO is the only one known.
  public var flags: UInt16 = 0
  /// The offset of the options in the message (see `QueryOptionList`).
  public var optionStart: UInt16 = 0
  public var optionLength: UInt16 = 0
  /// Whether there is nothing, or one OPT of the known version without options: what nearly every query has.
  @inlinable public var isPlain: Bool { form == .plain || form == .withOptions && version == 0 }

  /// Whether there is a TSIG.
  @inlinable public var isSigned: Bool {
    switch form {
    case .signed, .signedWithOptions: true
    default: false
    }
  }

  /// Whether the reply has an OPT.
  @inlinable public var hasOPT: Bool {
    switch form {
    case .plain, .signed, .malformed: false
    case .withOptions, .withOptionData, .signedWithOptions, .malformedOptions: true
    }
  }

  /// An OPT record without options, in octets.
  @inlinable public static var optionsLength: Int { 11 }

  /// The counts of a query with one question and one additional record.
  @inlinable static var oneAdditional: UInt64 { 1 &<< 48 | 1 }

  /// DO: the asker understands DNSSEC records; copied into the reply (RFC 3225 §3).
  @inlinable public static var dnssecOK: UInt16 { 0x8000 }

  @inlinable @inline(__always)
  public init(_ form: Form) { self.form = form }

  /// Reads the records that follow the question, which ends at `start`.
  ///
  /// - Parameter counts: the four counts of the header, as they are there.
  @inlinable @inline(__always)
  public init(of query: RawSpan, from start: Int, counts: UInt64) {
    if counts & 0xFFFF_FFFF_FFFF == 0 {
      self.init(.plain)
      return
    }
    // Nearly every other query has one OPT without options:
    //   0 | TYPE 41 | payload size | extended RCODE | version | flags | RDLENGTH 0
    if counts == QueryRecords.oneAdditional, query.byteCount &- start == QueryRecords.optionsLength {
      let head = query.uint64(at: start)
      let tail = query.uint32(at: start &+ 7)
      if head &>> 40 == UInt64(RecordType.opt.rawValue), tail & 0xFFFF == 0 {
        self.init(.withOptions)
        payloadSize = UInt16(truncatingIfNeeded: head &>> 24)
        version = UInt8(truncatingIfNeeded: head &>> 8)
        flags = UInt16(truncatingIfNeeded: tail &>> 16)
        return
      }
    }
    self = QueryRecords.readAll(query, from: start)
  }

  /// Reads the records after the query's question.
  package init(after question: Question, of query: RawSpan) {
    self.init(of: query, from: question.end, counts: query.uint64(at: MessageHeader.questionCountOffset))
  }

  /// Walks every record of the three sections.
  @usableFromInline @inline(never)
  static func readAll(_ query: RawSpan, from start: Int) -> QueryRecords {
    let sections = [
      MessageHeader.answerCountOffset, MessageHeader.authorityCountOffset, MessageHeader.additionalCountOffset,
    ]
    var found = QueryRecords(.plain)
    var isSigned = false
    var at = start
    for section in sections {
      // Each turn takes at least eleven octets of the packet, so the packet's length bounds the loop.
      for _ in 0..<query.uint16(at: section) {
        guard let nameEnd = endOfName(in: query, from: at), query.byteCount - nameEnd >= 10 else {
          return QueryRecords(.malformed)
        }
        let dataEnd = nameEnd + 10 + Int(query.uint16(at: nameEnd + 8))
        guard dataEnd <= query.byteCount else { return QueryRecords(.malformed) }
        if query.uint16(at: nameEnd) == RecordType.opt.rawValue {
          guard section == MessageHeader.additionalCountOffset else { return QueryRecords(.malformed) }
          let isAtRoot = nameEnd == at + 1
          // What another version has in its RDATA is not known.
          let isReadable =
            query.octet(at: nameEnd + 5) != 0 || optionsParse(query, from: nameEnd + 10, to: dataEnd)
          let isFine = found.form == .plain && isAtRoot && isReadable
          found.form = !isFine ? .malformedOptions : dataEnd > nameEnd + 10 ? .withOptionData : .withOptions
          found.optionStart = UInt16(clamping: nameEnd + 10)
          found.optionLength = query.uint16(at: nameEnd + 8)
          found.payloadSize = query.uint16(at: nameEnd + 2)
          found.version = query.octet(at: nameEnd + 5)
          found.flags = query.uint16(at: nameEnd + 6)
        }
        if query.uint16(at: nameEnd) == RecordType.tsig.rawValue { isSigned = true }
        at = dataEnd
      }
    }
    guard isSigned else { return found }
    switch found.form {
    case .plain: found.form = .signed
    case .withOptions, .withOptionData: found.form = .signedWithOptions
    default: break
    }
    return found
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
