// RDATA of each type: presentation form to wire form (RFC 1035 §3.3, RFC 2782, RFC 3596, RFC 8659).

import DNS

extension FieldReader {
  mutating func recordData(_ type: RecordType) throws(Problem) -> RecordData {
    switch type {
    case .a: return RecordData(try address(.ipv4))
    case .aaaa: return RecordData(try address(.ipv6))
    case .ns: return try target("the name server")
    case .cname: return try target("the canonical name")
    case .ptr: return try target("the name")
    case .mx: return try mailExchange()
    case .txt: return try text()
    case .srv: return try service()
    case .caa: return try certificationAuthority()
    default:
      throw Problem(at: last, "\(subject) cannot be read", mend: "remove it")
    }
  }

  private mutating func target(_ field: String) throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try name(field), isCompressible: true)
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
      let octets = try string("the text")
      data.append(UInt8(clamping: octets.count))
      data.append(octets)
      guard data.bytes.count <= 65_535 else {
        throw Problem(
          at: last, "the record has more than 65535 octets", why: "no DNS message can carry it",
          mend: "shorten the text")
      }
    } while !isAtEnd
    return data
  }

  /// SRV: priority, weight, port, target; its name is never compressed (RFC 2782).
  private mutating func service() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the priority", UInt16.self))
    data.append(try number("the weight", UInt16.self))
    let port = try number("the port", UInt16.self)
    let portRange = last
    data.append(port)
    let host = try name("the target")
    // "." says that the service does not exist; its port says nothing.
    if port == 0, !host.isRoot {
      throw Problem(
        at: portRange, "the port is 0", why: "nobody can connect to it",
        mend: "write the port of the service, from 1 to 65535, for example 443")
    }
    data.append(host, isCompressible: false)
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
    data.append(UInt8(clamping: tag.count))
    data.append(tag)
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
