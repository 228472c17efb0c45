// One change that makes the largest part of a worst case shorter, and what the worst case would be with it.

internal import Health
internal import Model

extension Timeline {
  package struct Hint: Sendable {
    /// Why this one: what the largest part is.
    package var reason: String
    /// What to write.
    package var change: String
    /// The worst case with it.
    package var result: Duration
  }
}

extension Timeline.Group {
  /// TTLs below this are warned of by `rondo check`.
  private static let shortestTTL: UInt32 = 10

  /// Nil where every part is as short as it should be.
  package var hint: Timeline.Hint? {
    guard let worst else { return nil }
    let parts = worst.parts
    let candidates: [(length: Duration, hint: Timeline.Hint?)] = [
      (.seconds(Int64(ttl)), lowerTTL(worst)),
      (parts.firstStart, quicker(worst, .every)),
      (parts.furtherStarts, quicker(worst, .fall)),
      (parts.answer, quicker(worst, .timeout)),
    ]
    return candidates.filter { $0.hint != nil }.max { $0.length < $1.length }?.hint
  }

  private func lowerTTL(_ worst: Timeline.Fault) -> Timeline.Hint? {
    let lower = ttl > 120 ? 60 : max(ttl / 2, Timeline.Group.shortestTTL)
    guard lower < ttl else { return nil }
    return Timeline.Hint(
      reason: "the TTL is the largest part", change: "write \(lower) before ROTATE",
      result: worst.detection + .seconds(Int64(lower)))
  }

  private enum Dial { case every, fall, timeout }

  private func quicker(_ worst: Timeline.Fault, _ dial: Dial) -> Timeline.Hint? {
    let plan = worst.plan
    var (every, timeout, fall) = (plan.every, plan.timeout, plan.fall)
    let reason: String
    let change: String
    switch dial {
    case .every:
      every = max(every.halved, timeout, .seconds(1))
      reason = "most of it passes before the next probe"
      change = "write every=\(every.asOption) at the check \(worst.check)"
    case .fall:
      fall = 2
      reason = "the repeated probes are the largest part"
      change = "write fall=2 at the check \(worst.check)"
    case .timeout:
      timeout = max(timeout.halved, .milliseconds(500))
      reason = "the timeout is the largest part"
      change = "write timeout=\(timeout.asOption) at the check \(worst.check)"
    }
    var quicker = worst
    quicker.plan = CheckPlan(
      kind: plan.kind, every: every, timeout: timeout, fall: fall, rise: plan.rise, tuning: plan.tuning)
    guard quicker.detection < worst.detection else { return nil }
    return Timeline.Hint(reason: reason, change: change, result: end(of: quicker))
  }
}

extension Duration {
  /// Half of it, to the next 100 ms.
  fileprivate var halved: Duration { .milliseconds((wholeNanoseconds / 2_000_000 + 99) / 100 * 100) }

  /// As an option takes it: `5s`, `1500ms`.
  package var asOption: String {
    let milliseconds = wholeNanoseconds / 1_000_000
    return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
  }
}
