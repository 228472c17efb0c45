// Civil time as the status and the log show it: UTC, counted from 1970, written as RFC 3339 or as an age.
//
// The daemon measures with MonotonicTime; this type is only for what people and other programs read.

internal import DNS

/// An instant of civil time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct UnixTime: Hashable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }
  package init(seconds: Int64) { self.milliseconds = seconds * 1_000 }

  /// Whole seconds since 1970, rounded down.
  package var seconds: Int64 { milliseconds.dividedDown(by: 1_000).quotient }

  /// Whole seconds from `earlier` to this instant; zero when the clock was set back in between.
  package func seconds(since earlier: UnixTime) -> Int64 { max(0, (milliseconds - earlier.milliseconds) / 1_000) }
}

extension UnixTime: Comparable {
  package static func < (one: UnixTime, other: UnixTime) -> Bool { one.milliseconds < other.milliseconds }
}

extension UnixTime: CustomStringConvertible {
  /// `2026-11-24T10:03:21Z` (RFC 3339 §5.6).
  package var description: String { "\(civil.dateText)T\(civil.clockText)Z" }

  /// `2026-11-24T10:03:21.042Z`
  package var withMilliseconds: String {
    "\(civil.dateText)T\(civil.clockText).\(zeroPadded(milliseconds - seconds * 1_000, width: 3))Z"
  }

  /// `Tue, 24 Nov 2026 10:03:21 GMT`, the date of an HTTP message (RFC 9110 §5.6.7).
  package var httpDate: String {
    let date = civil.date
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // day 0 was a Thursday
    let weekday = weekdays[Int(date.daysSince1970.dividedDown(by: 7).remainder)]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return "\(weekday), \(zeroPadded(date.day, width: 2)) \(months[Int(date.month) - 1]) "
      + "\(zeroPadded(date.year, width: 4)) \(civil.clockText) GMT"
  }

  private var civil: CivilTime { CivilTime(unixSeconds: seconds) }
}

extension UnixTime {
  /// Reads `2026-11-24T10:03:21Z`, with milliseconds, or with an offset such as `+01:00` in place of the `Z`
  /// (RFC 3339 §5.6); nil for anything else.
  package init?(rfc3339 text: String) {
    let octets = Array(text.utf8)
    func number(_ range: Range<Int>, upTo most: Int64, from least: Int64 = 0) -> Int64? {
      guard octets.count >= range.upperBound, octets[range].allSatisfy(isDigit) else { return nil }
      let number = octets[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
      return (least...most).contains(number) ? number : nil
    }
    func has(_ sign: Unicode.Scalar, at index: Int) -> Bool {
      octets.count > index && octets[index] == UInt8(ascii: sign)
    }
    guard let year = number(0..<4, upTo: 9_999), has("-", at: 4), let month = number(5..<7, upTo: 12, from: 1),
      has("-", at: 7), let day = number(8..<10, upTo: 31, from: 1), has("T", at: 10),
      let hour = number(11..<13, upTo: 23), has(":", at: 13), let minute = number(14..<16, upTo: 59), has(":", at: 16),
      let second = number(17..<19, upTo: 59),
      day <= CivilDate.days(inMonth: month, of: year)
    else { return nil }
    var index = 19
    var millisecond: Int64 = 0
    if has(".", at: index) {
      guard let digits = number(20..<23, upTo: 999) else { return nil }
      millisecond = digits
      index = 23
    }
    var offset: Int64 = 0
    if has("Z", at: index) {
      index += 1
    } else {
      guard has("+", at: index) || has("-", at: index), let hours = number(index + 1..<index + 3, upTo: 23),
        has(":", at: index + 3), let minutes = number(index + 4..<index + 6, upTo: 59)
      else { return nil }
      offset = (hours * 3_600 + minutes * 60) * (has("-", at: index) ? -1 : 1)
      index += 6
    }
    guard index == octets.count else { return nil }
    self.init(
      milliseconds: ((CivilDate(year: year, month: month, day: day).daysSince1970 * CivilDate.secondsPerDay + hour
        * 3_600 + minute * 60 + second) - offset) * 1_000
        + millisecond)
  }
}

/// A span for people in its two largest units: `42s`, `3m`, `2h 05m`, `4d 07h`.
package func spanText(seconds: Int64) -> String {
  switch seconds {
  case ..<60: "\(max(0, seconds))s"
  case ..<3_600: "\(seconds / 60)m"
  case ..<86_400: "\(seconds / 3_600)h \(zeroPadded(seconds / 60 % 60, width: 2))m"
  default: "\(seconds / 86_400)d \(zeroPadded(seconds / 3_600 % 24, width: 2))h"
  }
}

/// Microseconds for people, in milliseconds to three digits: `0.412 ms`, `12.3 ms`, `1204 ms`.
package func latencyText(microseconds: Int64) -> String {
  let whole = microseconds / 1_000
  let rest = microseconds % 1_000
  return switch microseconds {
  case ..<10_000: "\(whole).\(zeroPadded(rest, width: 3)) ms"
  case ..<100_000: "\(whole).\(rest / 100) ms"
  default: "\(whole) ms"
  }
}
