// What time it is: one clock to measure with, one to write down.

internal import CLinux
internal import Glibc

/// A clock that never steps and means nothing to another machine; wraps `clock_gettime(2)` with CLOCK_MONOTONIC.
package enum MonotonicClock {
  /// Nanoseconds since an arbitrary start.
  package static func now() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

  /// The same, as the kernel's last tick left it: some milliseconds late, and cheap.
  package static func roughlyNow() -> Int64 { nanoseconds(CLOCK_MONOTONIC_COARSE) }

  /// The first whole second after this moment.
  package static func nextSecond() -> UInt32 { second(after: CLOCK_MONOTONIC) }

  /// The same by the kernel's last tick.
  package static func roughlyNextSecond() -> UInt32 { second(after: CLOCK_MONOTONIC_COARSE) }

  private static func second(after clock: clockid_t) -> UInt32 {
    var time = timespec()
    // Cannot fail for these clocks; the kernel fills in the caller's structure.
    _ = unsafe clock_gettime(clock, &time)
    return UInt32(truncatingIfNeeded: time.tv_sec &+ 1)
  }
}

/// The time of day, which an administrator or NTP may set; wraps `clock_gettime(2)` with CLOCK_REALTIME.
package enum WallClock {
  /// Whole seconds since 1970-01-01 00:00:00 UTC.
  package static func now() -> Int64 { nanoseconds(CLOCK_REALTIME) / 1_000_000_000 }

  /// The same, as the kernel's last tick left it: some milliseconds late, and cheap.
  package static func roughlyNow() -> Int64 { nanoseconds(CLOCK_REALTIME_COARSE) / 1_000_000_000 }

  /// Milliseconds since 1970-01-01 00:00:00 UTC.
  package static func nowInMilliseconds() -> Int64 { nanoseconds(CLOCK_REALTIME) / 1_000_000 }

  /// By how many seconds local time is ahead of UTC at a Unix time, and what the zone is called; 0 and "UTC" if unknown.
  ///
  /// The first call in a process reads the zone's file, later ones read nothing. Wraps `localtime_r(3)`.
  package static func localOffset(at seconds: Int64) -> (seconds: Int64, zone: String) {
    var time = time_t(seconds)
    var fields = unsafe tm()
    // Reads one structure of ours and fills in the other.
    guard unsafe localtime_r(&time, &fields) != nil else { return (0, "UTC") }
    // Null or a C string that belongs to the time zone and is never freed.
    let zone = unsafe fields.tm_zone.map { unsafe String(cString: $0) }
    return unsafe (Int64(fields.tm_gmtoff), zone ?? "UTC")
  }

  /// A time as RFC 3339 writes it, in UTC, with milliseconds: `2026-11-24T14:03:21.007Z`.
  ///
  /// Takes milliseconds since 1970 and serves the years 0000–9999.
  package static func timestamp(milliseconds: Int64 = nowInMilliseconds()) -> String {
    let (days, millisecondOfDay) = milliseconds.dividedDown(by: 86_400_000)
    let (year, month, day) = date(days: days)
    let second = millisecondOfDay / 1_000
    let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    let time = "\(digits(second / 3_600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))"
    return "\(date)T\(time).\(digits(millisecondOfDay % 1_000, 3))Z"
  }

  /// The Gregorian date of a day counted from 1970-01-01.
  ///
  /// Counts in eras of 400 years from a 1st of March, so that a leap day is the last of its year.
  private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).dividedDown(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  private static func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension Int64 {
  /// Quotient and remainder with the remainder never below zero.
  fileprivate func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

private func nanoseconds(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  // Cannot fail for these two clocks; the kernel fills in the caller's structure.
  _ = unsafe clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Waits; wraps `clock_nanosleep(2)`.
package func sleep(for span: Duration) {
  let (seconds, attoseconds) = span.components
  var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
  var left = timespec()
  // Reads the one structure and, when a signal interrupts it, writes the other.
  while unsafe clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &left) == EINTR { rest = left }
}
