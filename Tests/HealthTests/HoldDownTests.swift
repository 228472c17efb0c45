// How long a target stays out after it has gone out again and again.

import TestSupport
import Testing

@testable import Health

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
