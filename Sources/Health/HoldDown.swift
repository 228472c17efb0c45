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
  /// Time up that takes back one step. Not less than `longest`: the bound below rests on it.
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
    let forgotten = upFor.wholeNanoseconds / HoldDown.calm.wholeNanoseconds
    step = Int(max(0, Int64(step) - forgotten))
    span = HoldDown.span(atStep: step)
    step = min(step + 1, HoldDown.highestStep)
  }

  static func span(atStep step: Int) -> Duration {
    step == 0 ? .zero : min(first * (1 << (step - 1)), longest)
  }

  /// No target changes its verdict more often than this within a stretch of time of this length: 25 times in an hour,
  /// and 15 times in one that begins at the highest step. For as long as it is remembered: after a restart that finds no
  /// memory, or one that is too old, all begins anew.
  ///
  /// Proof. Let the changes for the worse be numbered. After number *i* the target stays out for the span of its step
  /// *s(i)*, and no change of kind is made sooner either, so number *i* + 1 comes at least that much later. Without
  /// calm *s* is 0, 1, 2 … 7, 7 …, and the sum of the spans says how many fit. Calm of 600 s lowers all later steps by
  /// one at most, which shortens the rest of the sum by the difference of its last and its first span: no more than
  /// 600 s. So calm never makes room for more. Between two changes for the worse there is one change for the better
  /// at most, and one before the first and one behind the last.
  package static func mostChanges(within stretch: Duration, fromStep first: Int = 0) -> Int {
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
