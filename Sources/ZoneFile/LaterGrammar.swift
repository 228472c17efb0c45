// Grammar that the house plan has and this version has not. It is recognised in order to be refused:
// an option that is read and ignored would promise what nobody keeps.

/// How much of the grammar is accepted.
package enum Grammar: Sendable {
  /// What this version keeps.
  case served
  /// All that is read: for tests, until the rest is served too.
  case planned
}

/// For each word, what to write in this version instead.
enum LaterGrammar {
  static let directives: [String: String] = [
    "$SITE": "remove the line; site= on $NODE is accepted as a label",
    "$ECS": "remove the line; this version gives every asker the same addresses",
  ]

  static let checkOptions: [String: String] = [
    "source": "leave it out; the system chooses the source address"
  ]

  static let poolOptions: [String: String] = [
    "need": "leave it out; a node is well when all checks of the pool pass",
    "warn": "leave it out, or list the check under check= if it is to take nodes out",
    "observe": "leave it out, or list the check under check= if it is to take nodes out",
    "backup": "leave it out; list all nodes as members",
    "answers": "leave it out; all healthy nodes are answered, at most 8",
    "order": "leave it out; the order of the addresses rotates",
    "prefer": "leave it out; every asker is given the same addresses",
    "all-down": "leave it out; when all nodes are down, all are answered",
    "min-live": "leave it out",
    "min-ttl": "leave it out; the TTL is the one of the ROTATE record",
    "slow-start": "leave it out; a node comes back with its full share",
  ]

  static let weight = "write the node's name without *weight; all nodes have the same share"

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
