// Presentation form of records with parts of their own: SVCB and HTTPS (RFC 9460), LOC (RFC 1876).

extension FieldText {
  /// Priority, target, parameters.
  mutating func serviceBinding() {
    number(octets: 2)
    name()
    while !reader.isAtEnd {
      guard let key = reader.uint16(), let length = reader.uint16(), let value = reader.octets(Int(length)) else {
        return add(nil)
      }
      add(ServiceParameter(ServiceParameter.Key(rawValue: key), Array(value)).text)
    }
  }

  /// Latitude, longitude, altitude, and how exact they are.
  mutating func location() {
    guard reader.uint8() == 0, let sizes = reader.octets(3).map(Array.init), let latitude = reader.uint32(),
      let longitude = reader.uint32(), let altitude = reader.uint32(),
      sizes.allSatisfy({ $0 >> 4 <= 9 && $0 & 0xF <= 9 })
    else { return add(nil) }
    add(FieldText.angle(latitude, positive: "N", negative: "S"))
    add(FieldText.angle(longitude, positive: "E", negative: "W"))
    add(FieldText.metres(Int(altitude) - 10_000_000, alwaysDecimals: true))
    for size in sizes {
      let centimetres = (0..<size & 0xF).reduce(Int(size >> 4)) { value, _ in value * 10 }
      add(FieldText.metres(centimetres, alwaysDecimals: false))
    }
  }

  /// Degrees, minutes and seconds of a number of thousandths of an arc second, counted from 2^31.
  private static func angle(_ value: UInt32, positive: String, negative: String) -> String {
    let thousandths = abs(Int(value) - 1 << 31)
    let seconds = thousandths / 1000
    let fraction = String(1000 + thousandths % 1000).dropFirst()
    let hemisphere = value >= 1 << 31 ? positive : negative
    return "\(seconds / 3600) \(seconds / 60 % 60) \(seconds % 60).\(fraction) \(hemisphere)"
  }

  private static func metres(_ centimetres: Int, alwaysDecimals: Bool) -> String {
    let sign = centimetres < 0 ? "-" : ""
    let (whole, part) = abs(centimetres).quotientAndRemainder(dividingBy: 100)
    return part == 0 && whole > 0 && !alwaysDecimals ? "\(whole)m" : "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)m"
  }
}

extension ServiceParameter {
  /// `port=443`, `alpn="h2,h3"`, `no-default-alpn`; malformed values as `key5="…"`.
  fileprivate var text: String {
    guard isWellFormed, let name = key.name else {
      return value.isEmpty ? "key\(key.rawValue)" : "key\(key.rawValue)=\(RecordText.quoted(value))"
    }
    switch key {
    case .mandatory: return "\(name)=" + mandatoryKeys.map { $0.name ?? "key\($0.rawValue)" }.joined(separator: ",")
    case .alpn: return "\(name)=\(RecordText.quoted(protocolList))"
    case .noDefaultALPN, .obliviousHTTP: return name
    case .port: return "\(name)=\(UInt16(value[0]) << 8 | UInt16(value[1]))"
    case .ipv4Hint: return "\(name)=\(addresses(octets: 4))"
    case .ipv6Hint: return "\(name)=\(addresses(octets: 16))"
    case .encryptedClientHello: return "\(name)=\(base64Text(value))"
    default: return "\(name)=\(RecordText.quoted(value))"
    }
  }

  private func addresses(octets count: Int) -> String {
    stride(from: 0, to: value.count, by: count).map { start in
      IPAddress(octets: Array(value[start..<start + count]))?.description ?? ""
    }.joined(separator: ",")
  }

  /// The protocols with commas between them; a comma or backslash inside one has a backslash (RFC 9460 appendix A.1).
  private var protocolList: [UInt8] {
    var list: [UInt8] = []
    var at = 0
    while at < value.count {
      let end = at + 1 + Int(value[at])
      if at > 0 { list.append(UInt8(ascii: ",")) }
      for octet in value[at + 1..<end] {
        if octet == UInt8(ascii: ",") || octet == UInt8(ascii: "\\") { list.append(UInt8(ascii: "\\")) }
        list.append(octet)
      }
      at = end
    }
    return list
  }
}
