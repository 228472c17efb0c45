// Queries for a transfer that is not begun: refused, or over UDP; and which zone a query names.

package import DNS
internal import ZoneFile

extension Responder {
  /// A transfer that is not begun by `ActiveTransfer`: refused, or asked for over UDP, where it has no room. IXFR is
  /// answered with the SOA, AXFR with TC, so that a client that may have the zone comes by TCP (RFC 1995 §2).
  ///
  /// A client that may have zones gets NOTAUTH for a name that is no zone here (RFC 5936 §2.2.1).
  @inline(never)
  @_lifetime(writer: copy writer)
  func answerTransfer(
    _ question: Question, of query: QueryContext, _ verification: QuerySignature.Verification,
    from snapshot: AnswerSnapshot, with writer: inout ReplyWriter,
    tally: inout AnswerTally
  ) -> Conclusion {
    guard snapshot.settings.transfers.permit(query.client, verification) else {
      tally.transfersRefused &+= 1
      return Conclusion(code: .refused, remark: .prohibited)
    }
    guard question.recordClass == RecordClass.internet,
      let zone = snapshot.zone(named: question.name, in: query.message)
    else {
      tally.transfersRefused &+= 1
      return Conclusion(code: .notAuthorized, remark: .notAuthoritative)
    }
    // Over TCP all other transfers are under way.
    guard query.transport == .udp else {
      tally.transfersRefused &+= 1
      return Conclusion(code: .serverFailure, remark: .invalidData)
    }
    let apex = snapshot.table.owners[snapshot.table.apexes[zone].owner]
    // The SOA is the first set of an apex.
    guard question.type == .ixfr,
      writer.append(
        startOfAuthority: SetIndex(apex.firstSet), of: snapshot.table, ownerAt: question.name.start, to: .answer)
    else { return Conclusion(code: .noError, isAuthoritative: true, remark: .truncated) }
    return Conclusion(code: .noError, isAuthoritative: true)
  }
}

extension AnswerSnapshot {
  /// Apex and serial of the zone of ours that a query for a transfer names.
  package func zone(askedForBy query: RawSpan) -> (apex: DomainName, serial: UInt32)? {
    Question(of: query).flatMap { zone(named: $0.name, in: query) }.map {
      (zones[$0.index].apex, zones[$0.index].soa.serial)
    }
  }

  /// The same of a query that was refused a transfer, as its reply shows; nil for any other query.
  package func zone(refusedTo query: RawSpan, by reply: RawSpan) -> (apex: DomainName, serial: UInt32)? {
    let code = reply.uint16(at: MessageHeader.flagsOffset) & MessageHeader.responseCodeMask
    guard code == ResponseCode.refused.rawValue || code == ResponseCode.notAuthorized.rawValue,
      query.uint16(at: MessageHeader.flagsOffset) & MessageHeader.opcodeMask == 0,
      let type = Question(of: query)?.type, type == .axfr || type == .ixfr
    else { return nil }
    return zone(askedForBy: query)
  }

  /// The zone whose apex the name is.
  func zone(named name: NameInMessage, in message: RawSpan) -> ApexIndex? {
    let match = table.lookUp(name, in: message)
    guard match.kind == .exact else { return nil }
    let apex = table.owners[match.owner].apex
    return table.apexes[apex].owner == match.owner && apex.index < zones.count ? apex : nil
  }
}
