// When the next probe of one target is due.
//
// Each target has a grid of points, `every` apart, at a phase of its own; a probe starts at a point, give or take 5 %.
// The jitter is around the grid, not added up, so thousands of targets stay spread as evenly as they were laid out,
// and two starts are between 0.9 and 1.1 × `every` apart:
//
//      start      point              point              point
//        0 ────────┼──────────────────┼──────────────────┼────▶
//        └ 0.95 + phase ┘       start ┴ within ± 5 %
//
// Points that have passed unseen are passed over, never caught up.

/// The rhythm in which one target is probed.
struct Cadence: Sendable {
  /// In nanoseconds, as all spans here.
  private(set) var every: Int64
  private(set) var lastStart: MonotonicTime?
  /// The point the next start belongs to; without meaning until the first start.
  private var point: MonotonicTime
  private var jitter: Int64 = 0
  /// Where in `every` the grid lies, as a fraction of 2^64.
  private let phase: UInt64

  init(every: Duration, firstAt start: MonotonicTime, phase: UInt64) {
    self.every = every.wholeNanoseconds
    self.phase = phase
    point = start
  }

  /// Notes that a probe starts now, and draws the jitter of the next. The first start lays the grid: the second comes up
  /// to twice `every` after it, the price of spreading what started together.
  mutating func start(at now: MonotonicTime, using random: inout some RandomNumberGenerator) {
    if lastStart == nil {
      point = now.later(by: every / 100 * 95 + offset)
    } else {
      passOverMissedPoints(until: now)
      // A point just ahead of a delayed start would come too soon after it.
      if point < now.later(by: every / 2) { point = point.later(by: every) }
    }
    lastStart = now
    jitter = Int64.random(in: -every / 20...every / 20, using: &random)
  }

  /// When to start next, given that it is `now`: never in the past, never sooner than 0.9 × `every` after the last start.
  mutating func nextStart(notBefore now: MonotonicTime) -> MonotonicTime {
    passOverMissedPoints(until: now)
    let planned = max(point.later(by: jitter), now)
    guard let lastStart else { return planned }
    return max(planned, lastStart.later(by: every / 10 * 9))
  }

  /// Whether a start that was due then is so overdue now that it belongs to the next point.
  func isMissed(_ due: MonotonicTime, at now: MonotonicTime) -> Bool {
    lastStart != nil && now.nanoseconds - due.nanoseconds > every / 2
  }

  /// Goes over to another interval: the grid is laid anew from now on.
  mutating func change(every next: Duration, at now: MonotonicTime) {
    guard next.wholeNanoseconds != every else { return }
    every = next.wholeNanoseconds
    guard lastStart != nil else { return }
    point = now.later(by: offset)
    jitter = 0
  }

  /// A point up to half an interval ago still stands: a probe that took long starts a little late, at its own phase.
  private mutating func passOverMissedPoints(until now: MonotonicTime) {
    let late = now.nanoseconds - point.nanoseconds
    guard late > every / 2 else { return }
    point = point.later(by: (late + every - 1) / every * every)
  }

  private var offset: Int64 {
    Int64(truncatingIfNeeded: UInt64(truncatingIfNeeded: every).multipliedFullWidth(by: phase).high)
  }
}

extension MonotonicTime {
  fileprivate func later(by nanoseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: self.nanoseconds + nanoseconds)
  }
}
