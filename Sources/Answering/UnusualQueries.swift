// What the answer path does beside the common case: options in OPT, errors in the records behind the question,
// truncated replies, queries without a question, and classes other than IN.
//
// None of this is inlined: the plain query must not pay for it.

import DNS

extension Responder {
  /// Answers a query whose OPT holds options or is of another version, that is signed, or whose records do not parse.
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerUnusual(
    _ query: RawSpan, from client: ClientAddress, _ flags: UInt16, over transport: Transport,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    guard let question = Question(of: query) else { return refuseUnread(query, .formatError, flags, with: &writer) }
    let records = QueryRecords(behind: question, of: query)
    if records.form == .malformed { return refuseUnread(query, .formatError, flags, with: &writer) }
    let length = longestReply(to: records, over: transport)
    guard let asked = options(in: records, of: query, over: transport) else {
      tally.optionErrors &+= 1
      writer.begin(copying: query, to: question.end, length: length, reserved: QueryRecords.optionsLength)
      let isOtherVersion = records.form != .malformedOptions && records.version != 0
      let end = Conclusion(code: isOtherVersion ? .badVersion : .formatError)
      return conclude(end, question.end, records, flags, of: query, length: length, with: &writer, tally: &tally)
    }
    var signer: TSIGSigner?
    var signature = TransferRights.Signature.none
    if records.isSigned {
      switch TSIGVerdict(of: query, from: question.end, keys: snapshot.settings.transfers.keys, now: UInt64(now)) {
      case .absent: break
      case .malformed: return refuseUnread(query, .formatError, flags, with: &writer)
      case .refused(_, let refusing): signer = refusing
      case .verified(let answering):
        signer = answering
        signature = .verified
      }
    }
    if let subnet = asked.subnet, snapshot.table.networks.believes(client) {
      writer.asker = Asker(subnet) ?? writer.asker
    }
    let optionAnswer = OptionAnswer(
      asked, of: query, from: client, now: now, transport: transport, settings: snapshot.settings)
    if asked.keepalive == .asked, transport == .tcp { tally.keepalives &+= 1 }
    let unsigned = length &- (signer?.length ?? 0)
    writer.begin(
      copying: query, to: question.end, length: unsigned,
      reserved: QueryRecords.optionsLength &+ optionAnswer.longestLength)
    var end =
      records.isSigned && signature != .verified
      ? Conclusion(code: .notAuthorized)
      : resolve(question, of: query, over: transport, from: snapshot, with: &writer, tally: &tally)
    if end.remark == .transfer {
      end = answerTransfer(
        question, of: query, from: client, signature, over: transport, from: snapshot, with: &writer, tally: &tally)
    }
    let code = conclude(
      end, question.end, records, flags, optionAnswer, of: query, length: unsigned, with: &writer, tally: &tally)
    if signer != nil {
      writer.end = signer?.sign(&writer.octets, length: writer.end, now: UInt64(now)) ?? writer.end
    }
    return code
  }

  /// The options of a query; nil when they cannot be answered.
  func options(in records: QueryRecords, of query: RawSpan, over transport: Transport) -> QueryOptionList? {
    if records.form == .plain || records.form == .signed { return QueryOptionList() }
    guard records.hasOPT, records.form != .malformedOptions, records.version == 0 else { return nil }
    let asked = QueryOptionList(
      of: query, from: Int(records.optionStart), to: Int(records.optionStart) &+ Int(records.optionLength))
    // A client may not name the time of its connection (RFC 7828 §3.3.1).
    if transport == .tcp, asked?.keepalive == .withTime { return nil }
    return asked
  }

  /// Ends a reply whose query has no options, and which is truncated or carries an error in its OPT.
  @inline(never)
  @_lifetime(writer: copy writer)
  func concludeWithRemark(
    _ end: Conclusion, of query: RawSpan, _ flags: UInt16, over transport: Transport, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> ResponseCode {
    guard let question = Question(of: query) else { return refuseUnread(query, .formatError, flags, with: &writer) }
    let records = QueryRecords(behind: question, of: query)
    return conclude(
      end, question.end, records, flags, of: query, length: longestReply(to: records, over: transport), with: &writer,
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
    case .none, .notAuthoritative, .transfer: break
    }
    if records.hasOPT {
      writer.appendOptions(payloadLimit: payloadLimit, code: end.code, flags: records.flags & QueryRecords.dnssecOK)
      writer.append(options, of: query, error: end.remark.extendedError, length: length)
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
    _ query: RawSpan, from client: ClientAddress, counts: UInt64, _ flags: UInt16, over transport: Transport,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    guard counts &>> 48 == 0, snapshot.settings.cookieSecrets != nil else {
      return refuseUnread(query, .formatError, flags, with: &writer)
    }
    let records = QueryRecords(of: query, from: MessageHeader.length, counts: counts)
    guard let asked = options(in: records, of: query, over: transport), asked.hasCookie else {
      return refuseUnread(query, .formatError, flags, with: &writer)
    }
    let length = longestReply(to: records, over: transport)
    writer.begin(copying: query, to: MessageHeader.length, length: length, reserved: QueryRecords.optionsLength)
    writer.removeQuestion()
    let options = OptionAnswer(
      asked, of: query, from: client, now: now, transport: transport, settings: snapshot.settings)
    return conclude(
      Conclusion(code: .noError), MessageHeader.length, records, flags, options, of: query, length: length,
      with: &writer, tally: &tally)
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
    else { return Conclusion(code: .refused) }
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
