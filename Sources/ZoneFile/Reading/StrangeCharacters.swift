// Characters that come from word processors, web pages and other configuration languages: they look right and mean
// something else. They are reported as what they are, before the field that they spoil is called wrong.

import DNS

extension Reader {
  /// Types whose text may hold any octets.
  private static let textTypes = [
    "TXT", "SPF", "CAA", "HINFO", "NAPTR", "URI", "NINFO", "AVC", "RESINFO", "WALLET", "CLA",
  ]

  /// Inspects the words of the entry; what spoils a name, a number or an option is thrown.
  mutating func checkCharacters() throws(Problem) {
    for (position, token) in entry.tokens.enumerated() {
      guard let problem = commentOfOthers(token, position) ?? strangeCharacter(in: token) else { continue }
      guard position > 0 || entry.startsWithSpace, isText else { throw problem }
      var warning = problem
      warning.severity = .warning
      report(warning)
      entry.isDoubtful = true
      return
    }
  }

  private var isText: Bool {
    entry.tokens.prefix(5).contains { token in
      Reader.textTypes.contains { entry.isKeyword(token, $0) }
    }
  }

  /// `# comment`, `// comment`
  private func commentOfOthers(_ token: Token, _ position: Int) -> Problem? {
    guard !token.isQuoted else { return nil }
    let text = entry.text(token)
    let sign = text.first == UInt8(ascii: "#") ? "#" : text.starts(with: "//".utf8) ? "//" : nil
    guard let sign else { return nil }
    return Problem(
      at: token.range, "\"\(sign)\" does not begin a comment here", why: "in a zone file a comment begins with \";\"",
      fix: "write ; in its place")
  }

  private func strangeCharacter(in token: Token) -> Problem? {
    let text = entry.text(token)
    guard let first = text.firstIndex(where: { $0 >= 0x80 }) else { return nil }
    var rest = text[first...]
    while let octet = rest.first {
      guard octet >= 0x80 else {
        rest = rest.dropFirst()
        continue
      }
      var iterator = rest.prefix(4).makeIterator()
      var parser = Unicode.UTF8.ForwardParser()
      guard case .valid(let encoded) = parser.parseScalar(from: &iterator) else { return nil }
      let scalar = Unicode.UTF8.decode(encoded)
      if let (sign, fix) = Reader.strange(scalar, inQuotes: token.isQuoted) {
        let start = rest.startIndex - Int(token.range.start)
        return Problem(
          at: token.range.part(start..<start + encoded.count), "there is \(sign) here",
          why: "word processors, chats and web pages put it there, and here it is an ordinary part of the word",
          fix: fix)
      }
      rest = rest.dropFirst(encoded.count)
    }
    return nil
  }

  /// What a character is, and what to write instead; nil for letters and others that are what they look like.
  private static func strange(_ scalar: Unicode.Scalar, inQuotes: Bool) -> (sign: String, fix: String)? {
    let code = "(U+" + String(scalar.value, radix: 16, uppercase: true).leftPadded + ")"
    switch scalar.value {
    case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000:
      return ("a no-break space or another blank that is not a space \(code)", "write an ordinary space")
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF:
      return ("an invisible character \(code)", "remove it; typing the word anew is the surest way")
    case 0x2018...0x201F, 0xAB, 0xBB, 0x2039, 0x203A, 0x2032, 0x2033, 0xFF02:
      return inQuotes ? nil : ("a typographic quotation mark \(code)", "write the plain character \"")
    case 0x2010...0x2015, 0x2212, 0xFE63, 0xFF0D:
      return inQuotes ? nil : ("a dash that is not a hyphen \(code)", "write the plain character -")
    case 0xFF01...0xFF5E:
      return inQuotes ? nil : ("a full-width character \(code)", "write the ASCII character")
    default: return nil
    }
  }
}

extension String {
  /// With zeros in front to four digits.
  fileprivate var leftPadded: String { String(repeating: "0", count: max(0, 4 - count)) + self }
}
