// What a single word of an entry says: a string, a time, an address, a name.

import DNS

extension Entry {
  /// The octets of a word or quoted string, escapes resolved.
  func string(_ token: Token, limit: Int, isOneOfMany: Bool = false) throws(Problem) -> [UInt8] {
    let text = text(token)
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
        fix: isOneOfMany ? "split it into several quoted strings; readers of the record join them" : "shorten it")
    }
    return octets
  }

  /// A time in seconds; at most 2147483647 (RFC 2181 §8).
  func seconds(_ token: Token, field: String) throws(Problem) -> UInt32 {
    let text = text(token)
    do throws(TimeTextError) {
      return try TTLText.parse(text)
    } catch {
      switch error {
      case .overflow:
        throw Problem(
          at: token.range, "\(field) \(printable(text, limit: 30)) is too long a time",
          why: "the most is \(TTLText.maximum) seconds, about 68 years (RFC 2181 §8)",
          fix: "write a shorter time, for example 1h")
      case .malformed:
        throw Problem(
          at: token.range, "\(field) \"\(printable(text))\" is not a time",
          fix: "write seconds, or numbers with the units w d h m s, for example 3600 or 1h30m")
      }
    }
  }

  /// An IP address, with a message that says which part of it is wrong.
  func address(_ token: Token) throws(Problem) -> IPAddress {
    let text = text(token)
    if text.count <= 64, let address = IPAddress(text: text) { return address }
    let word = String(decoding: text.prefix(64), as: UTF8.self)
    let fix: String
    if word.hasPrefix("http://") || word.hasPrefix("https://") {
      fix = "write the address alone; $CHECK says how it is tested, for example https:443/path"
    } else if word.contains(",") {
      fix = "write the address without the comma; several are separated by spaces"
    } else if let colon = word.lastIndex(of: ":"), IPAddress(String(word[..<colon]))?.family == .ipv4 {
      fix = "write the address without the port, which belongs to $CHECK, for example tcp:443"
    } else if word.hasPrefix("["), !word.hasSuffix("]") {
      fix = "write the address without brackets and port, which belongs to $CHECK, for example tcp:443"
    } else if word.contains("/") {
      fix = "write the address alone, without / and prefix length"
    } else if word.contains("%") {
      fix = "write the address alone, without % and interface"
    } else if word.hasPrefix("[") {
      fix = "write the address without brackets"
    } else if word.contains(":") {
      fix = "write up to eight groups of hexadecimal digits with colons, for example 2001:db8::11"
    } else if word.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    {
      fix = "write four numbers from 0 to 255 with dots, without leading zeros, for example 192.0.2.11"
    } else {
      fix = "write the address in numbers, not as a name, for example 192.0.2.11 or 2001:db8::11"
    }
    throw Problem(at: token.range, "\"\(printable(text))\" is not an IP address", fix: fix)
  }

  /// A domain name, and a warning when it looks as if its final dot was forgotten.
  func name(_ token: Token, origin: DomainName?, field: String) throws(Problem) -> (
    name: DomainName, warning: Problem?
  ) {
    let text = text(token)
    do throws(NameTextError) {
      let name = try DomainName(text: text, origin: origin)
      return (name, forgottenDot(text, token, origin))
    } catch {
      throw problem(error, text, token, field)
    }
  }

  /// A mailbox as SOA writes it: the first dot takes the place of the "@" (RFC 1035 §8).
  func mailbox(_ token: Token, origin: DomainName?) throws(Problem) -> (
    name: DomainName, warning: Problem?
  ) {
    let text = text(token)
    if text.count > 1, let at = text.firstIndex(of: UInt8(ascii: "@")) {
      let local = printable(text[..<at]).split(separator: ".", omittingEmptySubsequences: false).joined(
        separator: "\\.")
      throw Problem(
        at: token.range, "the contact is written with \"@\"", why: "in DNS its place is taken by a dot",
        fix: "write \(local).\(printable(text[(at + 1)...])).")
    }
    return try name(token, origin: origin, field: "the contact")
  }
}

private func badEscape(at range: SourceRange) -> Problem {
  Problem(
    at: range, "this escape cannot be read",
    why: "a backslash protects one character, or comes before three digits up to 255",
    fix: "write \\\\ for the backslash itself")
}

/// `mail.kreis.example` below the origin `kreis.example.`: the most common mistake in zone files.
private func forgottenDot(_ text: ArraySlice<UInt8>, _ token: Token, _ origin: DomainName?) -> Problem? {
  guard let origin, text.last != UInt8(ascii: "."), text.contains(UInt8(ascii: ".")), origin.wire.count > 2,
    lowercased(text.last ?? 0) == lowercased(origin.wire[origin.wire.count - 2]), origin.labelCount > 1,
    let complete = try? DomainName(text: text, origin: .root), complete.isAtOrBelow(origin),
    let doubled = try? DomainName(text: text, origin: origin)
  else { return nil }
  return Problem(
    .warning, group: .forgottenDot, at: token.range, "this name means \"\(doubled)\"",
    why: "a name without final dot is completed with the origin \"\(origin)\"",
    fix: "add a final dot if \"\(complete)\" is meant")
}

private func problem(_ error: NameTextError, _ text: ArraySlice<UInt8>, _ token: Token, _ field: String) -> Problem {
  let quote = token.isQuoted ? 1 : 0
  let range = token.range.part(error.range.lowerBound + quote..<error.range.upperBound + quote)
  switch error.reason {
  case .empty:
    return Problem(at: token.range, "\(field) is empty", fix: "write a name; the root is a single dot")
  case .emptyLabel:
    return Problem(
      at: range, "\(field) has an empty part", why: "there are two dots in a row, or one at the front",
      fix: "remove the dot")
  case .labelTooLong(let octets):
    return Problem(
      at: range, "a part of \(field) has \(octets) octets", why: "between two dots there may be 63 (RFC 1035 §2.3.4)",
      fix: "shorten it")
  case .nameTooLong(let octets):
    return Problem(
      at: range, "\(field) has \(octets) octets with its origin", why: "a name may have 255 (RFC 1035 §2.3.4)",
      fix: "shorten it, or add a final dot if it is complete already")
  case .badEscape:
    return badEscape(at: range)
  case .notASCII:
    return Problem(
      at: range, "\(field) has a letter outside ASCII", why: "in DNS such names are written in Punycode (IDNA A-label)",
      fix: "write the form that begins with xn--, for example xn--mller-kva for m\u{FC}ller")
  case .relativeWithoutOrigin:
    let isAlone = text.elementsEqual("@".utf8) || !text.contains(UInt8(ascii: "."))
    return Problem(
      group: .withoutOrigin, at: token.range, "\(field) \"\(printable(text))\" is not complete",
      why: isAlone
        ? "there is no $ORIGIN to complete it with; other servers take it from their configuration"
        : "it has no final dot, and there is no $ORIGIN to complete it with",
      fix: isAlone
        ? "write $ORIGIN and the zone's name with a final dot at the top, for example $ORIGIN kreis.example."
        : "end it with a dot: \(printable(text)). Otherwise write $ORIGIN or $ZONE above it")
  }
}
