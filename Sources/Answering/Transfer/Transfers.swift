// Who may have a whole zone, and the transfers that are under way (RFC 5936, RFC 1995, RFC 8945).

package import DNS
internal import ZoneFile

/// Who may transfer zones: nobody, unless the operator says so.
package struct TransferRights: Sendable {
  private let networks: ClientPrefixes
  /// Signatures by these are believed; a transfer must have one if there are any.
  package let keys: [TSIGKey]

  /// Nobody.
  package init() { self.init(networks: ClientPrefixes(), keys: []) }

  /// - Parameters:
  ///   - networks: who may ask; empty for everybody who has a key.
  ///   - keys: one of which must have signed; empty for all of those networks.
  package init(networks: ClientPrefixes, keys: [TSIGKey]) {
    self.networks = networks
    self.keys = keys
  }

  /// Whether nobody may.
  package var isEmpty: Bool { networks.isEmpty && keys.isEmpty }

  /// Whether a query from this address may, if it is one that must be signed only when it is `verified`.
  func permit(_ client: ClientAddress, _ signature: QuerySignature.Standing) -> Bool {
    guard !isEmpty else { return false }
    return (networks.isEmpty || networks.contains(client)) && (keys.isEmpty || signature == .verified)
  }
}

/// A transfer under way.
package struct ActiveTransfer: Sendable {
  private var transfer: ZoneTransfer
  private var signer: TSIGSigner?
  package let apex: DomainName
  package let serial: UInt32
  /// Of the messages up to now.
  package private(set) var octetCount: UInt64 = 0
  /// Whether the client is told how long its connection stays (RFC 7828).
  package let tellsKeepalive: Bool

  /// Begins what the query asks for; nil when it is no transfer, or none that may be had, and is answered as any
  /// other query.
  ///
  /// - Parameter now: Unix time in seconds.
  package init?(answering query: RawSpan, from client: ClientAddress, _ snapshot: AnswerSnapshot, now: UInt64) {
    let asked = query.uint16(at: MessageHeader.flagsOffset)
    guard asked & (MessageHeader.response | MessageHeader.opcodeMask) == 0,
      query.uint16(at: MessageHeader.questionCountOffset) == 1, let question = Question(of: query),
      question.type == .axfr || question.type == .ixfr, question.recordClass == RecordClass.internet,
      let zone = snapshot.zone(at: question.name, in: query)
    else { return nil }
    let records = QueryRecords(
      of: query, from: question.end, counts: query.uint64(at: MessageHeader.questionCountOffset))
    guard
      let options = OptionAnswer(
        in: records, of: ReceivedQuery(query, from: client, over: .tcp), now: UInt32(truncatingIfNeeded: now),
        settings: snapshot.settings),
      let signature = QuerySignature(
        of: query, from: question.end, records, keys: snapshot.settings.transfers.keys, now: now),
      signature.standing != .refused, snapshot.settings.transfers.permit(client, signature.standing)
    else { return nil }
    signer = signature.signer
    // Who has a newer version is told ours as well, and no more; newer as serials are (RFC 1995 §2, RFC 1982 §3.2).
    let isCurrent =
      question.type == .ixfr
      && ZoneTransfer.serialOfAsker(in: query, question).map {
        Int32(bitPattern: $0 &- snapshot.zones[zone].soa.serial) >= 0
      } ?? false
    guard
      let transfer = ZoneTransfer(
        of: snapshot.zones[zone], from: snapshot, isCurrent ? .startOfAuthorityOnly : .whole, answering: query,
        question, records, options: options.octets(of: query))
    else { return nil }
    self.transfer = transfer
    tellsKeepalive = options.tellsKeepalive
    apex = snapshot.zones[zone].apex
    serial = snapshot.zones[zone].soa.serial
  }

  /// Writes the next message, as `ZoneTransfer.next` does, and signs it if the query was signed.
  @_lifetime(message: copy message)
  package mutating func next(into message: inout MutableRawSpan, now: UInt64) -> Int? {
    guard let length = transfer.next(into: &message, reserving: signer?.length ?? 0) else { return nil }
    let signed = signer == nil ? length : signer?.sign(&message, length: length, now: now)
    octetCount += UInt64(signed ?? 0)
    return signed
  }
}

extension AnswerSnapshot {
  /// Apex and serial of the zone of ours that a query for a transfer names.
  package func zone(askedForBy query: RawSpan) -> (apex: DomainName, serial: UInt32)? {
    Question(of: query).flatMap { zone(at: $0.name, in: query) }.map { (zones[$0].apex, zones[$0].soa.serial) }
  }

  /// The same of a query that was refused a transfer, as its reply tells; nil for any other query.
  package func zone(refusedTo query: RawSpan, by reply: RawSpan) -> (apex: DomainName, serial: UInt32)? {
    let code = reply.uint16(at: MessageHeader.flagsOffset) & MessageHeader.responseCodeMask
    guard code == ResponseCode.refused.rawValue || code == ResponseCode.notAuthorized.rawValue,
      query.uint16(at: MessageHeader.flagsOffset) & MessageHeader.opcodeMask == 0,
      let type = Question(of: query)?.type, type == .axfr || type == .ixfr
    else { return nil }
    return zone(askedForBy: query)
  }

  /// The zone whose apex the name is.
  fileprivate func zone(at name: NameInMessage, in message: RawSpan) -> Int? {
    let match = table.lookUp(name, in: message)
    guard match.kind == .exact else { return nil }
    let apex = Int(table.owners[match.owner].apex)
    return table.apexes[apex].owner == UInt32(match.owner) && apex < zones.count ? apex : nil
  }
}

extension Responder {
  /// A transfer that is not begun by `ActiveTransfer`: refused, or asked for over UDP, where it has no room. IXFR is
  /// answered with the SOA, AXFR with TC, so that who may have the zone comes by TCP (RFC 1995 §2).
  ///
  /// Who may have zones is told NOTAUTH of what is no zone here (RFC 5936 §2.2.1).
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerTransfer(
    _ question: Question, of query: ReceivedQuery, _ signature: QuerySignature.Standing,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> Conclusion {
    guard snapshot.settings.transfers.permit(query.client, signature) else {
      tally.transfersRefused &+= 1
      return Conclusion(code: .refused, remark: .prohibited)
    }
    guard question.recordClass == RecordClass.internet, let zone = snapshot.zone(at: question.name, in: query.message)
    else {
      tally.transfersRefused &+= 1
      return Conclusion(code: .notAuthorized, remark: .notAuthoritative)
    }
    // Over TCP all other transfers are under way.
    guard query.transport == .udp else {
      tally.transfersRefused &+= 1
      return Conclusion(code: .serverFailure, remark: .invalidData)
    }
    let apex = snapshot.table.owners[Int(snapshot.table.apexes[zone].owner)]
    // The SOA is the first set of an apex.
    guard question.type == .ixfr,
      writer.appendStartOfAuthority(Int(apex.firstSet), of: snapshot.table, owner: question.name.start, to: .answer)
    else { return Conclusion(code: .noError, isAuthoritative: true, remark: .truncated) }
    return Conclusion(code: .noError, isAuthoritative: true)
  }
}
