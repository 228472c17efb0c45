// Writing the sections of a reply once the name is found: answer, referral, negative answer, additional addresses.

import DNS

extension AnswerSnapshot {
  // MARK: Answer

  /// Writes the set that was asked for, with the addresses that are worth adding.
  @inline(__always)
  @_lifetime(writer: copy writer)
  func append(
    _ set: SetIndex, at match: NameMatch, for query: inout QueryContext, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    let storage = table.sets[set].storage
    guard write(set, storage, .first, ownerAt: match.name.start, to: .answer, for: &query, with: &writer) else {
      return withoutRecords(of: set, at: match, with: &writer)
    }
    // Addresses name nobody else.
    if storage == .fixed, table.sets[set].additionalCount != 0 {
      _ = appendAdditionals(of: set, for: &query, with: &writer)
    }
    return .concluded(.noError)
  }

  /// The answer where the set that was asked for could not be written.
  @inline(never)
  @_lifetime(writer: copy writer)
  private func withoutRecords(
    of set: SetIndex, at match: NameMatch, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    switch absence(of: table.sets[set]) {
    case .noData: appendNegative(.noError, apex: table.owners[match.owner].apex, at: match, with: &writer)
    case .serverFailure: .failed
    case nil: .truncated
    }
  }

  /// The answer in place of addresses of which none are handed out; nil for all other sets.
  private func absence(of set: RecordSet) -> RotationAnswer.EmptyAnswer? {
    guard set.storage == .published else { return nil }
    let marks = runs.runs[set.run].marks
    return marks.contains(.serverFailure) ? .serverFailure : marks.contains(.noData) ? .noData : nil
  }

  /// ANY: over TCP all sets; over UDP one, the smallest, so that nobody is flooded with our answers (RFC 8482 §4.1), and
  /// TC where that one is long too (§4.4).
  @_lifetime(writer: copy writer)
  func appendAnyType(
    of owner: Owner, at match: NameMatch, for query: inout QueryContext, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    // DS at an apex belongs to the zone above.
    let isApex = owner.nameLength == table.apexes[owner.apex].nameLength
    let sets = owner.sets.lazy.filter { [self] in
      (!isApex || table.sets[$0].type != .ds) && octetCount(of: $0) > 0
    }
    guard let first = sets.first else {
      return hasFailed(owner) ? .failed : appendNegative(.noError, apex: owner.apex, at: match, with: &writer)
    }
    switch query.transport {
    case .udp:
      var smallest = first
      for set in sets where octetCount(of: set) < octetCount(of: smallest) { smallest = set }
      let most = Int(Responder.plainPayloadLimit) - QueryRecords.optionsLength
      guard writer.end + octetCount(of: smallest) <= most,
        write(SetIndex(smallest), ownerAt: match.name.start, to: .answer, for: &query, with: &writer)
      else { return .truncated }
      return .concluded(.noError)
    case .tcp:
      // Sets with inner pointers first: they have to begin where pointers reach, and long ones must not push them out.
      for hasPointers in [true, false] {
        for set in sets where (table.sets[set].innerPointerCount != 0) == hasPointers {
          guard write(SetIndex(set), ownerAt: match.name.start, to: .answer, for: &query, with: &writer) else {
            return .truncated
          }
        }
      }
      return .concluded(.noError)
    }
  }

  /// Whether addresses of the owner are to be answered SERVFAIL.
  private func hasFailed(_ owner: Owner) -> Bool {
    owner.sets.contains { absence(of: table.sets[$0]) == .serverFailure }
  }

  /// How long a set is at this moment, in octets; zero for addresses of which none are handed out.
  private func octetCount(of set: Int) -> Int {
    let set = table.sets[set]
    switch set.storage {
    case .fixed, .startOfAuthority, .rotating, .rotatingNodes: return Int(set.length)
    case .published: return Int(runs.runs[set.run].answerLength)
    }
  }

  // MARK: Aliases

  /// Writes a CNAME and says where its target is: at the start of its RDATA, uncompressed.
  @_lifetime(writer: copy writer)
  func appendAlias(_ alias: SetIndex, at match: NameMatch, with writer: inout ReplyWriter) -> LookupOutcome {
    let start = writer.end
    guard writer.append(fixed: alias, of: table, ownerAt: match.name.start, to: .answer) else { return .truncated }
    return .follow(NameInMessage(start: start + RecordLayout.fixedLength, end: writer.end))
  }

  /// Writes a DNAME, unless the chain has brought it already, and the CNAME that it makes for the name
  /// (RFC 6672 §3.1).
  @inline(never)
  @_lifetime(writer: copy writer)
  func rename(
    by renaming: SetIndex, of owner: Owner, at match: NameMatch, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    let asked = match.name
    let suffix = NameInMessage(start: asked.end &- Int(owner.nameLength), end: asked.end)
    if !AliasChain.holdsRenaming(of: suffix, in: writer.written, upTo: writer.end) {
      guard writer.append(fixed: renaming, of: table, ownerAt: suffix.start, to: .answer) else { return .truncated }
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

  // MARK: Authority and additional section

  /// NODATA or NXDOMAIN: the zone's SOA with the negative TTL in the authority section (RFC 2308 §2).
  @_lifetime(writer: copy writer)
  func appendNegative(
    _ code: ResponseCode, apex: ApexIndex, at match: NameMatch, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    let zone = table.apexes[apex]
    // The apex is a suffix of the name that was asked for.
    let fits = writer.append(
      startOfAuthority: SetIndex(zone.negative), of: table, ownerAt: match.name.end &- Int(zone.nameLength),
      to: .authority)
    return fits ? .concluded(code) : .truncated
  }

  /// The NS set of a zone cut, with the addresses of name servers below it (RFC 1034 §4.3.2 step 3b, RFC 9471).
  @inline(never)
  @_lifetime(writer: copy writer)
  func appendReferral(
    at cut: OwnerID, _ match: NameMatch, for query: inout QueryContext, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    let owner = table.owners[cut]
    guard let servers = table.set(of: .ns, at: owner) else { return .referral }
    guard
      writer.append(
        fixed: servers, of: table, ownerAt: match.name.end - Int(owner.nameLength), to: .authority),
      appendAdditionals(of: servers, for: &query, with: &writer)
    else { return .truncatedReferral }
    return .referral
  }

  /// Adds the addresses of the names in the set just appended, as far as they fit.
  ///
  /// - Returns: false when glue that must be there did not fit.
  @inline(never)
  @_lifetime(writer: copy writer)
  private func appendAdditionals(
    of set: SetIndex, for query: inout QueryContext, with writer: inout ReplyWriter
  ) -> Bool {
    let set = table.sets[set]
    let setStart = writer.end - Int(set.length)
    let first = set.firstAdditional
    // Mandatory glue first: what is merely useful must not take its place.
    for wantsMandatory in [true, false] {
      for index in first..<first + Int(set.additionalCount) {
        let additional = table.additionals[index]
        guard additional.isMandatory == wantsMandatory else { continue }
        let owner = table.owners[additional.owner]
        for index in owner.sets {
          let addresses = table.sets[index]
          guard addresses.type == .a || addresses.type == .aaaa else { continue }
          // A name that has no addresses now is left out.
          let fits = write(
            SetIndex(index), ownerAt: setStart + Int(additional.nameOffset), to: .additional, for: &query,
            with: &writer)
          if !fits && wantsMandatory && absence(of: addresses) == nil { return false }
        }
      }
    }
    return true
  }

  // MARK: One set

  /// Writes a set whose owner name is at this offset of the message.
  ///
  /// - Returns: false when it does not fit, or there are no addresses to be handed out; then nothing was written.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func write(
    _ set: SetIndex, ownerAt owner: Int, to section: ReplyWriter.Section, for query: inout QueryContext,
    with writer: inout ReplyWriter
  ) -> Bool {
    write(set, table.sets[set].storage, .further, ownerAt: owner, to: section, for: &query, with: &writer)
  }

  /// Whether a reply may have addresses already, which is known wherever it matters.
  private enum Turn { case first, further }

  /// The same where it is known how the set is stored.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func write(
    _ set: SetIndex, _ storage: RecordSet.Storage, _ turn: Turn, ownerAt owner: Int, to section: ReplyWriter.Section,
    for query: inout QueryContext, with writer: inout ReplyWriter
  ) -> Bool {
    switch storage {
    case .published: writePublished(set, turn, ownerAt: owner, to: section, for: &query, with: &writer)
    case .rotating: writeRotating(set, ownerAt: owner, to: section, with: &writer)
    case .rotatingNodes: writeUncommon(set, ownerAt: owner, to: section, for: &query, with: &writer)
    case .fixed: writer.append(fixed: set, of: table, ownerAt: owner, to: section)
    case .startOfAuthority: writer.append(startOfAuthority: set, of: table, ownerAt: owner, to: section)
    }
  }

  /// Writes addresses that health has published: the next row of the run.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func writePublished(
    _ set: SetIndex, _ turn: Turn, ownerAt owner: Int, to section: ReplyWriter.Section, for query: inout QueryContext,
    with writer: inout ReplyWriter
  ) -> Bool {
    let run = runs.runs[table.sets[set].run]
    if run.isUncommon { return writeUncommon(set, ownerAt: owner, to: section, for: &query, with: &writer) }
    guard writer.hasRoom(for: Int(run.answerLength), ownerAt: owner) else { return false }
    let row = nextRow(of: run, for: table.sets[set])
    writer.append(row, from: runs.octets, ownerAt: owner, to: section)
    switch turn {
    case .first: query.noteFirstHandOut(row.slot)
    case .further: query.noteHandOut(row.slot, in: &writer)
    }
    return true
  }

  /// Writes addresses of a run that needs more than a copy: the row depends on the asker, the run may be empty, too few of
  /// its nodes are healthy, or its rows differ in members; and nodes' addresses of the zone, of which the ledger has to know.
  @inline(never)
  @_lifetime(writer: copy writer)
  private func writeUncommon(
    _ set: SetIndex, ownerAt owner: Int, to section: ReplyWriter.Section, for query: inout QueryContext,
    with writer: inout ReplyWriter
  ) -> Bool {
    if table.sets[set].storage == .rotatingNodes {
      guard writeRotating(set, ownerAt: owner, to: section, with: &writer) else { return false }
      let handOut = table.sets[set].handOut
      if handOut <= runs.fixedSlots.count { query.noteHandOut(runs.fixedSlots[handOut &- 1], in: &writer) }
      return true
    }
    let set = table.sets[set]
    let run = runs.runs[set.run]
    guard run.answerCount > 0, writer.hasRoom(for: Int(run.answerLength), ownerAt: owner) else { return false }
    if case .answer = section, run.marks.contains(.failOpen) { query.setFailOpen() }
    let row = row(of: run, for: set, asking: &query)
    writer.append(row, from: runs.octets, ownerAt: owner, to: section)
    query.noteHandOut(row.slot, in: &writer)
    return true
  }

  /// Writes addresses of the zone, the next one first.
  @inline(never)
  @_lifetime(writer: copy writer)
  private func writeRotating(
    _ set: SetIndex, ownerAt owner: Int, to section: ReplyWriter.Section, with writer: inout ReplyWriter
  ) -> Bool {
    let set = table.sets[set]
    guard writer.hasRoom(for: Int(set.length), ownerAt: owner) else { return false }
    let first = Int(table.counters.next(set.counter, below: UInt32(set.recordCount))) &* Int(set.recordLength)
    writer.append(rotating: set, from: table.octets, first: first, ownerAt: owner, to: section)
    return true
  }
}
