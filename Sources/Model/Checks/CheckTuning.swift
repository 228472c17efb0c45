// `fast= jitter= flaky= watch=` of `$CHECK`: what a check does between its regular probes.
//
// All of it has a default with which a check is quick to see a failure and slow to be fooled.

/// What a check does between its regular probes, and what it makes of failures that come and go.
package struct CheckTuning: Hashable, Sendable {
  /// Whether an idle connection is held to the node; when it breaks, a probe starts at once.
  package enum Watch: String, Hashable, Sendable, CaseIterable { case off, on }

  /// From one probe to the next while a change of verdict is pending.
  package let fast: Duration
  /// How much nearer than the interval two regular starts may be, in percent of it.
  package let jitter: Int
  /// Nil for `flaky=off`.
  package let flaky: FlakyRule?
  package let watch: Watch

  /// Brings `fast` to 10 ms or more and `jitter` into 0…50.
  package init(
    fast: Duration = .seconds(1), jitter: Int = 10, flaky: FlakyRule? = .standard, watch: Watch = .off
  ) {
    self.fast = max(fast, .milliseconds(10))
    self.jitter = min(max(jitter, 0), CheckTuning.mostJitter)
    self.flaky = flaky
    self.watch = watch
  }

  /// In percent of the interval.
  package static let mostJitter = 50
}

/// `flaky=N/M`: a node that fails this many of its last checks is out, though never `fall` times in a row.
package struct FlakyRule: Hashable, Sendable {
  /// As many as a judgement remembers: the bits of one word.
  package static let mostChecks = 64
  /// Half of the last twenty. At the default interval a network that loses every twentieth probe comes to that about
  /// once in ten years, a node of which every second request fails within two minutes.
  package static let standard = FlakyRule(failures: 10, within: 20)

  package let failures: Int
  package let checks: Int

  /// Brings `checks` into 1…64 and `failures` into 1…`checks`.
  package init(failures: Int, within checks: Int) {
    self.checks = min(max(checks, 1), FlakyRule.mostChecks)
    self.failures = min(max(failures, 1), self.checks)
  }

  /// A node that was out for this rule may come back with this many failures among its last checks: half, so that
  /// it does not swing about the limit.
  package var calm: Int { failures / 2 }
}
