// Reads one directive, or a ROTATE: its positional words, and after them `key=value`, in any order, each at most once.
//
// The forms of each directive are in the files named after them.

import DNS

/// One option as written.
struct Option: Sendable {
  /// In lower case.
  var key: String
  var keyRange: SourceRange
  var value: ArraySlice<UInt8>
  var valueRange: SourceRange

  var text: String { printable(value) }

  /// The parts of a list: what is between the separators, with its place.
  func parts(separatedBy separator: UInt8 = UInt8(ascii: ",")) -> [Option] {
    var parts: [Option] = []
    for part in value.split(separator: separator, omittingEmptySubsequences: false) {
      let start = part.startIndex - value.startIndex
      parts.append(
        Option(key: key, keyRange: keyRange, value: part, valueRange: valueRange.part(start..<start + part.count)))
    }
    return parts
  }

  /// The value as a word of the entry.
  var token: Token { Token(range: valueRange, isQuoted: false) }
}

/// The positional words and the options of an entry.
struct Arguments {
  var words: [Token] = []
  var options: [Option] = []
}

/// Reads one entry into a value. Knows nothing of other entries: whether names are free or known is the caller's question.
struct EntryReader {
  let entry: Entry
  /// What completes relative names.
  let origin: DomainName?
  /// The path of the file that the entry is in.
  let path: String
  /// What is wrong and did not end the reading of the entry, for the caller to report.
  private(set) var problems: [Problem] = []

  init(_ entry: Entry, origin: DomainName?, path: String) {
    self.entry = entry
    self.origin = origin
    self.path = path
  }

  mutating func report(_ problem: Problem) { problems.append(problem) }

  /// Sorts the words from `start` on into positional ones and options; what is wrong is reported at once.
  ///
  /// - Parameter known: the keys that the entry may have.
  mutating func arguments(from start: Int, of subject: String, known: [String]) -> Arguments {
    var arguments = Arguments()
    var passed = start
    while passed < entry.tokens.count {
      let token = entry.tokens[passed]
      passed += 1
      if let parts = spacedOption(at: passed - 1, known) {
        let key = printable(entry.text(token)).lowercased().prefix { $0 != "=" }
        report(
          Problem(
            at: token.range, "there is a space beside the \"=\" of \(key)=",
            why: "an option is one word",
            fix:
              "write \(key)=\(printable(entry.text(entry.tokens[passed + parts - 2])).drop { $0 == "=" }) without spaces"
          ))
        passed += parts - 1
        continue
      }
      guard let option = option(token) else {
        if arguments.options.isEmpty {
          arguments.words.append(token)
        } else {
          report(
            Problem(
              at: token.range, "\"\(printable(entry.text(token)))\" comes after an option",
              why: "in \(subject) options such as \(known.first ?? "key")= come last",
              fix: known.contains("check")
                ? "move it before the first option; several checks are separated by commas: check=one,other"
                : "move it before the first option"))
        }
        continue
      }
      if !known.contains(option.key) {
        report(
          Problem(
            at: option.keyRange, "\(subject) has no option \"\(printable(option.key))\"",
            why: EntryReader.checkOptions.contains(option.key) && subject != "$CHECK"
              ? "it belongs to $CHECK" : suggestion(for: option.key, among: known),
            fix: known.isEmpty
              ? "remove it" : "its options are " + known.map { $0 + "=" }.joined(separator: ", ")))
      } else if arguments.options.contains(where: { $0.key == option.key }) {
        report(
          Problem(
            at: option.keyRange, "the option \(option.key)= is given twice", why: "it is not clear which one counts",
            fix: "remove one of them"))
      } else if option.value.isEmpty {
        report(
          Problem(
            at: option.valueRange, "the option \(option.key)= has no value",
            fix: "write the value right after the \"=\", without a space"))
      } else {
        arguments.options.append(option)
      }
    }
    return arguments
  }

  /// How many words make up an option that is written with spaces, `every = 5s`, `every= 5s` or `every =5s`; nil where
  /// this is not one.
  private func spacedOption(at position: Int, _ known: [String]) -> Int? {
    let words = entry.tokens[position...].prefix(3).map { $0.isQuoted ? "" : printable(entry.text($0)).lowercased() }
    guard let first = words.first, words.count > 1 else { return nil }
    if known.contains(first) {
      if words[1] == "=" { return words.count > 2 ? 3 : 2 }
      return words[1].hasPrefix("=") ? 2 : nil
    }
    guard first.hasSuffix("="), known.contains(String(first.dropLast())), !words[1].contains("=") else { return nil }
    return 2
  }

  /// The token as an option; nil when it is a positional word.
  private func option(_ token: Token) -> Option? {
    guard !token.isQuoted else { return nil }
    let text = entry.text(token)
    guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex else { return nil }
    let key = text[..<equals]
    let keyLength = key.count
    // The "=" of `https:443/page?a=b` belongs to the page: no key has a colon.
    guard keyLength <= 64, !key.contains(UInt8(ascii: ":")) else { return nil }
    return Option(
      key: printable(key).lowercased(), keyRange: token.range.part(0..<keyLength),
      value: text[(equals + 1)...], valueRange: token.range.part(keyLength + 1..<text.count))
  }
}
