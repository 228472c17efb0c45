// Grammar that the house plan has and this version has not. It is recognised in order to be refused:
// an option that is read and ignored would promise what nobody keeps.

/// For each word, what to write in this version instead.
enum LaterGrammar {
  static let directives: [String: String] = [
    "$ECS": "remove the line; an asker's site is told from its own address"
  ]

  static let checkForms: [String: String] = [
    "smtp": "write tcp:25 (or the port your server listens on)",
    "imap": "write tcp:143 (or tcp:993 for IMAP over TLS)",
    "pop3": "write tcp:110 (or tcp:995 for POP3 over TLS)",
    "http": "write tcp:80 (or the port your server listens on)",
    "https": "write tcp:443 (or the port your server listens on)",
    "tls": "write tcp: with the same port, for example tcp:443",
    "agent": "write tcp: with the port of the service itself, for example tcp:443",
    "exec": "write tcp: with the port of the service itself, for example tcp:443",
  ]

  static let checkOptions: [String: String] = [
    "source": "leave it out; the system chooses the source address",
    "expect": "leave it out; tcp: tests that the port accepts connections",
    "status": "leave it out; tcp: tests that the port accepts connections",
    "host": "leave it out; tcp: tests that the port accepts connections",
    "sni": "leave it out; tcp: tests that the port accepts connections",
    "verify": "leave it out; tcp: looks at no certificate",
    "names": "leave it out; tcp: looks at no certificate",
  ]

  /// Record types that exist elsewhere, and what to do here.
  static let recordTypes: [String: String] = {
    var types: [String: String] = [
      "SPF": "write the same text as a TXT record (RFC 7208 §3.1)",
      "ALIAS": "write ROTATE with a pool, or the addresses as A and AAAA",
      "ANAME": "write ROTATE with a pool, or the addresses as A and AAAA",
      "DNAME": "write a CNAME for each name",
    ]
    for type in [
      "DS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "CDS", "CDNSKEY", "TLSA", "SMIMEA", "OPENPGPKEY", "SSHFP",
      "HTTPS", "SVCB", "NAPTR", "LOC", "HINFO", "RP", "AFSDB", "KX", "CERT", "APL", "IPSECKEY", "DHCID", "URI", "HIP",
      "EUI48", "EUI64", "MB", "MG", "MR", "MINFO", "WKS", "NULL", "CSYNC", "ZONEMD",
    ] {
      types[type] = "remove the record, or keep it in a zone that another server answers for"
    }
    return types
  }()
}
