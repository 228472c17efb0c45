// What `rondo may-drain` answers, from configuration, verdicts and windows to the words.

import Answering
import DNS
import Health
import Testing
import ZoneFile

@testable import Policy
@testable import Reporting

/// Checks that run in virtual time.
private struct CheckedNodes {
  let configuration: Configuration
  var plan: HealthPlan
  private(set) var monitor: HealthMonitor
  private(set) var histories = PoolHistories()
  var failing: Set<String> = []
  var isSilent = false
  private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
  var calendar = MaintenanceCalendar()
  private var random = SystemRandomNumberGenerator()

  init(_ pool: String = "access ex1 ex2 check=web", extra: String = "") throws {
    let text = """
      $ORIGIN t.example.
      $TTL 1h
      $NODE ex1 192.0.2.1
      $NODE ex2 192.0.2.2
      $CHECK web tcp:80 every=1s timeout=500ms fall=2 rise=2
      $POOL \(pool)
      @ SOA ns1 hostmaster ( 1 1h 15m 1w 1m )
        NS ns1
        NS ns2
      ns1 A 192.0.2.53
      ns2 A 198.51.100.53
      \(extra)
      mail 60 ROTATE access
      """
    let result = readConfiguration(files: ["x"]) { _ throws(LoadFailure) in Array(text.utf8) }
    configuration = try #require(result.configuration, "\(result.diagnostics.map(\.description))")
    plan = HealthPlan(configuration)
    monitor = HealthMonitor(targets: plan.targets, at: now, using: &random)
  }

  mutating func pass(_ seconds: Int64) { pass(.seconds(seconds)) }

  /// Up to the first failure of a node that was up.
  mutating func passToFirstFailure() {
    for _ in 0..<100 where !plan.targets.indices.contains(where: { monitor.judgement(at: $0).failuresInARow == 1 }) {
      pass(.milliseconds(20))
    }
  }

  private mutating func pass(_ span: Duration) {
    let end = now + span
    while let next = monitor.nextDeadline, next < end {
      now = max(now, next)
      for case .start(let id, let index) in monitor.advance(to: now, using: &random) where !isSilent {
        let fails = failing.contains(plan.targets[index].node)
        _ = monitor.conclude(id, fails ? .failure(.connectionRefused) : .success, at: now)
        for pool in plan.pools.indices { histories.update(plan, pool, by: monitor, at: now) }
      }
    }
    now = end
  }

  /// The answer about ex1.
  func advice(_ options: AdminStateRequest.Options = .init()) throws -> String {
    let civil = UnixTime(seconds: 1_795_514_601)
    var facts = StatusReport(
      version: "1", startedAt: civil, now: civil, readiness: .ready, configuration: .init(files: [], loadedAt: civil))
    facts.localTime = LocalTime(offsetSeconds: 3_600, zone: "CET")
    facts.maintenance = calendar
    let view = DaemonView(
      facts, at: .init(monotonic: now, civil: civil), configuration: configuration, transfers: nil, handOuts: nil,
      plan: plan, monitor: monitor, histories: histories)
    let advice = DrainAdvice(try #require(AdminStateRequest(.mayDrain, ["ex1"], options)), in: view)
    #expect(advice.mayDrain == !DrainAdvice.isAdvice(advice.text))
    return advice.text
  }
}

@Suite("rondo may-drain: what it answers")
struct DrainAdviceTests {
  @Test("A node whose partner is stable may be drained")
  func yes() throws {
    var nodes = try CheckedNodes()
    nodes.pass(30)
    #expect(
      try nodes.advice() == """
        yes: ex1 may be drained now, without an end.
          pool access keeps 1 stable node in IPv4 (ex2), and needs 1
        """)
    var options = AdminStateRequest.Options()
    options.from = 1_795_520_000
    options.end = .at(1_795_527_200)
    #expect(
      try nodes.advice(options).hasPrefix(
        "yes: ex1 may be drained from 12:33:20 CET until 14:33:20 CET, by today's health and the windows of that time.\n"
      ))
  }

  @Test("It may not while its partner is down, unproven, back for a moment, unsteady or without results")
  func partners() throws {
    var nodes = try CheckedNodes()
    func reason(_ nodes: CheckedNodes) throws -> String {
      let lines = try nodes.advice().split(separator: "\n")
      #expect(lines[0] == "no: ex1 should not be drained now, without an end.")
      return String(lines[1].drop { $0 == " " })
    }
    let without = "pool access would have 0 stable nodes in IPv4, and needs 1: ex2 "
    #expect(try reason(nodes) == without + "has no verdict yet")
    nodes.pass(30)
    nodes.failing = ["ex2"]
    nodes.pass(10)
    #expect(try reason(nodes).hasPrefix(without + "fails web: connection refused"))
    nodes.failing = []
    nodes.pass(60)
    #expect(try reason(nodes).hasPrefix(without + "has been back for only 5"))
    nodes.pass(300)
    #expect(try nodes.advice().hasPrefix("yes: "))

    nodes.failing = ["ex2"]
    nodes.passToFirstFailure()
    #expect(try reason(nodes).hasPrefix(without + "is up, but fails web: "))
    nodes.pass(10)
    nodes.failing = []
    nodes.pass(320)
    #expect(try reason(nodes) == without + "went out 2 times of late")
    nodes.pass(900)
    #expect(try nodes.advice().hasPrefix("yes: "))
  }

  @Test("Nor while its partner is in its slow start, or out by an operator")
  func operators() throws {
    var nodes = try CheckedNodes("access ex1 ex2 check=web slow-start=20m")
    nodes.pass(30)
    nodes.failing = ["ex2"]
    nodes.pass(10)
    nodes.failing = []
    nodes.pass(700)
    #expect(try nodes.advice().contains("ex2 is in its slow start, at 60%"))
    nodes.plan.adminStates[1] = AdminState(.drained, author: "bert", reason: "disk", since: 0)
    #expect(try nodes.advice().contains("needs 1: ex2 is drained by bert: disk"))
    nodes.plan.adminStates[1] = AdminState(.forcedUp, author: "bert", reason: "", since: 0)
    #expect(try nodes.advice().hasPrefix("yes: "), "its checks pass")
    nodes.failing = ["ex2"]
    nodes.pass(10)
    #expect(try nodes.advice().contains("ex2 is forced up, and its checks do not pass"))
    // What fails already is no loss.
    nodes.failing = ["ex1", "ex2"]
    nodes.pass(10)
    #expect(try nodes.advice().hasPrefix("yes: "))
  }

  @Test("A window after the drain of a partner is over depends on the checks of the partner")
  func partnerIsBack() throws {
    var nodes = try CheckedNodes()
    nodes.pass(30)
    let drained = AdminState(.drained, author: "bert", reason: "disk", since: 1_795_514_000, until: 1_795_518_200)
    nodes.plan.adminStates[1] = drained
    var options = AdminStateRequest.Options()
    options.from = 1_795_518_200
    options.end = .at(1_795_527_200)
    #expect(
      try nodes.advice(options) == """
        yes: ex1 may be drained from 12:03:20 CET until 14:33:20 CET, by today's health and the windows of that time.
          ex2 is drained by bert since 10:53:20 CET (disk) until 12:03:20 CET: its checks decide then
          pool access keeps 1 stable node in IPv4 (ex2), and needs 1
        """)
    options.from = 1_795_518_199
    #expect(try nodes.advice(options).contains("needs 1: ex2 is drained by bert: disk"))
    options.from = 1_795_518_200
    nodes.failing = ["ex2"]
    nodes.pass(10)
    #expect(try nodes.advice(options).contains("needs 1: ex2 fails web: connection refused"))
    nodes.plan.adminStates[1] = AdminState(.drained, author: "bert", reason: "disk", since: 0)
    #expect(try nodes.advice(options).contains("needs 1: ex2 is drained by bert: disk"))
  }

  @Test("Windows that overlap, what is planned already, and records that a drain does not change are named")
  func windows() throws {
    var nodes = try CheckedNodes(extra: "old A 192.0.2.1")
    nodes.pass(30)
    _ = nodes.calendar.plan(
      PlannedWindow(node: "ex2", from: 1_795_520_000, until: 1_795_527_200, author: "bert", reason: "disk"))
    _ = nodes.calendar.plan(
      PlannedWindow(node: "ex1", from: 1_795_620_000, until: 1_795_627_200, author: "anna", reason: ""))
    #expect(
      try nodes.advice() == """
        no: ex1 should not be drained now, without an end.
          pool access would have 0 nodes in IPv4 from 12:33:20 CET on, and needs 1: ex2 has a window of bert from \
        12:33:20 CET until 14:33:20 CET
          pool access keeps 1 stable node in IPv4 (ex2), and needs 1
          ex1 has a window from 2026-11-25 16:20 CET until 2026-11-25 18:20 CET by anna
          a drain does not change the static address records of old.t.example
        """)
    var short = AdminStateRequest.Options()
    short.end = .at(1_795_519_000)
    #expect(try nodes.advice(short).hasPrefix("yes: ex1 may be drained now until 12:16:40 CET.\n"))
    var past = AdminStateRequest.Options()
    past.from = 5
    past.end = .at(9)
    #expect(try nodes.advice(past).contains("  its start is past; to drain it now, leave out --at\n"))
  }
}
