// Every transition of the verdict on a target.

import Health
import Testing

struct JudgementTests {
  let plan = CheckPlan.tcp(fall: 3, rise: 2)
  var judgement = Judgement(since: .at(.zero))

  mutating func take(_ outcomes: ProbeOutcome..., at second: Int = 1) {
    for outcome in outcomes {
      judgement.take(outcome, after: .milliseconds(7), at: .at(.seconds(second)), under: plan)
    }
  }

  @Test("A target nobody has heard of is unknown and counts as healthy")
  func unknown() {
    #expect(judgement.state == .unknown)
    #expect(judgement.isHealthy)
    #expect(judgement.lastOutcome == nil)
    #expect(judgement.progress(under: plan) == .steady)
  }

  @Test("The first success alone makes an unknown target up")
  mutating func firstSuccess() {
    take(.success, at: 4)
    #expect(judgement.state == .up)
    #expect(judgement.since == .at(.seconds(4)))
    #expect(judgement.reason == nil)
    #expect(judgement.lastLatency == .milliseconds(7))
    #expect(judgement.flips == 0)
  }

  @Test("The first failure alone makes an unknown target down")
  mutating func firstFailure() {
    take(.failure(.connectionRefused))
    #expect(judgement.state == .down)
    #expect(judgement.reason == .connectionRefused)
    #expect(!judgement.isHealthy)
    #expect(judgement.flips == 0)
  }

  @Test("Fall failures in a row take a target out, the last one is the reason; one fewer does not")
  mutating func fall() {
    take(.success, .failure(.connectionRefused), .failure(.connectionRefused))
    #expect(judgement.state == .up)
    #expect(judgement.progress(under: plan) == .failing(2, of: 3))
    take(.failure(.connectionReset), at: 9)
    #expect(judgement.state == .down)
    #expect(judgement.reason == .connectionReset)
    #expect(judgement.since == .at(.seconds(9)))
    #expect(judgement.flips == 1)
  }

  @Test("A success in between begins the count of failures anew")
  mutating func interruptedFall() {
    take(.success, .failure(.connectionRefused), .failure(.connectionRefused), .success)
    #expect(judgement.progress(under: plan) == .steady)
    take(.failure(.connectionRefused), .failure(.connectionRefused))
    #expect(judgement.state == .up)
  }

  @Test("Rise successes in a row put a target back; one fewer does not")
  mutating func rise() {
    take(.failure(.noRouteToHost), .success)
    #expect(judgement.state == .down)
    #expect(judgement.progress(under: plan) == .rising(1, of: 2))
    take(.success, at: 12)
    #expect(judgement.state == .up)
    #expect(judgement.since == .at(.seconds(12)))
    #expect(judgement.reason == nil)
    #expect(judgement.flips == 1)
  }

  @Test("A failure in between begins the count of successes anew, and the reason stays that of the fall")
  mutating func interruptedRise() {
    take(.failure(.noRouteToHost), .success, .failure(.connectionReset), .success)
    #expect(judgement.state == .down)
    #expect(judgement.reason == .noRouteToHost)
    #expect(judgement.progress(under: plan) == .rising(1, of: 2))
  }

  @Test("A local fault leaves an unknown target unknown")
  mutating func localFaultFirst() {
    take(.localFault(.outOfDescriptors))
    #expect(judgement.state == .unknown)
    #expect(judgement.lastOutcome == .localFault(.outOfDescriptors))
    #expect(judgement.lastHeard == nil)
    #expect(judgement.lastLatency == nil)
  }

  @Test("A local fault neither breaks a run of failures nor lengthens it")
  mutating func localFaultBetween() {
    take(.success, .failure(.connectionRefused), .localFault(.noSourcePort), .failure(.connectionRefused))
    #expect(judgement.state == .up)
    #expect(judgement.progress(under: plan) == .failing(2, of: 3))
    take(.localFault(.noSourcePort), .localFault(.noSourcePort))
    #expect(judgement.state == .up)
    take(.failure(.connectionRefused))
    #expect(judgement.state == .down)
  }

  @Test("All probes are counted by their outcome")
  mutating func counts() {
    take(.success, .success, .failure(.connectionClosed), .localFault(.outOfMemory))
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
}
