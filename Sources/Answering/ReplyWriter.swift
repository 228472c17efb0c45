// A reply in the making: the question copied, then records, the counts and flags last.

import DNS

/// Writes one reply into memory that the worker owns.
///
/// Nothing is written beyond `limit`; what does not fit is refused by returning false.
struct ReplyWriter: ~Copyable, ~Escapable {
  private var octets: MutableRawSpan
  /// One past the last octet written.
  private(set) var end = 0
  /// How far answer, authority and additional records may reach; room for OPT is kept behind it.
  private var limit = 0
  private var hasOptions = false
  private var answerCount: UInt16 = 0
  private var authorityCount: UInt16 = 0
  private var additionalCount: UInt16 = 0

  /// An OPT record without options (RFC 6891 §6.1.2), in octets.
  static let optionsLength = 11

  enum Section { case answer, authority, additional }

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

  /// Copies header and question; `end` is the end of the question.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func begin(copying query: RawSpan, to end: Int) {
    octets.copy(query.extracting(0..<end), to: 0)
    self.end = end
  }

  /// Sets how long the reply may become, in octets, its OPT included.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func setLimit(_ length: Int, hasOptions: Bool) {
    self.hasOptions = hasOptions
    limit = min(length, octets.byteCount) &- (hasOptions ? ReplyWriter.optionsLength : 0)
  }

  /// Takes back all records, for a reply that says only TC (RFC 2181 §9).
  @_lifetime(self: copy self)
  mutating func removeRecords(behind questionEnd: Int) {
    end = questionEnd
    answerCount = 0
    authorityCount = 0
    additionalCount = 0
  }

  /// Appends OPT when there is to be one, and writes flags and counts.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func finish(flags: UInt16, code: ResponseCode, optionFlags: UInt16, payloadLimit: UInt16) {
    if hasOptions {
      // Root owner, TYPE OPT, our payload size, extended RCODE, version 0, flags, no options.
      octets.store(UInt8(0), at: end)
      octets.store(RecordType.opt.rawValue, at: end &+ 1)
      octets.store(payloadLimit, at: end &+ 3)
      octets.store((code.rawValue &>> 4) &<< 8, at: end &+ 5)
      octets.store(optionFlags, at: end &+ 7)
      octets.store(UInt16(0), at: end &+ 9)
      end &+= ReplyWriter.optionsLength
      additionalCount &+= 1
    }
    octets.store(flags | code.rawValue & MessageHeader.responseCodeMask, at: MessageHeader.flagsOffset)
    octets.store(answerCount, at: MessageHeader.answerCountOffset)
    octets.store(authorityCount, at: MessageHeader.authorityCountOffset)
    octets.store(additionalCount, at: MessageHeader.additionalCountOffset)
  }

  /// Makes a reply of the header alone, for a query whose question cannot be echoed.
  @_lifetime(self: copy self)
  mutating func finishHeaderOnly(flags: UInt16, code: ResponseCode) {
    hasOptions = false
    octets.store(UInt16(0), at: MessageHeader.questionCountOffset)
    finish(flags: flags, code: code, optionFlags: 0, payloadLimit: 0)
  }

  // MARK: Records

  /// Appends a record set whose owner name stands at `owner` in the message.
  ///
  /// - Returns: false when it does not fit; then nothing was written.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(_ set: RecordSet, of snapshot: AnswerSnapshot, owner: Int, to section: Section) -> Bool {
    if set.rotates { return appendRotated(set, of: snapshot, owner: owner, to: section) }
    return appendCompiled(set, of: snapshot.table, owner: owner, to: section)
  }

  /// Appends addresses, the next one first: two copies, `[first…]` then `[..<first]`.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func appendRotated(
    _ set: RecordSet, of snapshot: AnswerSnapshot, owner: Int, to section: Section
  ) -> Bool {
    let place: Int
    let available: Int
    switch set.storage {
    case .compiled:
      place = Int(set.place)
      available = Int(set.recordCount)
    case .published:
      let run = snapshot.runs.runs[Int(set.place)]
      place = Int(run.place)
      available = Int(run.recordCount)
    }
    let count = set.storage == .published ? min(available, AddressRuns.mostInOneAnswer) : available
    let recordLength = Int(set.recordLength)
    guard end &+ count &* recordLength <= limit, owner <= ReplyWriter.furthestPointer else { return false }
    let first =
      available > 1 ? Int(snapshot.table.counters.next(Int(set.counter)) % UInt32(truncatingIfNeeded: available)) : 0
    let untilWrap = min(count, available &- first)
    switch set.storage {
    case .compiled:
      copy(snapshot.table.octets, at: place &+ first &* recordLength, count: untilWrap &* recordLength)
      copy(snapshot.table.octets, at: place, count: (count &- untilWrap) &* recordLength)
    case .published:
      copy(snapshot.runs.octets, at: place &+ first &* recordLength, count: untilWrap &* recordLength)
      copy(snapshot.runs.octets, at: place, count: (count &- untilWrap) &* recordLength)
    }
    if owner != Question.nameStart {
      var record = end &- count &* recordLength
      while record < end {
        octets.store(ReplyWriter.pointer(to: owner), at: record)
        record &+= recordLength
      }
    }
    note(UInt16(truncatingIfNeeded: count), in: section)
    return true
  }

  @_lifetime(self: copy self)
  private mutating func appendCompiled(
    _ set: RecordSet, of table: ZoneTable, owner: Int, to section: Section
  ) -> Bool {
    let start = end
    guard start &+ Int(set.length) <= limit, owner <= ReplyWriter.furthestPointer,
      set.innerPointerCount == 0 || start < InnerPointer.limit
    else { return false }
    copy(table.octets, at: Int(set.place), count: Int(set.length))
    let inner = Int(set.firstPointer) + Int(set.innerPointerCount)
    for index in Int(set.firstPointer)..<inner {
      let place = start + Int(table.pointers[index])
      let target = octets.bytes.uint16(at: place) & ~InnerPointer.mark
      octets.store(ReplyWriter.pointer(to: start + Int(target)), at: place)
    }
    if owner != Question.nameStart {
      for index in inner..<inner + Int(set.ownerPointerCount) {
        octets.store(ReplyWriter.pointer(to: owner), at: start + Int(table.pointers[index]))
      }
    }
    note(set.recordCount, in: section)
    return true
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func copy(_ source: [UInt8], at place: Int, count: Int) {
    octets.copy(source.span.octets.extracting(place..<place &+ count), to: end)
    end &+= count
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func note(_ records: UInt16, in section: Section) {
    switch section {
    case .answer: answerCount &+= records
    case .authority: authorityCount &+= records
    case .additional: additionalCount &+= records
    }
  }

  /// The furthest offset that a compression pointer can name (RFC 1035 §4.1.4).
  private static let furthestPointer = 0x3FFF

  private static func pointer(to offset: Int) -> UInt16 {
    0xC000 | UInt16(truncatingIfNeeded: offset)
  }
}
