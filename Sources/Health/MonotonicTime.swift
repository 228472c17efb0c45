// Time as a value, so that health can be replayed and simulated.

/// A reading of a clock that never steps: nanoseconds since an arbitrary start.
package struct MonotonicTime: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func < (one: MonotonicTime, other: MonotonicTime) -> Bool { one.nanoseconds < other.nanoseconds }

  package static func + (time: MonotonicTime, span: Duration) -> MonotonicTime {
    MonotonicTime(nanoseconds: time.nanoseconds + span.wholeNanoseconds)
  }

  package static func - (later: MonotonicTime, earlier: MonotonicTime) -> Duration {
    .nanoseconds(later.nanoseconds - earlier.nanoseconds)
  }
}

extension Duration {
  /// The span in nanoseconds; fractions of one are cut off.
  package var wholeNanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
