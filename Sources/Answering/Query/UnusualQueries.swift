// What the answer path does beside the common case: options in OPT, errors in the records after the question, other
// operations, queries without a question, and classes other than IN.
//
// None of this is inlined: the plain query must not pay for it.

import DNS

extension Responder {
  /// Answers a query whose OPT holds options or is of another version, that is signed, whose records do not parse, or
  /// that asks for another class than IN.
  ///
  /// The signature comes first: a client that has a key and signs wrongly gets that answer, and no other
  /// (RFC 8945 §5.1).
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerUnusual(
    _ query: inout QueryContext, flags: UInt16, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> ResponseCode {
    guard let question = Question(of: query.message) else {
      return endUnread(query.message, code: .formatError, flags: flags, with: &writer)
    }
    let records = QueryRecords(after: question, of: query.message)
    guard records.form != .malformed,
      var signature = QuerySignature(
        of: query.message, from: question.end, records, keys: snapshot.settings.transfers.keys, now: UInt64(now))
    else {
      return refuse(
        query, as: Conclusion(code: .formatError), flags: flags, from: snapshot, with: &writer, tally: &tally)
    }
    let length = longestReply(to: records, over: query.transport) &- signature.length
    let options = OptionAnswer(in: records, of: query, now: now, settings: snapshot.settings)
    writer.begin(
      copying: query.message, to: question.end, length: length,
      reserved: records.hasOPT ? QueryRecords.optionsLength &+ (options?.longestLength ?? 0) : 0)
    let conclusion: Conclusion
    if signature.verification == .refused {
      conclusion = Conclusion(code: .notAuthorized)
      if question.type == .axfr || question.type == .ixfr { tally.transfersRefused &+= 1 }
    } else if let options {
      conclusion = resolve(
        question, of: &query, asking: options.asked.subnet, signature.verification, from: snapshot, with: &writer,
        tally: &tally)
    } else {
      tally.optionErrors &+= 1
      let isOtherVersion = records.form != .malformedOptions && records.version != 0
      conclusion = Conclusion(code: isOtherVersion ? .badVersion : .formatError)
    }
    let ending = ReplyEnding(
      conclusion: conclusion, questionEnd: question.end, records: records, flags: flags, length: length,
      subnetScope: query.subnetScope)
    let code = end(ending, answering: options, of: query.message, signedBy: &signature, with: &writer, tally: &tally)
    // A signature may have left no room for records.
    let isTruncated = writer.written.uint16(at: MessageHeader.flagsOffset) & MessageHeader.truncated != 0
    if conclusion.remark.isWithoutRecords || isTruncated { query.removeHandOuts() }
    return code
  }

  /// Resolves a question that may be about a zone as a whole, another class, or in the name of another network.
  @_lifetime(writer: copy writer)
  private func resolve(
    _ question: Question, of query: inout QueryContext, asking subnet: ClientSubnet?,
    _ verification: QuerySignature.Verification, from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> Conclusion {
    let client = query.asker
    if let subnet, snapshot.table.networks.believes(query.client), let asker = Asker(subnet) { query.asker = asker }
    var conclusion = resolve(question, of: &query, from: snapshot, with: &writer, tally: &tally)
    query.asker = client
    if conclusion.remark == .transfer {
      conclusion = answerTransfer(question, of: query, verification, from: snapshot, with: &writer, tally: &tally)
    } else if conclusion.remark == .none, query.hasFailOpen {
      conclusion.remark = .failOpen
    }
    // Nobody knows what there is in all other classes (RFC 1035 §6.2).
    if question.recordClass == RecordClass.any { conclusion.isAuthoritative = false }
    return conclusion
  }

  // MARK: Without a question

  /// Answers a query that has no question: with a cookie, if that is what it asks for (RFC 7873 §5.4).
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerWithoutQuestion(
    _ query: QueryContext, counts: UInt64, flags: UInt16, from snapshot: AnswerSnapshot,
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
        query, as: Conclusion(code: .formatError), flags: flags, from: snapshot, with: &writer, tally: &tally)
    }
    let length = longestReply(to: records, over: query.transport)
    writer.begin(copying: query.message, to: MessageHeader.length, length: length, reserved: QueryRecords.optionsLength)
    writer.removeQuestion()
    let ending = ReplyEnding(
      conclusion: Conclusion(code: signature.verification == .refused ? .notAuthorized : .noError),
      questionEnd: MessageHeader.length, records: records, flags: flags, length: length &- signature.length)
    return end(ending, answering: options, of: query.message, signedBy: &signature, with: &writer, tally: &tally)
  }

  /// A reply without question or records, to a message that is no question or that cannot be read: the header, and OPT
  /// and signature if the query has them and is whole as far as they go.
  @inline(never)
  @_lifetime(writer: copy writer)
  func refuse(
    _ query: QueryContext, as conclusion: Conclusion, flags: UInt16, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    let message = query.message
    let counts = message.uint64(at: MessageHeader.questionCountOffset)
    guard let questionsEnd = Question.endOfAll(in: message) else {
      return endUnread(message, code: conclusion.code, flags: flags, with: &writer)
    }
    let records = QueryRecords(of: message, from: questionsEnd, counts: counts)
    guard
      var signature = QuerySignature(
        of: message, from: questionsEnd, records, keys: snapshot.settings.transfers.keys, now: UInt64(now))
    else { return endUnread(message, code: conclusion.code, flags: flags, with: &writer) }
    // A client that sends a cookie and knows that we give one accepts no reply without (RFC 7873 §5.3).
    let options = OptionAnswer(in: records, of: query, now: now, settings: snapshot.settings)
    let length = longestReply(to: records, over: query.transport)
    writer.begin(copying: message, to: MessageHeader.length, length: length, reserved: 0)
    writer.removeQuestion()
    let ending = ReplyEnding(
      conclusion: signature.verification == .refused ? Conclusion(code: .notAuthorized) : conclusion,
      questionEnd: MessageHeader.length, records: records, flags: flags, length: length &- signature.length)
    return end(ending, answering: options, of: query.message, signedBy: &signature, with: &writer, tally: &tally)
  }

  // MARK: Other classes

  /// The identifier of this server, in class CH, if the operator has set one (RFC 4892); otherwise REFUSED.
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
