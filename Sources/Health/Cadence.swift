// When the next probe of one target is due.
//
// Each target has a grid of points at a phase of its own; a probe starts at a point, give or take a quarter of `jitter`.
// The jitter is around the grid, not added up, so thousands of targets stay spread as evenly as they were laid out. The
// points are a little less than `every` apart, so that `every` is the longest time from one start to the next:
//
//      start    point              point              point
//        0 ───────┼──────────────────┼──────────────────┼────▶      points: (1 − jitter ÷ 2) × every apart
//        └ phase ─┘         start ± jitter ÷ 4                       starts: (1 − jitter … 1) × every apart
//
// The second start comes at the first point, which may be soon after the first start: so what started together is spread
// within one interval, and no gap is longer than the others.
//
// Regular starts fall on the beat that all targets share, where the bounds leave room for one: those that come to the
// same beat begin together, and this host is woken once for them and not once for each.
//
// Points that have passed unseen are passed over, never caught up. While a change is pending, starts are `fast` apart
// and take no notice of the grid; the first regular start after them keeps the distances above.

internal import Model

/// The rhythm in which one target is probed.
struct Cadence: Sendable {
  enum Pace: Hashable, Sendable { case regular, fast }

  /// Whether the start before the next one was on the grid.
  private enum Grid {
    /// It laid the grid: the gap to the first point is as short as the spreading needs.
    case laid
    /// It was on another grid, with another interval: the gap may be longer than this one's.
    case changed
    case settled
  }

  /// In nanoseconds, as all spans here.
  private(set) var every: Int64
  private var fast: Int64
  /// In percent of the interval.
  private var jitter: Int64
  private(set) var lastStart: MonotonicTime?
  /// The point the next start belongs to; without meaning until the first start.
  private var point: MonotonicTime
  /// This time's part of the jitter, in thousandths of it: −250…250.
  private var deviation: Int64 = 0
  private var grid = Grid.laid
  /// Where in `every` the grid lies, as a fraction of 2^64.
  private let phase: UInt64

  init(_ plan: CheckPlan, firstAt start: MonotonicTime, phase: UInt64) {
    every = plan.every.wholeNanoseconds
    fast = plan.fast.wholeNanoseconds
    jitter = Int64(plan.tuning.jitter)
    self.phase = phase
    point = start
  }

  /// Notes that a probe starts now, and draws the jitter of the next. The first start lays the grid.
  mutating func start(at now: MonotonicTime, using random: inout some RandomNumberGenerator) {
    if lastStart == nil {
      point = now.later(by: offset)
    } else {
      grid = .settled
      passOverMissedPoints(until: now)
      // A point just ahead of a start outside the grid would come too soon after it.
      if point < now.later(by: spacing / 2) { point = point.later(by: spacing) }
    }
    lastStart = now
    // Of 2^32 numbers; that some come a little more often than others does no harm here.
    deviation = Int64((random.next() >> 32) * 501 >> 32) - 250
  }

  /// When to start next, given that it is `now`, and never in the past. At the regular pace, two starts are `every` apart
  /// or up to `jitter` less; a probe that took longer, and a stop of this host, put the next one off.
  ///
  /// - Parameter beat: the distance of the times that are common to all targets, in nanoseconds, 1 or more.
  mutating func nextStart(notBefore now: MonotonicTime, pace: Pace = .regular, beat: Int64 = 1) -> MonotonicTime {
    if pace == .fast, let lastStart { return max(lastStart.later(by: fast + share(of: fast, deviation - 250)), now) }
    passOverMissedPoints(until: now)
    let planned = max(point.later(by: share(of: every, deviation)), now)
    guard let lastStart else { return planned }
    let latest = lastStart.later(by: every)
    guard grid != .laid else { return planned.onBeat(beat, within: planned...max(planned, latest)) }
    let soonest = max(now, lastStart.later(by: every / 100 * (100 - jitter)))
    // After a sleep past it the next point is awaited, so that not all start together.
    guard grid == .settled, latest >= now else { return max(planned, soonest) }
    return min(max(planned, soonest), latest).onBeat(beat, within: soonest...latest)
  }

  /// Whether a start that was due then is so overdue now that it belongs to the next point.
  func isMissed(_ due: MonotonicTime, at now: MonotonicTime) -> Bool {
    lastStart != nil && now.nanoseconds - due.nanoseconds > every / 2
  }

  /// Goes over to another plan; with another interval the grid is laid anew from now on.
  mutating func change(to plan: CheckPlan, at now: MonotonicTime) {
    fast = plan.fast.wholeNanoseconds
    jitter = Int64(plan.tuning.jitter)
    guard plan.every.wholeNanoseconds != every else { return }
    every = plan.every.wholeNanoseconds
    guard lastStart != nil else { return }
    point = now.later(by: offset)
    deviation = 0
    if grid == .settled { grid = .changed }
  }

  /// A point up to half an interval ago still stands: a probe that took long starts a little late, at its own phase.
  private mutating func passOverMissedPoints(until now: MonotonicTime) {
    let late = now.nanoseconds - point.nanoseconds
    guard late > spacing / 2 else { return }
    point = point.later(by: (late + spacing - 1) / spacing * spacing)
  }

  /// From one point to the next.
  private var spacing: Int64 { every - every / 200 * jitter }

  /// So many thousandths of the jitter of a span.
  private func share(of span: Int64, _ thousandths: Int64) -> Int64 { span / 100_000 * jitter * thousandths }

  private var offset: Int64 {
    Int64(truncatingIfNeeded: UInt64(truncatingIfNeeded: spacing).multipliedFullWidth(by: phase).high)
  }
}

extension MonotonicTime {
  /// The beat before this time, or else the one after it, that lies within the bounds; this time if neither does.
  fileprivate func onBeat(_ beat: Int64, within bounds: ClosedRange<MonotonicTime>) -> MonotonicTime {
    let before = MonotonicTime(nanoseconds: nanoseconds / beat * beat)
    guard before < bounds.lowerBound else { return before }
    let after = before.later(by: beat)
    return after <= bounds.upperBound ? after : self
  }

  fileprivate func later(by nanoseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: self.nanoseconds + nanoseconds)
  }
}
