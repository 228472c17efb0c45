// Reads the fields of one entry one after the other: names, numbers, times, addresses, strings.

import DNS

struct FieldReader {
  let entry: Entry
  /// What completes relative names.
  let origin: DomainName?
  private let entryKind: EntryKind
  private var position: Int
  /// What is legal and probably not meant, for the caller to report.
  private(set) var warnings: [Problem] = []

  private enum EntryKind {
    case directive(String)
    case record(RecordType)
  }

  init(_ entry: Entry, from position: Int, origin: DomainName?, subject directive: String) {
    self.init(entry, position, origin, .directive(directive))
  }

  init(_ entry: Entry, from position: Int, origin: DomainName?, of type: RecordType) {
    self.init(entry, position, origin, .record(type))
  }

  private init(_ entry: Entry, _ position: Int, _ origin: DomainName?, _ entryKind: EntryKind) {
    self.entry = entry
    self.origin = origin
    self.entryKind = entryKind
    self.position = position
  }

  /// "$ZONE" or "an MX record", for messages.
  var subject: String {
    switch entryKind {
    case .directive(let directive): return directive
    case .record(let type):
      return article(before: type) + "\(type) record"
    }
  }

  /// "an " where the first letter, or the word, is spoken with a vowel.
  private func article(before type: RecordType) -> String {
    let mnemonic = type.description
    let spokenAsWords: Set<String> = ["LOC", "NAPTR", "NULL", "NINFO", "NIMLOC", "SINK", "RESINFO", "HIP"]
    let isSpelled = mnemonic.first.map { "AEFHILMNORSX".contains($0) } ?? false
    return isSpelled && !spokenAsWords.contains(mnemonic) ? "an " : "a "
  }

  var isAtEnd: Bool { position >= entry.tokens.count }

  /// The field that is read next; nil at the end.
  var peek: Token? { isAtEnd ? nil : entry.tokens[position] }

  /// Where the next field is, or is missing.
  var following: SourceRange { peek?.range ?? last.after }

  mutating func warn(_ problem: Problem) { warnings.append(problem) }

  /// The field read last.
  var last: SourceRange { entry.tokens[max(0, min(position, entry.tokens.count) - 1)].range }

  mutating func next(_ field: String) throws(Problem) -> Token {
    guard position < entry.tokens.count else {
      throw Problem(
        at: last.after, "\(field) is missing", why: "\(subject) ends too early",
        fix: "write it after \"\(printable(entry.text(entry.tokens[entry.tokens.count - 1]), limit: 40))\"")
    }
    position += 1
    return entry.tokens[position - 1]
  }

  /// Refuses fields after the last one.
  func finish() throws(Problem) {
    guard position < entry.tokens.count else { return }
    let token = entry.tokens[position]
    throw Problem(
      at: token.range, "\"\(printable(entry.text(token)))\" is one field too many",
      why: "\(subject) is complete before it",
      fix: "remove it, or begin a comment with \";\"")
  }

  mutating func name(_ field: String) throws(Problem) -> DomainName {
    let token = try next(field)
    let text = entry.text(token)
    if looksNumeric(text), IPAddress(String(decoding: text, as: UTF8.self)) != nil {
      throw Problem(
        at: token.range, "\(field) is an address, and must be a name", why: "\(subject) points to a name",
        fix: "give the address a name of its own by an A or AAAA record, and write that name here")
    }
    if token.isQuoted, text.isEmpty { throw emptyName(token, field) }
    try refuseURL(token, field)
    let (name, warning) = try entry.name(token, origin: origin, field: field)
    if let warning { warnings.append(warning) }
    return name
  }

  /// `https://mail.kreis.example/`, `mail.kreis.example:25`: octets that a name may have, but surely not meant as one.
  private func refuseURL(_ token: Token, _ field: String) throws(Problem) {
    let text = entry.text(token)
    guard let colon = text.lastIndex(of: UInt8(ascii: ":")) else { return }
    let rest = text[(colon + 1)...]
    if rest.starts(with: "//".utf8) {
      throw Problem(
        at: token.range, "\(field) is a URL, and must be a name", why: "DNS knows hosts, and no pages",
        fix: "write the name of the host alone")
    }
    guard let port = wholeNumber(rest), port <= 65_535, text[..<colon].contains(where: { $0 > 0x40 }) else { return }
    throw Problem(
      at: token.range, "\(field) has a port", why: "DNS gives addresses; of ports only SRV and SVCB records speak",
      fix: "write \(printable(text[..<colon])) without \":\(port)\"")
  }

  /// Cheap, and true for every address: most names need no more than this test.
  private func looksNumeric(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, text.count <= 64 else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || text.contains(UInt8(ascii: ":"))
  }

  mutating func mailbox(_ field: String = "the contact") throws(Problem) -> DomainName {
    let token = try next(field)
    let (name, warning) = try entry.mailbox(token, origin: origin)
    if let warning { warnings.append(warning) }
    return name
  }

  private func emptyName(_ token: Token, _ field: String) -> Problem {
    Problem(at: token.range, "\(field) is empty", fix: "write a name; the root is a single dot")
  }

  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_ field: String, _: Number.Type) throws(Problem)
    -> Number
  {
    let token = try next(field)
    let text = entry.text(token)
    if let value = Number(String(decoding: text, as: UTF8.self)), text.first != UInt8(ascii: "+") { return value }
    let isNumber = !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    throw Problem(
      at: token.range,
      isNumber
        ? "\(field) \(printable(text, limit: 20)) is out of range" : "\(field) \"\(printable(text))\" is not a number",
      fix: "write a whole number from 0 to \(Number.max)")
  }

  /// A time of a record in seconds, with units.
  mutating func seconds(_ field: String) throws(Problem) -> UInt32 {
    let token = try next(field)
    return try entry.seconds(token, field: field)
  }

  mutating func address(_ family: AddressFamily) throws(Problem) -> IPAddress {
    let token = try next(family == .ipv4 ? "the IPv4 address" : "the IPv6 address")
    let address = try entry.address(token)
    guard address.family == family else {
      throw Problem(
        at: token.range,
        "\"\(printable(entry.text(token)))\" is an \(address.family.displayName) address",
        why: "\(subject) holds \(family.displayName) addresses",
        fix: "write the type \(address.family.recordType) before it")
    }
    return address
  }

  /// A <character-string> of at most 255 octets, escapes resolved (RFC 1035 §3.3).
  ///
  /// - Parameter isOneOfMany: readers of the record join its strings, as those of TXT do.
  mutating func string(_ field: String, isOneOfMany: Bool = false) throws(Problem) -> [UInt8] {
    let token = try next(field)
    return try entry.string(token, limit: 255, isOneOfMany: isOneOfMany)
  }
}
