// The last view of all targets, as written down before a restart and believed after it.
//
// A small text file, so that an operator can read it and a newer version can refuse it:
//
//      rondo-health 1
//      saved 1764035000                                          seconds since 1970
//      down⇥ex2⇥198.51.100.11⇥tcp:443⇥owa⇥3600⇥3⇥2⇥10⇥connection refused
//      end 1                                                     how many; a torn file has no such line
//
// The fields of a target: state, node, address, what is tested, name of the check; then in seconds before `saved` since
// when and when last heard; step and span of its hold-down; reason. Ages, not times: only `saved` depends on the clock.

package import DNS
internal import Model

/// By what a target is recognised after a restart.
package struct RememberedTarget: Hashable, Sendable {
  package var node: String
  package var address: IPAddress
  package var kind: String
  package var check: String

  init(node: String, address: IPAddress, kind: String, check: String) {
    self.node = node
    self.address = address
    self.kind = kind
    self.check = check
  }

  init(_ target: ProbeTarget) {
    self.init(
      node: plainField(target.node), address: target.address, kind: plainField(target.plan.kind.description),
      check: plainField(target.check))
  }
}

/// Why a memory is not believed.
package enum HealthMemoryError: Error, Hashable, Sendable {
  case tooLong
  /// Not of this version, or not a memory at all.
  case unknownVersion
  /// The line, from 1.
  case malformed(line: Int)
  /// No `end`, or with another number: the writer did not come to its end.
  case torn
  case tooOld(seconds: Int64)
  /// Written in the future: the clock has been set back, and the age is unknown.
  case fromTheFuture(seconds: Int64)
}

/// Verdicts that outlive a restart.
package struct HealthMemory: Hashable, Sendable {
  /// Older verdicts tell nothing about now.
  package static let longestAge: Int64 = 600
  /// So much may two readings of a clock differ that is being set.
  static let clockTolerance: Int64 = 5
  package static let mostOctets = 8 << 20
  static let mostTargets = 50_000
  /// In Unicode scalars.
  static let longestField = 256
  /// In seconds, about 31 years: sums of such spans fit in a time.
  static let longestSpan: Int64 = 999_999_999

  struct Entry: Hashable, Sendable {
    var target: RememberedTarget
    var state: HealthState
    /// Seconds before `saved`.
    var since: Int64
    var heard: Int64
    var holdStep: Int
    /// Seconds.
    var holdSpan: Int64
    var reason: String
  }

  private(set) var entries: [Entry] = []
  /// How long ago it was saved, in seconds.
  private(set) var age: Int64 = 0

  /// Nothing to remember.
  package init() {}

  // MARK: From a monitor and back

  /// What there is to remember of the monitor's targets.
  package init(of monitor: HealthMonitor, at now: MonotonicTime) {
    entries = (0..<min(monitor.targetCount, HealthMemory.mostTargets)).compactMap { index in
      let judgement = monitor.judgement(at: index)
      // What only the process before has heard is passed on: the next one may start before the first result.
      guard judgement.state != .unknown, let heard = judgement.everHeard else { return nil }
      return Entry(
        target: RememberedTarget(monitor.target(at: index)), state: judgement.state,
        since: seconds(now - judgement.since), heard: seconds(now - heard), holdStep: judgement.hold.step,
        holdSpan: seconds(judgement.hold.span), reason: plainField(judgement.reason?.memorable ?? ""))
    }
  }

  /// The verdicts that are young enough, on the monitor's own clock.
  func judgements(at now: MonotonicTime) -> [RememberedTarget: Judgement] {
    var judgements: [RememberedTarget: Judgement] = [:]
    for entry in entries where entry.heard + age <= HealthMemory.longestAge {
      let since = MonotonicTime(nanoseconds: now.nanoseconds - (entry.since + age) * 1_000_000_000)
      let heard = MonotonicTime(nanoseconds: now.nanoseconds - (entry.heard + age) * 1_000_000_000)
      let hold = HoldDown(step: entry.holdStep, span: .seconds(entry.holdSpan))
      judgements[entry.target] = Judgement(
        remembering: entry.state, since: since, heard: heard,
        because: entry.state == .maintenance ? .maintenance(entry.reason) : .remembered(entry.reason), hold: hold)
    }
    return judgements
  }

  // MARK: As text

  /// - Parameter civil: the time now, in seconds since 1970.
  package func text(savedAt civil: Int64) -> String {
    var text = "rondo-health 1\nsaved \(civil)\n"
    for entry in entries {
      let fields = [
        entry.state.rawValue, entry.target.node, entry.target.address.description, entry.target.kind,
        entry.target.check, String(entry.since), String(entry.heard), String(entry.holdStep), String(entry.holdSpan),
        entry.reason,
      ]
      text += fields.joined(separator: "\t") + "\n"
    }
    return text + "end \(entries.count)\n"
  }

  /// Reads what `text(savedAt:)` wrote.
  ///
  /// - Parameter civil: the time now, in seconds since 1970.
  package init(octets: [UInt8], readAt civil: Int64) throws(HealthMemoryError) {
    guard octets.count <= HealthMemory.mostOctets else { throw .tooLong }
    var lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard lines.popFirst().map(words) == ["rondo-health", "1"] else { throw .unknownVersion }
    guard let saved = lines.popFirst().map(words), saved.count == 2, saved[0] == "saved", let then = number(saved[1])
    else { throw .malformed(line: 2) }
    age = civil - then
    guard age >= -HealthMemory.clockTolerance else { throw .fromTheFuture(seconds: -age) }
    age = max(age, 0)
    guard age <= HealthMemory.longestAge else { throw .tooOld(seconds: age) }
    guard lines.popLast()?.isEmpty == true, let end = lines.popLast().map(words), end.count == 2, end[0] == "end",
      number(end[1]) == Int64(lines.count)
    else { throw .torn }
    guard lines.count <= HealthMemory.mostTargets else { throw .tooLong }
    for (index, line) in lines.enumerated() {
      guard let entry = Entry(line) else { throw .malformed(line: index + 3) }
      entries.append(entry)
    }
  }
}

extension HealthMemory.Entry {
  /// Nil for a line that no version 1 has written.
  fileprivate init?(_ line: ArraySlice<UInt8>) {
    guard line.count <= 32 * HealthMemory.longestField else { return nil }
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard fields.count == 10, let state = HealthState(rawValue: fields[0]), state != .unknown,
      let address = IPAddress(fields[2]), let since = number(fields[5]), let heard = number(fields[6]),
      let step = number(fields[7]), let span = number(fields[8]),
      max(since, heard, span) <= HealthMemory.longestSpan
    else { return nil }
    self.init(
      target: RememberedTarget(node: fields[1], address: address, kind: fields[3], check: fields[4]), state: state,
      since: since, heard: heard, holdStep: Int(min(step, 99)), holdSpan: span, reason: fields[9])
  }
}

private func words(_ line: ArraySlice<UInt8>) -> [String] {
  line.count > 64 ? [] : String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
}

/// Up to ten digits: seconds of three centuries.
private func number(_ text: String) -> Int64? {
  guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return Int64(text)
}

private func seconds(_ span: Duration) -> Int64 { min(max(span.components.seconds, 0), HealthMemory.longestSpan) }

/// The text without signs that would end a field or a line, and not too long.
private func plainField(_ text: String) -> String {
  let scalars = text.unicodeScalars.prefix(HealthMemory.longestField)
  return String(String.UnicodeScalarView(scalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
}
