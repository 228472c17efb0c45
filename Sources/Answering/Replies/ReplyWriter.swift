// A reply in the making: the question copied, then records, the counts and flags last.

import DNS
import ZoneFile

/// Writes one reply into memory that the worker owns.
///
/// Nothing is written beyond the limit; what does not fit is refused by returning false.
struct ReplyWriter: ~Copyable, ~Escapable {
  var octets: MutableRawSpan
  /// One past the last octet written.
  var end: Int {
    get { Int(endOffset) }
    set { endOffset = UInt32(truncatingIfNeeded: newValue) }
  }
  /// Without a sign: that it is not negative need not be shown at each store.
  private var endOffset: UInt32 = 0
  /// How far answer, authority and additional records may reach; room for OPT is kept behind it.
  private(set) var limit = 0
  /// QDCOUNT, ANCOUNT, NSCOUNT and ARCOUNT, as they stand in the header.
  var counts = Section.question.one
  /// How many bits of the address in the query's client subnet option the answers so far hang on: SCOPE PREFIX-LENGTH.
  /// What was not told in the option holds for all whom the resolver serves (RFC 7871 §7.2.1).
  private(set) var subnetScope: UInt8 = 0
  /// Whether the answer section holds addresses of nodes that all fail.
  private(set) var hasFailOpen = false

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
  mutating func removeRecords(behind questionEnd: Int) {
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
    // The octet behind the version is the first of the flags, which come next.
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

  /// Appends the record set of that number, whose owner name stands at `owner` in the message.
  ///
  /// - Returns: false when it does not fit, or there are no addresses to be handed out; then nothing was written.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(
    _ number: Int, of snapshot: AnswerSnapshot, owner: Int, to section: Section, for query: inout ReceivedQuery
  ) -> Bool {
    append(number, snapshot.table.sets[number].storage, of: snapshot, owner: owner, to: section, for: &query)
  }

  /// The same for who knows how the set is stored.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func append(
    _ number: Int, _ storage: RecordSet.Storage, of snapshot: AnswerSnapshot, owner: Int, to section: Section,
    for query: inout ReceivedQuery
  ) -> Bool {
    switch storage {
    case .published: appendPublished(number, of: snapshot, owner: owner, to: section, for: &query)
    case .rotating: appendRotating(number, of: snapshot.table, owner: owner, to: section)
    case .fixed: appendFixed(number, of: snapshot.table, owner: owner, to: section)
    case .startOfAuthority: appendStartOfAuthority(number, of: snapshot.table, owner: owner, to: section)
    }
  }

  /// Appends addresses that health has published: the next row of the run.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func appendPublished(
    _ number: Int, of snapshot: AnswerSnapshot, owner: Int, to section: Section, for query: inout ReceivedQuery
  ) -> Bool {
    let set = snapshot.table.sets[number]
    let run = snapshot.runs.runs[Int(set.place)]
    if run.isUncommon { return appendUncommon(number, of: snapshot, owner: owner, to: section, for: &query) }
    guard end &+ Int(run.answerLength) <= limit, owner <= ReplyWriter.furthestPointer else { return false }
    let row = snapshot.table.counters.next(set.counter, below: UInt32(run.rowCount))
    appendRow(
      at: Int(run.place) &+ Int(row) &* Int(run.stride), of: run, set.recordLength, of: snapshot, owner: owner,
      to: section)
    return true
  }

  /// Appends addresses where it hangs on the asker which, where there may be none, or where their nodes all fail.
  @inline(never)
  @_lifetime(self: copy self)
  private mutating func appendUncommon(
    _ number: Int, of snapshot: AnswerSnapshot, owner: Int, to section: Section, for query: inout ReceivedQuery
  ) -> Bool {
    let set = snapshot.table.sets[number]
    let run = snapshot.runs.runs[Int(set.place)]
    guard run.answerCount > 0, end &+ Int(run.answerLength) <= limit, owner <= ReplyWriter.furthestPointer else {
      return false
    }
    let asker = query.asker
    let site = run.marks.contains(.bySite) ? snapshot.table.networks.site(of: asker) : (number: 0, scope: 0)
    let table =
      run.marks.isDisjoint(with: .byAsker)
      ? AddressRuns.Table(place: run.place, rowCount: run.rowCount)
      : snapshot.runs.tables[Int(run.place) &+ site.number]
    if case .answer = section, run.marks.contains(.failOpen) { hasFailOpen = true }
    var scope = site.scope
    let row: Int
    if run.marks.contains(.hashed) {
      let group = asker.group
      scope = max(scope, group.scope)
      row = Int(group.number % UInt64(table.rowCount))
    } else {
      // Each site has a counter of its own: else two that ask by turns would always meet the same rows.
      let counter = set.counter &+ RotationCounters.index(ofSite: site.number)
      row = Int(snapshot.table.counters.next(counter, below: UInt32(table.rowCount)))
    }
    if asker.isClientSubnet { subnetScope = max(subnetScope, UInt8(clamping: scope)) }
    appendRow(
      at: Int(table.place) &+ row &* Int(run.stride), of: run, set.recordLength, of: snapshot, owner: owner, to: section
    )
    return true
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func appendRow(
    at place: Int, of run: AddressRuns.Run, _ recordLength: UInt8, of snapshot: AnswerSnapshot, owner: Int,
    to section: Section
  ) {
    let length = Int(run.answerLength)
    copy(snapshot.runs.octets, at: place, count: length)
    if owner != Question.nameStart { pointOwners(to: owner, from: end &- length, each: Int(recordLength)) }
    counts &+= section.one &* UInt64(run.answerCount)
  }

  /// Appends addresses of the zone, the next one first: two copies, `[first…]` then `[..<first]`.
  @inline(never)
  @_lifetime(self: copy self)
  private mutating func appendRotating(
    _ number: Int, of table: ZoneTable, owner: Int, to section: Section
  ) -> Bool {
    let set = table.sets[number]
    let length = Int(set.length)
    guard end &+ length <= limit, owner <= ReplyWriter.furthestPointer else { return false }
    let first = Int(table.counters.next(set.counter, below: UInt32(set.recordCount))) &* Int(set.recordLength)
    copy(table.octets, at: Int(set.place) &+ first, count: length &- first)
    // Most sets are of one address.
    if first != 0 { copy(table.octets, at: Int(set.place), count: first) }
    if owner != Question.nameStart { pointOwners(to: owner, from: end &- length, each: Int(set.recordLength)) }
    counts &+= section.one &* UInt64(set.recordCount)
    return true
  }

  /// Appends records that are not addresses.
  @inline(never)
  @_lifetime(self: copy self)
  mutating func appendFixed(_ number: Int, of table: ZoneTable, owner: Int, to section: Section) -> Bool {
    let set = table.sets[number]
    let start = end
    guard start &+ Int(set.length) <= limit, owner <= ReplyWriter.furthestPointer,
      set.innerPointerCount == 0 || start < InnerPointer.limit
    else { return false }
    copy(table.octets, at: Int(set.place), count: Int(set.length))
    var index = Int(set.firstPointer)
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
  mutating func appendStartOfAuthority(_ number: Int, of table: ZoneTable, owner: Int, to section: Section) -> Bool {
    let set = table.sets[number]
    let start = end
    guard start &+ Int(set.length) <= limit, owner <= ReplyWriter.furthestPointer,
      set.innerPointerCount == 0 || start < InnerPointer.limit
    else { return false }
    copy(table.octets, at: Int(set.place), count: Int(set.length))
    octets.store(table.serials[Int(set.firstAdditional)], at: end &- StartOfAuthority.serialFromEnd)
    if set.innerPointerCount != 0 {
      moveInnerPointer(at: start &+ Int(table.pointers[Int(set.firstPointer)]), ofSetAt: start)
    }
    if owner != Question.nameStart { octets.store(ReplyWriter.pointer(to: owner), at: start) }
    counts &+= section.one
    return true
  }

  /// Makes the inner pointer at `place` point into the set where it is now.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func moveInnerPointer(at place: Int, ofSetAt start: Int) {
    let target = octets.bytes.uint16(at: place) & ~InnerPointer.mark
    octets.store(ReplyWriter.pointer(to: start &+ Int(target)), at: place)
  }

  /// Appends the CNAME that a DNAME makes for the name at `asked`, with the DNAME's TTL (RFC 6672 §3.1).
  ///
  /// - Parameter renaming: a set of one record (a second one is an error in the zone file), which stands in `stored`.
  @inline(never)
  @_lifetime(self: copy self)
  mutating func appendAlias(
    of asked: NameInMessage, renamedBy renaming: RecordSet, in stored: [UInt8], ownerLength: Int
  ) -> NameSubstitution.Outcome {
    guard asked.start <= ReplyWriter.furthestPointer else { return .noRoom }
    let data = end &+ RecordLayout.fixedLength
    let record = stored.span.octets.extracting(Int(renaming.place)..<Int(renaming.place) &+ Int(renaming.length))
    let target = record.extracting(RecordLayout.fixedLength..<record.byteCount)
    let outcome = NameSubstitution.write(
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
  private mutating func copy(_ source: [UInt8], at place: Int, count: Int) {
    octets.copy(source.span.octets.extracting(place..<place &+ count), to: end)
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
