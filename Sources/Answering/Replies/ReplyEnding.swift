// How replies end, each in its way but all here: records taken back that must not be sent, then OPT, then flags, RCODE
// and counts, and the signature over all of it (RFC 6891 §6.1.1, RFC 8945 §5.3).

import DNS

/// What the end of a reply is made of.
struct ReplyEnding {
  var conclusion: Conclusion
  /// One past the question, or past the header where the reply has none.
  var questionEnd: Int
  /// The records after the question of the query.
  var records: QueryRecords
  /// QR, and what is echoed.
  var flags: UInt16
  /// The most octets that the reply may have, without its signature.
  var length: Int
  /// SCOPE PREFIX-LENGTH for the query's client subnet option.
  var subnetScope: UInt8 = 0
}

extension Responder {
  /// Ends a reply of which there is no more to say than its code.
  ///
  /// - Parameter optionFlags: the flags of the query's OPT; nil without one.
  @inline(__always)
  @_lifetime(writer: copy writer)
  func endPlain(
    _ conclusion: Conclusion, optionFlags: UInt16?, flags: UInt16, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> ResponseCode {
    var flags = flags
    if conclusion.isAuthoritative { flags |= MessageHeader.authoritative }
    if let optionFlags {
      // No code that has more bits than the header holds comes out of zone data.
      writer.appendOptions(payloadLimit: payloadLimit, code: .noError, flags: optionFlags & QueryRecords.dnssecOK)
      tally.withOptions &+= 1
    }
    writer.finish(flags: flags, code: conclusion.code)
    return conclusion.code
  }

  /// Ends a reply to a plain query of which there is more to say than its code, or may be.
  @inline(never)
  @_lifetime(writer: copy writer)
  func endRemarkable(
    _ conclusion: Conclusion, of query: inout QueryContext, flags: UInt16, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    if conclusion.remark == .transfer {
      return answerUnusual(&query, flags: flags, from: snapshot, with: &writer, tally: &tally)
    }
    guard let question = Question(of: query.message) else {
      return endUnread(query.message, code: .formatError, flags: flags, with: &writer)
    }
    let records = QueryRecords(after: question, of: query.message)
    var conclusion = conclusion
    if conclusion.remark == .none, query.hasFailOpen { conclusion.remark = .failOpen }
    if conclusion.remark.isWithoutRecords { query.removeHandOuts() }
    let ending = ReplyEnding(
      conclusion: conclusion, questionEnd: question.end, records: records, flags: flags,
      length: longestReply(to: records, over: query.transport))
    return end(ending, with: &writer, tally: &tally)
  }

  /// Ends a reply that is truncated, or whose OPT carries an error, to a query without options.
  @inline(never)
  @_lifetime(writer: copy writer)
  private func end(
    _ ending: ReplyEnding, with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    let flags = flags(of: ending, with: &writer, tally: &tally)
    if ending.records.hasOPT {
      appendOPT(of: ending, with: &writer, tally: &tally)
      writer.append(ending.conclusion.remark.extendedError, length: ending.length)
    }
    writer.finish(flags: flags, code: ending.conclusion.code)
    return ending.conclusion.code
  }

  /// Ends a reply whose OPT carries what the options of the query are answered with.
  @inline(never)
  @_lifetime(writer: copy writer)
  func end(
    _ ending: ReplyEnding, answering options: OptionAnswer?, of query: RawSpan, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> ResponseCode {
    let flags = flags(of: ending, with: &writer, tally: &tally)
    if ending.records.hasOPT {
      appendOPT(of: ending, with: &writer, tally: &tally)
      writer.append(
        options, of: query, scope: ending.subnetScope, error: ending.conclusion.remark.extendedError,
        length: ending.length)
      if options?.announcesKeepalive == true { tally.keepalives &+= 1 }
    }
    writer.finish(flags: flags, code: ending.conclusion.code)
    return ending.conclusion.code
  }

  /// The flags of the reply, whose records are taken back if it is not to have them.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func flags(
    of ending: ReplyEnding, with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> UInt16 {
    var flags = ending.flags
    if ending.conclusion.isAuthoritative { flags |= MessageHeader.authoritative }
    switch ending.conclusion.remark {
    case .truncated:
      flags |= MessageHeader.truncated
      writer.removeRecords(after: ending.questionEnd)
      tally.truncated &+= 1
    case .failed: writer.removeRecords(after: ending.questionEnd)
    default: break
    }
    return flags
  }

  /// The fixed part of the OPT.
  @inline(__always)
  @_lifetime(writer: copy writer)
  private func appendOPT(of ending: ReplyEnding, with writer: inout ReplyWriter, tally: inout AnswerTally) {
    writer.appendOptions(
      payloadLimit: payloadLimit, code: ending.conclusion.code, flags: ending.records.flags & QueryRecords.dnssecOK)
    tally.withOptions &+= 1
  }

  /// The same, and signs the reply if the query was signed; `ending.length` is without the signature.
  @_lifetime(writer: copy writer)
  func end(
    _ ending: ReplyEnding, answering options: OptionAnswer?, of query: RawSpan,
    signedBy signature: inout QuerySignature, with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    let code = end(ending, answering: options, of: query, with: &writer, tally: &tally)
    return signature.sign(&writer, after: ending, code: code, now: now, tally: &tally)
  }

  /// A reply of the header alone, to a query whose question cannot be echoed.
  @inline(never)
  @_lifetime(writer: copy writer)
  func endUnread(
    _ query: RawSpan, code: ResponseCode, flags: UInt16, with writer: inout ReplyWriter
  ) -> ResponseCode {
    writer.begin(copying: query, to: MessageHeader.length, length: MessageHeader.length, reserved: 0)
    writer.removeQuestion()
    writer.finish(flags: flags, code: code)
    return code
  }
}

extension QuerySignature {
  /// Appends the signature to a finished reply, and returns the reply's RCODE.
  ///
  /// Where it leaves no room for an OPT beside the question, which takes a key with a very long name, the reply is the
  /// question and the signature, says TC and nothing else (RFC 8945 §5.3); where there is none for the question either,
  /// it goes without that. NOTAUTH stays what it is: such a reply is never truncated.
  @_lifetime(writer: copy writer)
  fileprivate mutating func sign(
    _ writer: inout ReplyWriter, after ending: ReplyEnding, code: ResponseCode, now: UInt32, tally: inout AnswerTally
  ) -> ResponseCode {
    guard signer != nil else { return code }
    var code = code
    if writer.end > ending.length {
      let hasRoom = ending.questionEnd > MessageHeader.length && ending.questionEnd <= ending.length
      writer.removeRecords(after: hasRoom ? ending.questionEnd : MessageHeader.length)
      if !hasRoom { writer.removeQuestion() }
      var flags = writer.written.uint16(at: MessageHeader.flagsOffset) & ~MessageHeader.responseCodeMask
      if verification == .verified {
        if flags & MessageHeader.truncated == 0 { tally.truncated &+= 1 }
        (flags, code) = (flags | MessageHeader.truncated, .noError)
      }
      writer.finish(flags: flags, code: code)
    }
    writer.end = signer?.sign(&writer.octets, length: writer.end, now: UInt64(now)) ?? writer.end
    return code
  }
}
