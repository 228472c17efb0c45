// Takes the fields of one entry one after the other: names, numbers, times, addresses, strings.

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

  /// The field that is taken next; nil at the end.
  var peek: Token? { isAtEnd ? nil : entry.tokens[position] }

  /// Where the next field stands, or is missing.
  var following: SourceRange { peek?.range ?? last.behind }

  mutating func warn(_ problem: Problem) { warnings.append(problem) }

  /// The field taken last.
  var last: SourceRange { entry.tokens[max(0, min(position, entry.tokens.count) - 1)].range }

  mutating func next(_ field: String) throws(Problem) -> Token {
    guard position < entry.tokens.count else {
      throw Problem(
        at: last.behind, "\(field) is missing", why: "\(subject) ends too early",
        mend: "write it after \"\(printable(entry.text(entry.tokens[entry.tokens.count - 1]), limit: 40))\"")
    }
    position += 1
    return entry.tokens[position - 1]
  }

  /// Complains about fields that nobody asked for.
  func finish() throws(Problem) {
    guard position < entry.tokens.count else { return }
    let token = entry.tokens[position]
    throw Problem(
      at: token.range, "\"\(printable(entry.text(token)))\" is one field too many",
      why: "\(subject) is complete before it",
      mend: "remove it, or begin a comment with \";\"")
  }

  mutating func name(_ field: String) throws(Problem) -> DomainName {
    let token = try next(field)
    let text = entry.text(token)
    if looksNumeric(text), IPAddress(String(decoding: text, as: UTF8.self)) != nil {
      throw Problem(
        at: token.range, "\(field) is an address, and must be a name", why: "\(subject) points to a name",
        mend: "give the address a name of its own by an A or AAAA record, and write that name here")
    }
    if token.isQuoted, text.isEmpty { throw emptyName(token, field) }
    try refuseURL(token, field)
    let (name, warning) = try readName(token, entry, origin: origin, field: field)
    if let warning { warnings.append(warning) }
    return name
  }

  /// `https://mail.kreis.example/`, `mail.kreis.example:25`: octets that a name may have, and surely not meant.
  private func refuseURL(_ token: Token, _ field: String) throws(Problem) {
    let text = entry.text(token)
    guard let colon = text.lastIndex(of: UInt8(ascii: ":")) else { return }
    let rest = text[(colon + 1)...]
    if rest.starts(with: "//".utf8) {
      throw Problem(
        at: token.range, "\(field) is a URL, and must be a name", why: "DNS knows hosts, and no pages",
        mend: "write the name of the host alone")
    }
    guard let port = smallNumber(rest), port <= 65_535, text[..<colon].contains(where: { $0 > 0x40 }) else { return }
    throw Problem(
      at: token.range, "\(field) has a port", why: "DNS gives addresses; of ports only SRV and SVCB records speak",
      mend: "write \(printable(text[..<colon])) without \":\(port)\"")
  }

  /// Cheap, and true for every address: most names need no closer look.
  private func looksNumeric(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, text.count <= 64 else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || text.contains(UInt8(ascii: ":"))
  }

  mutating func mailbox(_ field: String = "the contact") throws(Problem) -> DomainName {
    let token = try next(field)
    let (name, warning) = try readMailbox(token, entry, origin: origin)
    if let warning { warnings.append(warning) }
    return name
  }

  private func emptyName(_ token: Token, _ field: String) -> Problem {
    Problem(at: token.range, "\(field) is empty", mend: "write a name; the root is a single dot")
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
      mend: "write a whole number from 0 to \(Number.max)")
  }

  /// A time of a record in seconds, with units.
  mutating func seconds(_ field: String) throws(Problem) -> UInt32 {
    let token = try next(field)
    return try readSeconds(token, entry, field: field)
  }

  mutating func address(_ family: AddressFamily) throws(Problem) -> IPAddress {
    let token = try next(family == .ipv4 ? "the IPv4 address" : "the IPv6 address")
    let address = try readAddress(token, entry)
    guard address.family == family else {
      throw Problem(
        at: token.range,
        "\"\(printable(entry.text(token)))\" is an \(address.family == .ipv4 ? "IPv4" : "IPv6") address",
        why: "\(subject) holds \(family == .ipv4 ? "IPv4" : "IPv6") addresses",
        mend: "write the type \(address.family.recordType) before it")
    }
    return address
  }

  /// A <character-string> of at most 255 octets, escapes resolved (RFC 1035 §3.3).
  ///
  /// - Parameter isOneOfMany: readers of the record join its strings, as those of TXT do.
  mutating func string(_ field: String, isOneOfMany: Bool = false) throws(Problem) -> [UInt8] {
    let token = try next(field)
    return try readString(token, entry, limit: 255, isOneOfMany: isOneOfMany)
  }
}

/// The octets of a word or quoted string, escapes resolved.
func readString(
  _ token: Token, _ entry: Entry, limit: Int, isOneOfMany: Bool = false
) throws(Problem) -> [UInt8] {
  let text = entry.text(token)
  var octets: [UInt8] = []
  octets.reserveCapacity(text.count)
  var at = text.startIndex
  while at < text.endIndex {
    if text[at] == UInt8(ascii: "\\") {
      guard let (octet, next) = unescape(text, at: at) else {
        let start = at - Int(token.range.start)
        throw badEscape(at: token.range.part(start..<min(start + 4, text.endIndex - Int(token.range.start))))
      }
      octets.append(octet)
      at = next
    } else {
      octets.append(text[at])
      at += 1
    }
  }
  guard octets.count <= limit else {
    throw Problem(
      at: token.range, "the string has \(octets.count) octets, and \(limit) are allowed",
      mend: isOneOfMany ? "split it into several quoted strings; readers of the record join them" : "shorten it")
  }
  return octets
}

private func badEscape(at range: SourceRange) -> Problem {
  Problem(
    at: range, "this escape cannot be read",
    why: "a backslash protects one sign, or stands before three digits up to 255",
    mend: "write \\\\ for the backslash itself")
}

/// A time in seconds; at most 2147483647 (RFC 2181 §8).
func readSeconds(_ token: Token, _ entry: Entry, field: String) throws(Problem) -> UInt32 {
  let text = entry.text(token)
  do throws(TimeTextError) {
    return try TTLText.parse(text)
  } catch {
    switch error {
    case .overflow:
      throw Problem(
        at: token.range, "\(field) \(printable(text, limit: 30)) is too long a time",
        why: "the most is \(TTLText.maximum) seconds, about 68 years (RFC 2181 §8)",
        mend: "write a shorter time, for example 1h")
    case .malformed:
      throw Problem(
        at: token.range, "\(field) \"\(printable(text))\" is not a time",
        mend: "write seconds, or numbers with the units w d h m s, for example 3600 or 1h30m")
    }
  }
}

/// An IP address, with a message that says which part of it is wrong.
func readAddress(_ token: Token, _ entry: Entry) throws(Problem) -> IPAddress {
  let text = entry.text(token)
  if text.count <= 64, let address = IPAddress(text: text) { return address }
  let word = String(decoding: text.prefix(64), as: UTF8.self)
  let mend: String
  if word.hasPrefix("http://") || word.hasPrefix("https://") {
    mend = "write the address alone; how it is tested is said by $CHECK, for example https:443/path"
  } else if word.contains(",") {
    mend = "write the address without the comma; several are separated by spaces"
  } else if let colon = word.lastIndex(of: ":"), IPAddress(String(word[..<colon]))?.family == .ipv4 {
    mend = "write the address without the port, which belongs to $CHECK, for example tcp:443"
  } else if word.hasPrefix("["), !word.hasSuffix("]") {
    mend = "write the address without brackets and port, which belongs to $CHECK, for example tcp:443"
  } else if word.contains("/") {
    mend = "write the address alone, without / and prefix length"
  } else if word.contains("%") {
    mend = "write the address alone, without % and interface"
  } else if word.hasPrefix("[") {
    mend = "write the address without brackets"
  } else if word.contains(":") {
    mend = "write up to eight groups of hexadecimal digits with colons, for example 2001:db8::11"
  } else if word.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
    mend = "write four numbers from 0 to 255 with dots, without leading zeros, for example 192.0.2.11"
  } else {
    mend = "write the address in numbers, not as a name, for example 192.0.2.11 or 2001:db8::11"
  }
  throw Problem(at: token.range, "\"\(printable(text))\" is not an IP address", mend: mend)
}

/// A domain name, and a warning when it looks as if its final dot was forgotten.
func readName(_ token: Token, _ entry: Entry, origin: DomainName?, field: String) throws(Problem) -> (
  name: DomainName, warning: Problem?
) {
  let text = entry.text(token)
  do throws(NameTextError) {
    let name = try DomainName(text: text, origin: origin)
    return (name, forgottenDot(text, token, origin))
  } catch {
    throw problem(error, text, token, field)
  }
}

/// `mail.kreis.example` below the origin `kreis.example.`: the commonest slip in zone files.
private func forgottenDot(_ text: ArraySlice<UInt8>, _ token: Token, _ origin: DomainName?) -> Problem? {
  guard let origin, text.last != UInt8(ascii: "."), text.contains(UInt8(ascii: ".")), origin.wire.count > 2,
    lowercased(text.last ?? 0) == lowercased(origin.wire[origin.wire.count - 2]), origin.labelCount > 1,
    let complete = try? DomainName(text: text, origin: .root), complete.isAtOrBelow(origin),
    let doubled = try? DomainName(text: text, origin: origin)
  else { return nil }
  return Problem(
    .warning, group: .forgottenDot, at: token.range, "this name means \"\(doubled)\"",
    why: "a name without final dot is completed with the origin \"\(origin)\"",
    mend: "add a final dot if \"\(complete)\" is meant")
}

private func problem(_ error: NameTextError, _ text: ArraySlice<UInt8>, _ token: Token, _ field: String) -> Problem {
  let quote = token.isQuoted ? 1 : 0
  let range = token.range.part(error.range.lowerBound + quote..<error.range.upperBound + quote)
  switch error.reason {
  case .empty:
    return Problem(at: token.range, "\(field) is empty", mend: "write a name; the root is a single dot")
  case .emptyLabel:
    return Problem(
      at: range, "\(field) has an empty part", why: "two dots stand in a row, or one in front", mend: "remove the dot")
  case .labelTooLong(let octets):
    return Problem(
      at: range, "a part of \(field) has \(octets) octets", why: "between two dots there may be 63 (RFC 1035 §2.3.4)",
      mend: "shorten it")
  case .nameTooLong(let octets):
    return Problem(
      at: range, "\(field) has \(octets) octets with its origin", why: "a name may have 255 (RFC 1035 §2.3.4)",
      mend: "shorten it, or add a final dot if it is complete already")
  case .badEscape:
    return badEscape(at: range)
  case .notASCII:
    return Problem(
      at: range, "\(field) has a letter outside ASCII", why: "in DNS such names are written in Punycode (IDNA A-label)",
      mend: "write the form that begins with xn--, for example xn--mller-kva for m\u{FC}ller")
  case .relativeWithoutOrigin:
    let isAlone = text.elementsEqual("@".utf8) || !text.contains(UInt8(ascii: "."))
    return Problem(
      group: .withoutOrigin, at: token.range, "\(field) \"\(printable(text))\" is not complete",
      why: isAlone
        ? "there is no $ORIGIN to complete it with; other servers take it from their configuration"
        : "it has no final dot, and there is no $ORIGIN to complete it with",
      mend: isAlone
        ? "write $ORIGIN and the zone's name with a final dot at the top, for example $ORIGIN kreis.example."
        : "end it with a dot: \(printable(text)). Otherwise write $ORIGIN or $ZONE above it")
  }
}
