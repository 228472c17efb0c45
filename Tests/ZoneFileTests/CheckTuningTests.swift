// `fast= jitter= flaky= watch=` of $CHECK.

import Model
import Testing

@testable import ZoneFile

private func tuning(_ options: String) -> CheckTuning? {
  let result = read(zone("$CHECK c tcp:25 \(options)\n$POOL p ex1 ex2 check=c\nx 60 ROTATE p"))
  return result.configuration?.checks.last?.plan.tuning
}

@Test("A check looks again after a second while a change is pending, and forgives half of twenty")
func tuningDefaults() throws {
  let found = try #require(tuning(""))
  #expect(found.fast == .seconds(1))
  #expect(found.jitter == 10)
  #expect(found.flaky == FlakyRule(failures: 10, within: 20))
  #expect(found.watch == .off)
}

@Test("What a check does between its probes can be written")
func tuningWritten() throws {
  let found = try #require(tuning("fast=500ms jitter=25% flaky=3/8 watch=ON"))
  #expect(found.fast == .milliseconds(500))
  #expect(found.jitter == 25)
  #expect(found.flaky == FlakyRule(failures: 3, within: 8))
  #expect(found.watch == .on)
  #expect(tuning("jitter=0 flaky=off")?.flaky == nil)
  #expect(tuning("every=500ms timeout=200ms")?.fast == .milliseconds(500), "the default gives way")
}

@Test(
  "What cannot be meant is refused",
  arguments: [
    ("fast=50ms", "10:22 error: fast=50ms is out of range"),
    ("fast=6s", "10:22 error: fast= is longer than every="),
    ("jitter=51%", "10:24 error: jitter=51% is out of range"),
    ("jitter=x", "10:24 error: jitter=x is out of range"),
    ("flaky=3", "10:23 error: \"3\" does not say how many failures of how many checks"),
    ("flaky=9/8", "10:23 error: flaky=9/8 is out of range"),
    ("flaky=1/65", "10:23 error: flaky=1/65 is out of range"),
    ("flaky=0/5", "10:23 error: flaky=0/5 is out of range"),
    ("watch=yes", "10:23 error: watch= cannot be \"yes\""),
  ])
func tuningRefused(options: String, expected: String) {
  #expect(read(zone("$CHECK c tcp:25 \(options)")).brief.filter { $0.contains("error") } == [expected])
}
