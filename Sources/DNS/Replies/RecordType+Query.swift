// Types that can be asked for and shown by name, beyond those that a zone config file may hold.

extension RecordType {
  /// Those of signed zones and of questions, and old ones (IANA, "Resource Record (RR) TYPEs").
  private static let queryMnemonics: [(number: UInt16, name: String)] = [
    (3, "MD"), (4, "MF"), (7, "MB"), (8, "MG"), (9, "MR"), (10, "NULL"), (11, "WKS"), (14, "MINFO"), (18, "AFSDB"),
    (19, "X25"), (20, "ISDN"), (21, "RT"), (22, "NSAP"), (24, "SIG"), (25, "KEY"), (26, "PX"), (27, "GPOS"),
    (30, "NXT"), (31, "EID"), (32, "NIMLOC"), (36, "KX"), (37, "CERT"), (42, "APL"), (45, "IPSECKEY"), (46, "RRSIG"),
    (47, "NSEC"), (48, "DNSKEY"), (49, "DHCID"), (50, "NSEC3"), (51, "NSEC3PARAM"), (55, "HIP"), (59, "CDS"),
    (60, "CDNSKEY"), (61, "OPENPGPKEY"), (62, "CSYNC"), (63, "ZONEMD"), (99, "SPF"), (104, "NID"), (105, "L32"),
    (106, "L64"), (107, "LP"), (108, "EUI48"), (109, "EUI64"), (255, "ANY"), (258, "AVC"),
  ]

  static let rrsig = RecordType(rawValue: 46)
  static let nsec = RecordType(rawValue: 47)
  static let dnskey = RecordType(rawValue: 48)
  static let nsec3 = RecordType(rawValue: 50)
  static let nsec3Parameters = RecordType(rawValue: 51)
  static let childDS = RecordType(rawValue: 59)
  static let childDNSKEY = RecordType(rawValue: 60)
  static let openPGPKey = RecordType(rawValue: 61)

  /// A type to ask for, by its name or as `TYPEnnn`; nil for what is no question to a name, such as OPT or AXFR.
  package init?(queried text: String) {
    let known = RecordType.queryMnemonics.first { $0.name == text.uppercased() }
    guard
      let type = RecordType(mnemonic: text) ?? known.map({ RecordType(rawValue: $0.number) })
        ?? RecordType(numbered: text), type.rawValue != 0, !type.isOfMessages
    else { return nil }
    self = type
  }

  /// The mnemonic as other programs show it, or `TYPEnnn`.
  package var queryName: String {
    RecordType.queryMnemonics.first { $0.number == rawValue }?.name ?? description
  }
}
