// `$CHECK name tcp:port [every= timeout= fall= rise= fast= jitter= flaky= watch=]`: how nodes are tested.

extension ConfigurationReader {
  private static let timingOptions = ["every", "timeout", "fall", "rise"] + ConfigurationReader.vigilanceOptions

  mutating func readCheck() throws(Problem) {
    var fields = FieldReader(entry, from: 1, origin: nil, subject: "$CHECK")
    var check = CheckDraft(name: try declaredName(try fields.next("the name of the check"), of: "check"))
    let arguments = arguments(
      from: 2, of: "$CHECK", known: ConfigurationReader.timingOptions, later: LaterGrammar.checkOptions)
    do throws(Problem) {
      guard let form = arguments.words.first else {
        throw Problem(
          at: check.name.range, "the check \"\(check.name.name)\" does not say what it tests",
          mend: "write tcp: and a port behind the name, for example tcp:443")
      }
      if arguments.words.count > 1 {
        throw Problem(
          at: arguments.words[1].range, "a check tests one thing",
          mend: "define a second $CHECK, and list both in the pool: check=one,other")
      }
      check.kind = try readForm(form)
      check.kindRange = form.range
    } catch {
      report(error)
    }
    check.timing = readTiming(arguments.options)
    declare(check)
  }

  /// `tcp:port`
  private func readForm(_ token: Token) throws(Problem) -> Check.Kind {
    let text = entry.text(token)
    let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
    let form = printable(text[..<colon]).lowercased()
    if let instead = LaterGrammar.checkForms[form] {
      throw Problem(at: token.range, "this version of Rondo does not have \(form) checks yet", mend: instead)
    }
    guard form == "tcp" else {
      throw Problem(
        at: token.range, "\"\(printable(text))\" is not a check",
        why: suggestion(for: form, among: ["tcp"] + LaterGrammar.checkForms.keys.sorted()),
        mend: "write tcp: and a port, for example tcp:443")
    }
    let port = text[min(colon + 1, text.endIndex)...]
    guard colon < text.endIndex, !port.isEmpty else {
      throw Problem(at: token.range.behind, "the port is missing", mend: "write for example tcp:443")
    }
    let range = token.range.part(colon + 1 - text.startIndex..<text.count)
    guard let number = wholeNumber(port), (1...65535).contains(number) else {
      throw Problem(
        at: range, "\"\(printable(port))\" is not a port", mend: "write a number from 1 to 65535, for example tcp:443")
    }
    return .tcp(port: UInt16(number))
  }

  private mutating func readTiming(_ options: [Option]) -> CheckTiming {
    var timing = CheckTiming()
    var everyRange: SourceRange?
    var timeoutRange: SourceRange?
    for option in options {
      do throws(Problem) {
        switch option.key {
        case "every":
          timing.every = try duration(option, from: .milliseconds(100), to: .seconds(3600), "100ms to 1h")
          everyRange = option.valueRange
        case "timeout":
          timing.timeout = try duration(option, from: .milliseconds(1), to: .seconds(3600), "1ms to 1h")
          timeoutRange = option.valueRange
        case "fall": timing.fall = try count(option)
        case "rise": timing.rise = try count(option)
        default: try readVigilance(option, into: &timing.vigilance)
        }
      } catch {
        report(error)
      }
    }
    if timing.timeout > timing.every {
      // The default gives way to an `every=` shorter than itself; what is written does not.
      if let timeoutRange {
        report(
          Problem(
            at: timeoutRange,
            "the timeout is longer than every=\(everyRange.map { printable(entry.bytes[$0.octets]) } ?? "5s")",
            why: "a probe would still run when the next one is due", mend: "make timeout= shorter or every= longer"))
      }
      timing.timeout = timing.every
    }
    settleFast(&timing)
    return timing
  }

  func duration(_ option: Option, from least: Duration, to most: Duration, _ bounds: String) throws(Problem)
    -> Duration
  {
    let duration: Duration
    do throws(TimeTextError) {
      duration = try DurationText.parse(option.value)
    } catch {
      guard error == .malformed else { throw outside(option, bounds) }
      throw Problem(
        at: option.valueRange, "\"\(option.text)\" is not a time",
        mend: option.value.contains(UInt8(ascii: "."))
          ? "write whole numbers: 1.5s is 1500ms" : "write a number with ms, s, m or h, for example 5s or 500ms")
    }
    guard (least...most).contains(duration) else { throw outside(option, bounds) }
    return duration
  }

  private func outside(_ option: Option, _ bounds: String) -> Problem {
    Problem(at: option.valueRange, "\(option.key)=\(option.text) is out of range", mend: "write a time from \(bounds)")
  }

  private func count(_ option: Option) throws(Problem) -> Int {
    guard let number = wholeNumber(option.value), (1...100).contains(number) else {
      throw Problem(
        at: option.valueRange, "\(option.key)=\(option.text) is out of range",
        mend: "write a whole number from 1 to 100")
    }
    return number
  }
}

/// Decimal digits as a number; nil when there is anything else, or more than nine of them.
private func wholeNumber(_ text: ArraySlice<UInt8>) -> Int? {
  let digits: ClosedRange<UInt8> = UInt8(ascii: "0")...UInt8(ascii: "9")
  guard (1...9).contains(text.count), text.allSatisfy({ digits.contains($0) }) else { return nil }
  return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}
