// Filling the sections once the name is found: the answer, a referral, or the SOA of a negative answer.

import DNS

extension Responder {
  /// How one turn round RFC 1034 §4.3.2 ended.
  enum SectionEnd {
    case concluded(ResponseCode)
    case referral
    /// Something that had to be there did not fit.
    case truncated
    /// The same of a referral, for which AA stays clear.
    case truncatedReferral
    /// A CNAME was written; its target stands in the reply and is to be looked up next.
    case follow(AskedName)
  }

  /// Writes what the table has for `type` at `asked`.
  @inline(__always)
  @_lifetime(writer: copy writer)
  func section(
    _ type: RecordType, _ asked: AskedName, _ match: NameMatch, over transport: Transport,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter
  ) -> SectionEnd {
    let table = snapshot.table
    var owner = table.owners[match.owner]
    if owner.cut != Owner.none {
      // DS at the cut itself is the parent's to answer, and this is the parent (RFC 4035 §3.1.4.1).
      guard type == .ds, match.kind == .exact, owner.cut == UInt32(truncatingIfNeeded: match.owner) else {
        return referral(at: Int(owner.cut), asked, from: snapshot, with: &writer)
      }
      return negative(.noError, apex: owner.apex, asked, from: snapshot, with: &writer)
    }
    if match.kind == .enclosed {
      guard owner.wildcard != Owner.none else {
        return negative(.nameError, apex: owner.apex, asked, from: snapshot, with: &writer)
      }
      owner = table.owners[Int(owner.wildcard)]
    }

    let sets = Int(owner.firstSet)..<Int(owner.firstSet) &+ Int(owner.setCount)
    var alias: Int?
    for index in sets {
      let set = table.sets[index]
      if set.type == type {
        guard writer.append(set, of: snapshot, owner: asked.start, to: .answer) else { return .truncated }
        if set.additionalCount != 0 { _ = appendAdditionals(of: set, from: snapshot, with: &writer) }
        return .concluded(.noError)
      }
      if set.type == .cname { alias = index }
    }
    if type == .any { return anyType(sets, asked, owner, over: transport, from: snapshot, with: &writer) }
    if let alias { return follow(table.sets[alias], asked, from: snapshot, with: &writer) }
    var apex = owner.apex
    if type == .ds, match.kind == .exact, table.apexes[Int(apex)].owner == UInt32(truncatingIfNeeded: match.owner) {
      // DS of a zone whose parent we serve too: the parent's answer.
      let parent = table.apexes[Int(apex)].parent
      if parent != Owner.none { apex = parent }
    }
    return negative(.noError, apex: apex, asked, from: snapshot, with: &writer)
  }

  /// ANY: over TCP all sets; over UDP one, the smallest, so that nobody is flooded with our answers (RFC 8482 §4.1).
  @inline(never)
  @_lifetime(writer: copy writer)
  private func anyType(
    _ sets: Range<Int>, _ asked: AskedName, _ owner: Owner, over transport: Transport,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter
  ) -> SectionEnd {
    guard let first = sets.first else {
      return negative(.noError, apex: owner.apex, asked, from: snapshot, with: &writer)
    }
    switch transport {
    case .udp:
      var smallest = first
      for index in sets where snapshot.octetCount(of: index) < snapshot.octetCount(of: smallest) { smallest = index }
      let fits = writer.append(snapshot.table.sets[smallest], of: snapshot, owner: asked.start, to: .answer)
      return fits ? .concluded(.noError) : .truncated
    case .tcp:
      // Sets with inner pointers first: they have to begin where pointers reach, and long ones must not push them out.
      for hasPointers in [true, false] {
        for index in sets where (snapshot.table.sets[index].innerPointerCount != 0) == hasPointers {
          guard writer.append(snapshot.table.sets[index], of: snapshot, owner: asked.start, to: .answer) else {
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
    _ alias: RecordSet, _ asked: AskedName, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter
  ) -> SectionEnd {
    let start = writer.end
    guard writer.append(alias, of: snapshot, owner: asked.start, to: .answer) else { return .truncated }
    return .follow(AskedName(start: start + RecordLayout.fixedLength, end: writer.end))
  }

  /// NODATA or NXDOMAIN: the zone's SOA with the negative TTL in the authority section (RFC 2308 §2).
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func negative(
    _ code: ResponseCode, apex: UInt32, _ asked: AskedName, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter
  ) -> SectionEnd {
    let zone = snapshot.table.apexes[Int(apex)]
    let apexLength = Int(snapshot.table.owners[Int(zone.owner)].nameLength)
    // The apex is a suffix of the name that was asked for.
    let fits = writer.append(
      snapshot.table.sets[Int(zone.negative)], of: snapshot, owner: asked.end &- apexLength, to: .authority)
    return fits ? .concluded(code) : .truncated
  }

  /// The NS set of a zone cut, with the addresses of name servers below it (RFC 1034 §4.3.2 step 3b, RFC 9471).
  @inline(never)
  @_lifetime(writer: copy writer)
  private func referral(
    at cut: Int, _ asked: AskedName, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter
  ) -> SectionEnd {
    let owner = snapshot.table.owners[cut]
    for index in Int(owner.firstSet)..<Int(owner.firstSet) + Int(owner.setCount) {
      let set = snapshot.table.sets[index]
      guard set.type == .ns else { continue }
      guard writer.append(set, of: snapshot, owner: asked.end - Int(owner.nameLength), to: .authority),
        appendAdditionals(of: set, from: snapshot, with: &writer)
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
    of set: RecordSet, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter
  ) -> Bool {
    let setStart = writer.end - Int(set.length)
    let first = Int(set.firstAdditional)
    // Mandatory glue first: what is merely useful must not take its place.
    for wantsMandatory in [true, false] {
      for index in first..<first + Int(set.additionalCount) {
        let additional = snapshot.table.additionals[index]
        guard additional.isMandatory == wantsMandatory else { continue }
        let owner = snapshot.table.owners[Int(additional.owner)]
        for index in Int(owner.firstSet)..<Int(owner.firstSet) + Int(owner.setCount) {
          let addresses = snapshot.table.sets[index]
          guard addresses.type == .a || addresses.type == .aaaa else { continue }
          let fits = writer.append(
            addresses, of: snapshot, owner: setStart + Int(additional.nameOffset), to: .additional)
          if !fits && wantsMandatory { return false }
        }
      }
    }
    return true
  }
}

extension AnswerSnapshot {
  /// How long a set is at this moment, in octets.
  func octetCount(of set: Int) -> Int {
    let set = table.sets[set]
    switch set.storage {
    case .compiled: return Int(set.length)
    case .published:
      return Int(set.recordLength) * min(Int(runs.runs[Int(set.place)].recordCount), AddressRuns.mostInOneAnswer)
    }
  }
}
