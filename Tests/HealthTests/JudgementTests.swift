// Every transition of the verdict on a target.

import Model
import Testing

@testable import Health

struct JudgementTests {
  let plan = CheckPlan.tcp(fall: 3, rise: 2)
  var judgement = Judgement(since: .at(.zero))

  mutating func record(_ outcomes: ProbeOutcome..., at second: Int = 1) {
    for outcome in outcomes {
      judgement.record(outcome, after: .milliseconds(7), at: .at(.seconds(second)), under: plan)
    }
  }

  @Test("A weight stands until the agent names another; 0 % is drain and no weight, and other checks name none")
  mutating func agentWeight() {
    judgement.record(ProbeNotes())
    #expect(judgement.agentPercent == nil)
    let lines: [(line: String, percent: Int?)] = [
      ("up", nil), ("0%", nil), ("200%", 200), ("up", 200), ("0%", 200), ("ready", 200), ("up 50%", 50),
      ("drain 0%", 50),
    ]
    for (line, percent) in lines {
      judgement.record(ProbeNotes(agent: AgentReport(line: Array(line.utf8)[...])))
      #expect(judgement.agentPercent == percent, "after \(line)")
    }
  }

  @Test("A target nobody has heard of is unknown and counts as healthy")
  func unknown() {
    #expect(judgement.state == .unknown)
    #expect(!judgement.state.isOut)
    #expect(judgement.lastOutcome == nil)
    #expect(judgement.progress(under: plan) == .steady)
  }

  @Test("The first success alone makes an unknown target up")
  mutating func firstSuccess() {
    record(.success, at: 4)
    #expect(judgement.state == .up)
    #expect(judgement.since == .at(.seconds(4)))
    #expect(judgement.reason == nil)
    #expect(judgement.lastLatency == .milliseconds(7))
    #expect(judgement.flips == 0)
  }

  @Test("The first failure alone makes an unknown target down")
  mutating func firstFailure() {
    record(.failure(.connectionRefused))
    #expect(judgement.state == .down)
    #expect(judgement.reason == .failure(.connectionRefused))
    #expect(judgement.state.isOut)
    #expect(judgement.flips == 0)
  }

  @Test("Fall failures in a row take a target out, the last one is the reason; one fewer does not")
  mutating func fall() {
    record(.success, .failure(.connectionRefused), .failure(.connectionRefused))
    #expect(judgement.state == .up)
    #expect(judgement.progress(under: plan) == .failing(2, of: 3))
    record(.failure(.connectionReset), at: 9)
    #expect(judgement.state == .down)
    #expect(judgement.reason == .failure(.connectionReset))
    #expect(judgement.since == .at(.seconds(9)))
    #expect(judgement.flips == 1)
  }

  @Test("A success in between begins the count of failures anew")
  mutating func interruptedFall() {
    record(.success, .failure(.connectionRefused), .failure(.connectionRefused), .success)
    #expect(judgement.progress(under: plan) == .steady)
    record(.failure(.connectionRefused), .failure(.connectionRefused))
    #expect(judgement.state == .up)
  }

  @Test("Rise successes in a row put a target back; one fewer does not")
  mutating func rise() {
    record(.failure(.noRouteToHost), .success)
    #expect(judgement.state == .down)
    #expect(judgement.progress(under: plan) == .rising(1, of: 2))
    record(.success, at: 12)
    #expect(judgement.state == .up)
    #expect(judgement.since == .at(.seconds(12)))
    #expect(judgement.reason == nil)
    #expect(judgement.flips == 1)
  }

  @Test("A failure in between begins the count of successes anew, and the reason stays that of the fall")
  mutating func interruptedRise() {
    record(.failure(.noRouteToHost), .success, .failure(.connectionReset), .success)
    #expect(judgement.state == .down)
    #expect(judgement.reason == .failure(.noRouteToHost))
    #expect(judgement.progress(under: plan) == .rising(1, of: 2))
  }

  @Test("The latency is that of the last success, whatever came after it")
  mutating func latency() {
    judgement.record(.failure(.connectionRefused), after: .milliseconds(1), at: .at(.seconds(1)), under: plan)
    #expect(judgement.lastLatency == nil)
    judgement.record(.success, after: .milliseconds(9), at: .at(.seconds(2)), under: plan)
    judgement.record(.failure(.connectionReset), after: .seconds(2), at: .at(.seconds(3)), under: plan)
    #expect(judgement.lastLatency == .milliseconds(9))
    #expect(judgement.lastHeard == .at(.seconds(3)))
  }

  @Test("The certificate seen last stays known while probes see none, with all that is wrong with it")
  mutating func certificate() {
    #expect(judgement.certificate == nil)
    let missing = FailureReason.certificateDoesNotCover(UncoveredNames("a.example"))
    judgement.record(
      ProbeNotes(certificate: .seen(daysLeft: -2), certificateExpiry: 7, warnings: [missing]),
      beside: .failure(.certificateExpired(daysAgo: 2)))
    #expect(judgement.certificate?.expiry == 7)
    #expect(judgement.certificate?.faults == [missing, .certificateExpired(daysAgo: 2)])
    #expect(judgement.certificate?.uncoveredNames == UncoveredNames("a.example"))
    judgement.record(ProbeNotes(), beside: .failure(.connectionRefused))
    #expect(judgement.certificate?.expiry == 7)
    judgement.record(ProbeNotes(certificate: .seen(daysLeft: 90), certificateExpiry: 8), beside: .success)
    #expect(judgement.certificate?.expiry == 8 && judgement.certificate?.faults == [])
  }

  @Test("A local fault leaves an unknown target unknown")
  mutating func localFaultFirst() {
    record(.localFault(.outOfDescriptors))
    #expect(judgement.state == .unknown)
    #expect(judgement.lastOutcome == .localFault(.outOfDescriptors))
    #expect(judgement.lastHeard == nil)
    #expect(judgement.lastLatency == nil)
  }

  @Test("A local fault neither breaks a run of failures nor lengthens it")
  mutating func localFaultBetween() {
    record(.success, .failure(.connectionRefused), .localFault(.noSourcePort), .failure(.connectionRefused))
    #expect(judgement.state == .up)
    #expect(judgement.progress(under: plan) == .failing(2, of: 3))
    record(.localFault(.noSourcePort), .localFault(.noSourcePort))
    #expect(judgement.state == .up)
    record(.failure(.connectionRefused))
    #expect(judgement.state == .down)
  }

  @Test("All probes are counted by their outcome")
  mutating func counts() {
    record(.success, .success, .failure(.connectionClosed), .localFault(.outOfMemory))
    #expect(judgement.probes == 4)
    #expect(judgement.successes == 2)
    #expect(judgement.failures == 1)
    #expect(judgement.localFaults == 1)
  }

  @Test("Progress reads as an operator would say it")
  func progressText() {
    #expect(Judgement.Progress.failing(1, of: 3).description == "failing 1 of 3")
    #expect(Judgement.Progress.rising(1, of: 2).description == "rising 1 of 2")
  }

  // MARK: Intermittent faults

  /// Takes a pattern of results, `F` a failure and `.` a success.
  mutating func record(pattern: String, under plan: CheckPlan) {
    for sign in pattern {
      judgement.record(
        sign == "F" ? .failure(.connectionReset) : .success, after: .zero, at: .at(.seconds(1)), under: plan)
    }
  }

  @Test("A node that fails half of its last twenty checks is out, though never three times in a row")
  mutating func flaky() {
    record(pattern: ".F.F.F.F.F.F.F.F.F.", under: plan)
    #expect(judgement.state == .up)
    #expect(judgement.progress(under: plan) == .unsteady(9, of: 10, within: 20))
    record(pattern: "F", under: plan)
    #expect(judgement.state == .down)
    #expect(judgement.reason == .intermittent(failures: 10, within: 20, last: .connectionReset))
    #expect(judgement.reason?.description == "10 of 20 checks failed, last: connection reset")
  }

  @Test("It comes back when its failures have become rare, not at the next good moment")
  mutating func flakyReturn() {
    record(pattern: ".F.F.F.F.F.F.F.F.F.F", under: plan)
    record(pattern: "..", under: plan)
    #expect(judgement.state == .down)
    #expect(judgement.progress(under: plan) == .calming(9, over: 5, within: 20))
    record(pattern: "........", under: plan)
    #expect(judgement.state == .up, "five failures are left among the last twenty")
    record(pattern: "F", under: plan)
    #expect(judgement.state == .up, "what was before it came back is forgotten")
  }

  @Test("Failures of an outage do not count as intermittent after it")
  mutating func outageIsNotFlaky() {
    record(pattern: ".FFFFFFFFFFFFFFFFFFFFFF..F", under: plan)
    #expect(judgement.state == .up)
    #expect(judgement.progress(under: plan) == .failing(1, of: 3))
  }

  @Test("With flaky=off only failures in a row count")
  mutating func flakyOff() {
    let plan = CheckPlan.tcp(CheckTuning(flaky: nil))
    record(pattern: "." + String(repeating: "FF.", count: 50), under: plan)
    #expect(judgement.state == .up)
  }

  // MARK: Hold-down

  @Test("A node that goes out again and again comes back later each time, and goes out as quickly as ever")
  mutating func holdDown() {
    record(.success, at: 0)
    record(.failure(.connectionRefused), .failure(.connectionRefused), .failure(.connectionRefused), at: 100)
    record(.success, .success, at: 101)
    #expect(judgement.state == .up, "the first time")
    record(.failure(.connectionRefused), .failure(.connectionRefused), .failure(.connectionRefused), at: 110)
    #expect(judgement.state == .down)
    record(.success, .success, at: 119)
    #expect(judgement.state == .down)
    #expect(judgement.progress(under: plan) == .held(until: .at(.seconds(120))))
    #expect(judgement.heldUntil == .at(.seconds(120)))
    record(.success, at: 120)
    #expect(judgement.state == .up)
  }

  // MARK: Maintenance

  mutating func takeMaintenance(_ times: Int, at second: Int) {
    for _ in 0..<times {
      judgement.record(
        .success, as: .against(.maintenance("421")), after: .zero, at: .at(.seconds(second)),
        failingSince: .at(.seconds(second)), under: plan, ruling: .believe, weight: 1)
    }
  }

  @Test("A node that says it is in maintenance is out, but not down")
  mutating func maintenance() {
    record(.success)
    takeMaintenance(3, at: 5)
    #expect(judgement.state == .maintenance)
    #expect(judgement.reason == .maintenance("421"))
    #expect(judgement.state.isOut)
    record(.success, .success, at: 6)
    #expect(judgement.state == .up)
  }

  @Test("A node that dies in maintenance becomes down, and back; no more often than the hold-down allows")
  mutating func maintenanceThenDown() {
    record(.success)
    takeMaintenance(3, at: 5)
    record(.failure(.noRouteToHost), .failure(.noRouteToHost), at: 6)
    #expect(judgement.state == .maintenance)
    record(.failure(.noRouteToHost), at: 7)
    #expect(judgement.state == .down)
    takeMaintenance(3, at: 16)
    #expect(judgement.state == .down, "held for 10 s now")
    takeMaintenance(1, at: 17)
    #expect(judgement.state == .maintenance)
  }

  // MARK: Withheld and remembered verdicts

  @Test("Failures that may be this host's own are counted, and take nobody out until they are confirmed")
  mutating func withheld() {
    record(.success)
    let silence = ProbeOutcome.failure(.noAnswer(within: .seconds(2)))
    for _ in 1...4 {
      judgement.record(
        silence, as: Evidence(silence), after: .zero, at: .at(.seconds(2)), failingSince: .at(.seconds(2)), under: plan,
        ruling: .withhold, weight: 1)
    }
    #expect(judgement.state == .up && judgement.isWithheld)
    #expect(judgement.progress(under: plan) == .confirming)
    judgement.confirmFailures(at: .at(.seconds(3)))
    #expect(judgement.state == .down)
    #expect(judgement.reason == .failure(.noAnswer(within: .seconds(2))))
  }

  @Test("A result that is disregarded changes nothing")
  mutating func disregarded() {
    record(.success)
    let silence = ProbeOutcome.failure(.noAnswer(within: .seconds(2)))
    for _ in 1...9 {
      judgement.record(
        silence, as: Evidence(silence), after: .zero, at: .at(.seconds(2)), failingSince: .at(.seconds(2)), under: plan,
        ruling: .disregard, weight: 1)
    }
    #expect(judgement.state == .up && judgement.failuresInARow == 0 && judgement.localFaults == 9)
    #expect(judgement.lastHeard == .at(.seconds(1)))
  }

  @Test("A verdict from before a restart: up falls at the first failure, down rises as always")
  mutating func remembered() {
    judgement = Judgement(remembering: .up, since: .at(.zero), because: nil, hold: HoldDown())
    record(.failure(.connectionRefused))
    #expect(judgement.state == .down)
    judgement = Judgement(
      remembering: .down, since: .at(.zero), because: .remembered("connection refused"), hold: HoldDown())
    record(.success)
    #expect(judgement.state == .down)
    record(.success)
    #expect(judgement.state == .up)
  }
}
