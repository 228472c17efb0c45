// The time of day where this host is, for people who read a page at 3 a.m. and think in local time.

/// How the local clock differs from UTC, and from when on otherwise.
package struct LocalTime: Hashable, Sendable {
  /// One offset with its name.
  package struct Offset: Hashable, Sendable {
    package var seconds: Int64
    /// As the system calls it: `CET`, `-03`.
    package var zone: String

    package init(seconds: Int64, zone: String) {
      self.seconds = seconds
      self.zone = zone
    }
  }

  /// What holds up to the first change.
  package var first: Offset
  /// The times at which clocks change, in seconds since 1970, with what holds from then on; in order.
  package var changes: [Change] = []

  package struct Change: Hashable, Sendable {
    package var at: Int64
    package var offset: Offset
  }

  package static let utc = LocalTime(offsetSeconds: 0, zone: "UTC")

  package init(offsetSeconds: Int64, zone: String) { first = Offset(seconds: offsetSeconds, zone: zone) }

  /// All changes between two times, as the system's zone has them.
  ///
  /// - Parameter offset: that of a time in seconds since 1970. It is asked for each day, so that a zone that changes
  ///   and changes back within one is taken not to change.
  package init(from start: Int64, through end: Int64, offset: (Int64) -> Offset) {
    first = offset(start)
    var known = first
    for day in stride(from: start, through: end, by: 86_400) {
      let now = offset(day)
      guard now != known else { continue }
      var (before, after) = (day - 86_400, day)
      while after - before > 1 {
        let middle = before + (after - before) / 2
        if offset(middle) == known { before = middle } else { after = middle }
      }
      changes.append(Change(at: after, offset: now))
      known = now
    }
  }

  package func offset(at time: UnixTime) -> Offset {
    changes.last { $0.at <= time.seconds }?.offset ?? first
  }

  /// `2026-11-24 11:03:21 CET`
  package func text(_ time: UnixTime) -> String {
    let (date, clock, zone) = parts(time)
    return "\(date) \(clock) \(zone)"
  }

  /// As short as it is clear: `11:03:21 CET` on the day of `now`, otherwise with the date; without seconds that are zero.
  package func short(_ time: UnixTime, now: UnixTime) -> String {
    let (date, clock, zone) = parts(time)
    return dated(clock.hasSuffix(":00") ? String(clock.dropLast(3)) : clock, zone, date, now)
  }

  /// The same to the second, for a time that somebody waits for.
  package func exact(_ time: UnixTime, now: UnixTime) -> String {
    let (date, clock, zone) = parts(time)
    return dated(clock, zone, date, now)
  }

  private func dated(_ clock: String, _ zone: String, _ date: String, _ now: UnixTime) -> String {
    (date == parts(now).date ? "" : "\(date) ") + "\(clock) \(zone)"
  }

  private func parts(_ time: UnixTime) -> (date: String, clock: String, zone: String) {
    let offset = offset(at: time)
    let shifted = UnixTime(seconds: time.seconds + offset.seconds).description
    return (String(shifted.prefix(10)), String(shifted.dropFirst(11).dropLast()), offset.zone)
  }
}
