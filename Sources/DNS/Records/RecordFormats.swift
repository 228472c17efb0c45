// What the RDATA of each type is made of: one row a type, with its mnemonic and its fields in their order.
//
// The zone file reader takes the fields as they are written, `RecordData` checks given octets against them. A type whose
// text needs more than the fields say (LOC, SVCB, APL …) has a reader of its own, and the row says what is on the wire.

/// A field of RDATA. The text names it in messages.
package enum RecordField: Hashable, Sendable {
  /// A number of 8, 16 or 32 bits.
  case number8(String)
  case number16(String)
  case number32(String)
  /// A DNSSEC algorithm (RFC 4034 appendix A.1), or a kind of certificate (RFC 4398 §2.1): a number or its mnemonic.
  case algorithm
  case certificateKind
  case ipv4, ipv6
  /// A name of an RFC 1035 type, which replies may compress, or of a younger one (RFC 3597 §4).
  case compressibleName(String)
  case name(String)
  /// The same for a mailbox, whose first dot means "@".
  case compressibleMailbox(String)
  case mailbox(String)
  /// A <character-string> (RFC 1035 §3.3); one that may be left out at the end; one or more to the end.
  case string(String)
  case lastString(String)
  case strings(String)
  /// All that is left, of at least so many octets, written in hexadecimal or in base64.
  case hexadecimal(String, atLeast: Int)
  case base64(String, atLeast: Int)
  /// 64 bits as four groups of hexadecimal digits with colons (RFC 6742 §2.1.2).
  case nodeIdentifier(String)
  /// Octets in hexadecimal with hyphens (RFC 7043 §3.2).
  case hardwareAddress(octets: Int)
  /// Types in a bit map (RFC 4034 §4.1.2).
  case types
  /// Octets whose text is the business of a reader of its own; all that is left, likewise.
  case octets(Int)
  case rest(atLeast: Int)
  case serviceParameters
}

/// A row of the table.
package struct RecordFormat: Sendable {
  package let type: RecordType
  package let mnemonic: String
  package let fields: [RecordField]
  /// Whether the text is nothing but the fields, one after the other.
  package let isWrittenByField: Bool

  fileprivate init(_ number: UInt16, _ mnemonic: String, _ fields: [RecordField], isWrittenByField: Bool = true) {
    type = RecordType(rawValue: number)
    self.mnemonic = mnemonic
    self.fields = fields
    self.isWrittenByField = isWrittenByField
  }
}

extension RecordFormat {
  private static func special(_ number: UInt16, _ mnemonic: String, _ fields: [RecordField]) -> RecordFormat {
    RecordFormat(number, mnemonic, fields, isWrittenByField: false)
  }

  private static let key: [RecordField] = [
    .number16("the flags"), .number8("the protocol"), .algorithm, .base64("the key", atLeast: 0),
  ]
  private static let digest: [RecordField] = [
    .number16("the key tag"), .algorithm, .number8("the digest type"), .hexadecimal("the digest", atLeast: 1),
  ]

  /// What mail and web zones are made of; messages list these. Most files hold nothing else, so they are looked at first.
  private static let everyday: [RecordFormat] = [
    special(1, "A", [.ipv4]),
    special(28, "AAAA", [.ipv6]),
    RecordFormat(2, "NS", [.compressibleName("the name server")]),
    RecordFormat(5, "CNAME", [.compressibleName("the canonical name")]),
    RecordFormat(15, "MX", [.number16("the preference"), .compressibleName("the mail server")]),
    special(16, "TXT", [.strings("the text")]),
    RecordFormat(12, "PTR", [.compressibleName("the name")]),
    special(33, "SRV", [.octets(6), .name("the target")]),
    special(6, "SOA", [.compressibleName("the primary"), .compressibleName("the contact"), .octets(20)]),
    special(257, "CAA", [.number8("the flag octet"), .string("the tag"), .rest(atLeast: 0)]),
    special(52, "TLSA", [.octets(3), .rest(atLeast: 1)]),
    special(65, "HTTPS", [.octets(2), .name("the target"), .serviceParameters]),
    special(64, "SVCB", [.octets(2), .name("the target"), .serviceParameters]),
    special(43, "DS", digest),
    special(44, "SSHFP", [.octets(2), .rest(atLeast: 1)]),
    special(
      35, "NAPTR",
      [.octets(4), .string("the flags"), .string("the services"), .string("the expression"), .name("the replacement")]),
    special(256, "URI", [.octets(4), .rest(atLeast: 1)]),
    RecordFormat(39, "DNAME", [.name("the name that replaces this one")]),
    RecordFormat(13, "HINFO", [.string("the kind of machine"), .string("the operating system")]),
    special(29, "LOC", [.octets(16)]),
    RecordFormat(17, "RP", [.mailbox("the contact"), .name("the name of the text")]),
    special(53, "SMIMEA", [.octets(3), .rest(atLeast: 1)]),
  ]

  /// What old zones hold, and what few zones hold.
  private static let rare: [RecordFormat] = [
    RecordFormat(3, "MD", [.compressibleName("the mail server")]),
    RecordFormat(4, "MF", [.compressibleName("the mail server")]),
    RecordFormat(7, "MB", [.compressibleName("the host of the mailbox")]),
    RecordFormat(8, "MG", [.compressibleMailbox("the member")]),
    RecordFormat(9, "MR", [.compressibleMailbox("the new mailbox")]),
    special(10, "NULL", [.rest(atLeast: 0)]),
    special(11, "WKS", [.ipv4, .number8("the protocol"), .rest(atLeast: 0)]),
    RecordFormat(14, "MINFO", [.compressibleMailbox("the contact"), .compressibleMailbox("the mailbox for errors")]),
    RecordFormat(18, "AFSDB", [.number16("the subtype"), .name("the server")]),
    RecordFormat(19, "X25", [.string("the address")]),
    RecordFormat(20, "ISDN", [.string("the address"), .lastString("the subaddress")]),
    RecordFormat(21, "RT", [.number16("the preference"), .name("the host")]),
    special(22, "NSAP", [.rest(atLeast: 1)]),
    RecordFormat(23, "NSAP-PTR", [.name("the name")]),
    RecordFormat(25, "KEY", key),
    RecordFormat(26, "PX", [.number16("the preference"), .name("the RFC 822 domain"), .name("the X.400 domain")]),
    RecordFormat(27, "GPOS", [.string("the longitude"), .string("the latitude"), .string("the altitude")]),
    RecordFormat(31, "EID", [.hexadecimal("the identifier", atLeast: 1)]),
    RecordFormat(32, "NIMLOC", [.hexadecimal("the locator", atLeast: 1)]),
    special(34, "ATMA", [.rest(atLeast: 1)]),
    RecordFormat(36, "KX", [.number16("the preference"), .name("the key exchanger")]),
    RecordFormat(
      37, "CERT",
      [.certificateKind, .number16("the key tag"), .algorithm, .base64("the certificate", atLeast: 1)]),
    special(38, "A6", [.rest(atLeast: 1)]),
    RecordFormat(
      40, "SINK",
      [.number8("the meaning"), .number8("the coding"), .number8("the subcoding"), .base64("the data", atLeast: 0)]),
    special(42, "APL", [.rest(atLeast: 0)]),
    special(45, "IPSECKEY", [.rest(atLeast: 3)]),
    RecordFormat(48, "DNSKEY", key),
    RecordFormat(49, "DHCID", [.base64("the identifier", atLeast: 3)]),
    special(55, "HIP", [.rest(atLeast: 4)]),
    RecordFormat(56, "NINFO", [.strings("the text")]),
    RecordFormat(57, "RKEY", key),
    RecordFormat(58, "TALINK", [.name("the previous name"), .name("the next name")]),
    RecordFormat(59, "CDS", digest),
    RecordFormat(60, "CDNSKEY", key),
    RecordFormat(61, "OPENPGPKEY", [.base64("the key", atLeast: 1)]),
    RecordFormat(62, "CSYNC", [.number32("the serial"), .number16("the flags"), .types]),
    RecordFormat(
      63, "ZONEMD",
      [
        .number32("the serial"), .number8("the scheme"), .number8("the hash algorithm"),
        .hexadecimal("the digest", atLeast: 12),
      ]),
    special(66, "DSYNC", [.octets(5), .name("the target")]),
    RecordFormat(67, "HHIT", [.base64("the data", atLeast: 1)]),
    RecordFormat(68, "BRID", [.base64("the data", atLeast: 1)]),
    special(99, "SPF", [.strings("the text")]),
    RecordFormat(104, "NID", [.number16("the preference"), .nodeIdentifier("the node identifier")]),
    RecordFormat(105, "L32", [.number16("the preference"), .ipv4]),
    RecordFormat(106, "L64", [.number16("the preference"), .nodeIdentifier("the locator")]),
    RecordFormat(107, "LP", [.number16("the preference"), .name("the name of the locators")]),
    RecordFormat(108, "EUI48", [.hardwareAddress(octets: 6)]),
    RecordFormat(109, "EUI64", [.hardwareAddress(octets: 8)]),
    RecordFormat(258, "AVC", [.strings("the text")]),
    RecordFormat(
      259, "DOA",
      [
        .number32("the enterprise"), .number32("the kind"), .number8("the location"), .string("the media type"),
        .base64("the data", atLeast: 0),
      ]),
    special(260, "AMTRELAY", [.rest(atLeast: 2)]),
    RecordFormat(261, "RESINFO", [.strings("the text")]),
    RecordFormat(262, "WALLET", [.strings("the text")]),
    RecordFormat(263, "CLA", [.strings("the text")]),
    RecordFormat(32768, "TA", digest),
    RecordFormat(32769, "DLV", digest),
  ]

  /// What a zone holds when it is signed.
  private static let signed: [RecordFormat] = [
    special(24, "SIG", [.rest(atLeast: 0)]),
    special(30, "NXT", [.rest(atLeast: 0)]),
    special(46, "RRSIG", [.rest(atLeast: 0)]),
    special(47, "NSEC", [.rest(atLeast: 0)]),
    special(50, "NSEC3", [.rest(atLeast: 0)]),
    special(51, "NSEC3PARAM", [.rest(atLeast: 0)]),
  ]

  /// All types that are known by name.
  static let all = everyday + rare + signed

  /// The row of each type by number.
  private static let byNumber = Dictionary(uniqueKeysWithValues: all.map { ($0.type.rawValue, $0) })

  /// The row of a type; nil where the type is octets only.
  package static func of(_ type: RecordType) -> RecordFormat? { byNumber[type.rawValue] }

  /// The types by their mnemonics, which have ten octets at most.
  private static let byMnemonic = Dictionary(
    uniqueKeysWithValues: all.map { (PackedMnemonic(Array($0.mnemonic.utf8)[...]), $0.type) })

  /// The type with this mnemonic, letter case ignored.
  static func type(named text: ArraySlice<UInt8>) -> RecordType? {
    text.count <= 16 ? byMnemonic[PackedMnemonic(text)] : nil
  }

  /// The mnemonics of what most zones hold, and of all that a zone file may hold, in alphabetical order.
  package static var everydayMnemonics: [String] { everyday.map(\.mnemonic).sorted() }
  package static var mnemonics: [String] { (everyday + rare).map(\.mnemonic).sorted() }

  /// Whether records of the type belong to signing: a zone that is not signed has no use for them.
  package static func isOfSignedZones(_ type: RecordType) -> Bool { signed.contains { $0.type == type } }
}

/// Up to sixteen octets in lower case as a number: looked up for each record of a file without an object.
private struct PackedMnemonic: Hashable {
  private var upper: UInt64 = 0
  private var lower: UInt64 = 0

  init(_ text: ArraySlice<UInt8>) {
    for octet in text {
      upper = upper << 8 | lower >> 56
      lower = lower << 8 | UInt64(lowercased(octet))
    }
  }
}
