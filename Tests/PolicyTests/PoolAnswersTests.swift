// Answers that are kept from one publication to the next, and pools that a reload leaves as they are.

import Answering
import DNS
import TestSupport
import Testing
import ZoneFile

@testable import Health
@testable import Policy

/// Two pools with a node in common, and one by themselves.
private func configuration(
  check: String = "tcp:443 every=1s fall=1", a: String = "192.0.2.1", last: String = "c check=web"
) throws -> Configuration {
  let text = """
    $ORIGIN x.
    $TTL 60
    $NODE a \(a)
    $NODE b 192.0.2.2
    $NODE c 192.0.2.3
    $CHECK web \(check)
    $POOL one a b check=web
    $POOL two b check=web
    $POOL three \(last)
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    m1 ROTATE one
    m2 ROTATE two
    m3 ROTATE three
    """
  return try TestSupport.configuration(text)
}

@Suite("Answers of pools")
struct PoolAnswersTests {
  @Test("Only pools of which something has changed are looked at again")
  func refresh() throws {
    var random = SystemRandomNumberGenerator()
    let now = MonotonicTime(nanoseconds: 0)
    let plan = HealthPlan(try configuration())
    var monitor = HealthMonitor(targets: plan.targets, at: now, using: &random)
    var histories = PoolHistories()
    var answers = PoolAnswers(plan)
    answers.refresh(plan, by: monitor, &histories, at: now)
    #expect(answers.takeRefreshed() == [0, 1, 2])
    for case .start(let probe, let target) in monitor.advance(to: now, using: &random) {
      let fails = plan.targets[target].node == "b"
      guard let change = monitor.conclude(probe, fails ? .failure(.connectionRefused) : .success, at: now),
        change.to == .down
      else { continue }
      for use in plan.uses[change.target] { answers.invalidate(use.pool) }
    }
    answers.refresh(plan, by: monitor, &histories, at: now)
    #expect(answers.takeRefreshed() == [0, 1])
    answers.refresh(plan, by: monitor, &histories, at: now)
    #expect(answers.takeRefreshed() == [])
    #expect(answers.part(of: 0, family: .ipv4).answer.addresses.map(\.description) == ["192.0.2.1"])
    #expect(answers.part(of: 1, family: .ipv4).answer.isFailOpen)
    #expect(answers.addresses.map(\.count) == [1, 1, 1])

    // Another configuration that changes the last pool alone, and has the first two in its place.
    let next = HealthPlan(try configuration(last: "c a check=web"))
    let succession = PlanSuccession(from: plan, to: next)
    _ = monitor.replaceTargets(with: next.targets, continuing: succession.targets, at: now)
    answers.follow(succession.pools)
    answers.refresh(next, by: monitor, &histories, at: now)
    #expect(answers.takeRefreshed() == [2])
    #expect(answers.addresses.map(\.count) == [1, 1, 2])
  }

  @Test(
    "A pool is the same if its answers depend on the same",
    arguments: [
      ("nothing", [0, 1, 2]), ("the check's pace", [nil, nil, nil]), ("an address", [nil, 1, 2]),
      ("a policy", [0, 1, nil]), ("a weight", [0, 1, nil]),
    ] as [(String, [Int?])])
  func succession(change: String, pools: [Int?]) throws {
    let former = HealthPlan(try configuration())
    let next: Configuration =
      switch change {
      case "the check's pace": try configuration(check: "tcp:443 every=1s fall=2")
      case "an address": try configuration(a: "192.0.2.9")
      case "a policy": try configuration(last: "c check=web all-down=nodata")
      case "a weight": try configuration(last: "c*2 check=web")
      default: try configuration()
      }
    #expect(PlanSuccession(from: former, to: HealthPlan(next)).pools == pools)
  }

  @Test("A trial asks of changed pools only whether they would lose their last healthy node")
  func losses() throws {
    var random = SystemRandomNumberGenerator()
    let now = MonotonicTime(nanoseconds: 0)
    let plan = HealthPlan(try configuration())
    let monitor = HealthMonitor(targets: plan.targets, at: now, using: &random)
    let next = HealthPlan(try configuration(a: "192.0.2.9", last: "a check=web"))
    let trial = TrialPlan(
      next, PlanSuccession(from: plan, to: next), besideTargets: plan.targets.count,
      formerPools: [[0], [1], [2]])
    var asked: [Int] = []
    let found = trial.losses(monitor, adminStates: [:]) { pool, family in
      asked.append(pool)
      return family == .ipv4
    }
    #expect(Set(asked) == [0, 2])
    #expect(found.map(\.pool) == ["one", "three"])
    #expect(trial.losses(monitor, adminStates: [:], limit: 1) { _, _ in true }.map(\.pool) == ["one"])
    // One that takes over the names of another pool has to have a healthy node for these too.
    let renamed = TrialPlan(
      plan, PlanSuccession(from: plan, to: plan), besideTargets: plan.targets.count,
      formerPools: [[0], [1, 2], [2]])
    #expect(renamed.formerPools == [[], [1, 2], []])
  }
}
