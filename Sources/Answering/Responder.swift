// Query in, reply out: what DNS-over-anything in this server comes down to (RFC 1034 §4.3.2).
//
// The wire, the tests and the fuzzers all call `answer`. It knows no sockets, takes no lock and allocates nothing;
// every query gets the right RCODE or silence.

import DNS

/// How a query came, which decides how long its reply may be.
package enum Transport: Sendable {
  case udp, tcp
}

/// Answers queries from a snapshot. Each worker has one, as scratch memory.
package struct Responder: ~Copyable {
  /// The longest UDP reply, in octets; also what our OPT announces. 1232 fits every path unfragmented.
  package static let defaultPayloadLimit: UInt16 = 1232
  /// The longest UDP reply to an asker that did not say what it takes (RFC 1035 §4.2.1).
  private static let plainPayloadLimit = 512
  /// The longest message over TCP.
  package static let longestMessage = 65_535
  /// How many CNAMEs are followed for one query.
  private static let longestChain = 12

  private let payloadLimit: UInt16
  var name = FoldedName()

  package init(payloadLimit: UInt16 = Responder.defaultPayloadLimit) {
    self.payloadLimit = payloadLimit
  }

  /// What the header of a reply will say, and how the records came out.
  struct Conclusion {
    var code: ResponseCode
    var isAuthoritative = true
    var isTruncated = false
  }

  /// Writes the reply to `query` and returns its length in octets; 0 when silence is the answer.
  ///
  /// - Parameter reply: at least 4,096 octets for UDP, 65,535 for TCP.
  @_lifetime(reply: copy reply)
  package mutating func answer(
    _ query: RawSpan, over transport: Transport, from snapshot: AnswerSnapshot, into reply: inout MutableRawSpan,
    tally: inout AnswerTally
  ) -> Int {
    guard query.byteCount >= MessageHeader.length else {
      tally.tooShort &+= 1
      return 0
    }
    // A reply gets no reply: that would make loops.
    guard query.uint16(at: MessageHeader.flagsOffset) & MessageHeader.response == 0 else {
      tally.notQueries &+= 1
      return 0
    }
    var writer = ReplyWriter(reply._mutatingExtracting(0..<reply.byteCount))
    let code = answer(query, over: transport, from: snapshot, with: &writer, tally: &tally)
    tally.count(code, octets: writer.end)
    return writer.end
  }

  @inline(__always)
  @_lifetime(writer: copy writer)
  private mutating func answer(
    _ query: RawSpan, over transport: Transport, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> ResponseCode {
    let asked = query.uint16(at: MessageHeader.flagsOffset)
    // OPCODE, RD and CD come back as they came; RA, AD and Z stay clear.
    let flags =
      MessageHeader.response
      | asked & (MessageHeader.opcodeMask | MessageHeader.recursionDesired | MessageHeader.checkingDisabled)
    guard asked & MessageHeader.opcodeMask == 0 else {
      return headerOnly(query, .notImplemented, flags: flags, with: &writer)
    }
    guard query.uint16(at: MessageHeader.questionCountOffset) == 1, let question = Question(of: query) else {
      return headerOnly(query, .formatError, flags: flags, with: &writer)
    }

    var limit = Responder.plainPayloadLimit
    var options: QueryOptions?
    var conclusion: Conclusion?
    switch QueryRecords(of: query, from: question.end) {
    case .plain: break
    case .malformed: return headerOnly(query, .formatError, flags: flags, with: &writer)
    case .malformedOptions:
      options = QueryOptions(payloadSize: 0, version: 0, flags: 0)
      conclusion = Conclusion(code: .formatError, isAuthoritative: false)
      tally.optionErrors &+= 1
    case .withOptions(let found):
      options = found
      limit = max(limit, min(Int(found.payloadSize), Int(payloadLimit)))
      tally.withOptions &+= 1
      if found.version != 0 {
        conclusion = Conclusion(code: .badVersion, isAuthoritative: false)
        tally.optionErrors &+= 1
      }
    }

    writer.begin(copying: query, to: question.end)
    writer.setLimit(transport == .udp ? limit : Responder.longestMessage, hasOptions: options != nil)
    let end = conclusion ?? resolve(question, of: query, over: transport, from: snapshot, with: &writer, tally: &tally)
    if end.isTruncated {
      writer.removeRecords(behind: question.end)
      tally.truncated &+= 1
    }
    writer.finish(
      flags: flags | (end.isAuthoritative ? MessageHeader.authoritative : 0)
        | (end.isTruncated ? MessageHeader.truncated : 0),
      code: end.code, optionFlags: (options?.flags ?? 0) & QueryOptions.dnssecOK, payloadLimit: payloadLimit)
    return end.code
  }

  @_lifetime(writer: copy writer)
  private func headerOnly(
    _ query: RawSpan, _ code: ResponseCode, flags: UInt16, with writer: inout ReplyWriter
  ) -> ResponseCode {
    writer.begin(copying: query, to: MessageHeader.length)
    writer.finishHeaderOnly(flags: flags, code: code)
    return code
  }

  /// Weeds out what is not a question about zone data, then looks the rest up.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private mutating func resolve(
    _ question: Question, of query: RawSpan, over transport: Transport, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> Conclusion {
    guard question.recordClass == RecordClass.internet || question.recordClass == RecordClass.any else {
      return Conclusion(code: .refused, isAuthoritative: false)
    }
    switch question.type {
    case .opt: return Conclusion(code: .formatError, isAuthoritative: false)
    case .tkey, .tsig: return Conclusion(code: .notImplemented, isAuthoritative: false)
    case .axfr, .ixfr:
      tally.transfersRefused &+= 1
      return Conclusion(code: .refused, isAuthoritative: false)
    default: break
    }

    var asked = AskedName(start: Question.nameStart, end: question.nameEnd)
    var match = lookUp(asked, in: query, of: snapshot.table)
    guard match.kind != .outsideZones else { return Conclusion(code: .refused, isAuthoritative: false) }
    var links = 0
    while true {
      let end = section(question.type, asked, match, over: transport, from: snapshot, with: &writer)
      switch end {
      case .concluded(let code): return Conclusion(code: code)
      case .truncated: return Conclusion(code: .noError, isTruncated: true)
      case .truncatedReferral: return Conclusion(code: .noError, isAuthoritative: links > 0, isTruncated: true)
      case .referral:
        tally.referrals &+= 1
        // AA speaks of the first owner name (RFC 1034 §4.3.2, RFC 2181 §10.1.1 on chains).
        return Conclusion(code: .noError, isAuthoritative: links > 0)
      case .follow(let target):
        links &+= 1
        // A loop, or a chain this long, ends with what there is.
        guard links < Responder.longestChain, !isRepeated(target, in: writer.written, behind: question.end) else {
          return Conclusion(code: .noError)
        }
        asked = target
        match = lookUp(asked, in: writer.written, of: snapshot.table)
        // Out of our zones, the asker goes on from here.
        guard match.kind != .outsideZones else { return Conclusion(code: .noError) }
      }
    }
  }
}
