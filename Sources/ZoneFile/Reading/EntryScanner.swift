// Octets of a file → entries: the words of one record or directive, comments and parentheses gone (RFC 1035 §5.1).

import DNS

/// A word of an entry.
struct Token: Sendable {
  /// For a quoted string, its quotation marks included.
  var range: SourceRange
  var isQuoted: Bool
  /// A bare word whose value is quoted, quotation marks included: `key="value"`.
  var hasQuotedValue = false
}

/// One record or directive: a line, or several held together by parentheses.
struct Entry: Sendable {
  /// Of the whole file; tokens are ranges in them.
  var bytes: [UInt8] = []
  var tokens: [Token] = []
  /// The owner name is the one of the entry before.
  var startsWithSpace = false
  /// A problem was reported; what the entry says is not to be relied on.
  var isBroken = false
  /// A character in it has been warned of: what follows from that needs no second message.
  var isDoubtful = false
  /// The first comment in the entry, from its ";" on.
  fileprivate(set) var comment: SourceRange?
  /// Whether a token has a quotation mark after an "=".
  fileprivate(set) var hasQuotedValue = false

  /// The octets between the quotation marks, or of the bare word; escapes not yet resolved.
  func text(_ token: Token) -> ArraySlice<UInt8> {
    let octets = token.range.octets
    let range = token.isQuoted ? octets.lowerBound + 1..<max(octets.lowerBound + 1, octets.upperBound - 1) : octets
    guard range.upperBound <= bytes.count else { return [] }
    return bytes[range]
  }

  /// The quotation mark inside the first token that has one after an "=".
  var innerQuote: SourceRange? {
    guard hasQuotedValue, let token = tokens.first(where: \.hasQuotedValue) else { return nil }
    let text = text(token)
    let quote = text.firstIndex(of: UInt8(ascii: "\"")).map { $0 - text.startIndex } ?? 0
    return token.range.part(quote..<quote + 1)
  }

  /// Whether the token is this keyword, letter case ignored; a quoted string is none.
  func isKeyword(_ token: Token, _ keyword: String) -> Bool {
    !token.isQuoted && token.range.octets.count == keyword.utf8.count
      && zip(text(token), keyword.utf8).allSatisfy { lowercased($0) == lowercased($1) }
  }
}

/// Cuts the octets of one file into entries. Knows no records: it reports unbalanced quotation marks and parentheses only.
struct EntryScanner {
  /// Words in one entry: as many strings as the longest TXT record could hold.
  private static let tokenLimit = 65_536

  let file: Int
  let bytes: [UInt8]
  /// Where the next entry is looked for.
  private(set) var at: Int
  private var line = 1
  private var lineStart: Int

  init(file: Int, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
    // A UTF-8 byte order mark, as Windows editors write it, has no meaning and is skipped.
    at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    lineStart = at
  }

  /// A place in the line at hand.
  func range(_ octets: Range<Int>) -> SourceRange { range(octets.lowerBound, octets.upperBound) }

  /// Continues at the beginning of the next line, which the caller has found.
  mutating func goOn(to start: Int) {
    at = start
    line += 1
    lineStart = start
  }

  private func range(_ start: Int, _ end: Int) -> SourceRange {
    SourceRange(file: file, line: line, lineStart: lineStart, start: start, end: end)
  }

  /// Reads the next entry into `entry`; false at the end of the file.
  mutating func next(into entry: inout Entry, log: DiagnosticLog) -> Bool {
    entry.bytes = bytes
    entry.tokens.removeAll(keepingCapacity: true)
    entry.startsWithSpace = false
    entry.isBroken = false
    entry.hasQuotedValue = false
    entry.comment = nil
    entry.isDoubtful = false
    var parenthesis: SourceRange?
    // Held back until the entry is complete: an unclosed parenthesis makes the rest of the file look wrong.
    var problems: [Problem] = []
    defer {
      entry.isBroken = !problems.isEmpty
      for problem in problems { log.report(problem) }
    }

    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\n"):
        endLine()
        guard parenthesis == nil else { continue }
        if !entry.tokens.isEmpty || !problems.isEmpty { return true }
        entry.startsWithSpace = false
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        if at == lineStart, entry.tokens.isEmpty, parenthesis == nil { entry.startsWithSpace = true }
        at += 1
      case UInt8(ascii: ";"):
        let start = at
        skipToLineEnd()
        if entry.comment == nil, !entry.tokens.isEmpty { entry.comment = range(start, start + 1) }
      case UInt8(ascii: "("):
        if let opened = parenthesis {
          problems = [unclosed(opened)]
          resume(after: opened)
          return true
        }
        parenthesis = range(at, at + 1)
        at += 1
      case UInt8(ascii: ")"):
        if parenthesis == nil {
          problems.add(
            Problem(
              at: range(at, at + 1), "this \")\" closes nothing", why: "there is no \"(\" before it in this entry",
              fix: "remove it, or put \"(\" where the record's fields begin"))
        }
        parenthesis = nil
        at += 1
      case UInt8(ascii: "\""):
        add(scanQuoted(&problems), to: &entry, &problems)
      default:
        add(scanWord(&problems), to: &entry, &problems)
      }
    }
    if let opened = parenthesis {
      problems = [unclosed(opened)]
      resume(after: opened)
      return true
    }
    return !entry.tokens.isEmpty || !problems.isEmpty
  }

  private func add(_ token: Token, to entry: inout Entry, _ problems: inout [Problem]) {
    guard entry.tokens.count < EntryScanner.tokenLimit else {
      // Reported once: a broken entry is not counted further.
      if problems.isEmpty {
        problems.add(
          Problem(
            at: token.range, "this entry has more than \(EntryScanner.tokenLimit) words",
            fix: "end it with the line, or look for a parenthesis that is closed too late"))
      }
      return
    }
    entry.tokens.append(token)
    if token.hasQuotedValue { entry.hasQuotedValue = true }
  }

  private mutating func endLine() {
    at += 1
    line += 1
    lineStart = at
  }

  private mutating func skipToLineEnd() {
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
  }

  /// Octets of a string over several lines, at most: all that its 255 octets take when each is written `\DDD`.
  private static let longestString = 4 * 255

  /// A quoted string. It may go on over line ends (RFC 1035 §5.1), which then are part of it; but one that is not closed on
  /// its line is nearly always a forgotten quotation mark, and then the next mark opens a string: a word follows it at once.
  private mutating func scanQuoted(_ problems: inout [Problem]) -> Token {
    let start = at
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
      if bytes[at] == UInt8(ascii: "\"") {
        at += 1
        return Token(range: range(start, at), isQuoted: true)
      }
      skipEscapable()
    }
    let lineEnd = at
    if let end = endOfLongString(from: start) {
      let token = Token(range: range(start, end), isQuoted: true)
      at = lineEnd
      while at < end {
        if bytes[at] == UInt8(ascii: "\n") {
          line += 1
          lineStart = at + 1
        }
        at += 1
      }
      return token
    }
    at = lineEnd
    problems.add(
      Problem(
        at: range(start, start + 1), "the string that begins here has no closing quotation mark on its line",
        fix: "put \" at its end; a quotation mark inside a string is written \\\""))
    return Token(range: range(start, at), isQuoted: false)
  }

  /// The end of a string that goes on after the line end at `at`; nil where it is not closed, or not where a string ends.
  private mutating func endOfLongString(from start: Int) -> Int? {
    while at < bytes.count, at - start <= EntryScanner.longestString {
      if bytes[at] == UInt8(ascii: "\"") {
        guard at + 1 < bytes.count else { return at + 1 }
        switch bytes[at + 1] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"),
          UInt8(ascii: ")"):
          return at + 1
        default: return nil
        }
      }
      if bytes[at] == UInt8(ascii: "\n") { at += 1 } else { skipEscapable() }
    }
    return nil
  }

  /// A word; after an "=" it may hold a quoted string, and the reader decides whether it may.
  private mutating func scanWord(_ problems: inout [Problem]) -> Token {
    let start = at
    // A string in the word may go on over line ends; the word is where it begins.
    var place = range(at, at)
    var hasQuotedValue = false
    scan: while true {
      at = endOfPlainOctets()
      guard at < bytes.count else { break }
      switch bytes[at] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"),
        UInt8(ascii: "("), UInt8(ascii: ")"):
        break scan
      case UInt8(ascii: "\"") where bytes[at - 1] == UInt8(ascii: "=") && at > start && !hasQuotedValue:
        hasQuotedValue = true
        _ = scanQuoted(&problems)
      case UInt8(ascii: "\""):
        problems.add(.innerQuote(at: range(at, at + 1)))
        _ = scanQuoted(&problems)
      case UInt8(ascii: "\\"): skipEscapable()
      case let octet:
        let end = endOfControlOctets()
        problems.add(controlOctets(octet, at..<end))
        at = end
      }
    }
    place.start = Int32(truncatingIfNeeded: start)
    place.end = Int32(truncatingIfNeeded: at)
    return Token(range: place, isQuoted: false, hasQuotedValue: hasQuotedValue)
  }

  /// The end of what can only be part of a word.
  @_optimize(speed)
  private func endOfPlainOctets() -> Int {
    let octets = bytes.span
    var end = at
    scan: while end < octets.count {
      switch octets[end] {
      case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"),
        UInt8(ascii: "\\"):
        break scan
      default: end += 1
      }
    }
    return end
  }

  /// The end of what no plain text holds.
  @_optimize(speed)
  private func endOfControlOctets() -> Int {
    let octets = bytes.span
    var end = at
    scan: while end < octets.count {
      switch octets[end] {
      case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break scan
      case 0..<0x20, 0x7F: end += 1
      default: break scan
      }
    }
    return end
  }

  private func controlOctets(_ octet: UInt8, _ octets: Range<Int>) -> Problem {
    Problem(
      at: range(octets),
      octets.count == 1
        ? "there is a control octet \(printable([octet])) here" : "there are \(octets.count) control octets here",
      why: octet == 0
        ? "a zone config file is plain text, and this may be UTF-16 or no text at all"
        : "a zone config file is plain text",
      fix: octet == 0
        ? "save it as UTF-8"
        : "remove it, or write it as \(printable([octet])) if the name or string really holds it")
  }

  /// Skips one octet, or a backslash with the octet it protects.
  private mutating func skipEscapable() {
    let isEscape = bytes[at] == UInt8(ascii: "\\")
    at += 1
    if isEscape, at < bytes.count, bytes[at] != UInt8(ascii: "\n"), bytes[at] != UInt8(ascii: "\r") { at += 1 }
  }

  private func unclosed(_ parenthesis: SourceRange) -> Problem {
    Problem(
      at: parenthesis, "this \"(\" is never closed", why: "all that follows would belong to this one record",
      fix: "put \")\" after the last field of the record")
  }

  /// Continues at the first line that looks like a new entry: it begins in column one with a name or a directive.
  private mutating func resume(after parenthesis: SourceRange) {
    at = parenthesis.octets.lowerBound
    line = Int(parenthesis.line)
    lineStart = Int(parenthesis.lineStart)
    repeat {
      skipToLineEnd()
      guard at < bytes.count else { return }
      endLine()
    } while at < bytes.count && isContinuation(bytes[at])
  }

  private func isContinuation(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"),
      UInt8(ascii: ")"), UInt8(ascii: "("):
      true
    default: false
    }
  }
}

extension Problem {
  static func innerQuote(at range: SourceRange) -> Problem {
    Problem(
      at: range, "there is a quotation mark inside a word",
      fix: "put the whole word in quotation marks, or write \\\" for the mark itself")
  }
}

extension [Problem] {
  /// Adds a problem of one entry, as long as it could still be shown.
  fileprivate mutating func add(_ problem: @autoclosure () -> Problem) {
    if count < DiagnosticLog.limit { append(problem()) }
  }
}
