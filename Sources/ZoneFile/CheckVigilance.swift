// `fast= jitter= flaky= watch=` of `$CHECK`: what a check does between its regular probes.

/// How closely a check looks, beside how often.
package struct CheckVigilance: Hashable, Sendable {
  /// Whether an idle connection is held to the node, whose breaking starts a probe at once.
  package enum Watch: String, Hashable, Sendable, CaseIterable { case off, on }

  /// Out after this many failures among so many checks.
  package struct Flaky: Hashable, Sendable {
    package var failures: Int
    package var checks: Int
  }

  /// From one probe to the next while a change is pending; not over `every`.
  package var fast: Duration = .seconds(1)
  /// How far two regular probes may be from `every` apart, in percent of it.
  package var jitter = 10
  /// Nil for `flaky=off`.
  package var flaky: Flaky? = Flaky(failures: 10, checks: 20)
  package var watch = Watch.off
  /// Where `fast=` is written, for messages.
  var fastRange: SourceRange?
}

extension ConfigurationReader {
  static let vigilanceOptions = ["fast", "jitter", "flaky", "watch"]
  /// As many checks as a judgement remembers.
  private static let mostFlakyChecks = 64

  func readVigilance(_ option: Option, into vigilance: inout CheckVigilance) throws(Problem) {
    switch option.key {
    case "fast":
      vigilance.fast = try duration(option, from: .milliseconds(100), to: .seconds(3600), "100ms to 1h")
      vigilance.fastRange = option.valueRange
    case "jitter": vigilance.jitter = try percentage(option, upTo: 50)
    case "flaky": vigilance.flaky = option.text.lowercased() == "off" ? nil : try flaky(option)
    default: vigilance.watch = try choice(option, CheckVigilance.Watch.self)
    }
  }

  /// The default gives way to an `every=` shorter than itself; what is written does not.
  mutating func settleFast(_ timing: inout CheckTiming) {
    guard timing.vigilance.fast > timing.every else { return }
    if let range = timing.vigilance.fastRange {
      report(
        Problem(
          at: range, "fast= is longer than every=", why: "it is the interval while a change is pending",
          mend: "make fast= shorter, or leave it out"))
    }
    timing.vigilance.fast = timing.every
  }

  /// `10%`, or `10`.
  private func percentage(_ option: Option, upTo most: Int) throws(Problem) -> Int {
    let digits = option.value.last == UInt8(ascii: "%") ? option.value.dropLast() : option.value
    guard let number = smallNumber(digits), number <= most else {
      throw Problem(
        at: option.valueRange, "\(option.key)=\(option.text) is out of range", mend: "write from 0% to \(most)%")
    }
    return number
  }

  /// `10/20`
  private func flaky(_ option: Option) throws(Problem) -> CheckVigilance.Flaky {
    let parts = option.value.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, let failures = smallNumber(parts[0]), let checks = smallNumber(parts[1]) else {
      throw Problem(
        at: option.valueRange, "\"\(option.text)\" does not say how many failures of how many checks",
        mend: "write for example flaky=10/20 for ten of the last twenty, or flaky=off")
    }
    guard (1...ConfigurationReader.mostFlakyChecks).contains(checks), (1...checks).contains(failures) else {
      throw Problem(
        at: option.valueRange, "flaky=\(option.text) is out of range",
        why: "the last \(ConfigurationReader.mostFlakyChecks) checks are remembered",
        mend: "write at least 1 failure, and no more of them than checks")
    }
    return CheckVigilance.Flaky(failures: failures, checks: checks)
  }
}
