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
  /// A service that dies closes what it has open one after the other, in any order: the probe that begins at once may
  /// still be taken. So there is another, this much later, and no more than that.
  static let secondLook = Duration.milliseconds(20)

  /// When the held connection broke, until probes begun later have told what that means.
  private(set) var watchBrokeAt: MonotonicTime?
  private var hasFoundWell = false

  /// Wants a probe that starts now or later, at least `gap` after the last one that was out of turn.
  mutating func want(at now: MonotonicTime, gap: Duration) {
    nextStart = min(nextStart ?? .distantFuture, lastHastened.map { max($0 + gap, now) } ?? now)
  }

  mutating func wantBecauseWatchBroke(at now: MonotonicTime, gap: Duration) {
    if watchBrokeAt == nil { hasFoundWell = false }
    watchBrokeAt = now
    want(at: now, gap: gap)
  }

  mutating func noteStart(at now: MonotonicTime) {
    if nextStart != nil { lastHastened = now }
    nextStart = nil
  }

  /// Takes the end of a probe while a watch is broken: whether it is the whole fall. A refusal is, be it that of a
  /// probe under way; any other end counts as always. A probe begun later closes the matter, but for the first success.
  mutating func endsWatch(_ outcome: ProbeOutcome, startedAt started: MonotonicTime, at now: MonotonicTime) -> Bool {
    guard let broken = watchBrokeAt else { return false }
    guard outcome != .failure(.connectionRefused) else {
      watchBrokeAt = nil
      return true
    }
    guard started >= broken else { return false }
    if outcome == .success, !hasFoundWell {
      hasFoundWell = true
      nextStart = now + Haste.secondLook
    } else {
      watchBrokeAt = nil
    }
    return false
  }
}

extension MonotonicTime {
  static let distantFuture = MonotonicTime(nanoseconds: .max)
}
