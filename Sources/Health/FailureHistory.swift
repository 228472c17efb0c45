// Which of a target's last checks failed, for `flaky=`.

internal import Model

/// Which of the last 64 checks (`FlakyRule.mostChecks`) failed.
struct FailureHistory: Hashable, Sendable {
  /// The latest check is the lowest bit.
  private var failed: UInt64 = 0

  mutating func add(failure: Bool) { failed = failed << 1 | (failure ? 1 : 0) }

  func failures(amongLast checks: Int) -> Int {
    (checks >= 64 ? failed : failed & ((1 << UInt64(checks)) - 1)).nonzeroBitCount
  }
}
