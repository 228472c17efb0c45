// A reply in the making: the question copied, then records, the counts and flags last.

import DNS
import ZoneFile

/// Writes one reply into memory that the worker owns.
///
/// It decides nothing: which records, and which of a rotation first, is passed in. Nothing is written beyond the limit;
/// what does not fit is refused by returning false.
struct ReplyWriter: ~Copyable, ~Escapable {
  var octets: MutableRawSpan
  /// One past the last octet written.
  var end: Int {
    get { Int(endOffset) }
    set { endOffset = UInt32(truncatingIfNeeded: newValue) }
  }
  /// Without a sign: that it is not negative need not be shown at each store.
  private var endOffset: UInt32 = 0
  /// How far answer, authority and additional records may reach; room for OPT is kept after it.
  private(set) var limit = 0
  /// QDCOUNT, ANCOUNT, NSCOUNT and ARCOUNT, as in the header.
  var counts = Section.question.one

  /// A section of the message, named by what one more entry in it adds to the four counts.
  enum Section {
    case question, answer, authority, additional

    @inline(__always)
    var one: UInt64 {
      switch self {
      case .question: 1 &<< 48
      case .answer: 1 &<< 32
      case .authority: 1 &<< 16
      case .additional: 1
      }
    }
  }

  @_lifetime(copy octets)
  init(_ octets: consuming MutableRawSpan) {
    self.octets = octets
  }

  /// The reply as written so far.
  var written: RawSpan {
    @_lifetime(borrow self)
    get { octets.bytes }
  }

  // MARK: Beginning and end

  /// Copies header and question, and keeps the reply within `length` octets, of which `reserved` for OPT.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func begin(copying query: RawSpan, to end: Int, length: Int, reserved: Int) {
    octets.copy(query.extracting(0..<end), to: 0)
    self.end = end
    limit = min(length, octets.byteCount) &- reserved
  }

  /// Takes back all records, for a reply that says only TC (RFC 2181 §9).
  @_lifetime(self: copy self)
  mutating func removeRecords(after questionEnd: Int) {
    end = questionEnd
    counts = Section.question.one
  }

  /// Takes back the question too, for a reply to what could not be understood.
  @_lifetime(self: copy self)
  mutating func removeQuestion() { counts = 0 }

  /// Appends the OPT record of the reply (RFC 6891 §6.1.2); `begin` has kept room for it.
  ///
  ///     0 | TYPE 41 | payload size | extended RCODE | version 0 | flags | RDLENGTH 0
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func appendOptions(payloadLimit: UInt16, code: ResponseCode, flags: UInt16) {
    let fixed = UInt64(RecordType.opt.rawValue) &<< 40 | UInt64(payloadLimit) &<< 24
    // The octet after the version is the first of the flags, which come next.
    octets.store(fixed | UInt64(code.rawValue &>> 4) &<< 16, at: end)
    octets.store(UInt32(flags) &<< 16, at: end &+ 7)
    end &+= QueryRecords.optionsLength
    counts &+= Section.additional.one
  }

  /// Writes flags and counts.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func finish(flags: UInt16, code: ResponseCode) {
    octets.store(flags | code.rawValue & MessageHeader.responseCodeMask, at: MessageHeader.flagsOffset)
    octets.store(counts, at: MessageHeader.questionCountOffset)
  }

  // MARK: Records

  /// Whether so many octets fit, under an owner name at this offset of the message.
  @inline(__always)
  func hasRoom(for length: Int, ownerAt owner: Int) -> Bool {
    end &+ length <= limit && owner <= ReplyWriter.furthestPointer
  }

  /// Appends the addresses of one answer, which lie in one piece; they fit.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(_ row: AddressRow, from source: [UInt8], ownerAt owner: Int, to section: Section) {
    copy(source, at: row.offset, count: row.length)
    if owner != Question.nameStart { pointOwners(to: owner, from: end &- row.length, each: row.recordLength) }
    counts &+= section.one &* UInt64(row.recordCount)
  }

  /// Appends addresses of the zone, of which the record at `first` octets comes first, in two copies: `[first…]`, then
  /// `[..<first]`; they fit.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(
    rotating set: RecordSet, from source: [UInt8], first: Int, ownerAt owner: Int, to section: Section
  ) {
    let length = Int(set.length)
    copy(source, at: set.offset &+ first, count: length &- first)
    // Most sets are of one address.
    if first != 0 { copy(source, at: set.offset, count: first) }
    if owner != Question.nameStart { pointOwners(to: owner, from: end &- length, each: Int(set.recordLength)) }
    counts &+= section.one &* UInt64(set.recordCount)
  }

  /// Appends records that are not addresses.
  @inline(never)
  @_lifetime(self: copy self)
  mutating func append(fixed set: SetIndex, of table: ZoneTable, ownerAt owner: Int, to section: Section) -> Bool {
    let set = table.sets[set]
    let start = end
    guard hasRoom(for: Int(set.length), ownerAt: owner), set.innerPointerCount == 0 || start < InnerPointer.limit
    else { return false }
    copy(table.octets, at: set.offset, count: Int(set.length))
    var index = set.firstPointer
    let inner = index &+ Int(set.innerPointerCount)
    while index < inner {
      moveInnerPointer(at: start &+ Int(table.pointers[index]), ofSetAt: start)
      index &+= 1
    }
    if owner != Question.nameStart {
      let end = inner &+ Int(set.ownerPointerCount)
      while index < end {
        octets.store(ReplyWriter.pointer(to: owner), at: start &+ Int(table.pointers[index]))
        index &+= 1
      }
    }
    counts &+= section.one &* UInt64(set.recordCount)
    return true
  }

  /// Appends the SOA of a zone, under its serial of this moment: one record, whose second name may point to its first.
  @inline(never)
  @_lifetime(self: copy self)
  mutating func append(
    startOfAuthority set: SetIndex, of table: ZoneTable, ownerAt owner: Int, to section: Section
  ) -> Bool {
    let set = table.sets[set]
    let start = end
    guard hasRoom(for: Int(set.length), ownerAt: owner), set.innerPointerCount == 0 || start < InnerPointer.limit
    else { return false }
    copy(table.octets, at: set.offset, count: Int(set.length))
    octets.store(table.serials[set.apex.index], at: end &- StartOfAuthority.serialFromEnd)
    if set.innerPointerCount != 0 {
      moveInnerPointer(at: start &+ Int(table.pointers[set.firstPointer]), ofSetAt: start)
    }
    if owner != Question.nameStart { octets.store(ReplyWriter.pointer(to: owner), at: start) }
    counts &+= section.one
    return true
  }

  /// Makes the inner pointer at this offset point into the set where it is now.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func moveInnerPointer(at offset: Int, ofSetAt start: Int) {
    let target = octets.bytes.uint16(at: offset) & ~InnerPointer.mark
    octets.store(ReplyWriter.pointer(to: start &+ Int(target)), at: offset)
  }

  /// Appends the CNAME that a DNAME makes for the name at `asked`, with the DNAME's TTL (RFC 6672 §3.1).
  ///
  /// - Parameter renaming: a set of one record (a second one is an error in the zone file), which is in `stored`.
  @inline(never)
  @_lifetime(self: copy self)
  mutating func appendAlias(
    of asked: NameInMessage, renamedBy renaming: RecordSet, in stored: [UInt8], ownerLength: Int
  ) -> DNAMESubstitution.Outcome {
    guard asked.start <= ReplyWriter.furthestPointer else { return .noRoom }
    let data = end &+ RecordLayout.fixedLength
    let record = stored.span.octets.extracting(renaming.offset..<renaming.offset &+ Int(renaming.length))
    let target = record.extracting(RecordLayout.fixedLength..<record.byteCount)
    let outcome = DNAMESubstitution.write(
      asked, ownerLength: ownerLength, target: target, into: &octets, at: data, limit: limit)
    guard case .written(let newEnd) = outcome else { return outcome }
    octets.store(ReplyWriter.pointer(to: asked.start), at: end)
    octets.store(RecordType.cname.rawValue, at: end &+ 2)
    octets.store(RecordClass.internet, at: end &+ 4)
    octets.store(record.uint32(at: 6), at: end &+ 6)
    octets.store(UInt16(truncatingIfNeeded: newEnd &- data), at: end &+ 10)
    end = newEnd
    counts &+= Section.answer.one
    return outcome
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func copy(_ source: [UInt8], at offset: Int, count: Int) {
    octets.copy(source.span.octets.extracting(offset..<offset &+ count), to: end)
    end &+= count
  }

  /// Rewrites the owner pointers of records of equal length.
  @_lifetime(self: copy self)
  private mutating func pointOwners(to owner: Int, from start: Int, each length: Int) {
    for record in stride(from: start, to: end, by: length) {
      octets.store(ReplyWriter.pointer(to: owner), at: record)
    }
  }

  /// The furthest offset that a compression pointer can name (RFC 1035 §4.1.4).
  private static var furthestPointer: Int { 0x3FFF }

  @inline(__always)
  private static func pointer(to offset: Int) -> UInt16 {
    0xC000 | UInt16(truncatingIfNeeded: offset)
  }
}
