// What time it is: one clock to measure with, one to write down.

internal import CLinux
internal import Glibc

/// A clock that never steps and means nothing to another machine; wraps `clock_gettime(2)` with CLOCK_MONOTONIC.
package enum MonotonicClock {
  /// Nanoseconds since an arbitrary start.
  package static func now() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

  /// The same, as the kernel's last tick left it: some milliseconds late, and cheap.
  package static func roughlyNow() -> Int64 { nanoseconds(CLOCK_MONOTONIC_COARSE) }

  /// The first whole millisecond after this moment, and the first whole second.
  package static func next() -> (millisecond: UInt64, second: UInt32) {
    let nanoseconds = UInt64(now())
    return (nanoseconds / 1_000_000 &+ 1, UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000 &+ 1))
  }

  /// The first whole second after the kernel's last tick.
  package static func roughlyNextSecond() -> UInt32 {
    var time = timespec()
    // Cannot fail for this clock; the kernel fills in the caller's structure.
    _ = unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
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
