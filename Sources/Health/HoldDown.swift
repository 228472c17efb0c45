// How long a target that has gone out must stay out: not at all the first time, longer each time it happens again.
//
// Only the way back is delayed, never the way out. A node that fails once is back as soon as `rise` allows; one that
// swings up and down costs fewer changes the longer it does so:
//
//     change for the worse   1st   2nd   3rd   4th   5th   6th   7th   8th and later
//     held for at least        0  10 s  20 s  40 s  80 s 160 s 320 s  600 s
//
// Each ten minutes up in one piece take back one step.

internal import Model

/// The memory of a target's recent changes for the worse.
package struct HoldDown: Hashable, Sendable {
  static let first = Duration.seconds(10)
  static let longest = Duration.seconds(600)
  /// Time up that takes back one step. Not less than `longest`: the bound in `HoldDownTests` rests on it.
  static let calm = Duration.seconds(600)
  static let highestStep = 7

  /// Changes for the worse that are not forgotten yet.
  package private(set) var step: Int
  /// How long the target must stay out since it last went out.
  package private(set) var span: Duration

  package init() { self.init(step: 0, span: .zero) }

  /// - Parameters:
  ///   - step: brought into 0…7.
  ///   - span: brought into 0…10 min.
  init(step: Int, span: Duration) {
    self.step = min(max(step, 0), HoldDown.highestStep)
    self.span = min(max(span, .zero), HoldDown.longest)
  }

  /// Notes that the target goes out, or that it is out for a cause of another kind.
  ///
  /// - Parameter upFor: how long it was up before; zero when it was not.
  mutating func recordChange(upFor: Duration) {
    step = recentSteps(upFor: upFor)
    span = HoldDown.span(atStep: step)
    step = min(step + 1, HoldDown.highestStep)
  }

  /// How many changes for the worse are not forgotten, of a target that has been up for so long.
  package func recentSteps(upFor: Duration) -> Int {
    let forgotten = upFor.wholeNanoseconds / HoldDown.calm.wholeNanoseconds
    return Int(max(0, Int64(step) - forgotten))
  }

  static func span(atStep step: Int) -> Duration {
    step == 0 ? .zero : min(first * (1 << (step - 1)), longest)
  }
}
