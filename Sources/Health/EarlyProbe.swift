// Probes out of turn: a held connection broke, or a target is to witness that this host is connected.
//
// Both are bounded: out-of-turn starts of one target keep a distance, so that a server that closes idle connections at
// once, or many silent nodes, cannot make it a flood.

/// Why and when a target is to be probed before its turn.
struct EarlyProbe: Sendable {
  /// Between two starts out of turn on behalf of other targets.
  static let leastGap = Duration.milliseconds(250)

  /// A start is wanted no sooner than this; the start clears it.
  private(set) var nextStart: MonotonicTime?
  private var lastEarlyStart: MonotonicTime?
  /// A service that dies closes its sockets one after the other, in any order, so a probe that begins at once may still
  /// be accepted. Hence a second one, this much later, and no more.
  static let secondLook = Duration.milliseconds(20)

  /// When the held connection broke; nil again once later probes have shown what that meant.
  private(set) var watchBrokeAt: MonotonicTime?
  private var hasSucceededOnce = false

  /// Wants a probe that starts now or later, at least `gap` after the last one that was out of turn.
  mutating func want(at now: MonotonicTime, gap: Duration) {
    nextStart = min(nextStart ?? .distantFuture, lastEarlyStart.map { max($0 + gap, now) } ?? now)
  }

  mutating func wantBecauseWatchBroke(at now: MonotonicTime, gap: Duration) {
    if watchBrokeAt == nil { hasSucceededOnce = false }
    watchBrokeAt = now
    want(at: now, gap: gap)
  }

  mutating func recordStart(at now: MonotonicTime) {
    if nextStart != nil { lastEarlyStart = now }
    nextStart = nil
  }

  /// Whether the end of a probe after a broken watch counts as the whole fall. A refusal does, even of a probe begun
  /// before; any other end counts once. A probe begun later closes the matter, except for the first success.
  mutating func endsWatch(_ outcome: ProbeOutcome, startedAt started: MonotonicTime, at now: MonotonicTime) -> Bool {
    guard let broken = watchBrokeAt else { return false }
    guard outcome != .failure(.connectionRefused) else {
      watchBrokeAt = nil
      return true
    }
    guard started >= broken else { return false }
    if outcome == .success, !hasSucceededOnce {
      hasSucceededOnce = true
      nextStart = now + EarlyProbe.secondLook
    } else {
      watchBrokeAt = nil
    }
    return false
  }
}

extension MonotonicTime {
  static let distantFuture = MonotonicTime(nanoseconds: .max)
}
