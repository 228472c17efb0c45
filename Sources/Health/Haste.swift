// Probes out of turn: a held connection broke, or a target is to witness that this host is connected.
//
// Both are bounded: out-of-turn starts of one target keep a distance, so that a server that closes idle connections at
// once, or many silent nodes, cannot make it a flood.

/// Why and when a target is to be probed before its turn.
struct Haste: Sendable {
  /// Between two starts out of turn on behalf of other targets.
  static let leastGap = Duration.milliseconds(250)

  /// A start is wanted no sooner than this; the start clears it.
  private(set) var nextStart: MonotonicTime?
  private var lastHastened: MonotonicTime?
  /// When the held connection broke, until a probe begun later has told what that means.
  private(set) var watchBrokeAt: MonotonicTime?

  /// Wants a probe that starts now or later, at least `gap` after the last one that was out of turn.
  mutating func want(at now: MonotonicTime, gap: Duration) {
    nextStart = min(nextStart ?? .distantFuture, lastHastened.map { max($0 + gap, now) } ?? now)
  }

  mutating func wantBecauseWatchBroke(at now: MonotonicTime, gap: Duration) {
    watchBrokeAt = now
    want(at: now, gap: gap)
  }

  mutating func noteStart(at now: MonotonicTime) {
    if nextStart != nil { lastHastened = now }
    nextStart = nil
  }

  /// Takes the end of a probe while a watch is broken: whether it is the whole fall. A refusal is, be it that of a
  /// probe under way; any other end counts as always, and only that of a probe begun later closes the matter.
  mutating func endsWatch(_ outcome: ProbeOutcome, startedAt started: MonotonicTime) -> Bool {
    guard let broken = watchBrokeAt else { return false }
    let isRefused = outcome == .failure(.connectionRefused)
    if isRefused || started >= broken { watchBrokeAt = nil }
    return isRefused
  }
}

extension MonotonicTime {
  static let distantFuture = MonotonicTime(nanoseconds: .max)
}
