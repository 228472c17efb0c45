// What is asked: one question of each kind that a flood might use, with EDNS and without, and how long a reply may be.

/// A query of one kind.
struct Asked {
  /// What its reply may be.
  enum Due {
    /// Records: as much as the asker takes, and no more than 1232 octets.
    case records
    /// Records, but of at most 512 octets over UDP.
    case few
    /// A code: the query's own octets back, and at most the six of an extended error (RFC 8914).
    case code
  }

  /// As the table has it.
  let title: String
  let due: Due
  private let flags: UInt16
  private let questionCount: UInt16
  private let question: [UInt8]
  /// What follows the question, other than OPT.
  private let records: [[UInt8]]
  /// Nil where the query makes no sense without EDNS, or with it.
  private let options: Options

  enum Options {
    /// Measured without EDNS and with an OPT that holds nothing.
    case none
    /// Measured with this OPT only.
    case only(version: UInt8, data: [UInt8])
  }

  init(
    _ title: String, _ name: String, _ type: UInt16, class recordClass: UInt16 = 1, due: Due = .records,
    flags: UInt16 = 0, questionCount: UInt16 = 1, records: [[UInt8]] = [], options: Options = .none
  ) {
    self.title = title
    self.due = due
    self.flags = flags
    self.questionCount = questionCount
    question = questionCount == 0 ? [] : wireName(name) + bigEndian(type, recordClass)
    self.records = records
    self.options = options
  }

  /// The query without EDNS.
  var plain: [UInt8]? {
    guard case .none = options else { return nil }
    return message(records)
  }

  /// The query with EDNS.
  var extended: [UInt8] {
    guard case .only(let version, let data) = options else { return message([optRecord()] + records) }
    return message([optRecord(version: version, data: data)] + records)
  }

  private func message(_ records: [[UInt8]]) -> [UInt8] {
    bigEndian(0, flags, questionCount, 0, 0, UInt16(records.count)) + question + records.joined()
  }

  /// An OPT of an asker that takes all there is.
  private func optRecord(version: UInt8 = 0, data: [UInt8] = []) -> [UInt8] {
    [0] + bigEndian(41, 65_535, UInt16(version), 0, UInt16(data.count)) + data
  }
}

func bigEndian(_ values: UInt16...) -> [UInt8] { values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }

func wireName(_ text: String) -> [UInt8] {
  text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + $0.utf8 } + [0]
}

private func option(_ code: UInt16, _ data: [UInt8] = []) -> [UInt8] { bigEndian(code, UInt16(data.count)) + data }

private let clientCookie = option(10, Array(1...8))
private let padding = option(12, [UInt8](repeating: 0, count: 100))
/// Cookie, NSID, the subnet of a /24, keepalive and padding.
private let everyOption = clientCookie + option(3) + option(8, [0, 1, 24, 0, 192, 0, 2]) + option(11) + padding

/// A signature with a key that nobody has (RFC 8945 §4.2).
private let strangeSignature =
  wireName("key.example") + bigEndian(250, 255, 0, 0, 61) + wireName("hmac-sha256")
  + bigEndian(0, 0, 1000, 300, 32) + [UInt8](repeating: 1, count: 32) + bigEndian(0, 0, 0)

/// All rows of the table; the names are those of zones/kreis.example.zone.
let everythingAsked = [
  Asked("A of two nodes", "mail.kreis.example", 1),
  Asked("AAAA of two nodes", "mail.kreis.example", 28),
  Asked("A of eight nodes", "eight.kreis.example", 1),
  Asked("AAAA of eight nodes", "eight.kreis.example", 28),
  Asked("A of nodes that all fail", "down.kreis.example", 1),
  Asked("A through a CNAME", "webmail.kreis.example", 1),
  Asked("HTTPS: no such record", "mail.kreis.example", 65),
  Asked("no such name", "none.kreis.example", 1),
  Asked("SOA", "kreis.example", 6),
  Asked("NS with addresses", "kreis.example", 2),
  Asked("MX with addresses", "kreis.example", 15),
  Asked("SRV with addresses", "_imaps._tcp.kreis.example", 33),
  Asked("TXT: SPF", "kreis.example", 16),
  Asked("TXT: DKIM, 2048 bits", "s1._domainkey.kreis.example", 16),
  Asked("TXT of 1,100 octets", "long.kreis.example", 16),
  Asked("TLSA, four", "_25._tcp.mx1.kreis.example", 52),
  Asked("DNSKEY: no such record", "kreis.example", 48),
  Asked("ANY at the apex", "kreis.example", 255, due: .few),
  Asked("ANY at a ROTATE", "mail.kreis.example", 255, due: .few),
  Asked("ANY at a TXT of 1,100 octets", "long.kreis.example", 255, due: .few),
  Asked("referral with glue", "host.sub.kreis.example", 1),
  Asked("REFUSED: a name elsewhere", "elsewhere.example", 1, due: .code),
  Asked("REFUSED: AXFR", "kreis.example", 252, due: .code),
  Asked("REFUSED: IXFR", "kreis.example", 251, due: .code),
  Asked("REFUSED: CH version.bind", "version.bind", 16, class: 3, due: .code),
  Asked("CH id.server", "id.server", 16, class: 3),
  Asked("NOTIMP: an update", "kreis.example", 6, due: .code, flags: 5 << 11),
  Asked("NOTIMP: TKEY", "kreis.example", 249, due: .code),
  Asked("FORMERR: two questions said", "kreis.example", 6, due: .code, questionCount: 2),
  Asked("NOTAUTH: an unknown key", "kreis.example", 6, due: .code, records: [strangeSignature]),
  Asked("BADVERS: EDNS 1", "kreis.example", 6, due: .code, options: .only(version: 1, data: [])),
  Asked(
    "FORMERR: a broken option", "kreis.example", 6, due: .code,
    options: .only(version: 0, data: bigEndian(10, 3) + [1, 2, 3])),
  Asked("a cookie, no question", "", 0, questionCount: 0, options: .only(version: 0, data: clientCookie)),
  Asked("A, client cookie", "mail.kreis.example", 1, options: .only(version: 0, data: clientCookie)),
  Asked("A, NSID", "mail.kreis.example", 1, options: .only(version: 0, data: option(3))),
  Asked("A, padding of 100 octets", "mail.kreis.example", 1, options: .only(version: 0, data: padding)),
  Asked("A, every option", "mail.kreis.example", 1, options: .only(version: 0, data: everyOption)),
]
