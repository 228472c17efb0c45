// Filling the sections once the name is found: the answer, a referral, or the SOA of a negative answer.

import DNS

extension AnswerSnapshot {
  /// How one turn round RFC 1034 §4.3.2 ended.
  enum SectionEnd {
    case concluded(ResponseCode)
    case referral
    /// Something that had to be there did not fit.
    case truncated
    /// The same of a referral, which is not authoritative.
    case truncatedReferral
    /// The addresses that had to be there are none, and the operator wants SERVFAIL.
    case failed
    /// A CNAME was written, or made from a DNAME; its target stands in the reply and is to be looked up next.
    case follow(NameInMessage)
  }

  /// Writes what the table has for `type` at `asked`.
  @_lifetime(writer: copy writer)
  func section(
    _ type: RecordType, _ asked: NameInMessage, _ match: NameMatch, for query: inout ReceivedQuery,
    with writer: inout ReplyWriter
  ) -> SectionEnd {
    if let set = plainSet(type, of: match) { return append(set, match, asked, for: &query, with: &writer) }
    return otherSection(type, asked, match, for: &query, with: &writer)
  }

  /// The number of the set that nearly every query asks for: a name of the zone, and a type that it has.
  @inline(__always)
  func plainSet(_ type: RecordType, of match: NameMatch) -> Int? {
    guard match.kind == .exact else { return nil }
    let head = table.owners.head(of: match.owner)
    return head.isCut ? nil : set(type, amongst: head.setCount, from: head.firstSet)
  }

  /// The number of the owner's set of a type.
  private func set(_ type: RecordType, of owner: Owner) -> Int? {
    set(type, amongst: owner.setCount, from: owner.firstSet)
  }

  @inline(__always)
  private func set(_ type: RecordType, amongst count: UInt16, from first: UInt32) -> Int? {
    var index = Int(first)
    let end = index &+ Int(count)
    while index < end {
      if table.sets[index].type == type { return index }
      index &+= 1
    }
    return nil
  }

  /// Writes the set that was asked for, with the addresses that are worth adding.
  @inline(__always)
  @_lifetime(writer: copy writer)
  func append(
    _ set: Int, _ match: NameMatch, _ asked: NameInMessage, for query: inout ReceivedQuery,
    with writer: inout ReplyWriter
  ) -> SectionEnd {
    let storage = table.sets[set].storage
    guard writer.append(set, storage, of: self, owner: asked.start, to: .answer, for: &query) else {
      return withoutRecords(set, match, asked, with: &writer)
    }
    // Addresses name nobody else.
    if storage == .fixed, table.sets[set].additionalCount != 0 {
      _ = appendAdditionals(of: set, for: &query, with: &writer)
    }
    return .concluded(.noError)
  }

  /// What is said where the set that was asked for could not be written.
  @inline(never)
  @_lifetime(writer: copy writer)
  private func withoutRecords(
    _ set: Int, _ match: NameMatch, _ asked: NameInMessage, with writer: inout ReplyWriter
  ) -> SectionEnd {
    switch absence(of: table.sets[set]) {
    case .noData: negative(.noError, apex: table.owners[match.owner].apex, asked, with: &writer)
    case .serverFailure: .failed
    case nil: .truncated
    }
  }

  /// What is said in place of addresses of which none are handed out; nil for all other sets.
  private func absence(of set: RecordSet) -> RotationAnswer.Emptiness? {
    guard set.storage == .published else { return nil }
    let marks = runs.runs[Int(set.place)].marks
    return marks.contains(.serverFailure) ? .serverFailure : marks.contains(.noData) ? .noData : nil
  }

  /// The rarer cases: zone cuts, DNAME, wildcards, ANY, CNAME, and what is not there.
  @inline(never)
  @_lifetime(writer: copy writer)
  func otherSection(
    _ type: RecordType, _ asked: NameInMessage, _ match: NameMatch, for query: inout ReceivedQuery,
    with writer: inout ReplyWriter
  ) -> SectionEnd {
    var owner = table.owners[match.owner]
    if owner.cut != Owner.none {
      let cut = table.owners[Int(owner.cut)]
      if owner.cut != UInt32(match.owner), let renaming = set(.dname, of: cut) {
        return rename(renaming, of: cut, asked, with: &writer)
      }
      // DS at the cut itself is the parent's to answer, and this is the parent (RFC 4035 §3.1.4.1).
      guard type == .ds, match.kind == .exact, owner.cut == UInt32(match.owner) else {
        return referral(at: Int(owner.cut), asked, for: &query, with: &writer)
      }
      if let digests = set(.ds, of: owner) {
        return append(digests, match, asked, for: &query, with: &writer)
      }
      return negative(.noError, apex: owner.apex, asked, with: &writer)
    }
    if match.kind == .enclosed {
      // Before the wildcard, which could only stand below the DNAME (RFC 6672 §3.2 step 3c).
      if let renaming = set(.dname, of: owner) { return rename(renaming, of: owner, asked, with: &writer) }
      guard owner.wildcard != Owner.none else {
        return negative(.nameError, apex: owner.apex, asked, with: &writer)
      }
      owner = table.owners[Int(owner.wildcard)]
      if let set = set(type, of: owner) { return append(set, match, asked, for: &query, with: &writer) }
    }
    if type == .any { return anyType(of: owner, asked, for: &query, with: &writer) }
    if let alias = set(.cname, of: owner) { return follow(alias, asked, with: &writer) }
    var apex = owner.apex
    if type == .ds, match.kind == .exact, table.apexes[Int(apex)].owner == UInt32(match.owner) {
      // DS of a zone whose parent we serve too: the parent's answer.
      let parent = table.apexes[Int(apex)].parent
      if parent != Owner.none { apex = parent }
    }
    return negative(.noError, apex: apex, asked, with: &writer)
  }

  /// ANY: over TCP all sets; over UDP one, the smallest, so that nobody is flooded with our answers (RFC 8482 §4.1), and
  /// TC where that one is long too (§4.4).
  @_lifetime(writer: copy writer)
  private func anyType(
    of owner: Owner, _ asked: NameInMessage, for query: inout ReceivedQuery,
    with writer: inout ReplyWriter
  ) -> SectionEnd {
    // DS at an apex belongs to the zone above.
    let isApex = owner.nameLength == table.owners[Int(table.apexes[Int(owner.apex)].owner)].nameLength
    let sets = (Int(owner.firstSet)..<Int(owner.firstSet) + Int(owner.setCount)).lazy.filter { [self] in
      (!isApex || table.sets[$0].type != .ds) && octetCount(of: $0) > 0
    }
    guard let first = sets.first else {
      return hasFailed(owner) ? .failed : negative(.noError, apex: owner.apex, asked, with: &writer)
    }
    switch query.transport {
    case .udp:
      var smallest = first
      for index in sets where octetCount(of: index) < octetCount(of: smallest) { smallest = index }
      let most = Int(Responder.plainPayloadLimit) - QueryRecords.optionsLength
      guard writer.end + octetCount(of: smallest) <= most,
        writer.append(smallest, of: self, owner: asked.start, to: .answer, for: &query)
      else { return .truncated }
      return .concluded(.noError)
    case .tcp:
      // Sets with inner pointers first: they have to begin where pointers reach, and long ones must not push them out.
      for hasPointers in [true, false] {
        for index in sets where (table.sets[index].innerPointerCount != 0) == hasPointers {
          guard writer.append(index, of: self, owner: asked.start, to: .answer, for: &query) else {
            return .truncated
          }
        }
      }
      return .concluded(.noError)
    }
  }

  /// Writes a CNAME and says where its target stands: at the start of its RDATA, uncompressed.
  @_lifetime(writer: copy writer)
  private func follow(
    _ alias: Int, _ asked: NameInMessage, with writer: inout ReplyWriter
  ) -> SectionEnd {
    let start = writer.end
    guard writer.appendFixed(alias, of: table, owner: asked.start, to: .answer) else { return .truncated }
    return .follow(NameInMessage(start: start + RecordLayout.fixedLength, end: writer.end))
  }

  /// Writes a DNAME, unless the chain has brought it already, and the CNAME that it makes for `asked`
  /// (RFC 6672 §3.1).
  @inline(never)
  @_lifetime(writer: copy writer)
  private func rename(
    _ renaming: Int, of owner: Owner, _ asked: NameInMessage, with writer: inout ReplyWriter
  ) -> SectionEnd {
    let suffix = NameInMessage(start: asked.end &- Int(owner.nameLength), end: asked.end)
    if !Responder.hasRenaming(of: suffix, in: writer.written, upTo: writer.end) {
      guard writer.appendFixed(renaming, of: table, owner: suffix.start, to: .answer) else { return .truncated }
    }
    let start = writer.end &+ RecordLayout.fixedLength
    switch writer.appendAlias(
      of: asked, renamedBy: table.sets[renaming], in: table.octets, ownerLength: Int(owner.nameLength))
    {
    case .written(let end): return .follow(NameInMessage(start: start, end: end))
    case .tooLong: return .concluded(.nameExists)
    case .noRoom: return .truncated
    }
  }

  /// NODATA or NXDOMAIN: the zone's SOA with the negative TTL in the authority section (RFC 2308 §2).
  @_lifetime(writer: copy writer)
  private func negative(
    _ code: ResponseCode, apex: UInt32, _ asked: NameInMessage, with writer: inout ReplyWriter
  ) -> SectionEnd {
    let zone = table.apexes[Int(apex)]
    // The apex is a suffix of the name that was asked for.
    let fits = writer.appendStartOfAuthority(
      Int(zone.negative), of: table, owner: asked.end &- Int(zone.nameLength), to: .authority)
    return fits ? .concluded(code) : .truncated
  }

  /// The NS set of a zone cut, with the addresses of name servers below it (RFC 1034 §4.3.2 step 3b, RFC 9471).
  @inline(never)
  @_lifetime(writer: copy writer)
  private func referral(
    at cut: Int, _ asked: NameInMessage, for query: inout ReceivedQuery, with writer: inout ReplyWriter
  ) -> SectionEnd {
    let owner = table.owners[cut]
    for index in Int(owner.firstSet)..<Int(owner.firstSet) + Int(owner.setCount) {
      guard table.sets[index].type == .ns else { continue }
      guard writer.appendFixed(index, of: table, owner: asked.end - Int(owner.nameLength), to: .authority),
        appendAdditionals(of: index, for: &query, with: &writer)
      else { return .truncatedReferral }
    }
    return .referral
  }

  /// Adds the addresses of the names in the set just appended, as far as they fit.
  ///
  /// - Returns: false when glue that must be there did not fit.
  @inline(never)
  @_lifetime(writer: copy writer)
  private func appendAdditionals(
    of set: Int, for query: inout ReceivedQuery, with writer: inout ReplyWriter
  ) -> Bool {
    let set = table.sets[set]
    let setStart = writer.end - Int(set.length)
    let first = Int(set.firstAdditional)
    // Mandatory glue first: what is merely useful must not take its place.
    for wantsMandatory in [true, false] {
      for index in first..<first + Int(set.additionalCount) {
        let additional = table.additionals[index]
        guard additional.isMandatory == wantsMandatory else { continue }
        let owner = table.owners[Int(additional.owner)]
        for index in Int(owner.firstSet)..<Int(owner.firstSet) + Int(owner.setCount) {
          let addresses = table.sets[index]
          guard addresses.type == .a || addresses.type == .aaaa else { continue }
          // A name that has no addresses now is left out.
          let fits = writer.append(
            index, of: self, owner: setStart + Int(additional.nameOffset), to: .additional, for: &query)
          if !fits && wantsMandatory && absence(of: addresses) == nil { return false }
        }
      }
    }
    return true
  }

  /// Whether addresses of the owner are to be answered SERVFAIL.
  private func hasFailed(_ owner: Owner) -> Bool {
    (Int(owner.firstSet)..<Int(owner.firstSet) + Int(owner.setCount)).contains {
      absence(of: table.sets[$0]) == .serverFailure
    }
  }

  /// How long a set is at this moment, in octets; zero for addresses of which none are handed out.
  private func octetCount(of set: Int) -> Int {
    let set = table.sets[set]
    switch set.storage {
    case .fixed, .startOfAuthority, .rotating: return Int(set.length)
    case .published: return Int(runs.runs[Int(set.place)].answerLength)
    }
  }
}
