// Query in, reply out: what DNS-over-anything in this server comes down to.
//
// The wire, the tests and the fuzzers all call `answer`. It knows no sockets, takes no lock and allocates nothing;
// every query gets the right RCODE or silence. What the zones say to a question is in Resolution.swift, how a reply
// ends in ReplyEnding.swift.

import DNS

/// Answers queries from a snapshot. Each worker has one.
package struct Responder: ~Copyable {
  /// The longest UDP reply, in octets; also what our OPT announces. 1232 fits every path unfragmented.
  package static let defaultPayloadLimit: UInt16 = 1232
  /// The longest UDP reply to an asker that did not say what it takes (RFC 1035 §4.2.1).
  static var plainPayloadLimit: UInt16 { 512 }
  /// The longest message over TCP.
  package static var longestMessage: Int { 65_535 }

  /// How long a connection whose client asked for it is kept while idle, in units of 100 ms (RFC 7828 §3.1).
  package static var keepaliveTime: UInt16 { 300 }

  let payloadLimit: UInt16
  /// Unix time in seconds, modulo 2^32; kept up by the worker, a few seconds late at most. Cookies are made of it.
  package var now: UInt32 = 0

  package init(payloadLimit: UInt16 = Responder.defaultPayloadLimit) {
    self.payloadLimit = payloadLimit
  }

  /// Writes the reply to `query` and returns its length in octets; 0 when silence is the answer.
  ///
  /// - Parameter reply: room for the longest reply: the payload limit for UDP, 65,535 octets for TCP; and after that
  ///   `HandOutNote.room`, if the hand-outs of the reply are noted.
  @_lifetime(reply: copy reply)
  package mutating func answer(
    _ query: inout QueryContext, from snapshot: AnswerSnapshot, into reply: inout MutableRawSpan,
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
        query, as: Conclusion(code: .notImplemented, remark: .notSupported), flags: flags, from: snapshot,
        with: &writer, tally: &tally)
    } else if counts &>> 48 == 1, let question = Question(of: message) {
      code = answer(
        question, of: &query, counts: counts, flags: flags, from: snapshot, with: &writer, tally: &tally)
    } else {
      code = answerWithoutQuestion(
        query, counts: counts, flags: flags, from: snapshot, with: &writer, tally: &tally)
    }
    tally.count(code, octets: writer.end)
    return writer.end
  }

  /// Answers a query whose question parses.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func answer(
    _ question: Question, of query: inout QueryContext, counts: UInt64, flags: UInt16,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    let records = QueryRecords(of: query.message, from: question.end, counts: counts)
    // What is rare reads the query once more: nothing but the query need be kept for it meanwhile.
    guard question.recordClass == RecordClass.internet, records.isPlain else {
      return answerUnusual(&query, flags: flags, from: snapshot, with: &writer, tally: &tally)
    }
    let hasOptions = records.form == .withOptions
    writer.begin(
      copying: query.message, to: question.end, length: longestReply(to: records, over: query.transport),
      reserved: hasOptions ? QueryRecords.optionsLength : 0)

    let conclusion = resolve(question, of: &query, from: snapshot, with: &writer, tally: &tally)
    guard conclusion.remark == .none, !query.hasFailOpen else {
      return endRemarkable(conclusion, of: &query, flags: flags, from: snapshot, with: &writer, tally: &tally)
    }
    return endPlain(
      conclusion, optionFlags: hasOptions ? records.flags : nil, flags: flags, with: &writer, tally: &tally)
  }

  /// How long the reply may be, in octets.
  @inline(__always)
  func longestReply(to records: QueryRecords, over transport: Transport) -> Int {
    transport == .udp
      ? Int(max(Responder.plainPayloadLimit, min(records.payloadSize, payloadLimit))) : Responder.longestMessage
  }
}
