// RDATA of each type: presentation form to wire form (RFC 1035 §3.3, RFC 1183, RFC 3596, RFC 6672, RFC 8659).
//
// What needs more than a few lines has a file of its own beside this one.

import DNS

extension FieldReader {
  mutating func recordData(_ type: RecordType) throws(Problem) -> RecordData {
    if isGeneric { return try genericData(type) }
    switch type {
    case .a: return RecordData(try address(.ipv4))
    case .aaaa: return RecordData(try address(.ipv6))
    case .ns: return try target("the name server")
    case .cname: return try target("the canonical name")
    case .ptr: return try target("the name")
    case .dname: return try names(["the name that replaces this one"])
    case .mx: return try mailExchange()
    case .txt: return try text()
    case .hinfo: return try hostInformation()
    case .rp: return try responsiblePerson()
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
      throw Problem(
        at: following, "the data of \(subject) must be written in hexadecimal",
        why: "the type is known by its number only (RFC 3597 §5)",
        mend: "write \\# , the number of octets and the octets, for example \\# 4 c0000201")
    }
  }

  private mutating func target(_ field: String) throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try name(field), isCompressible: true)
    return data
  }

  /// Names that no reply compresses, since their types are younger than RFC 1035 (RFC 3597 §4).
  private mutating func names(_ fields: [String]) throws(Problem) -> RecordData {
    var data = RecordData()
    for field in fields { data.append(try name(field), isCompressible: false) }
    return data
  }

  /// MX: preference, exchange (RFC 1035 §3.3.9).
  private mutating func mailExchange() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the preference", UInt16.self))
    data.append(try name("the mail server"), isCompressible: true)
    return data
  }

  /// TXT: one or more strings (RFC 1035 §3.3.14).
  private mutating func text() throws(Problem) -> RecordData {
    var data = RecordData()
    repeat {
      data.appendString(try string("the text"))
      guard data.bytes.count <= 65_535 else {
        throw Problem(
          at: last, "the record has more than 65535 octets", why: "no DNS message can carry it",
          mend: "shorten the text")
      }
    } while !isAtEnd
    return data
  }

  /// HINFO: CPU, operating system (RFC 1035 §3.3.2).
  private mutating func hostInformation() throws(Problem) -> RecordData {
    var data = RecordData()
    data.appendString(try string("the kind of machine"))
    data.appendString(try string("the operating system"))
    return data
  }

  /// RP: mailbox, name of TXT records (RFC 1183 §2.2).
  private mutating func responsiblePerson() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try mailbox(), isCompressible: false)
    data.append(try name("the name of the text"), isCompressible: false)
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
        mend: "write issue, issuewild or iodef before the value")
    }
    data.appendString(tag)
    let token = try next("the value")
    data.append(try readString(token, entry, limit: 4096))
    return data
  }

  /// SOA: primary, contact, serial, refresh, retry, expire, minimum (RFC 1035 §3.3.13). The TTL is left at 0.
  mutating func startOfAuthority() throws(Problem) -> StartOfAuthority {
    let primary = try name("the primary name server")
    let contact = try mailbox()
    return StartOfAuthority(
      ttl: 0, primary: primary, contact: contact, serial: try number("the serial", UInt32.self),
      refresh: try seconds("the refresh time"), retry: try seconds("the retry time"),
      expire: try seconds("the expire time"), minimum: try seconds("the minimum (negative TTL)"))
  }
}

extension RecordData {
  /// A <character-string> of at most 255 octets (RFC 1035 §3.3).
  mutating func appendString(_ octets: [UInt8]) {
    append(UInt8(clamping: octets.count))
    append(octets)
  }
}
