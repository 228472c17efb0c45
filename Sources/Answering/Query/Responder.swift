// Query in, reply out: what DNS-over-anything in this server comes down to (RFC 1034 §4.3.2).
//
// The wire, the tests and the fuzzers all call `answer`. It knows no sockets, takes no lock and allocates nothing;
// every query gets the right RCODE or silence.

import DNS

/// Answers queries from a snapshot. Each worker has one.
package struct Responder: ~Copyable {
  /// The longest UDP reply, in octets; also what our OPT announces. 1232 fits every path unfragmented.
  package static let defaultPayloadLimit: UInt16 = 1232
  /// The longest UDP reply to an asker that did not say what it takes (RFC 1035 §4.2.1).
  static var plainPayloadLimit: UInt16 { 512 }
  /// The longest message over TCP.
  package static var longestMessage: Int { 65_535 }
  /// How many CNAMEs are followed for one query.
  private static var longestChain: Int { 12 }

  /// How long a connection whose client asked for it is kept while idle, in units of 100 ms (RFC 7828 §3.1).
  package static var keepaliveTime: UInt16 { 300 }

  let payloadLimit: UInt16
  /// Unix time in seconds, modulo 2^32; kept up by the worker, a few seconds late at most. Cookies are made of it.
  package var now: UInt32 = 0

  package init(payloadLimit: UInt16 = Responder.defaultPayloadLimit) {
    self.payloadLimit = payloadLimit
  }

  /// What the header of a reply will say, and how the records came out.
  struct Conclusion {
    /// What the common case does not have.
    enum Remark {
      case none
      case truncated
      /// No zone of ours is at or above the name, or none in this class.
      case notAuthoritative
      /// An operation or a query that this server does not know.
      case notSupported
      /// A zone that this asker may not have.
      case prohibited
      /// Addresses of nodes that all fail.
      case failOpen
      /// A zone that holds what no message can carry.
      case invalidData
      /// AXFR or IXFR.
      case transfer
      /// SERVFAIL, without the records that were written already.
      case failed

      /// What the reply's OPT says of it (RFC 8914 §4).
      var extendedError: ExtendedError? {
        switch self {
        case .notAuthoritative: .notAuthoritative
        case .notSupported: .notSupported
        case .prohibited: .prohibited
        case .failOpen: .other
        case .invalidData: .invalidData
        case .none, .truncated, .transfer, .failed: nil
        }
      }
    }

    var code: ResponseCode
    var isAuthoritative = false
    var remark = Remark.none
  }

  /// Writes the reply to `query` and returns its length in octets; 0 when silence is the answer.
  ///
  /// - Parameters:
  ///   - query: stays as it is. It is handed on by its address, so that no step need keep what only a later one may ask
  ///     for.
  ///   - reply: room for the longest reply: the payload limit for UDP, 65,535 octets for TCP.
  @_lifetime(reply: copy reply)
  package mutating func answer(
    _ query: inout ReceivedQuery, from snapshot: AnswerSnapshot, into reply: inout MutableRawSpan,
    tally: inout AnswerTally
  ) -> Int {
    let message = query.message
    guard message.byteCount >= MessageHeader.length else {
      tally.tooShort &+= 1
      return 0
    }
    let asked = message.uint16(at: MessageHeader.flagsOffset)
    // A reply gets no reply: that would make loops.
    guard asked & MessageHeader.response == 0 else {
      tally.notQueries &+= 1
      return 0
    }
    var writer = ReplyWriter(reply._mutatingExtracting(0..<reply.byteCount))
    // OPCODE, RD and CD come back as they came; RA, AD and Z stay clear.
    let flags = MessageHeader.response | asked & MessageHeader.echoed
    let counts = message.uint64(at: MessageHeader.questionCountOffset)
    let code: ResponseCode
    if asked & MessageHeader.opcodeMask != 0 {
      code = refuse(
        query, Conclusion(code: .notImplemented, remark: .notSupported), flags, from: snapshot, with: &writer,
        tally: &tally)
    } else if counts &>> 48 == 1, let question = Question(of: message) {
      code = answer(question, of: &query, counts, flags, from: snapshot, with: &writer, tally: &tally)
    } else {
      code = answerWithoutQuestion(query, counts: counts, flags, from: snapshot, with: &writer, tally: &tally)
    }
    tally.count(code, octets: writer.end)
    return writer.end
  }

  /// A reply of the header alone, to a query whose question cannot be echoed.
  @inline(never)
  @_lifetime(writer: copy writer)
  func refuseUnread(
    _ query: RawSpan, _ code: ResponseCode, _ flags: UInt16, with writer: inout ReplyWriter
  ) -> ResponseCode {
    writer.begin(copying: query, to: MessageHeader.length, length: MessageHeader.length, reserved: 0)
    writer.removeQuestion()
    writer.finish(flags: flags, code: code)
    return code
  }

  /// Answers a query whose question parses.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func answer(
    _ question: Question, of query: inout ReceivedQuery, _ counts: UInt64, _ flags: UInt16,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    let records = QueryRecords(of: query.message, from: question.end, counts: counts)
    // What is rare reads the query once more: nothing but the query need be kept for it meanwhile.
    guard question.recordClass == RecordClass.internet, records.isPlain else {
      return answerUnusual(&query, flags, from: snapshot, with: &writer, tally: &tally)
    }
    let hasOptions = records.form == .withOptions
    writer.begin(
      copying: query.message, to: question.end, length: longestReply(to: records, over: query.transport),
      reserved: hasOptions ? QueryRecords.optionsLength : 0)

    let end = resolve(question, of: &query, from: snapshot, with: &writer, tally: &tally)
    guard end.remark == .none, !writer.hasFailOpen else {
      return concludeRarely(end, of: &query, flags, from: snapshot, with: &writer, tally: &tally)
    }
    var flags = flags
    if end.isAuthoritative { flags |= MessageHeader.authoritative }
    if hasOptions {
      // No code that has more bits than the header holds comes out of zone data.
      writer.appendOptions(payloadLimit: payloadLimit, code: .noError, flags: records.flags & QueryRecords.dnssecOK)
      tally.withOptions &+= 1
    }
    writer.finish(flags: flags, code: end.code)
    return end.code
  }

  /// How long the reply may be, in octets.
  @inline(__always)
  func longestReply(to records: QueryRecords, over transport: Transport) -> Int {
    transport == .udp
      ? Int(max(Responder.plainPayloadLimit, min(records.payloadSize, payloadLimit))) : Responder.longestMessage
  }

  /// Weeds out what is not a question about zone data, then looks the rest up.
  @inline(__always)
  @_lifetime(writer: copy writer)
  func resolve(
    _ question: Question, of query: inout ReceivedQuery, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> Conclusion {
    guard question.recordClass == RecordClass.internet || question.recordClass == RecordClass.any else {
      return answerOtherClass(question, of: query.message, snapshot.settings, with: &writer)
    }
    let match = snapshot.table.lookUp(question.name, in: query.message)
    let end: AnswerSnapshot.SectionEnd
    if let set = snapshot.plainSet(question.type, of: match) {
      end = snapshot.append(set, match, question.name, for: &query, with: &writer)
    } else {
      if question.type.isOfMessages { return concludeMessageType(question.type) }
      guard match.kind != .outsideZones else { return Conclusion(code: .refused, remark: .notAuthoritative) }
      end = snapshot.otherSection(question.type, question.name, match, for: &query, with: &writer)
    }
    switch end {
    case .concluded(let code): return Conclusion(code: code, isAuthoritative: true)
    case .truncated: return Conclusion(code: .noError, isAuthoritative: true, remark: .truncated)
    case .truncatedReferral: return Conclusion(code: .noError, remark: .truncated)
    case .referral:
      tally.referrals &+= 1
      return Conclusion(code: .noError)
    case .failed: return Conclusion(code: .serverFailure, remark: .failed)
    case .follow(let target):
      return follow(target, of: question, for: &query, from: snapshot, with: &writer)
    }
  }

  /// What a question for such a type comes to (`RecordType.isOfMessages`).
  @inline(never)
  private func concludeMessageType(_ type: RecordType) -> Conclusion {
    switch type {
    case .opt: Conclusion(code: .formatError)
    // Who may have a zone is decided apart from plain queries.
    case .axfr, .ixfr: Conclusion(code: .refused, remark: .transfer)
    default: Conclusion(code: .notImplemented, remark: .notSupported)
    }
  }

  /// Goes on from a CNAME whose target stands in the reply at `target` (RFC 1034 §4.3.2 step 3a).
  ///
  /// AA speaks of the first owner name, so it is set whatever the chain leads to; RCODE speaks of the last
  /// (RFC 6604 §3).
  @inline(never)
  @_lifetime(writer: copy writer)
  private func follow(
    _ target: NameInMessage, of question: Question, for query: inout ReceivedQuery, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter
  ) -> Conclusion {
    var target = target
    for _ in 1..<Responder.longestChain {
      // Round in a circle nobody gets any further.
      guard !Responder.isRepeated(target, in: writer.written, behind: question.end) else { break }
      let match = snapshot.table.lookUp(target, in: writer.written)
      // Out of our zones, the asker goes on from here.
      guard match.kind != .outsideZones else { break }
      switch snapshot.section(question.type, target, match, for: &query, with: &writer) {
      case .concluded(let code): return Conclusion(code: code, isAuthoritative: true)
      case .truncated, .truncatedReferral:
        return Conclusion(code: .noError, isAuthoritative: true, remark: .truncated)
      case .referral: return Conclusion(code: .noError, isAuthoritative: true)
      case .failed: return Conclusion(code: .serverFailure, remark: .failed)
      case .follow(let next): target = next
      }
    }
    return Conclusion(code: .noError, isAuthoritative: true)
  }
}
