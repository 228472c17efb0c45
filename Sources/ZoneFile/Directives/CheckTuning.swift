// `fast= jitter= flaky= watch=` of `$CHECK`: what a check does between its regular probes.

import Model

extension EntryReader {
  static let tuningOptions = ["fast", "jitter", "flaky", "watch"]

  func readTuning(_ option: Option, into timing: inout CheckTiming) throws(Problem) {
    switch option.key {
    case "fast":
      timing.fast = try duration(option, from: .milliseconds(100), to: .seconds(3600), "100ms to 1h")
      timing.fastRange = option.valueRange
    case "jitter": timing.jitter = try percentage(option, upTo: CheckTuning.mostJitter)
    case "flaky": timing.flaky = option.text.lowercased() == "off" ? nil : try flaky(option)
    default: timing.watch = try choice(option, CheckTuning.Watch.self)
    }
  }

  /// The default gives way to an `every=` shorter than itself; what is written does not.
  mutating func settleFast(_ timing: inout CheckTiming) {
    guard timing.fast > timing.every else { return }
    if let range = timing.fastRange {
      report(
        Problem(
          at: range, "fast= is longer than every=", why: "it is the interval while a change is pending",
          fix: "make fast= shorter, or leave it out"))
    }
    timing.fast = timing.every
  }

  /// `10%`, or `10`.
  private func percentage(_ option: Option, upTo most: Int) throws(Problem) -> Int {
    let digits = option.value.last == UInt8(ascii: "%") ? option.value.dropLast() : option.value
    guard let number = wholeNumber(digits), number <= most else {
      throw Problem(
        at: option.valueRange, "\(option.key)=\(option.text) is out of range", fix: "write from 0% to \(most)%")
    }
    return number
  }

  /// `10/20`
  private func flaky(_ option: Option) throws(Problem) -> FlakyRule {
    let parts = option.value.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, let failures = wholeNumber(parts[0]), let checks = wholeNumber(parts[1]) else {
      throw Problem(
        at: option.valueRange, "\"\(option.text)\" does not say how many failures of how many checks",
        fix: "write for example flaky=10/20 for ten of the last twenty, or flaky=off")
    }
    guard (1...FlakyRule.mostChecks).contains(checks), (1...checks).contains(failures) else {
      throw Problem(
        at: option.valueRange, "flaky=\(option.text) is out of range",
        why: "the last \(FlakyRule.mostChecks) checks are remembered",
        fix: "write at least 1 failure, and no more of them than checks")
    }
    return FlakyRule(failures: failures, within: checks)
  }
}
