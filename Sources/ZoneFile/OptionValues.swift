// What stands behind the "=" of an option, where several directives read it alike: numbers, choices, lists of names.

/// Decimal digits as a number; nil when there is anything else, or more than six of them.
func smallNumber(_ text: ArraySlice<UInt8>) -> Int? {
  let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
  guard (1...6).contains(text.count), text.allSatisfy({ digits.contains($0) }) else { return nil }
  return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

extension ConfigurationReader {
  /// A whole number within bounds.
  func number(_ option: Option, _ bounds: ClosedRange<Int>) throws(Problem) -> Int {
    guard let number = smallNumber(option.value), bounds.contains(number) else {
      throw Problem(
        at: option.valueRange, "\(option.key)=\(option.text) is out of range",
        mend: "write a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
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
        why: suggestion(for: option.text, among: words), mend: "write \(inWords(words))")
    }
    return choice
  }

  /// Names between separators, each at most once; what is wrong with one is reported.
  mutating func names(
    _ text: ArraySlice<UInt8>, of subject: String, separator: UInt8 = UInt8(ascii: ","), in option: Option
  ) -> [NameUse] {
    var names: [NameUse] = []
    var seen: Set<String> = []
    var at = text.startIndex - option.value.startIndex
    for part in text.split(separator: separator, omittingEmptySubsequences: false) {
      let range = option.valueRange.part(at..<at + part.count)
      at += part.count + 1
      do throws(Problem) {
        let use = try declaredName(Token(range: range, isQuoted: false), of: subject)
        guard seen.insert(use.name).inserted else {
          throw Problem(at: range, "the \(subject) \"\(use.name)\" is listed twice", mend: "remove one of them")
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
