// Grammar that the house plan has and this version has not. It is recognised in order to be refused:
// an option that is read and ignored would promise what nobody keeps.

/// For each word, what to write in this version instead.
enum LaterGrammar {
  /// Record types that exist elsewhere and have another form here.
  static let standIns: [String: String] = [
    "SPF": "write the same text as a TXT record (RFC 7208 §3.1)",
    "ALIAS": "write ROTATE with a pool, or the addresses as A and AAAA",
    "ANAME": "write ROTATE with a pool, or the addresses as A and AAAA",
  ]

  static let signedZone = "remove the record, or keep the zone on a server that signs it"

  /// SIG, NXT, RRSIG, NSEC, NSEC3, NSEC3PARAM: what a zone holds when it is signed. Served as plain data they would
  /// be given to nobody who needs them, and prove nothing.
  static let signedTypeNumbers: Set<UInt16> = [24, 30, 46, 47, 50, 51]
  static let signedTypes: [String: String] = {
    let names = ["SIG", "NXT", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "CSYNC"]
    return Dictionary(uniqueKeysWithValues: names.map { ($0, signedZone) })
  }()

  /// Record types that are served, and read by their number only.
  static let recordTypes: [String: String] = {
    let numbers: [String: Int] = [
      "MB": 7, "MG": 8, "MR": 9, "NULL": 10, "WKS": 11, "MINFO": 14, "AFSDB": 18, "KX": 36, "CERT": 37, "APL": 42,
      "IPSECKEY": 45, "DHCID": 49, "HIP": 55, "OPENPGPKEY": 61, "ZONEMD": 63, "EUI48": 108, "EUI64": 109,
    ]
    return numbers.mapValues { "write TYPE\($0) and the data in hexadecimal, for example TYPE\($0) \\# 2 abcd" }
  }()
}
