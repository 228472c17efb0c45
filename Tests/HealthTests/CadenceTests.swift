// The rhythm of one target.

import Model
import TestSupport
import Testing

@testable import Health

struct CadenceTests {
  let every = Duration.seconds(10)

  /// The starts of a target that is always started when it is due.
  func starts(_ count: Int, phase: UInt64, seed: UInt64) -> [MonotonicTime] {
    var random = SeededGenerator(seed: seed)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: phase)
    var starts = [cadence.nextStart(notBefore: .at(.zero))]
    while starts.count < count, let last = starts.last {
      cadence.start(at: last, using: &random)
      starts.append(cadence.nextStart(notBefore: last))
    }
    return starts
  }

  @Test("Starts are the interval apart or up to 10 % less, and never drift", arguments: [0, 1 << 63, .max] as [UInt64])
  func regular(phase: UInt64) {
    let starts = starts(1_001, phase: phase, seed: phase)
    #expect(starts[0] == .at(.zero))
    #expect((.zero...every).contains(starts[1] - starts[0]), "the first gap is no longer than the others")
    for (one, next) in zip(starts.dropFirst(), starts.dropFirst(2)) {
      #expect((every * 0.9...every).contains(next - one))
    }
    let span = starts[1_000] - starts[1]
    #expect((every * 949...every * 949.1).contains(span), "999 points, 0.95 of the interval apart")
  }

  @Test("Regular starts fall on the beat, and keep their distances", arguments: [1, 7, 24, 100, 1_000])
  func onTheBeat(milliseconds: Int64) {
    let beat = milliseconds * 1_000_000
    var random = SeededGenerator(seed: UInt64(milliseconds))
    var onBeat = 0
    for _ in 0..<20 {
      var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: random.next())
      var last = MonotonicTime.at(.milliseconds(1_234.5))
      cadence.start(at: last, using: &random)
      for number in 1...100 {
        let next = cadence.nextStart(notBefore: last, beat: beat)
        if number > 1 { #expect((every * 0.9...every).contains(next - last)) }
        if next.nanoseconds % beat == 0 { onBeat += 1 }
        cadence.start(at: next, using: &random)
        last = next
      }
    }
    #expect(onBeat > 1_950, "a first gap without room for a beat is possible, and one that ends just before a beat")
  }

  @Test("Without jitter there is no room for the beat, and the interval is what it says")
  func withoutJitter() {
    var random = SeededGenerator(seed: 1)
    let plan = CheckPlan.tcp(every: every, CheckTuning(jitter: 0))
    var cadence = Cadence(plan, firstAt: .at(.zero), phase: 1 << 62)
    cadence.start(at: .at(.zero), using: &random)
    var last = cadence.nextStart(notBefore: .at(.zero), beat: 70_000_000)
    for _ in 1...10 {
      cadence.start(at: last, using: &random)
      let next = cadence.nextStart(notBefore: last, beat: 70_000_000)
      #expect(next - last == every)
      last = next
    }
  }

  @Test("A start delayed by a little returns to its phase, never with less than 0.9 of the interval between")
  func delayed() {
    var random = SeededGenerator(seed: 1)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: 0)
    cadence.start(at: .at(.zero), using: &random)
    cadence.start(at: .at(.seconds(13)), using: &random)  // due at 9.5
    let next = cadence.nextStart(notBefore: .at(.seconds(14)))
    #expect((MonotonicTime.at(.seconds(22)) ... .at(.seconds(23))).contains(next), "\(next)")
  }

  @Test(
    "The first regular start after fast ones is within 10 % of the interval too",
    arguments: 0...9 as ClosedRange<UInt64>)
  func afterFast(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: random.next())
    var last = MonotonicTime.at(.zero)
    cadence.start(at: last, using: &random)
    for number in 1...200 {
      let isFast = random.chance(0.5)
      let next = cadence.nextStart(notBefore: last, pace: isFast ? .fast : .regular)
      if number > 1 { #expect((isFast ? 0.95...1 : 9.0...10).contains((next - last) / .seconds(1))) }
      cadence.start(at: next, using: &random)
      last = next
    }
  }

  @Test("Points that were slept through are passed over, not caught up")
  func slept() {
    var random = SeededGenerator(seed: 1)
    var cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: 0)
    cadence.start(at: .at(.zero), using: &random)
    let due = cadence.nextStart(notBefore: .at(.zero))
    let now = MonotonicTime.at(.seconds(1_002))
    #expect(cadence.isMissed(due, at: now))
    let next = cadence.nextStart(notBefore: now)
    // The points are at 0, 9.5, 19, … s.
    #expect((MonotonicTime.at(.milliseconds(1_006_750)) ... .at(.milliseconds(1_007_250))).contains(next), "\(next)")
  }

  @Test("A first start is never missed, however late")
  func firstIsNeverMissed() {
    let cadence = Cadence(.tcp(every: every), firstAt: .at(.zero), phase: 0)
    #expect(!cadence.isMissed(.at(.zero), at: .at(.seconds(3_600))))
  }
}
