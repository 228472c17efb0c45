// The zone of this host, as far as reports need it: which offset holds when, over all times that they tell.

internal import Linux
internal import Policy
internal import Reporting

/// The offsets of local time around now, looked up once a day: a lookup for each time that a report tells would cost the
/// control thread too much.
struct LocalClock {
  private(set) var time: LocalTime
  /// For which seconds since 1970 they need not be looked up again.
  private var validity: Range<Int64>

  init() { (time, validity) = LocalClock.look(at: WallClock.now()) }

  /// Looks again when the day is over, or the clock was set.
  mutating func step() {
    let now = WallClock.roughlyNow()
    if !validity.contains(now) { (time, validity) = LocalClock.look(at: now) }
  }

  private static func look(at now: Int64) -> (LocalTime, validity: Range<Int64>) {
    let ahead = MaintenanceCalendar.farthestStart + MaintenanceCalendar.longestWindow
    let time = LocalTime(from: now - 2 * MaintenanceCalendar.memory, through: now + ahead) { second in
      let (offset, zone) = WallClock.localOffset(at: second)
      return LocalTime.Offset(seconds: offset, zone: zone)
    }
    return (time, now - 3_600..<now + 86_400)
  }
}
