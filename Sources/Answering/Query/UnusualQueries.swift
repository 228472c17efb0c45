// What the answer path does beside the common case: options in OPT, errors in the records behind the question,
// truncated replies, queries without a question, and classes other than IN.
//
// None of this is inlined: the plain query must not pay for it.

import DNS

extension Responder {
  /// Answers a query whose OPT holds options or is of another version, that is signed, whose records do not parse, or
  /// that asks for another class than IN.
  ///
  /// The signature comes first: who has a key and signs wrongly is told that, and nothing else (RFC 8945 §5.1).
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerUnusual(
    _ query: inout ReceivedQuery, _ flags: UInt16, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> ResponseCode {
    guard let question = Question(of: query.message) else {
      return refuseUnread(query.message, .formatError, flags, with: &writer)
    }
    let records = QueryRecords(behind: question, of: query.message)
    guard records.form != .malformed,
      var signature = QuerySignature(
        of: query.message, from: question.end, records, keys: snapshot.settings.transfers.keys, now: UInt64(now))
    else {
      return refuse(
        query, Conclusion(code: .formatError), flags, from: snapshot, with: &writer, tally: &tally)
    }
    let whole = longestReply(to: records, over: query.transport)
    let length = whole &- signature.length
    let optionAnswer = OptionAnswer(in: records, of: query, now: now, settings: snapshot.settings)
    var asked = query
    if let subnet = optionAnswer?.asked.subnet, snapshot.table.networks.believes(query.client),
      let asker = Asker(subnet)
    {
      asked.asker = asker
    }
    writer.begin(
      copying: query.message, to: question.end, length: length,
      reserved: records.hasOPT ? QueryRecords.optionsLength &+ (optionAnswer?.longestLength ?? 0) : 0)
    var end: Conclusion
    if signature.standing == .refused {
      end = Conclusion(code: .notAuthorized)
      if question.type == .axfr || question.type == .ixfr { tally.transfersRefused &+= 1 }
    } else if optionAnswer != nil {
      end = resolve(question, of: &asked, from: snapshot, with: &writer, tally: &tally)
      if end.remark == .transfer {
        end = answerTransfer(
          question, of: query, signature.standing, from: snapshot, with: &writer, tally: &tally)
      } else if end.remark == .none, writer.hasFailOpen {
        end.remark = .failOpen
      }
      // Nobody knows what there is in all other classes (RFC 1035 §6.2).
      if question.recordClass == RecordClass.any { end.isAuthoritative = false }
    } else {
      tally.optionErrors &+= 1
      let isOtherVersion = records.form != .malformedOptions && records.version != 0
      end = Conclusion(code: isOtherVersion ? .badVersion : .formatError)
    }
    let code = conclude(
      end, question.end, records, flags, optionAnswer, of: query.message, length: length, with: &writer, tally: &tally)
    return signature.sign(&writer, code, question.end, length: whole, now: now, tally: &tally)
  }

  /// Ends a reply to a plain query of which there is more to say than its code, or may be.
  @inline(never)
  @_lifetime(writer: copy writer)
  func concludeRarely(
    _ end: Conclusion, of query: inout ReceivedQuery, _ flags: UInt16, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    if end.remark == .transfer {
      return answerUnusual(&query, flags, from: snapshot, with: &writer, tally: &tally)
    }
    guard let question = Question(of: query.message) else {
      return refuseUnread(query.message, .formatError, flags, with: &writer)
    }
    let records = QueryRecords(behind: question, of: query.message)
    var end = end
    if end.remark == .none, writer.hasFailOpen { end.remark = .failOpen }
    return conclude(
      end, question.end, records, flags, of: query.message, length: longestReply(to: records, over: query.transport),
      with: &writer,
      tally: &tally)
  }

  /// Ends a reply that is truncated, or carries an error in its OPT.
  @inline(never)
  @_lifetime(writer: copy writer)
  func conclude(
    _ end: Conclusion, _ questionEnd: Int, _ records: QueryRecords, _ flags: UInt16, _ options: OptionAnswer? = nil,
    of query: RawSpan, length: Int, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> ResponseCode {
    var flags = flags
    if end.isAuthoritative { flags |= MessageHeader.authoritative }
    switch end.remark {
    case .truncated:
      flags |= MessageHeader.truncated
      writer.removeRecords(behind: questionEnd)
      tally.truncated &+= 1
    case .failed: writer.removeRecords(behind: questionEnd)
    default: break
    }
    if records.hasOPT {
      writer.appendOptions(payloadLimit: payloadLimit, code: end.code, flags: records.flags & QueryRecords.dnssecOK)
      writer.append(options, of: query, error: end.remark.extendedError, length: length)
      if options?.tellsKeepalive == true { tally.keepalives &+= 1 }
      tally.withOptions &+= 1
    }
    writer.finish(flags: flags, code: end.code)
    return end.code
  }

  // MARK: Without a question

  /// Answers a query that has no question: with a cookie, if that is what it asks for (RFC 7873 §5.4).
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerWithoutQuestion(
    _ query: ReceivedQuery, counts: UInt64, _ flags: UInt16, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    let records = QueryRecords(of: query.message, from: MessageHeader.length, counts: counts)
    guard counts &>> 48 == 0, snapshot.settings.cookieSecrets != nil,
      let options = OptionAnswer(in: records, of: query, now: now, settings: snapshot.settings),
      options.asked.hasCookie,
      var signature = QuerySignature(
        of: query.message, from: MessageHeader.length, records, keys: snapshot.settings.transfers.keys, now: UInt64(now)
      )
    else {
      return refuse(
        query, Conclusion(code: .formatError), flags, from: snapshot, with: &writer, tally: &tally)
    }
    let length = longestReply(to: records, over: query.transport)
    writer.begin(copying: query.message, to: MessageHeader.length, length: length, reserved: QueryRecords.optionsLength)
    writer.removeQuestion()
    let end = Conclusion(code: signature.standing == .refused ? .notAuthorized : .noError)
    let code = conclude(
      end, MessageHeader.length, records, flags, options, of: query.message, length: length &- signature.length,
      with: &writer,
      tally: &tally)
    return signature.sign(&writer, code, MessageHeader.length, length: length, now: now, tally: &tally)
  }

  // MARK: Other classes

  /// Who this server is, in class CH, if the operator wants it to be known (RFC 4892); else REFUSED.
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerOtherClass(
    _ question: Question, of query: RawSpan, _ settings: AnswerSettings, with writer: inout ReplyWriter
  ) -> Conclusion {
    guard question.recordClass == RecordClass.chaos, !settings.identifier.isEmpty,
      question.type == .txt || question.type == .any,
      Responder.identityNames.contains(where: { query.isName(question.name, $0) })
    else { return Conclusion(code: .refused, remark: .notAuthoritative) }
    guard writer.appendChaosText(settings.identifier) else {
      return Conclusion(code: .noError, isAuthoritative: true, remark: .truncated)
    }
    return Conclusion(code: .noError, isAuthoritative: true)
  }

  private static let identityNames: [[UInt8]] = [
    [2] + Array("id".utf8) + [6] + Array("server".utf8) + [0],
    [8] + Array("hostname".utf8) + [4] + Array("bind".utf8) + [0],
  ]
}

extension RawSpan {
  /// Whether the name is this one, which is in lower case.
  fileprivate func isName(_ name: NameInMessage, _ wire: [UInt8]) -> Bool {
    name.length == wire.count && wire.indices.allSatisfy { lowercased(octet(at: name.start + $0)) == wire[$0] }
  }
}
