// When the next probe of one target is due.
//
// Each target has a grid of points, `every` apart, at a phase of its own; a probe starts at a point, give or take half
// of `jitter`, 5 % unless the zone file says otherwise. The jitter is around the grid, not added up, so thousands of
// targets stay spread as evenly as they were laid out, and two starts are between 0.9 and 1.1 × `every` apart:
//
//      start      point              point              point
//        0 ────────┼──────────────────┼──────────────────┼────▶
//        └ 0.95 + phase ┘       start ┴ within ± 5 %
//
// Points that have passed unseen are passed over, never caught up. While a change is pending, starts are `fast` apart
// and take no notice of the grid; the first regular start after them keeps the distances above.

/// The rhythm in which one target is probed.
struct Cadence: Sendable {
  enum Pace: Hashable, Sendable { case regular, fast }

  /// In nanoseconds, as all spans here.
  private(set) var every: Int64
  private var fast: Int64
  /// In percent of the interval.
  private var jitter: Int64
  private(set) var lastStart: MonotonicTime?
  /// The point the next start belongs to; without meaning until the first start.
  private var point: MonotonicTime
  /// This time's part of the jitter, in thousandths of it: −500…500.
  private var deviation: Int64 = 0
  /// The gap behind the first start, or behind a new grid, is as long as the spreading needs.
  private var isGridNew = true
  /// Where in `every` the grid lies, as a fraction of 2^64.
  private let phase: UInt64

  init(_ plan: CheckPlan, firstAt start: MonotonicTime, phase: UInt64) {
    every = plan.every.wholeNanoseconds
    fast = plan.fast.wholeNanoseconds
    jitter = Int64(plan.vigilance.jitter)
    self.phase = phase
    point = start
  }

  /// Notes that a probe starts now, and draws the jitter of the next. The first start lays the grid: the second comes up
  /// to twice `every` after it, the price of spreading what started together.
  mutating func start(at now: MonotonicTime, using random: inout some RandomNumberGenerator) {
    if lastStart == nil {
      point = now.later(by: every / 100 * 95 + offset)
    } else {
      isGridNew = false
      passOverMissedPoints(until: now)
      // A point just ahead of a start outside the grid would come too soon after it.
      if point < now.later(by: every / 2) { point = point.later(by: every) }
    }
    lastStart = now
    deviation = Int64.random(in: -500...500, using: &random)
  }

  /// When to start next, given that it is `now`, and never in the past. At the regular pace, two starts are within
  /// `jitter` of the interval apart; a probe that took longer, and a stop of this host, put the next one off.
  mutating func nextStart(notBefore now: MonotonicTime, pace: Pace = .regular) -> MonotonicTime {
    if pace == .fast, let lastStart { return max(lastStart.later(by: fast + deviation(from: fast)), now) }
    passOverMissedPoints(until: now)
    let planned = max(point.later(by: deviation(from: every)), now)
    guard let lastStart else { return planned }
    let soonest = max(planned, lastStart.later(by: every / 100 * (100 - jitter)))
    let latest = lastStart.later(by: every / 100 * (100 + jitter))
    // Whoever has slept past it waits for a point, lest all start together.
    return isGridNew || latest < now ? soonest : min(soonest, latest)
  }

  /// Whether a start that was due then is so overdue now that it belongs to the next point.
  func isMissed(_ due: MonotonicTime, at now: MonotonicTime) -> Bool {
    lastStart != nil && now.nanoseconds - due.nanoseconds > every / 2
  }

  /// Goes over to another plan; with another interval the grid is laid anew from now on.
  mutating func change(to plan: CheckPlan, at now: MonotonicTime) {
    fast = plan.fast.wholeNanoseconds
    jitter = Int64(plan.vigilance.jitter)
    guard plan.every.wholeNanoseconds != every else { return }
    every = plan.every.wholeNanoseconds
    guard lastStart != nil else { return }
    point = now.later(by: offset)
    deviation = 0
    isGridNew = true
  }

  /// A point up to half an interval ago still stands: a probe that took long starts a little late, at its own phase.
  private mutating func passOverMissedPoints(until now: MonotonicTime) {
    let late = now.nanoseconds - point.nanoseconds
    guard late > every / 2 else { return }
    point = point.later(by: (late + every - 1) / every * every)
  }

  private func deviation(from span: Int64) -> Int64 { span / 100_000 * jitter * deviation }

  private var offset: Int64 {
    Int64(truncatingIfNeeded: UInt64(truncatingIfNeeded: every).multipliedFullWidth(by: phase).high)
  }
}

extension MonotonicTime {
  fileprivate func later(by nanoseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: self.nanoseconds + nanoseconds)
  }
}
