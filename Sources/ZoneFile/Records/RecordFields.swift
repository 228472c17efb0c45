// RDATA of each type: presentation form to wire form (RFC 1035 §3.3, RFC 3596, RFC 8659).
//
// What is only fields is read by the table (TabledFields.swift); what needs more than a few lines has a file of its
// own beside this one.

import DNS

extension FieldReader {
  mutating func recordData(_ type: RecordType) throws(Problem) -> RecordData {
    if isGeneric { return try genericData(type) }
    switch type {
    case .a: return RecordData(try address(.ipv4))
    case .aaaa: return RecordData(try address(.ipv6))
    case .mx: return try mailExchange()
    case .txt, .spf: return try text()
    case .srv: return try service()
    case .naptr: return try namingAuthorityPointer()
    case .uri: return try uniformIdentifier()
    case .svcb, .https: return try serviceBinding()
    case .caa: return try certificationAuthority()
    case .tlsa, .smimea: return try certificateAssociation()
    case .sshfp: return try hostKeyFingerprint()
    case .ds: return try delegationSigner()
    case .loc: return try location()
    default:
      if let data = try rareRecordData(type) { return data }
      if let format = RecordFormat.of(type), format.isWrittenByField { return try data(of: format) }
      throw Problem(
        at: following, "the data of \(subject) must be written in hexadecimal",
        why: "it has no other form (RFC 3597 §5)",
        fix: "write \\# , the number of octets and the octets, for example \\# 4 c0000201")
    }
  }

  /// MX: preference, exchange (RFC 1035 §3.3.9).
  private mutating func mailExchange() throws(Problem) -> RecordData {
    if let token = peek, entry.tokens.last?.range == token.range, wholeNumber(entry.text(token)) == nil {
      throw Problem(
        at: token.range, "the preference of this MX record is missing",
        why: "a number comes before the name of the mail server", fix: "write MX 10 \(printable(entry.text(token)))")
    }
    var data = RecordData()
    data.append(try number("the preference", UInt16.self))
    data.append(try name("the mail server"), isCompressible: true)
    return data
  }

  /// TXT: one or more strings (RFC 1035 §3.3.14).
  private mutating func text() throws(Problem) -> RecordData {
    var data = RecordData()
    repeat {
      data.appendString(try string("the text", isOneOfMany: true))
    } while !isAtEnd
    return data
  }

  /// CAA: flags, tag, value (RFC 8659 §4.1).
  private mutating func certificationAuthority() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the flag octet", UInt8.self))
    let tag = try string("the tag")
    let isPlain = tag.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard isPlain, !tag.isEmpty else {
      throw Problem(
        at: last, "\"\(printable(tag[...]))\" is not a CAA tag",
        fix: "write issue, issuewild or iodef before the value")
    }
    data.appendString(tag)
    let token = try next("the value")
    data.append(try entry.string(token, limit: 4096))
    return data
  }

  /// SOA: primary, contact, serial, refresh, retry, expire, minimum (RFC 1035 §3.3.13).
  ///
  /// - Parameter ttl: nil for the minimum, which BIND takes where no TTL is written.
  mutating func startOfAuthority(ttl: UInt32?) throws(Problem) -> StartOfAuthority {
    if isGeneric { return try genericStartOfAuthority(ttl: ttl) }
    let primary = try name("the primary name server")
    let contact = try mailbox()
    let serial = try number("the serial", UInt32.self)
    let (refresh, retry) = (try seconds("the refresh time"), try seconds("the retry time"))
    let (expire, minimum) = (try seconds("the expire time"), try seconds("the minimum (negative TTL)"))
    return StartOfAuthority(
      ttl: ttl ?? minimum, primary: primary, contact: contact, serial: serial, refresh: refresh, retry: retry,
      expire: expire, minimum: minimum)
  }
}

extension FieldReader {
  /// The same from octets in hexadecimal (RFC 3597 §5).
  private mutating func genericStartOfAuthority(ttl: UInt32?) throws(Problem) -> StartOfAuthority {
    let start = following
    let data = try genericData(.soa)
    guard let primary = data.name(0), let contact = data.name(1) else {
      throw Problem(
        at: start, "these octets are not the data of \(subject)", fix: "write its two names and five numbers")
    }
    let numbers = Array(data.bytes.suffix(20))
    func number(_ index: Int) -> UInt32 { numbers[index * 4..<index * 4 + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    return StartOfAuthority(
      ttl: ttl ?? number(4), primary: primary, contact: contact, serial: number(0), refresh: number(1),
      retry: number(2),
      expire: number(3), minimum: number(4))
  }
}

extension RecordData {
  /// A <character-string> of at most 255 octets (RFC 1035 §3.3).
  mutating func appendString(_ octets: [UInt8]) {
    append(UInt8(clamping: octets.count))
    append(octets)
  }
}
