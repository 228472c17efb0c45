// Times as an operator writes them: `16:00`, `2026-11-30T18:00`, `"2026-11-30 18:00:30+01:00"`, `02:30Z`.
//
//   text ─▶ WrittenTime (date or none, time of day, zone or none) ─(now, the host's zone)─▶ seconds since 1970
//
// The daemon gets seconds only: the zone is that of the command. On the nights when clocks change a local time may not
// exist, or twice; it is then refused, with the ways to write what was meant.

internal import DNS
internal import Reporting

/// A time as it was written.
struct WrittenTime: Hashable {
  let text: String
  /// Nil for the next such time of day.
  var date: CivilDate?
  /// 0…86399
  var secondOfDay: Int64
  /// By how many seconds the time is ahead of UTC; nil for the host's zone.
  var offset: Int64?
}

/// Why a time cannot be used.
enum WrittenTimeError: Error, Hashable {
  /// Clocks are set forward over it.
  case doesNotExist(String)
  /// Clocks are set back over it.
  case existsTwice(String)
  case isPast(String)
  case isToCome(String)

  var sentence: String {
    switch self {
    case .doesNotExist(let text), .existsTwice(let text), .isPast(let text), .isToCome(let text): text
    }
  }
}

extension WrittenTime {
  /// What to write, for messages.
  static let expected = "a time such as 16:00, \"2026-11-30 18:00\", 2026-11-30T18:00+01:00 or 2026-11-30T17:00Z"

  /// Nil for anything that is no time.
  init?(_ text: String) {
    self.text = text
    var rest = Array(text.utf8)[...]
    date = WrittenTime.takeDate(&rest)
    if date != nil {
      guard let separator = rest.popFirst(), separator == UInt8(ascii: "T") || separator == UInt8(ascii: " ") else {
        return nil
      }
    }
    guard let second = WrittenTime.takeClock(&rest) else { return nil }
    secondOfDay = second
    guard !rest.isEmpty else { return }
    guard let offset = WrittenTime.takeOffset(&rest), rest.isEmpty else { return nil }
    self.offset = offset
  }

  // MARK: Parts

  /// Any other year is a slip, and seconds of a far one have more digits than a request to the daemon may.
  private static let years: ClosedRange<Int64> = 1970...2999

  /// `2026-11-30`; takes nothing if there is none.
  private static func takeDate(_ rest: inout ArraySlice<UInt8>) -> CivilDate? {
    var next = rest
    guard let year = number(&next, 4), skip("-", &next), let month = number(&next, 2), skip("-", &next),
      let day = number(&next, 2), years.contains(year), (1...12).contains(month),
      (1...CivilDate.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    rest = next
    return CivilDate(year: year, month: month, day: day)
  }

  /// `16:00` or `16:00:30`
  private static func takeClock(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    guard let hour = number(&rest, 2), skip(":", &rest), let minute = number(&rest, 2), hour < 24, minute < 60 else {
      return nil
    }
    guard skip(":", &rest) else { return hour * 3_600 + minute * 60 }
    guard let second = number(&rest, 2), second < 60 else { return nil }
    return hour * 3_600 + minute * 60 + second
  }

  /// `Z`, `+01:00`
  private static func takeOffset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    if skip("Z", &rest) { return 0 }
    let sign: Int64
    if skip("+", &rest) { sign = 1 } else if skip("-", &rest) { sign = -1 } else { return nil }
    guard let hours = number(&rest, 2), skip(":", &rest), let minutes = number(&rest, 2), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 3_600 + minutes * 60)
  }

  private static func skip(_ sign: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard let first = rest.first, UInt32(first) == sign.value else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// Exactly so many digits.
  private static func number(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int64? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }
}

// MARK: To seconds since 1970

extension WrittenTime {
  /// The moment that is meant.
  ///
  /// - Parameters:
  ///   - start: a time without a date is the next such time after it; a time with a date must be after it.
  ///   - zone: the offset of the host's zone from UTC at a moment, with its name.
  func seconds(after start: Int64, in zone: (Int64) -> LocalTime.Offset) throws(WrittenTimeError) -> Int64 {
    if let date {
      let moment = try seconds(on: date.daysSince1970, in: zone)
      guard moment > start else { throw .isPast("\(text) is not after \(WrittenTime.told(start, in: zone))") }
      return moment
    }
    let clock = start + (offset ?? zone(start).seconds)
    let today = clock.dividedDown(by: CivilDate.secondsPerDay).quotient
    // Today's may be past: then tomorrow's comes next.
    for day in today...today + 1 {
      let moments = moments(on: day, in: zone)
      // Clocks have been set forward over today's already.
      if moments.isEmpty, day * 86_400 + secondOfDay <= clock { continue }
      if !moments.isEmpty, moments.allSatisfy({ $0 <= start }) { continue }
      // Of two the second may be the only one that is still to come.
      if moments.count == 2, moments[0] <= start { return moments[1] }
      return try seconds(on: day, in: zone)
    }
    throw .isPast("\(text) is not after \(WrittenTime.told(start, in: zone))")
  }

  /// The moment that is meant of those that are past.
  ///
  /// Of a time that comes twice the first is taken, and of one that does not exist what the clock would have shown without
  /// the change: whoever asks what has happened since then misses nothing.
  ///
  /// - Parameters:
  ///   - now: a time without a date is the last such time up to it; a time with a date must not be after it.
  ///   - zone: the offset of the host's zone from UTC at a moment, with its name.
  func seconds(upTo now: Int64, in zone: (Int64) -> LocalTime.Offset) throws(WrittenTimeError) -> Int64 {
    func moment(on day: Int64) -> Int64 {
      moments(on: day, in: zone).first ?? day * 86_400 + secondOfDay - zone((day - 1) * 86_400).seconds
    }
    if let date {
      let moment = moment(on: date.daysSince1970)
      guard moment <= now else { throw .isToCome("\(text) is after \(WrittenTime.told(now, in: zone))") }
      return moment
    }
    let today = (now + (offset ?? zone(now).seconds)).dividedDown(by: CivilDate.secondsPerDay).quotient
    return moment(on: today) <= now ? moment(on: today) : moment(on: today - 1)
  }

  private func seconds(on day: Int64, in zone: (Int64) -> LocalTime.Offset) throws(WrittenTimeError) -> Int64 {
    let moments = moments(on: day, in: zone)
    if moments.count == 1 { return moments[0] }
    let civil = WrittenTime.civil(day * 86_400 + secondOfDay)
    guard let first = moments.first, let last = moments.last else {
      let before = zone(day * 86_400 - 86_400)
      let shifted = day * 86_400 + secondOfDay - before.seconds
      throw .doesNotExist(
        "\(civil) does not exist here: clocks are set forward over it in that night; it would be "
          + "\(WrittenTime.told(shifted, in: zone))")
    }
    let (one, other) = (zone(first), zone(last))
    throw .existsTwice(
      "\(civil) comes twice here, because clocks are set back in that night: write "
        + "\(WrittenTime.rfc(day, secondOfDay, one.seconds)) (\(one.zone)) or "
        + "\(WrittenTime.rfc(day, secondOfDay, other.seconds)) (\(other.zone))")
  }

  /// The moments that have this time of day on a day, in order: one as a rule.
  private func moments(on day: Int64, in zone: (Int64) -> LocalTime.Offset) -> [Int64] {
    let local = day * 86_400 + secondOfDay
    if let offset { return [local - offset] }
    // The offsets around that day: zones are less than a day away from UTC.
    let offsets = Set([local - 86_400, local, local + 86_400].map { zone($0).seconds })
    return offsets.map { local - $0 }.filter { $0 + zone($0).seconds == local }.sorted()
  }

  // MARK: In words

  private static func told(_ moment: Int64, in zone: (Int64) -> LocalTime.Offset) -> String {
    let offset = zone(moment)
    return "\(civil(moment + offset.seconds)) \(offset.zone)"
  }

  /// `2026-11-30 18:00`
  private static func civil(_ local: Int64) -> String {
    let text = UnixTime(seconds: local).description
    let clock = text.dropFirst(11).dropLast()
    return "\(text.prefix(10)) \(clock.hasSuffix(":00") ? clock.dropLast(3) : clock)"
  }

  /// `2026-10-25T02:30+02:00`
  private static func rfc(_ day: Int64, _ second: Int64, _ offset: Int64) -> String {
    let minutes = abs(offset) / 60
    let sign = offset < 0 ? "-" : "+"
    let local = civil(day * 86_400 + second).split(separator: " ").joined(separator: "T")
    return "\(local)\(sign)\(zeroPadded(minutes / 60, width: 2)):\(zeroPadded(minutes % 60, width: 2))"
  }
}

/// `2h`, `90m`, `1h30m`, `45s`, `2d`: seconds; nil for anything else, or more than a year.
func spanSeconds(_ text: String) -> Int64? {
  let units: [(sign: UInt8, seconds: Int64)] = [
    (UInt8(ascii: "d"), 86_400), (UInt8(ascii: "h"), 3_600), (UInt8(ascii: "m"), 60), (UInt8(ascii: "s"), 1),
  ]
  var rest = Array(text.utf8)[...]
  var sum: Int64 = 0
  // Each unit at most once, the greater before the less: anything else is a slip.
  for (sign, seconds) in units {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard (1...6).contains(digits.count), rest.dropFirst(digits.count).first == sign else { continue }
    sum += digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) } * seconds
    rest = rest.dropFirst(digits.count + 1)
  }
  return rest.isEmpty && sum > 0 && sum <= 366 * 86_400 ? sum : nil
}
