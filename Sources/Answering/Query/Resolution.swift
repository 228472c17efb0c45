// What the zones say to a question: RFC 1034 §4.3.2, step by step.
//
//   1    recursion: there is none
//   2    the zone nearest to the name ...................... ZoneTable.lookUp
//   3 a  the name exists: the set that was asked for ....... AnswerSnapshot.plainSet, append
//        or the CNAME in its place; on with its target ..... follow, from step 2
//   3 b  at or below a zone cut: a referral ................ AnswerSnapshot.answerAtCut
//   3 c  it does not exist: DNAME, wildcard, NXDOMAIN ...... AnswerSnapshot.answerRarely
//   4    the cache: there is none
//   6    addresses worth adding ............................ AnswerSnapshot.append, AnswerSections.swift
//
// How the records of each section are written is in AnswerSections.swift.

import DNS

extension Responder {
  /// How many CNAMEs are followed for one query.
  private static var longestChain: Int { 12 }

  /// Sorts out what is not a question about zone data, then looks the rest up.
  @inline(__always)
  @_lifetime(writer: copy writer)
  func resolve(
    _ question: Question, of query: inout QueryContext, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> Conclusion {
    guard question.recordClass == RecordClass.internet || question.recordClass == RecordClass.any else {
      return answerOtherClass(question, of: query.message, snapshot.settings, with: &writer)
    }
    let match = snapshot.table.lookUp(question.name, in: query.message)
    let outcome: LookupOutcome
    if let set = snapshot.plainSet(of: question.type, at: match) {
      outcome = snapshot.append(set, at: match, for: &query, with: &writer)
    } else {
      if question.type.isOfMessages { return Responder.conclusion(onMessageType: question.type) }
      guard match.kind != .outsideZones else { return Conclusion(code: .refused, remark: .notAuthoritative) }
      outcome = snapshot.answerRarely(question.type, at: match, for: &query, with: &writer)
    }
    switch outcome {
    case .concluded, .truncated, .truncatedReferral, .failed: return Conclusion(outcome)
    case .referral:
      tally.referrals &+= 1
      return Conclusion(outcome)
    case .follow(let target):
      return follow(target, of: question, for: &query, from: snapshot, with: &writer)
    }
  }

  /// Goes on from a CNAME whose target is in the reply (step 3 a).
  ///
  /// AA speaks of the first owner name, so it is set whatever the chain leads to; RCODE speaks of the last
  /// (RFC 6604 §3).
  @inline(never)
  @_lifetime(writer: copy writer)
  private func follow(
    _ target: NameInMessage, of question: Question, for query: inout QueryContext, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter
  ) -> Conclusion {
    var target = target
    for _ in 1..<Responder.longestChain {
      // A CNAME loop: stop.
      guard !AliasChain.holds(target, in: writer.written, after: question.end) else { break }
      let match = snapshot.table.lookUp(target, in: writer.written)
      // Outside our zones the asker goes on from here.
      guard match.kind != .outsideZones else { break }
      let outcome = snapshot.answer(question.type, at: match, for: &query, with: &writer)
      if case .follow(let next) = outcome {
        target = next
        continue
      }
      var conclusion = Conclusion(outcome)
      conclusion.isAuthoritative = conclusion.remark != .failed
      return conclusion
    }
    return Conclusion(code: .noError, isAuthoritative: true)
  }

  /// What a question for a type that only messages have comes to (`RecordType.isOfMessages`).
  @inline(never)
  private static func conclusion(onMessageType type: RecordType) -> Conclusion {
    switch type {
    case .opt: Conclusion(code: .formatError)
    // Whether the client may have the zone is decided apart from plain queries.
    case .axfr, .ixfr: Conclusion(code: .refused, remark: .transfer)
    default: Conclusion(code: .notImplemented, remark: .notSupported)
    }
  }
}

extension AnswerSnapshot {
  /// Writes what the table has for `type` at a name (step 3).
  @_lifetime(writer: copy writer)
  fileprivate func answer(
    _ type: RecordType, at match: NameMatch, for query: inout QueryContext, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    if let set = plainSet(of: type, at: match) { return append(set, at: match, for: &query, with: &writer) }
    return answerRarely(type, at: match, for: &query, with: &writer)
  }

  /// The set that nearly every query asks for: a name of the zone, and a type that it has (step 3 a).
  @inline(__always)
  func plainSet(of type: RecordType, at match: NameMatch) -> SetIndex? {
    guard match.kind == .exact else { return nil }
    let head = table.owners.head(of: match.owner)
    return head.isCut ? nil : table.set(of: type, amongst: head.setCount, from: head.firstSet)
  }

  /// All other cases.
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerRarely(
    _ type: RecordType, at match: NameMatch, for query: inout QueryContext, with writer: inout ReplyWriter
  ) -> LookupOutcome {
    var owner = table.owners[match.owner]
    // Step 3 b.
    if let cut = owner.cut {
      return answerAtCut(cut, type, owner, at: match, for: &query, with: &writer)
    }
    // Step 3 c.
    if match.kind == .enclosed {
      // Before the wildcard, which could only be below the DNAME (RFC 6672 §3.2 step 3c).
      if let renaming = table.set(of: .dname, at: owner) {
        return rename(by: renaming, of: owner, at: match, with: &writer)
      }
      guard let wildcard = owner.wildcard else {
        return appendNegative(.nameError, apex: owner.apex, at: match, with: &writer)
      }
      owner = table.owners[wildcard]
      if let set = table.set(of: type, at: owner) { return append(set, at: match, for: &query, with: &writer) }
    }
    // Step 3 a, without a set of the type.
    if type == .any { return appendAnyType(of: owner, at: match, for: &query, with: &writer) }
    if let alias = table.set(of: .cname, at: owner) { return appendAlias(alias, at: match, with: &writer) }
    return appendNegative(.noError, apex: authority(for: type, of: owner, at: match), at: match, with: &writer)
  }

  /// At or below a zone cut of ours (step 3 b), or below a DNAME.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func answerAtCut(
    _ cut: OwnerID, _ type: RecordType, _ owner: Owner, at match: NameMatch, for query: inout QueryContext,
    with writer: inout ReplyWriter
  ) -> LookupOutcome {
    let isCutItself = cut == match.owner
    if !isCutItself {
      let above = table.owners[cut]
      if let renaming = table.set(of: .dname, at: above) {
        return rename(by: renaming, of: above, at: match, with: &writer)
      }
    }
    // DS at the cut itself is the parent's to answer, and this is the parent (RFC 4035 §3.1.4.1).
    guard type == .ds, match.kind == .exact, isCutItself else {
      return appendReferral(at: cut, match, for: &query, with: &writer)
    }
    if let digests = table.set(of: .ds, at: owner) { return append(digests, at: match, for: &query, with: &writer) }
    return appendNegative(.noError, apex: owner.apex, at: match, with: &writer)
  }

  /// The zone whose SOA a negative answer carries: the name's own, or for DS at its apex the zone above, if it is ours.
  private func authority(for type: RecordType, of owner: Owner, at match: NameMatch) -> ApexIndex {
    guard type == .ds, match.kind == .exact, table.apexes[owner.apex].owner == match.owner else { return owner.apex }
    return table.apexes[owner.apex].parent ?? owner.apex
  }
}
