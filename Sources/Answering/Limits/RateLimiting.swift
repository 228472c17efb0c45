// What rate limiting makes of a reply: it goes out, or nothing does, or a short one that asks the client to come
// back in a way that cannot be forged. Only called when the operator has set a rate.
//
// What goes out in its place is never longer than the query: forging queries gains nothing then.

import DNS

extension Responder {
  /// Judges the reply just written by `answer` and returns the length of what goes out in its place; 0 for silence.
  ///
  /// - Parameters:
  ///   - length: of the reply, in octets.
  ///   - milliseconds: as in `RateLimiter.judge`.
  @inline(never)
  @_lifetime(reply: copy reply)
  package mutating func limit(
    _ length: Int, answering query: QueryContext, from snapshot: AnswerSnapshot,
    into reply: inout MutableRawSpan, by limiter: inout RateLimiter,
    at milliseconds: UInt32, tally: inout AnswerTally
  ) -> Int {
    guard length >= MessageHeader.length else { return length }
    let message = query.message
    let question = message.uint16(at: MessageHeader.questionCountOffset) == 1 ? Question(of: message) : nil
    let records = question.map { QueryRecords(after: $0, of: message) } ?? QueryRecords(.malformed)
    let options =
      records.hasOPT ? OptionAnswer(in: records, of: query, now: now, settings: snapshot.settings) : nil
    let subject = Responder.subject(of: reply.bytes, question, in: message, snapshot.table)
    let verdict = limiter.judge(
      query.client, cookie: options?.cookie ?? .absent, subject.kind, name: subject.name, now: milliseconds)
    // A client that holds a key has no forged address, nor has one with a good cookie.
    guard verdict != .send, question.map({ isVerified(message, questionEnd: $0.end, records, snapshot) }) != true else {
      return length
    }

    let replied = reply.bytes.uint16(at: MessageHeader.flagsOffset) & MessageHeader.responseCodeMask
    // Nothing of another EDNS version is answered with NOERROR; 16 is 0 in the header.
    let isOtherVersion =
      replied == 0 && records.form != .malformed && records.form != .malformedOptions && records.version != 0
    tally.uncount(isOtherVersion ? ResponseCode.badVersion.rawValue : replied, octets: length)
    guard verdict == .slip, let question, records.form != .malformed else {
      tally.limitedDropped &+= 1
      return 0
    }
    tally.limitedSlipped &+= 1
    var writer = ReplyWriter(reply._mutatingExtracting(0..<reply.byteCount))
    // The query itself has a question and, where the reply has one, an OPT: there is room for both.
    let most = min(longestReply(to: records, over: .udp), message.byteCount)
    let optionsStart = question.end &+ (records.hasOPT ? QueryRecords.optionsLength : 0)
    assert(optionsStart <= most)
    writer.begin(copying: message, to: question.end, length: most, reserved: optionsStart &- question.end)
    let flags =
      MessageHeader.response | message.uint16(at: MessageHeader.flagsOffset) & MessageHeader.echoed
    // A client that sends a cookie is given a good one where it fits, and proves with it where it is (RFC 7873 §5.2.3).
    // A client's first cookie is shorter than ours: without room, it fetches ours by TCP.
    let givesCookie = options?.cookie != nil && optionsStart &+ ReplyOption.headLength &+ CookieSecrets.length <= most
    let ending = ReplyEnding(
      conclusion: givesCookie ? Conclusion(code: .badCookie) : Conclusion(code: .noError, remark: .truncated),
      questionEnd: question.end, records: records, flags: flags, length: most)
    let code = end(ending, answering: options, of: message, with: &writer, tally: &tally)
    assert(writer.end <= message.byteCount)
    tally.count(code, octets: writer.end)
    return writer.end
  }

  /// Whether the query is signed with a key of ours.
  private func isVerified(
    _ query: RawSpan, questionEnd: Int, _ records: QueryRecords, _ snapshot: AnswerSnapshot
  ) -> Bool {
    let signature = QuerySignature(
      of: query, from: questionEnd, records, keys: snapshot.settings.transfers.keys, now: UInt64(now))
    return signature?.verification == .verified
  }

  /// What kind of reply it is, and the number of the name or zone that it speaks for.
  private static func subject(
    of reply: RawSpan, _ question: Question?, in query: RawSpan, _ table: ZoneTable
  ) -> (kind: RateLimitKind, name: UInt64) {
    let flags = reply.uint16(at: MessageHeader.flagsOffset)
    guard let question else { return (.error, 0) }
    let match = table.lookUp(question.name, in: query)
    guard match.kind != .outsideZones else { return (.error, 0) }
    let owner = table.owners[match.owner]
    switch flags & MessageHeader.responseCodeMask {
    case ResponseCode.noError.rawValue where reply.uint16(at: MessageHeader.answerCountOffset) > 0:
      let source = match.kind == .enclosed ? owner.wildcard ?? match.owner : match.owner
      return (.positive, UInt64(source.rawValue))
    case ResponseCode.noError.rawValue where flags & MessageHeader.authoritative == 0 && owner.cut != nil:
      return (.referral, UInt64((owner.cut ?? match.owner).rawValue))
    case ResponseCode.noError.rawValue: return (.noData, UInt64(owner.apex.rawValue))
    case ResponseCode.nameError.rawValue: return (.nameError, UInt64(owner.apex.rawValue))
    default: return (.error, 0)
    }
  }
}
