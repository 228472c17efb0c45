// The RDATA of one record, together with what answering needs to know of the names inside it.

/// RDATA in wire form, its names uncompressed.
package struct RecordData: Hashable, Sendable {
  /// A domain name inside RDATA.
  package struct EmbeddedName: Hashable, Sendable {
    /// Where the name begins, in octets from the start of RDATA.
    package let offset: Int
    /// Whether a reply may compress it: only in the types of RFC 1035 (RFC 3597 §4).
    package let isCompressible: Bool
  }

  /// RDLENGTH has 16 bits (RFC 1035 §3.2.1).
  package static let mostOctets = 65_535

  /// At most `mostOctets` once a zone config file has been read.
  package private(set) var bytes: [UInt8] = []
  /// The names, in their order.
  package private(set) var names: [EmbeddedName] = []

  package init() {}

  /// RDATA without names.
  package init(octets: [UInt8]) { bytes = octets }

  /// RDATA whose names are known.
  package init(octets: [UInt8], names: [EmbeddedName]) {
    bytes = octets
    self.names = names
  }

  package mutating func append(_ octet: UInt8) { bytes.append(octet) }
  package mutating func append(_ value: UInt16) { bytes += [UInt8(value >> 8), UInt8(value & 0xFF)] }
  package mutating func append(_ value: UInt32) {
    append(UInt16(value >> 16))
    append(UInt16(value & 0xFFFF))
  }
  package mutating func append(_ octets: some Sequence<UInt8>) { bytes += octets }

  package mutating func append(_ name: DomainName, isCompressible: Bool) {
    names.append(EmbeddedName(offset: bytes.count, isCompressible: isCompressible))
    bytes += name.wire
  }

  /// The embedded name with this index; nil when there is none.
  package func name(_ index: Int) -> DomainName? {
    guard names.indices.contains(index) else { return nil }
    var end = names[index].offset
    while bytes[end] != 0 { end += 1 + Int(bytes[end]) }
    return DomainName(uncheckedWire: Array(bytes[names[index].offset...end]))
  }
}

extension RecordData {
  package init(_ address: IPAddress) {
    self.init(octets: address.octets)
  }

  /// SOA RDATA (RFC 1035 §3.3.13); all times in seconds.
  package init(
    soaPrimary primary: DomainName, contact: DomainName, serial: UInt32, refresh: UInt32, retry: UInt32,
    expire: UInt32, minimum: UInt32
  ) {
    self.init()
    append(primary, isCompressible: true)
    append(contact, isCompressible: true)
    for value in [serial, refresh, retry, expire, minimum] { append(value) }
  }
}
