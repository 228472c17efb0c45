// Queries that are signed: what their signature is worth, and the signature of what they are answered with.
//
// Who has shown that he holds a key gets every reply signed, errors too (RFC 8945 §5.3); who has not is told so.

import DNS

/// The signature of a query, judged.
struct QuerySignature {
  enum Standing {
    case none
    case verified
    /// The reply is NOTAUTH, whatever was asked (RFC 8945 §5.2).
    case refused
  }

  let standing: Standing
  /// Nil when the query is not signed.
  private(set) var signer: TSIGSigner?

  /// Judges the signature of a query whose questions end at `end`; nil when the reply is a FORMERR without signature.
  init?(of query: RawSpan, from end: Int, _ records: QueryRecords, keys: [TSIGKey], now: UInt64) {
    switch records.form {
    case .plain, .withOptions, .withOptionData:
      standing = .none
      return
    // What is at fault does not tell what else is there.
    case .signed, .signedWithOptions, .malformed, .malformedOptions: break
    }
    switch TSIGVerdict(of: query, from: end, keys: keys, now: now) {
    case .absent: standing = .none
    case .malformed: return nil
    case .refused(_, let signer):
      standing = .refused
      self.signer = signer
    case .verified(let signer):
      standing = .verified
      self.signer = signer
    }
  }

  /// What is to be kept free for it in the reply, in octets.
  var length: Int { signer?.length ?? 0 }

  /// Appends it to a finished reply, and returns the reply's RCODE.
  ///
  /// Where it leaves no room within `length` octets for an OPT beside the question, which takes a key with a very long
  /// name, the reply is the question and the signature, says TC and nothing else (RFC 8945 §5.3); where there is none
  /// for the question either, it goes without that. NOTAUTH stays what it is: such a reply is never truncated.
  ///
  /// - Parameter questionEnd: one past the question, or past the header where the reply has none.
  @_lifetime(writer: copy writer)
  mutating func sign(
    _ writer: inout ReplyWriter, _ code: ResponseCode, _ questionEnd: Int, length: Int, now: UInt32,
    tally: inout AnswerTally
  ) -> ResponseCode {
    guard signer != nil else { return code }
    var code = code
    if writer.end &+ self.length > length {
      let hasRoom = questionEnd > MessageHeader.length && questionEnd &+ self.length <= length
      writer.removeRecords(behind: hasRoom ? questionEnd : MessageHeader.length)
      if !hasRoom { writer.removeQuestion() }
      var flags = writer.written.uint16(at: MessageHeader.flagsOffset) & ~MessageHeader.responseCodeMask
      if standing == .verified {
        if flags & MessageHeader.truncated == 0 { tally.truncated &+= 1 }
        (flags, code) = (flags | MessageHeader.truncated, .noError)
      }
      writer.finish(flags: flags, code: code)
    }
    writer.end = signer?.sign(&writer.octets, length: writer.end, now: UInt64(now)) ?? writer.end
    return code
  }
}

extension Responder {
  /// A reply without question or records, to what is no question or none that can be read: the header, and OPT and
  /// signature if the query has them and is whole as far as they go.
  @inline(never)
  @_lifetime(writer: copy writer)
  func refuse(
    _ query: ReceivedQuery, _ end: Conclusion, _ flags: UInt16, from snapshot: AnswerSnapshot,
    with writer: inout ReplyWriter, tally: inout AnswerTally
  ) -> ResponseCode {
    let message = query.message
    let counts = message.uint64(at: MessageHeader.questionCountOffset)
    guard let behind = Question.endOfAll(in: message) else {
      return refuseUnread(message, end.code, flags, with: &writer)
    }
    let records = QueryRecords(of: message, from: behind, counts: counts)
    guard
      var signature = QuerySignature(
        of: message, from: behind, records, keys: snapshot.settings.transfers.keys, now: UInt64(now))
    else { return refuseUnread(message, end.code, flags, with: &writer) }
    // Who sends a cookie and knows that we give one takes no reply without (RFC 7873 §5.3).
    let options = OptionAnswer(in: records, of: query, now: now, settings: snapshot.settings)
    let length = longestReply(to: records, over: query.transport)
    writer.begin(copying: message, to: MessageHeader.length, length: length, reserved: 0)
    writer.removeQuestion()
    let end = signature.standing == .refused ? Conclusion(code: .notAuthorized) : end
    let code = conclude(
      end, MessageHeader.length, records, flags, options, of: message, length: length &- signature.length,
      with: &writer, tally: &tally)
    return signature.sign(&writer, code, MessageHeader.length, length: length, now: now, tally: &tally)
  }
}
