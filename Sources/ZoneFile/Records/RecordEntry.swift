// A record: `[owner] [TTL] [class] type RDATA`, TTL and class in either order (RFC 1035 §5.1).

import DNS
import Model

/// What comes before the RDATA, and where the RDATA begins.
struct RecordHead {
  var owner: DomainName
  var ttl: UInt32?
  var ttlRange: SourceRange?
  var type: Token
  /// Index of the first field of the RDATA.
  var fields: Int
}

extension Reader {
  mutating func readRecord() throws(Problem) {
    var beginsZone = false
    do throws(Problem) {
      let head = try readHead()
      if entry.isKeyword(head.type, "ROTATE") { return try readRotation(head) }
      let type = try recordType(head.type)
      if RecordFormat.isOfSignedZones(type) { return reportSigned(head, type) }
      var fields = FieldReader(entry, from: head.fields, origin: scope.origin, of: type)
      if type == .soa {
        beginsZone = true
        try readStartOfAuthority(head, &fields)
      } else {
        let data = try fields.recordData(type)
        guard data.bytes.count <= RecordData.mostOctets else {
          throw Problem(
            at: fields.last, "the record has more than \(RecordData.mostOctets) octets",
            why: "no DNS message can carry it", fix: "shorten it, or divide it into several records")
        }
        try fields.finish()
        reportWarnings(of: fields)
        if type == .txt || type == .spf, !entry.isDoubtful { adviseText(from: head.fields) }
        place(
          WrittenRecord(
            owner: head.owner, ttl: try ttl(of: head), type: type, data: data,
            ranges: RecordRanges(
              range: entry.tokens[0].range, typeRange: head.type.range, lastField: fields.last)))
      }
    } catch {
      if beginsZone || looksLikeStartOfAuthority { openUnusableZone() }
      throw error
    }
  }

  /// If the entry is the SOA, its zone begins here however wrong it is.
  private var looksLikeStartOfAuthority: Bool {
    entry.tokens.dropFirst(entry.startsWithSpace ? 0 : 1).prefix(3)
      .first { !isTTLOrClass($0) }.map { entry.isKeyword($0, "SOA") } ?? false
  }

  private func isTTLOrClass(_ token: Token) -> Bool {
    guard let first = entry.text(token).first else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || classNumber(token) != nil
  }

  private mutating func readHead() throws(Problem) -> RecordHead {
    var position = 0
    let first = entry.tokens[0]
    var owner = scope.owner
    if !entry.startsWithSpace {
      position = 1
      let (name, warning) = try entry.name(first, origin: scope.origin, field: "the owner name")
      if let warning { report(warning) }
      owner = name
      scope.owner = name
    }
    guard let owner else {
      throw Problem(
        at: first.range, "this record has no owner name",
        why: "it begins with white space, and there is no record before it",
        fix: "write the name in column one, or @ for the origin")
    }
    var head = RecordHead(
      owner: owner, ttl: nil, ttlRange: nil, type: first, fields: position)
    var hasClass = false
    while position < entry.tokens.count {
      let token = entry.tokens[position]
      position += 1
      if let octet = entry.text(token).first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet), !token.isQuoted {
        guard head.ttl == nil else {
          throw Problem(
            at: token.range, "the record has a second TTL", why: "the type is expected here",
            fix: "remove one of them; if the second belongs to the record's data, its type is missing before it")
        }
        head.ttl = try entry.seconds(token, field: "the TTL")
        head.ttlRange = token.range
      } else if let number = classNumber(token), !hasClass {
        guard number == RecordClass.internet else {
          throw Problem(
            at: token.range, "the class \(printable(entry.text(token)).uppercased()) is not served",
            why: "Rondo answers for the Internet", fix: "write IN, or leave the class out")
        }
        hasClass = true
      } else {
        head.type = token
        head.fields = position
        return head
      }
    }
    throw Problem(
      at: entry.tokens[entry.tokens.count - 1].range.after, "the record has no type",
      why: entry.startsWithSpace ? "" : "the first word of a line is the owner name",
      fix: "write for example A and an address; a line without owner name begins with white space")
  }

  /// The class that the token names, by mnemonic or as `CLASSnnn` (RFC 3597 §5).
  private func classNumber(_ token: Token) -> UInt16? {
    let length = token.range.octets.count
    if length == 2 {
      if entry.isKeyword(token, "IN") { return RecordClass.internet }
      if entry.isKeyword(token, "CS") { return 2 }
      if entry.isKeyword(token, "CH") { return RecordClass.chaos }
      if entry.isKeyword(token, "HS") { return 4 }
    }
    guard (6...11).contains(length), !token.isQuoted else { return nil }
    let text = String(decoding: entry.text(token), as: UTF8.self).uppercased()
    guard text.hasPrefix("CLASS"), text.utf8.dropFirst(5).allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return UInt16(text.dropFirst(5))
  }

  private func recordType(_ token: Token) throws(Problem) -> RecordType {
    let text = entry.text(token)
    if text.count <= 10, !token.isQuoted {
      if let type = RecordType(mnemonic: text) { return type }
      if let type = RecordType(numbered: String(decoding: text, as: UTF8.self)) { return try servable(type, token) }
    }
    let word = printable(text).uppercased()
    if let instead = LaterGrammar.standIns[word] {
      throw Problem(at: token.range, "Rondo has no \(word) records", fix: instead)
    }
    let near = suggestion(for: word, among: RecordFormat.mnemonics + ["ROTATE"])
    throw Problem(
      at: token.range, "\"\(printable(text))\" is not a record type", why: near,
      fix: "the types are \((RecordFormat.everydayMnemonics + ["ROTATE"]).sorted().joined(separator: ", "))"
        + ", those of docs/zone-file.md, and TYPEnnn for others"
        + (entry.startsWithSpace || !near.isEmpty
          ? "" : "; a line whose owner name is that of the record above begins with white space"))
  }

  /// A type given by number: not one of questions.
  private func servable(_ type: RecordType, _ token: Token) throws(Problem) -> RecordType {
    if type.isMeta {
      throw Problem(
        at: token.range, "\(type) is not a type of records",
        why: "the number belongs to questions and messages (RFC 6895 §3.1)",
        fix: "write the number of a type that holds data")
    }
    return type
  }

  /// Signatures served without the rest of what DNSSEC asks of a server prove nothing; left out, the zone would be bogus
  /// as long as the zone above has its DS. So a signed zone is refused, once, and not record by record.
  private mutating func reportSigned(_ head: RecordHead, _ type: RecordType) {
    markZoneIncomplete()
    log.report(.signedZone(scope.zone)) {
      Problem(
        at: head.type.range, "\(type) records belong to a signed zone, and this version of Rondo does not sign",
        why:
          "served unsigned, the zone would fail for every resolver that validates as long as the zone above has a DS for it",
        fix:
          "leave it on a server that signs; or have the DS removed, wait until its TTL is over, and leave out RRSIG, NSEC, NSEC3, NSEC3PARAM and DNSKEY"
      )
    }
  }

  /// The TTL written, or else `$TTL`, or else the TTL written last in this zone (RFC 1035 §5.1, RFC 2308 §4).
  ///
  /// A SOA without TTL has stated its MINIMUM. So only zones begun by `$ZONE`, and those only at their top, can
  /// have records for which there is no TTL at all: that is an error, not a guess.
  ///
  /// - Returns: nil for what waits for the SOA of its zone, and where the zone itself could not be begun: the TTL may have
  ///   been in what has been reported already.
  mutating func ttl(of head: RecordHead) throws(Problem) -> UInt32? {
    if let ttl = head.ttl {
      scope.statedTTL = ttl
      return ttl
    }
    if let ttl = scope.defaultTTL ?? scope.statedTTL { return ttl }
    guard let zone = scope.zone, draft.zones.list[zone].apex != nil else { return nil }
    throw .missingTTL(at: head.type.range)
  }

  /// SOA: begins a zone.
  private mutating func readStartOfAuthority(_ head: RecordHead, _ fields: inout FieldReader) throws(Problem) {
    let soa = try fields.startOfAuthority(ttl: head.ttl ?? scope.defaultTTL)
    let minimumRange = fields.last
    try fields.finish()
    reportWarnings(of: fields)
    if let first = draft.zones.zone(at: head.owner), let known = draft.zones.list[first].soa, known.isSame(as: soa) {
      // A zone transfer ends with the SOA that it began with (RFC 5936 §2.2), and so does its output.
      scope.open(zone: first, apex: head.owner)
      report(
        Problem(
          .warning, at: head.type.range, "this SOA record is in the zone already",
          why: "it is the same as the one at \(log.position(of: draft.zones.list[first].range)), and left out",
          fix: "remove it"))
    } else {
      try openZone(
        ZoneDraft(
          apex: head.owner, origin: .soaRecord, range: entry.tokens[0].range, soa: soa, minimumRange: minimumRange),
        named: head.type.range)
    }
    scope.statedTTL = soa.ttl
  }

  // MARK: Into its zone

  /// Into the open zone, if the owner lies there. What belongs to another zone, whose SOA may still be to come, is a
  /// question of names, and waits until all is read.
  private mutating func place(_ record: WrittenRecord) {
    guard let zone = scope.zone, draft.zones.list[zone].apex.map(record.owner.isAtOrBelow) ?? true else {
      return draft.zones.strays.append(record)
    }
    // Of a zone that could not be begun, records are read for their errors only.
    guard let ttl = record.ttl else { return }
    draft.zones.list[zone].records.append(record.placed(ttl: ttl, log))
  }

  mutating func place(_ rotation: RotationDraft) {
    if let zone = scope.zone, draft.zones.list[zone].apex.map(rotation.owner.isAtOrBelow) ?? true {
      draft.zones.list[zone].rotations.append(rotation)
    } else {
      draft.zones.strayRotations.append(rotation)
    }
  }
}

extension StartOfAuthority {
  /// Whether two SOA records of one zone have the same data; their TTLs do not matter.
  fileprivate func isSame(as other: StartOfAuthority) -> Bool {
    var other = other
    other.ttl = ttl
    return self == other
  }
}

extension Problem {
  static func missingTTL(at range: SourceRange) -> Problem {
    Problem(
      at: range, "this record has no TTL",
      why: "there is no $TTL above it, and no record of its zone states one",
      fix: "write a TTL before the type, for example 60, or $TTL 1h at the top of the file")
  }
}
