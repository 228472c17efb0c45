// Presentation form of the records that only signed zones have (RFC 4034, RFC 5155).

extension FieldText {
  /// RRSIG: type covered, algorithm, labels, TTL, expiration, inception, key tag, signer, signature (RFC 4034 §3.2).
  mutating func signature() {
    add(reader.uint16().map { RecordType(rawValue: $0).queryName })
    numbers([1, 1, 4])
    for _ in 0..<2 { add(reader.uint32().map { CivilTime(unixSeconds: Int64($0)).digits }) }
    number(octets: 2)
    name()
    base64Rest()
  }

  /// NSEC3: algorithm, flags, iterations, salt, next hashed owner, types (RFC 5155 §3.3).
  mutating func hashedDenial() {
    numbers([1, 1, 2])
    salt()
    add(reader.string().flatMap { $0.isEmpty ? nil : FieldText.base32($0) })
    typeList()
  }

  mutating func salt() {
    add(reader.string().map { $0.isEmpty ? "-" : RecordText.hexadecimal($0) })
  }

  /// The types of a bitmap: windows of 256 types, each with up to 32 octets of bits (RFC 4034 §4.1.2).
  mutating func typeList() {
    var before = -1
    while !reader.isAtEnd {
      guard let window = reader.uint8(), Int(window) > before, let bits = reader.string(), (1...32).contains(bits.count)
      else { return add(nil) }
      before = Int(window)
      for (index, octet) in bits.enumerated() {
        for bit in 0..<8 where octet & 0x80 >> bit != 0 {
          add(RecordType(rawValue: UInt16(window) << 8 | UInt16(8 * index + bit)).queryName)
        }
      }
    }
  }

  /// Base32 with the extended hex alphabet, without padding (RFC 4648 §7).
  private static func base32(_ octets: ArraySlice<UInt8>) -> String {
    let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUV".utf8)
    var text: [UInt8] = []
    var bits = 0
    var count = 0
    for octet in octets {
      bits = (bits << 8 | Int(octet)) & 0xFFFF
      count += 8
      while count >= 5 {
        count -= 5
        text.append(digits[bits >> count & 0x1F])
      }
    }
    if count > 0 { text.append(digits[bits << (5 - count) & 0x1F]) }
    return String(decoding: text, as: UTF8.self)
  }
}
