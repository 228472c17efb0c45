// RDATA that is only fields, one after the other: read by the table of types (RecordFormats.swift).

import DNS

extension FieldReader {
  mutating func data(of format: RecordFormat) throws(Problem) -> RecordData {
    var data = RecordData()
    for field in format.fields { try read(field, into: &data) }
    return data
  }

  private mutating func read(_ field: RecordField, into data: inout RecordData) throws(Problem) {
    switch field {
    case .number8(let label): data.append(try number(label, UInt8.self))
    case .number16(let label): data.append(try number(label, UInt16.self))
    case .number32(let label): data.append(try number(label, UInt32.self))
    case .algorithm: data.append(try algorithm())
    case .certificateKind: data.append(try certificateKind())
    case .ipv4: data.append(try address(.ipv4).octets)
    case .ipv6: data.append(try address(.ipv6).octets)
    case .name(let label), .compressibleName(let label):
      data.append(try name(label), isCompressible: field.isCompressible)
    case .mailbox(let label), .compressibleMailbox(let label):
      data.append(try mailbox(label), isCompressible: field.isCompressible)
    case .string(let label): data.appendString(try string(label))
    case .lastString(let label): if !isAtEnd { data.appendString(try string(label)) }
    case .strings(let label):
      repeat { data.appendString(try string(label, isOneOfMany: true)) } while !isAtEnd && data.bytes.count < 65_536
    case .hexadecimal(let label, _): data.append(try hexadecimal(label))
    case .base64(let label, let least): if least > 0 || !isAtEnd { data.append(try base64Octets(label)) }
    case .nodeIdentifier(let label): data.append(try nodeIdentifier(label))
    case .hardwareAddress(let count): data.append(try hardwareAddress(octets: count))
    case .types: try readTypes(into: &data)
    case .octets, .rest, .serviceParameters: assertionFailure("a type with such a field has a reader of its own")
    }
  }

  /// A DNSSEC algorithm by number or mnemonic (RFC 4034 appendix A.1).
  mutating func algorithm() throws(Problem) -> UInt8 {
    let mnemonics: [String: UInt8] = [
      "RSAMD5": 1, "DH": 2, "DSA": 3, "RSASHA1": 5, "DSA-NSEC3-SHA1": 6, "RSASHA1-NSEC3-SHA1": 7, "NSEC3RSASHA1": 7,
      "RSASHA256": 8, "RSASHA512": 10, "ECCGOST": 12, "ECDSAP256SHA256": 13, "ECDSAP384SHA384": 14, "ED25519": 15,
      "ED448": 16, "INDIRECT": 252, "PRIVATEDNS": 253, "PRIVATEOID": 254,
    ]
    return try numberOrMnemonic("the algorithm", mnemonics)
  }

  /// RFC 4398 §2.1.
  private mutating func certificateKind() throws(Problem) -> UInt16 {
    let mnemonics: [String: UInt16] = [
      "PKIX": 1, "SPKI": 2, "PGP": 3, "IPKIX": 4, "ISPKI": 5, "IPGP": 6, "ACPKIX": 7, "IACPKIX": 8, "URI": 253,
      "OID": 254,
    ]
    return try numberOrMnemonic("the kind of certificate", mnemonics)
  }

  mutating func numberOrMnemonic<Number: FixedWidthInteger & UnsignedInteger>(
    _ field: String, _ mnemonics: [String: Number]
  ) throws(Problem) -> Number {
    if let token = peek, let known = mnemonics[printable(entry.text(token)).uppercased()] {
      _ = try next(field)
      return known
    }
    return try number(field, Number.self)
  }

  /// All words that are left as one row of base64, its line ends and blanks meaning nothing (RFC 4648 §4).
  mutating func base64Octets(_ field: String) throws(Problem) -> [UInt8] {
    let first = following
    var text: [UInt8] = []
    repeat {
      let token = try next(field)
      text += entry.text(token)
      guard text.count <= 90_000 else {
        throw Problem(at: token.range, "\(field) has more than 65000 octets", why: "no DNS message can carry it")
      }
    } while !isAtEnd
    guard let octets = base64(text[...]) else {
      throw Problem(
        at: first, "\(field) is not base64", why: "its characters are A–Z a–z 0–9 + / and one or two = at the end",
        fix: "copy it again as a whole")
    }
    return octets
  }

  /// `0014:4fff:ff20:ee64`
  private mutating func nodeIdentifier(_ field: String) throws(Problem) -> [UInt8] {
    let token = try next(field)
    let groups = entry.text(token).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let values = groups.map { group in
      (1...4).contains(group.count) ? UInt16(String(decoding: group, as: UTF8.self), radix: 16) : nil
    }
    guard values.count == 4, !values.contains(nil) else {
      throw Problem(
        at: token.range, "\"\(printable(entry.text(token)))\" cannot be \(field)",
        why: "it has 64 bits (RFC 6742 §2.1.2)",
        fix: "write four groups of hexadecimal digits with colons, for example 0014:4fff:ff20:ee64")
    }
    return values.compactMap { $0 }.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }

  /// `00-00-5e-00-53-2a`
  private mutating func hardwareAddress(octets count: Int) throws(Problem) -> [UInt8] {
    let token = try next("the address")
    let values = entry.text(token).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map { group in
      group.count == 2 ? UInt8(String(decoding: group, as: UTF8.self), radix: 16) : nil
    }
    guard values.count == count, !values.contains(nil) else {
      throw Problem(
        at: token.range, "\"\(printable(entry.text(token)))\" is not an EUI-\(count * 8) address",
        fix: "write \(count) octets of two hexadecimal digits each with hyphens, for example 00-00-5e-00-53-2a")
    }
    return values.compactMap { $0 }
  }

  /// Types by name, in any order, as windows of a bit map (RFC 4034 §4.1.2).
  private mutating func readTypes(into data: inout RecordData) throws(Problem) {
    var windows: [UInt8: [UInt8]] = [:]
    while !isAtEnd {
      let token = try next("the types")
      let text = entry.text(token)
      guard text.count <= 16, let type = RecordType(mnemonic: text) ?? RecordType(numbered: printable(text)) else {
        throw Problem(
          at: token.range, "\"\(printable(text))\" is not a record type", fix: "write types such as A, NS or TYPE65280"
        )
      }
      let (window, bit) = (UInt8(type.rawValue >> 8), Int(type.rawValue & 0xFF))
      var bits = windows[window] ?? []
      while bits.count <= bit / 8 { bits.append(0) }
      bits[bit / 8] |= 0x80 >> UInt8(bit % 8)
      windows[window] = bits
    }
    for (window, bits) in windows.sorted(by: { $0.key < $1.key }) {
      data.append(window)
      data.appendString(bits)
    }
  }
}
