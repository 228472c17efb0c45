// `$CHECK name form:port [every= timeout= fall= rise= fast= jitter= flaky= watch= source= …]`: how nodes are tested.

import Model

extension EntryReader {
  private static let timingOptions = ["every", "timeout", "fall", "rise"] + EntryReader.tuningOptions

  static var checkOptions: [String] { timingOptions + CheckForm.allOptions + ["source"] }

  mutating func check() throws(Problem) -> CheckDraft {
    var check = CheckDraft(name: try firstName(of: "$CHECK", "check"))
    let arguments = arguments(from: 2, of: "$CHECK", known: EntryReader.checkOptions)
    let isTiming = { (option: Option) in EntryReader.timingOptions.contains(option.key) }
    var interval = CheckForm.tcp.interval
    do throws(Problem) {
      guard let form = arguments.words.first else {
        throw Problem(
          at: check.name.range, "the check \"\(check.name.name)\" does not say what it tests",
          fix: "write a form and a port after the name, for example tcp:443 or smtp:25")
      }
      var written = try self.form(form)
      if written.form == .exec {
        written.arguments = try arguments.words.dropFirst().map { (word) throws(Problem) in try programArgument(word) }
        try refuseConnecting(arguments.options)
      } else if arguments.words.count > 1 {
        throw Problem(
          at: arguments.words[1].range, "a check tests one thing",
          fix: "define a second $CHECK, and list both in the pool: check=one,other")
      }
      interval = written.form.interval
      check.kind = kind(written, arguments.options.filter { !isTiming($0) && $0.key != "source" })
      check.kindRange = form.range
      if let source = arguments.options.first(where: { $0.key == "source" }) { check.sources = sources(source) }
      check.verifyRange = arguments.options.first { $0.key == "verify" }?.valueRange
    } catch {
      report(error)
    }
    check.everyRange = arguments.options.first { $0.key == "every" }?.valueRange
    check.timing = timing(arguments.options.filter(isTiming), interval)
    return check
  }

  /// A program makes its connections, if any, by itself.
  private func refuseConnecting(_ options: [Option]) throws(Problem) {
    for option in options where ["watch", "source"].contains(option.key) {
      throw Problem(
        at: option.keyRange, "exec checks have no option \(option.key)=",
        why: option.key == "watch"
          ? "there is no port to hold a connection to" : "the program opens its connections by itself",
        fix: option.key == "watch" ? "leave it out" : "leave it out, or give the program the address as an argument")
    }
  }

  /// Quoted where it holds blanks or a `=`.
  private func programArgument(_ word: Token) throws(Problem) -> String {
    let octets = try entry.string(word, limit: 4_096)
    guard !octets.contains(0) else {
      throw Problem(at: word.range, "an argument cannot hold a zero octet", fix: "leave it out")
    }
    return String(decoding: octets, as: UTF8.self)
  }

  private mutating func timing(_ options: [Option], _ interval: (Duration, text: String)) -> CheckTiming {
    var timing = CheckTiming(every: interval.0)
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
        default: try readTuning(option, into: &timing)
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
            "the timeout is longer than every=\(everyRange.map { printable(entry.bytes[$0.octets]) } ?? interval.text)",
            why: "a probe would still run when the next one is due", fix: "make timeout= shorter or every= longer"))
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
        fix: option.value.contains(UInt8(ascii: "."))
          ? "write whole numbers: 1.5s is 1500ms" : "write a number with ms, s, m or h, for example 5s or 500ms")
    }
    guard (least...most).contains(duration) else { throw outside(option, bounds) }
    return duration
  }

  private func outside(_ option: Option, _ bounds: String) -> Problem {
    Problem(at: option.valueRange, "\(option.key)=\(option.text) is out of range", fix: "write a time from \(bounds)")
  }

  private func count(_ option: Option) throws(Problem) -> Int {
    guard let number = wholeNumber(option.value), (1...100).contains(number) else {
      throw Problem(
        at: option.valueRange, "\(option.key)=\(option.text) is out of range",
        fix: "write a whole number from 1 to 100")
    }
    return number
  }
}
