// A transfer over TCP, from its query to its last message, signed where the query was (RFC 5936, RFC 1995, RFC 8945).

package import DNS
internal import ZoneFile

/// A transfer under way.
package struct ActiveTransfer: Sendable {
  private var transfer: ZoneTransfer
  private var signer: TSIGSigner?
  package let apex: DomainName
  package let serial: UInt32
  /// Of the messages up to now.
  package private(set) var octetCount: UInt64 = 0
  /// Whether the first message says how long the client's connection is kept (RFC 7828).
  package let announcesKeepalive: Bool

  /// Begins what the query asks for; nil when it is no transfer, or none that may be had, and is answered as any
  /// other query.
  ///
  /// - Parameter now: Unix time in seconds.
  package init?(answering query: RawSpan, from client: ClientAddress, _ snapshot: AnswerSnapshot, now: UInt64) {
    let asked = query.uint16(at: MessageHeader.flagsOffset)
    guard asked & (MessageHeader.response | MessageHeader.opcodeMask) == 0,
      query.uint16(at: MessageHeader.questionCountOffset) == 1, let question = Question(of: query),
      question.type == .axfr || question.type == .ixfr, question.recordClass == RecordClass.internet,
      let zone = snapshot.zone(named: question.name, in: query)
    else { return nil }
    let records = QueryRecords(
      of: query, from: question.end, counts: query.uint64(at: MessageHeader.questionCountOffset))
    guard
      let options = OptionAnswer(
        in: records, of: QueryContext(query, from: client, over: .tcp), now: UInt32(truncatingIfNeeded: now),
        settings: snapshot.settings),
      let signature = QuerySignature(
        of: query, from: question.end, records, keys: snapshot.settings.transfers.keys, now: now),
      signature.verification != .refused, snapshot.settings.transfers.permit(client, signature.verification)
    else { return nil }
    signer = signature.signer
    // A secondary that has a newer version gets our SOA and no more; newer as serials are (RFC 1995 §2, RFC 1982 §3.2).
    let isCurrent =
      question.type == .ixfr
      && ZoneTransfer.serialOfAsker(in: query, question).map {
        Int32(bitPattern: $0 &- snapshot.zones[zone.index].soa.serial) >= 0
      } ?? false
    guard
      let transfer = ZoneTransfer(
        of: snapshot.zones[zone.index], from: snapshot, isCurrent ? .startOfAuthorityOnly : .whole, answering: query,
        question, records: records, options: options.octets(of: query))
    else { return nil }
    self.transfer = transfer
    announcesKeepalive = options.announcesKeepalive
    apex = snapshot.zones[zone.index].apex
    serial = snapshot.zones[zone.index].soa.serial
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
