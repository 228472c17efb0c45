// The octets of a stored record before its RDATA.

import DNS

/// How a record is laid out when its owner is the name at offset 12 (RFC 1035 §4.1.3):
///
///     0xC00C | TYPE | CLASS IN | TTL (32 bits) | RDLENGTH | RDATA
enum RecordLayout {
  /// All but RDATA, in octets.
  static let fixedLength = 12
  /// An address record in octets.
  static func length(of family: AddressFamily) -> UInt16 { UInt16(fixedLength) + (family == .ipv4 ? 4 : 16) }

  /// A compression pointer to offset 12 (RFC 1035 §4.1.4).
  static let ownerPointer: UInt16 = 0xC00C

  static func append(type: RecordType, ttl: UInt32, data: [UInt8], to octets: inout [UInt8]) {
    append(type: type, ttl: ttl, length: UInt16(clamping: data.count), to: &octets)
    octets += data
  }

  /// All but RDATA, which is `length` octets long.
  static func append(type: RecordType, ttl: UInt32, length: UInt16, to octets: inout [UInt8]) {
    append(ownerPointer, to: &octets)
    append(type.rawValue, to: &octets)
    append(RecordClass.internet, to: &octets)
    append(UInt16(ttl >> 16), to: &octets)
    append(UInt16(ttl & 0xFFFF), to: &octets)
    append(length, to: &octets)
  }

  private static func append(_ value: UInt16, to octets: inout [UInt8]) {
    octets.append(UInt8(value >> 8))
    octets.append(UInt8(value & 0xFF))
  }
}
