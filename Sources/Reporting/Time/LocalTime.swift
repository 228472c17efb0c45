// The time of day where this host is, for people who read a page at 3 a.m. and think in local time.

/// How the local clock differs from UTC at one moment.
///
/// The same difference is used for all times of a report: a change of the clock within the last hours shows some of them
/// an hour off, and UTC is shown beside each.
package struct LocalTime: Hashable, Sendable {
  package var offsetSeconds: Int64
  /// As the system calls it: `CET`, `-03`.
  package var zone: String

  package static let utc = LocalTime(offsetSeconds: 0, zone: "UTC")

  package init(offsetSeconds: Int64, zone: String) {
    self.offsetSeconds = offsetSeconds
    self.zone = zone
  }

  /// `2026-11-24 11:03:21 CET`
  package func text(_ time: UnixTime) -> String {
    let shifted = UnixTime(seconds: time.seconds + offsetSeconds).description
    return "\(shifted.prefix(10)) \(shifted.dropFirst(11).dropLast()) \(zone)"
  }
}
