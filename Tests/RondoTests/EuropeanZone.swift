// The zone of Europe/Berlin by its rule: one hour ahead of UTC, two from the last Sunday of March to that of October, both
// at 01:00 UTC. Tests depend on no file of this host.

@testable import Reporting
@testable import rondo

enum EuropeanZone {
  static func offset(at time: Int64) -> LocalTime.Offset {
    let year = UnixTime(seconds: time).description.prefix(4)
    let start = lastSunday(of: "\(year)-03-31")
    let end = lastSunday(of: "\(year)-10-31")
    return (start..<end).contains(time)
      ? LocalTime.Offset(seconds: 7_200, zone: "CEST") : LocalTime.Offset(seconds: 3_600, zone: "CET")
  }

  /// 01:00 UTC on the last Sunday up to a day.
  private static func lastSunday(of day: String) -> Int64 {
    let end = seconds("\(day)T01:00Z")
    // Day 0 was a Thursday, so Sundays are the days 3, 10, …
    let days = end / 86_400
    return end - (days - 3) % 7 * 86_400
  }

  /// Of a time with a zone.
  static func seconds(_ text: String) -> Int64 {
    guard let times = cached[text] ?? compute(text) else { return 0 }
    return times
  }

  private static let cached: [String: Int64] = Dictionary(
    uniqueKeysWithValues: (2020...2045).flatMap { ["\($0)-03-31T01:00Z", "\($0)-10-31T01:00Z"] }.map {
      ($0, compute($0) ?? 0)
    })

  private static func compute(_ text: String) -> Int64? {
    try? written(text)?.seconds(after: -1) { _ in LocalTime.Offset(seconds: 0, zone: "UTC") }
  }
}
