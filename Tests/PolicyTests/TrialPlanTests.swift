// What a configuration on trial waits for before it is judged.

import DNS
import Health
import TestSupport
import Testing
import ZoneFile

@testable import Policy

/// A configuration with one pool of these nodes.
private func trialConfiguration(
  _ nodes: String..., check: String = "tcp:443 every=1s timeout=900ms"
) throws -> Configuration {
  let names = nodes.indices.map { "n\($0)" }
  let text = """
    $ORIGIN x.
    $TTL 60
    \(zip(names, nodes).map { "$NODE \($0) \($1)" }.joined(separator: "\n"))
    $CHECK web \(check)
    $POOL p \(names.joined(separator: " ")) check=web
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    mail ROTATE p
    """
  return try configuration(text)
}

@Test("A fault of this host is no result of a new check: the trial goes on until there is one")
func localFaultOnTrial() throws {
  var random = SystemRandomNumberGenerator()
  var now = MonotonicTime(nanoseconds: 0)
  var monitor = HealthMonitor(targets: [], at: now, using: &random)
  let plan = HealthPlan(try trialConfiguration("192.0.2.1"))
  let trial = TrialPlan(
    plan, PlanSuccession(from: HealthPlan(Configuration()), to: plan), besideTargets: 0,
    formerPools: [[]])
  _ = monitor.replaceTargets(
    with: trial.newcomers.map { plan.targets[$0] }, continuing: trial.newcomers.map { _ in nil }, at: now)
  var outcomes: [ProbeOutcome] = [.success, .localFault(.tlsNotAvailable), .localFault(.outOfDescriptors)]
  for _ in 0..<1_000 where !outcomes.isEmpty {
    #expect(!trial.isProbed(by: monitor))
    now = max(now, monitor.nextDeadline ?? now)
    for case .start(let probe, _) in monitor.advance(to: now, using: &random) {
      guard let outcome = outcomes.popLast() else { break }
      _ = monitor.conclude(probe, outcome, at: now)
    }
  }
  #expect(outcomes.isEmpty)
  #expect(trial.isProbed(by: monitor))
}
