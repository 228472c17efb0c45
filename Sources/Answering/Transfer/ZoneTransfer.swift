// A whole zone as a row of messages (RFC 5936): for backups, and for secondaries that run other software.
//
// SOA, every record, SOA again. Nothing is kept between two messages but the position in the zone, so that a transfer
// can be interrupted at each of them, and goes on with the zone as it was when the transfer began.

package import DNS
package import ZoneFile

/// Produces the messages of one transfer, one after the other.
package struct ZoneTransfer: Sendable {
  /// How much of the zone is sent.
  package enum Extent: Sendable {
    case whole
    /// To an asker whose serial is ours already, or newer (RFC 1995 §2).
    case startOfAuthorityOnly
  }

  /// Messages are filled to about here, in octets: a pointer reaches no further (RFC 1035 §4.1.4).
  private static let fullLength = 0x4000
  /// What a message holds beside one record at most: header, question, OPT, TSIG with the longest names.
  private static let reserve = MessageHeader.length + 259 + QueryRecords.optionsLength + longestSignature
  private static let longestSignature = 2 * DomainName.maximumLength + 110

  private let zone: Zone
  private let addresses: [[(family: AddressFamily, address: IPAddress)]]
  private let extent: Extent
  /// The header and the question of the query.
  private let question: [UInt8]
  /// The flags that the OPT of the reply takes over; nil without one in the query.
  private let optionFlags: UInt16?
  /// What that OPT holds.
  private let options: [UInt8]
  private let payloadLimit: UInt16

  private enum Position {
    case opening
    case record(Int)
    case address(rotation: Int, number: Int)
    case closing
    case done
  }
  private var position = Position.opening
  private var isFirstMessage = true

  /// Begins the transfer of `zone` with the addresses that `snapshot` answers at this moment.
  ///
  /// - Parameters:
  ///   - query: an AXFR or IXFR query for the zone, whose question parses.
  ///   - records: what comes after the question.
  ///   - options: what the OPT of the reply holds, if there is one; at most a few hundred octets.
  /// - Returns: nil when a record is too long for any message; the reply is SERVFAIL.
  package init?(
    of zone: Zone, from snapshot: AnswerSnapshot, _ extent: Extent = .whole, answering query: RawSpan,
    _ question: Question, records: QueryRecords, options: [UInt8] = [],
    payloadLimit: UInt16 = Responder.defaultPayloadLimit
  ) {
    let longest = zone.records.lazy.map { $0.owner.wire.count + 10 + $0.data.bytes.count }.max() ?? 0
    guard longest <= Responder.longestMessage - ZoneTransfer.reserve else { return nil }
    self.zone = zone
    self.extent = extent
    optionFlags = !records.hasOPT ? nil : records.flags & QueryRecords.dnssecOK
    self.options = options
    self.payloadLimit = payloadLimit
    self.question = (0..<question.end).map { query.octet(at: $0) }
    addresses = snapshot.addresses(of: zone.rotations)
  }

  /// Writes the next message.
  ///
  /// - Parameters:
  ///   - message: at least 65,535 octets.
  ///   - reserved: octets to leave free after the message, for its TSIG.
  /// - Returns: the length of the message; nil when the transfer is complete.
  @_lifetime(message: copy message)
  package mutating func next(into message: inout MutableRawSpan, reserving reserved: Int = 0) -> Int? {
    precondition(message.byteCount >= Responder.longestMessage && reserved <= ZoneTransfer.longestSignature)
    if case .done = position { return nil }
    let most = Responder.longestMessage - reserved
    // What finds no room in the first message has it in the next.
    let optionsLength = QueryRecords.optionsLength + (isFirstMessage ? options.count : 0)
    var writer = TransferMessage(
      header: question, question: isFirstMessage ? .echoed : .leftOut, limit: most - optionsLength)
    while writer.octets.count < ZoneTransfer.fullLength, append(to: &writer) {}
    if let optionFlags, isFirstMessage {
      writer.appendOptions(options, flags: optionFlags, payloadLimit: payloadLimit)
    }
    isFirstMessage = false
    let octets = writer.finished()
    message.copy(octets.span.octets, to: 0)
    return octets.count
  }

  /// Appends the record at hand and steps on; false when it does not fit, or the zone is at its end.
  private mutating func append(to writer: inout TransferMessage) -> Bool {
    switch position {
    case .opening, .closing:
      guard writer.append(zone.apex, .soa, ttl: zone.soa.ttl, zone.soa.data) else { return false }
      if case .closing = position {
        position = .done
      } else {
        position = extent == .whole ? firstPosition(.record(0)) : .done
      }
    case .record(let index):
      let record = zone.records[index]
      guard writer.append(record.owner, record.type, ttl: record.ttl, record.data) else { return false }
      position = firstPosition(.record(index + 1))
    case .address(let rotation, let number):
      let record = zone.rotations[rotation]
      let (family, address) = addresses[rotation][number]
      guard writer.append(record.owner, family.recordType, ttl: record.ttl, RecordData(address)) else { return false }
      position = firstPosition(.address(rotation: rotation, number: number + 1))
    case .done: return false
    }
    return true
  }

  /// The first position from `candidate` on where there is a record.
  private func firstPosition(_ candidate: Position) -> Position {
    var rotation = 0
    var number = 0
    switch candidate {
    case .record(let index) where index >= zone.records.count: break
    case .address(let start, let first): (rotation, number) = (start, first)
    default: return candidate
    }
    while rotation < zone.rotations.count {
      if number < addresses[rotation].count { return .address(rotation: rotation, number: number) }
      rotation += 1
      number = 0
    }
    return .closing
  }

  /// The serial that an IXFR query brings in its authority section; nil when there is none to be read (RFC 1995 §3).
  package static func serialOfAsker(in query: RawSpan, _ question: Question) -> UInt32? {
    guard query.uint16(at: MessageHeader.answerCountOffset) == 0,
      query.uint16(at: MessageHeader.authorityCountOffset) == 1,
      let owner = QueryRecords.endOfName(in: query, from: question.end), query.byteCount - owner >= 10,
      query.uint16(at: owner) == RecordType.soa.rawValue
    else { return nil }
    let end = owner + 10 + Int(query.uint16(at: owner + 8))
    guard end <= query.byteCount, let primary = QueryRecords.endOfName(in: query, from: owner + 10),
      let contact = QueryRecords.endOfName(in: query, from: primary), end - contact == 20
    else { return nil }
    return query.uint32(at: contact)
  }
}

extension AnswerSnapshot {
  /// All addresses that each rotation has at this moment, whatever the most in one answer.
  fileprivate func addresses(of rotations: [RotationRecord]) -> [[(family: AddressFamily, address: IPAddress)]] {
    var numbers: [RotationKey: Int] = [:]
    for (number, key) in table.rotations.enumerated() { numbers[key] = number }
    return rotations.map { rotation in
      AddressFamily.allCases.flatMap { family -> [(family: AddressFamily, address: IPAddress)] in
        let key = RotationKey(pool: rotation.pool, family: family, ttl: rotation.ttl)
        guard let number = numbers[key] else { return [] }
        let listing = runs.listings[number]
        let length = Int(RecordLayout.length(of: family))
        return (0..<Int(listing.count)).compactMap { index in
          let start = Int(listing.offset) + index * length + RecordLayout.fixedLength
          let end = Int(listing.offset) + (index + 1) * length
          return IPAddress(octets: Array(runs.octets[start..<end])).map { (family, $0) }
        }
      }
    }
  }
}
