// The rhythm of one target.

import Testing

@testable import Health

struct CadenceTests {
  let every = Duration.seconds(10)

  /// The starts of a target that is always started when it is due.
  func starts(_ count: Int, phase: UInt64, seed: UInt64) -> [MonotonicTime] {
    var random = SplitMix64(seed: seed)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: phase)
    var starts = [cadence.nextStart(notBefore: .at(.zero))]
    while starts.count < count, let last = starts.last {
      cadence.start(at: last, using: &random)
      starts.append(cadence.nextStart(notBefore: last))
    }
    return starts
  }

  @Test("Starts are within 10 % of the interval apart and never drift", arguments: [0, 1 << 63, .max] as [UInt64])
  func regular(phase: UInt64) {
    let starts = starts(1_001, phase: phase, seed: phase)
    #expect(starts[0] == .at(.zero))
    #expect((every * 0.9...every * 2).contains(starts[1] - starts[0]))
    for (one, next) in zip(starts.dropFirst(), starts.dropFirst(2)) {
      #expect((every * 0.9...every * 1.1).contains(next - one))
    }
    let span = starts[1_000] - starts[1]
    #expect((every * 998.9...every * 999.1).contains(span), "999 intervals")
  }

  @Test("A start delayed by a little returns to its phase, never with less than 0.9 of the interval between")
  func delayed() {
    var random = SplitMix64(seed: 1)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: 0)
    cadence.start(at: .at(.zero), using: &random)
    cadence.start(at: .at(.seconds(13)), using: &random)  // due at 9.5
    #expect(cadence.nextStart(notBefore: .at(.seconds(14))) == .at(.seconds(22)))
  }

  @Test(
    "The first regular start after fast ones is within 10 % of the interval too",
    arguments: 0...9 as ClosedRange<UInt64>)
  func afterFast(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: random.next())
    var last = MonotonicTime.at(.zero)
    cadence.start(at: last, using: &random)
    for number in 1...200 {
      let isFast = random.chance(0.5)
      let next = cadence.nextStart(notBefore: last, pace: isFast ? .fast : .regular)
      if number > 1 { #expect((isFast ? 0.95...1.05 : 9.0...11.0).contains((next - last) / .seconds(1))) }
      cadence.start(at: next, using: &random)
      last = next
    }
  }

  @Test("Points that were slept through are passed over, not caught up")
  func slept() {
    var random = SplitMix64(seed: 1)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: 0)
    cadence.start(at: .at(.zero), using: &random)
    let due = cadence.nextStart(notBefore: .at(.zero))
    let now = MonotonicTime.at(.seconds(1_002))
    #expect(cadence.isMissed(due, at: now))
    let next = cadence.nextStart(notBefore: now)
    #expect((MonotonicTime.at(.seconds(1_009)) ... .at(.seconds(1_010))).contains(next), "the point at 1,009.5 s")
  }

  @Test("A first start is never missed, however late")
  func firstIsNeverMissed() {
    let cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: 0)
    #expect(!cadence.isMissed(.at(.zero), at: .at(.seconds(3_600))))
  }
}
