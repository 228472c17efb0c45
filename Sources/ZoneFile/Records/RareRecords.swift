// Record types of old zones, and of few, whose text is more than a row of fields: WKS, NSAP, ATMA, A6, APL, IPSECKEY,
// HIP, DSYNC, AMTRELAY.

import DNS

extension FieldReader {
  /// Nil for the other types.
  mutating func rareRecordData(_ type: RecordType) throws(Problem) -> RecordData? {
    switch type.description {
    case "WKS": try wellKnownServices()
    case "NSAP": try accessPoint()
    case "ATMA": try atmAddress()
    case "A6": try addressChain()
    case "APL": try addressPrefixes()
    case "IPSECKEY": try gatewayKey()
    case "HIP": try hostIdentity()
    case "DSYNC": try delegationSync()
    case "AMTRELAY": try multicastRelay()
    default: nil
    }
  }

  /// A value that the field cannot hold.
  private func unfit(_ token: Token, _ field: String, _ fix: String) -> Problem {
    Problem(at: token.range, "\"\(printable(entry.text(token)))\" cannot be \(field)", fix: fix)
  }

  private func text(_ token: Token) -> String { printable(entry.text(token)) }

  /// WKS: address, protocol, ports as a bit map (RFC 1035 §3.4.2).
  private mutating func wellKnownServices() throws(Problem) -> RecordData {
    let services: [String: UInt16] = [
      "echo": 7, "discard": 9, "daytime": 13, "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25,
      "time": 37, "nameserver": 42, "domain": 53, "tftp": 69, "gopher": 70, "finger": 79, "http": 80, "www": 80,
      "pop2": 109, "pop3": 110, "sunrpc": 111, "auth": 113, "nntp": 119, "ntp": 123, "imap": 143, "imap2": 143,
      "snmp": 161, "ldap": 389, "https": 443,
    ]
    var data = RecordData()
    data.append(try address(.ipv4).octets)
    data.append(try numberOrMnemonic("the protocol", ["ICMP": 1, "TCP": 6, "UDP": 17] as [String: UInt8]))
    var ports: [UInt8] = []
    while !isAtEnd {
      let token = try next("the service")
      guard let port = services[text(token).lowercased()] ?? UInt16(text(token)) else {
        throw unfit(token, "a service", "write the number of its port")
      }
      while ports.count <= Int(port) / 8 { ports.append(0) }
      ports[Int(port) / 8] |= 0x80 >> UInt8(port % 8)
    }
    data.append(ports)
    return data
  }

  /// NSAP: octets in hexadecimal after `0x`, with dots anywhere (RFC 1706 §6).
  private mutating func accessPoint() throws(Problem) -> RecordData {
    let token = try next("the address")
    let digits = entry.text(token).filter { $0 != UInt8(ascii: ".") }
    guard text(token).lowercased().hasPrefix("0x"), let octets = octets(ofHexadecimal: digits.dropFirst(2)) else {
      throw unfit(token, "an NSAP address", "write 0x and pairs of hexadecimal digits")
    }
    return RecordData(octets: octets)
  }

  private func octets(ofHexadecimal digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard !digits.isEmpty, digits.count % 2 == 0 else { return nil }
    var octets: [UInt8] = []
    var high: UInt8?
    for sign in digits {
      guard let digit = hexadecimalDigit(sign) else { return nil }
      if let first = high { octets.append(first << 4 | digit) }
      high = high == nil ? digit : nil
    }
    return octets
  }

  /// ATMA: `+` and a telephone number, or an address in hexadecimal with dots (ATM Forum af-saa-0069).
  private mutating func atmAddress() throws(Problem) -> RecordData {
    let token = try next("the address")
    let signs = entry.text(token).filter { $0 != UInt8(ascii: ".") }
    if signs.first == UInt8(ascii: "+"), signs.count > 1, signs.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }) {
      return RecordData(octets: [1] + signs.dropFirst())
    }
    guard let octets = octets(ofHexadecimal: signs[...]) else {
      throw unfit(token, "an ATM address", "write + and a telephone number, or pairs of hexadecimal digits")
    }
    return RecordData(octets: [0] + octets)
  }

  /// A6: prefix length, the bits after it, the name that has the bits before it (RFC 2874 §3.1).
  private mutating func addressChain() throws(Problem) -> RecordData {
    let token = try next("the prefix length")
    guard let length = wholeNumber(entry.text(token)), length <= 128 else {
      throw unfit(token, "a prefix length", "write from 0 to 128")
    }
    var data = RecordData()
    data.append(UInt8(length))
    if length < 128 {
      var octets = try address(.ipv6).octets.suffix((128 - length + 7) / 8)
      if length % 8 > 0, let first = octets.first { octets[octets.startIndex] = first & (0xFF >> UInt8(length % 8)) }
      data.append(octets)
    }
    if length > 0 { data.append(try name("the name of the prefix").wire) }
    return data
  }

  /// APL: `[!]family:address/length` (RFC 3123 §5).
  private mutating func addressPrefixes() throws(Problem) -> RecordData {
    var data = RecordData()
    while !isAtEnd {
      let token = try next("the network")
      var item = entry.text(token)
      let isNegated = item.first == UInt8(ascii: "!")
      if isNegated { item = item.dropFirst() }
      let colon = item.firstIndex(of: UInt8(ascii: ":")) ?? item.endIndex
      let slash = item.lastIndex(of: UInt8(ascii: "/")) ?? item.endIndex
      guard colon < slash, slash < item.endIndex, let family = wholeNumber(item[..<colon]), (1...2).contains(family),
        let address = IPAddress(text: item[(colon + 1)..<slash]), address.family == (family == 1 ? .ipv4 : .ipv6),
        let length = wholeNumber(item[(slash + 1)...]), length <= address.octets.count * 8
      else { throw unfit(token, "a network", "write for example 1:192.0.2.0/24 or !2:2001:db8::/32") }
      var octets = address.octets
      while octets.last == 0 { octets.removeLast() }
      data.append(UInt16(family))
      data.append(UInt8(length))
      data.append(UInt8(octets.count) | (isNegated ? 0x80 : 0))
      data.append(octets)
    }
    return data
  }

  /// A gateway or relay: nothing, an address, or a name, as its kind says (RFC 4025 §2.5, RFC 8777 §4.2.4).
  private mutating func appendHost(_ kind: UInt8, of field: String, to data: inout RecordData) throws(Problem) {
    switch kind {
    case 0:
      let token = try next(field)
      guard text(token) == "." else { throw unfit(token, field, "write . where there is none") }
    case 1: data.append(try address(.ipv4).octets)
    case 2: data.append(try address(.ipv6).octets)
    case 3: data.append(try name(field).wire)
    default:
      throw Problem(
        at: last, "\(field) has the unknown kind \(kind)",
        fix: "write 0 for none, 1 for IPv4, 2 for IPv6 or 3 for a name")
    }
  }

  /// IPSECKEY: precedence, kind of gateway, algorithm, gateway, key (RFC 4025 §3.1).
  private mutating func gatewayKey() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the precedence", UInt8.self))
    let kind = try number("the kind of gateway", UInt8.self)
    data.append(kind)
    let algorithm = try number("the algorithm", UInt8.self)
    data.append(algorithm)
    try appendHost(kind, of: "the gateway", to: &data)
    if algorithm > 0 || !isAtEnd { data.append(try base64Octets("the key")) }
    return data
  }

  /// HIP: algorithm, host identity tag, key, rendezvous servers (RFC 8005 §5).
  private mutating func hostIdentity() throws(Problem) -> RecordData {
    let algorithm = try number("the algorithm", UInt8.self)
    let tagToken = try next("the host identity tag")
    guard let tag = octets(ofHexadecimal: entry.text(tagToken)), tag.count <= 255 else {
      throw unfit(tagToken, "a host identity tag", "write pairs of hexadecimal digits")
    }
    let keyToken = try next("the key")
    guard let key = base64(entry.text(keyToken)), !key.isEmpty, key.count <= 60_000 else {
      throw unfit(keyToken, "the key", "write it in base64, without blanks")
    }
    var data = RecordData()
    data.append(UInt8(tag.count))
    data.append(algorithm)
    data.append(UInt16(key.count))
    data.append(tag)
    data.append(key)
    while !isAtEnd { data.append(try name("the rendezvous server").wire) }
    return data
  }

  /// DSYNC: type, scheme, port, target (RFC 9859 §2.1).
  private mutating func delegationSync() throws(Problem) -> RecordData {
    let token = try next("the type")
    guard entry.text(token).count <= 16,
      let type = RecordType(mnemonic: entry.text(token)) ?? RecordType(numbered: text(token))
    else { throw unfit(token, "a record type", "write for example CDS or CSYNC") }
    var data = RecordData()
    data.append(type.rawValue)
    data.append(try numberOrMnemonic("the scheme", ["NOTIFY": 1] as [String: UInt8]))
    data.append(try number("the port", UInt16.self))
    data.append(try name("the target"), isCompressible: false)
    return data
  }

  /// AMTRELAY: precedence, discovery bit, kind of relay, relay (RFC 8777 §4.3.1).
  private mutating func multicastRelay() throws(Problem) -> RecordData {
    var data = RecordData()
    data.append(try number("the precedence", UInt8.self))
    let discovery = try next("the discovery bit")
    guard let bit = wholeNumber(entry.text(discovery)), bit <= 1 else {
      throw unfit(discovery, "the discovery bit", "write 0 or 1")
    }
    let kind = try number("the kind of relay", UInt8.self)
    guard kind < 0x80 else {
      throw Problem(at: last, "the kind of relay \(kind) is out of range", fix: "write 0 to 3")
    }
    data.append(UInt8(bit) << 7 | kind)
    try appendHost(kind, of: "the relay", to: &data)
    return data
  }
}
