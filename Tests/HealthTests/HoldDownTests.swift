// How long a target stays out after it has gone out again and again.

import TestSupport
import Testing

@testable import Health

extension HoldDown {
  /// No target changes its verdict more often than this within a stretch of time of this length: 25 times in an hour,
  /// and 15 times in one that begins at the highest step. For as long as it is remembered: after a restart that finds no
  /// memory, or one that is too old, all begins anew.
  ///
  /// Proof. Let the changes for the worse be numbered. After number *i* the target stays out for the span of its step
  /// *s(i)*, and no change of kind is made sooner either, so number *i* + 1 comes at least that much later. Without
  /// calm *s* is 0, 1, 2 … 7, 7 …, and the sum of the spans says how many fit. Calm of 600 s lowers all later steps by
  /// one at most, which shortens the rest of the sum by the difference of its last and its first span: no more than
  /// 600 s. So calm never makes room for more. Between two changes for the worse there is one change for the better
  /// at most, and one before the first and one after the last.
  static func mostChanges(within stretch: Duration, fromStep first: Int = 0) -> Int {
    var outs = 1
    var step = first
    var passed = Duration.zero
    while true {
      passed += span(atStep: step)
      guard passed <= stretch else { return 2 * outs + 1 }
      outs += 1
      step = min(step + 1, highestStep)
    }
  }
}

struct HoldDownTests {
  @Test("The first change in a calm time costs nothing, the next ones 10 s and twice as much each, up to 10 minutes")
  func doubling() {
    var hold = HoldDown()
    var spans: [Int64] = []
    for _ in 1...9 {
      hold.recordChange(upFor: .seconds(30))
      spans.append(hold.span.components.seconds)
    }
    #expect(spans == [0, 10, 20, 40, 80, 160, 320, 600, 600])
  }

  @Test("Each ten minutes up in one piece take back one step")
  func calm() {
    var hold = HoldDown()
    for _ in 1...5 { hold.recordChange(upFor: .zero) }
    #expect(hold.span == .seconds(80))
    hold.recordChange(upFor: .seconds(599))
    #expect(hold.span == .seconds(160))
    hold.recordChange(upFor: .seconds(2 * 600))
    #expect(hold.span == .seconds(80))
    hold.recordChange(upFor: .seconds(86_400))
    #expect(hold.span == .zero)
    #expect(hold.step == 1)
  }

  @Test("The stated bound: 25 changes in an hour, 15 in one that begins at the highest step")
  func bound() {
    #expect(HoldDown.mostChanges(within: .seconds(3_600)) == 25)
    #expect(HoldDown.mostChanges(within: .seconds(3_600), fromStep: HoldDown.highestStep) == 15)
    #expect(HoldDown.mostChanges(within: .zero) == 5, "out, up and out again at once, and one on either side")
  }

  @Test("No choice of calm times beats the bound", arguments: 1...300 as ClosedRange<UInt64>)
  func boundHolds(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var hold = HoldDown()
    var outs: [MonotonicTime] = []
    var now = MonotonicTime.at(.zero)
    let appetite = Double.random(in: 0...0.6, using: &random)
    for _ in 0..<200 {
      // As fast as allowed, but now and then just long enough up to be forgiven something.
      let calm = random.chance(appetite) ? Duration.seconds(600 * Int.random(in: 1...8, using: &random)) : .zero
      now = now + calm
      hold.recordChange(upFor: calm)
      outs.append(now)
      now = now + hold.span
    }
    for hours in 1...4 {
      let stretch = Duration.seconds(3_600 * hours)
      for (index, start) in outs.enumerated() {
        let within = outs[index...].prefix { $0 - start <= stretch }.count
        #expect(2 * within + 1 <= HoldDown.mostChanges(within: stretch), "seed \(seed)")
      }
    }
  }
}
