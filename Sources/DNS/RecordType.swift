// The registries' numbers by name: record types, classes, response codes, opcodes (RFC 1035 §3.2, RFC 6895).

/// A record type, or a query type such as ANY.
package struct RecordType: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let a = RecordType(rawValue: 1)
  package static let ns = RecordType(rawValue: 2)
  package static let cname = RecordType(rawValue: 5)
  package static let soa = RecordType(rawValue: 6)
  package static let ptr = RecordType(rawValue: 12)
  package static let mx = RecordType(rawValue: 15)
  package static let txt = RecordType(rawValue: 16)
  package static let aaaa = RecordType(rawValue: 28)
  package static let srv = RecordType(rawValue: 33)
  package static let dname = RecordType(rawValue: 39)
  package static let opt = RecordType(rawValue: 41)
  package static let ds = RecordType(rawValue: 43)
  package static let https = RecordType(rawValue: 65)
  package static let tkey = RecordType(rawValue: 249)
  package static let tsig = RecordType(rawValue: 250)
  package static let ixfr = RecordType(rawValue: 251)
  package static let axfr = RecordType(rawValue: 252)
  package static let any = RecordType(rawValue: 255)
  package static let caa = RecordType(rawValue: 257)

  /// The mnemonics of the types a zone config file may hold.
  private static let mnemonics: [(RecordType, String)] = [
    (.a, "A"), (.ns, "NS"), (.cname, "CNAME"), (.soa, "SOA"), (.ptr, "PTR"), (.mx, "MX"), (.txt, "TXT"),
    (.aaaa, "AAAA"), (.srv, "SRV"), (.caa, "CAA"),
  ]

  /// The type with this mnemonic, letter case ignored; nil when the name is unknown here.
  package init?(mnemonic: String) {
    let upper = mnemonic.uppercased()
    guard let known = RecordType.mnemonics.first(where: { $0.1 == upper }) else { return nil }
    self = known.0
  }
}

extension RecordType: CustomStringConvertible {
  /// The mnemonic, or `TYPEnnn` (RFC 3597 §5).
  package var description: String {
    RecordType.mnemonics.first { $0.0 == self }?.1 ?? "TYPE\(rawValue)"
  }
}

/// A record class (RFC 1035 §3.2.4).
package enum RecordClass {
  package static let internet: UInt16 = 1
  package static let chaos: UInt16 = 3
  package static let any: UInt16 = 255
}

/// The RCODE of a reply; values over 15 need EDNS (RFC 6891 §6.1.3).
package enum ResponseCode: UInt16, Sendable, CaseIterable {
  case noError = 0
  case formatError = 1
  case serverFailure = 2
  case nameError = 3
  case notImplemented = 4
  case refused = 5
  case badVersion = 16
}

/// The OPCODE of a message (RFC 1035 §4.1.1).
package enum Opcode {
  package static let query: UInt8 = 0
}
