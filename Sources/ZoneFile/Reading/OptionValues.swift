// What comes after the "=" of an option, where several directives read it alike: numbers, choices, lists of names.

extension EntryReader {
  /// Octets that the name of a node, check or pool may have.
  private static let nameLimit = 63

  /// The name of a node, check, pool or site: letters, digits, "-", "_".
  func declaredName(_ token: Token, of subject: String) throws(Problem) -> NameUse {
    let text = entry.text(token)
    let isPlain = text.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, (1...EntryReader.nameLimit).contains(text.count), !token.isQuoted else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" cannot be the name of a \(subject)",
        why: text.count > 1 && text.contains(UInt8(ascii: ","))
          ? "names are separated by spaces here, not by commas" : "",
        fix: "use up to \(EntryReader.nameLimit) letters, digits, \"-\" and \"_\"")
    }
    return NameUse(name: String(decoding: text, as: UTF8.self), range: token.range)
  }

  /// The name that a directive gives: its first word.
  func firstName(of directive: String, _ subject: String) throws(Problem) -> NameUse {
    var fields = FieldReader(entry, from: 1, origin: nil, subject: directive)
    return try declaredName(try fields.next("the name of the \(subject)"), of: subject)
  }

  /// A whole number within bounds.
  func number(_ option: Option, _ bounds: ClosedRange<Int>) throws(Problem) -> Int {
    guard let number = wholeNumber(option.value), bounds.contains(number) else {
      throw Problem(
        at: option.valueRange, "\(option.key)=\(option.text) is out of range",
        fix: "write a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return number
  }

  /// One word of several.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ option: Option, _: Choice.Type
  ) throws(Problem) -> Choice {
    let words = Choice.allCases.map(\.rawValue)
    guard let choice = Choice(rawValue: option.text.lowercased()) else {
      throw Problem(
        at: option.valueRange, "\(option.key)= cannot be \"\(option.text)\"",
        why: suggestion(for: option.text, among: words), fix: "write \(inWords(words))")
    }
    return choice
  }

  /// Names between commas, each at most once; what is wrong with one is reported.
  mutating func names(_ option: Option, of subject: String) -> [NameUse] {
    var names: [NameUse] = []
    var seen: Set<String> = []
    for part in option.parts() {
      do throws(Problem) {
        let use = try declaredName(part.token, of: subject)
        guard seen.insert(use.name).inserted else {
          throw Problem(
            at: part.valueRange, "the \(subject) \"\(use.name)\" is listed twice", fix: "remove one of them")
        }
        names.append(use)
      } catch {
        report(error)
      }
    }
    return names
  }
}

/// `a, b or c`
private func inWords(_ words: [String]) -> String {
  words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
}
