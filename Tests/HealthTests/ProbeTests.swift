// The plan of a probe, its dialogue, and the words for its end.

import DNS
import Health
import Model
import Testing

struct DialogueTests {
  @Test("A tcp check is a success as soon as the node accepts the connection")
  func accepted() {
    var dialogue = Dialogue(of: .tcp())
    #expect(dialogue.advance(on: .connected) == .conclude(.success))
  }

  @Test(
    "A tcp check fails with what the network said",
    arguments: [
      (.failed(.connectionRefused), .connectionRefused), (.failed(.noRouteToHost), .noRouteToHost),
      (.failed(.networkUnreachable), .networkUnreachable),
      (.failed(.prohibited), .prohibited), (.failed(.connectionReset), .connectionReset),
      (.closed, .connectionClosed), (.timedOut, .noAnswer(within: .seconds(2))),
    ] as [(Dialogue.Event, FailureReason)])
  func failed(event: Dialogue.Event, reason: FailureReason) {
    var dialogue = Dialogue(of: .tcp())
    #expect(dialogue.advance(on: event) == .conclude(.failure(reason)))
  }

  @Test("A fault of this host is not held against the node")
  func localFault() {
    var dialogue = Dialogue(of: .tcp())
    #expect(dialogue.advance(on: .localFault(.outOfDescriptors)) == .conclude(.localFault(.outOfDescriptors)))
  }

  @Test("What happens after the conclusion changes nothing")
  func concludedOnce() {
    var dialogue = Dialogue(of: .tcp())
    _ = dialogue.advance(on: .connected)
    #expect(dialogue.advance(on: .failed(.connectionReset)) == .wait)
    #expect(dialogue.advance(on: .connected) == .wait)
  }
}

struct ProbeWordingTests {
  @Test(
    "An outcome reads as an operator would say it",
    arguments: [
      (.success, "success"), (.failure(.connectionRefused), "connection refused"),
      (.failure(.noAnswer(within: .seconds(2))), "no answer within 2 s"),
      (.failure(.noAnswer(within: .milliseconds(1_500))), "no answer within 1.5 s"),
      (.failure(.noAnswer(within: .milliseconds(250))), "no answer within 250 ms"),
      (.failure(.noRouteToHost), "no route to host"), (.failure(.networkUnreachable), "network unreachable"),
      (.failure(.prohibited), "a firewall prohibits the connection"),
      (.failure(.connectionReset), "connection reset"), (.failure(.connectionClosed), "connection closed"),
      (.failure(.networkError(code: 92)), "network error 92"),
      (.localFault(.outOfDescriptors), "local: out of descriptors"),
      (.localFault(.noSourcePort), "local: no source address or port"),
      (.localFault(.wokeLate(by: .milliseconds(61_005))), "local: woke 61.005 s late"),
    ] as [(ProbeOutcome, String)])
  func wording(outcome: ProbeOutcome, text: String) {
    #expect(outcome.description == text)
  }

  @Test("A target knows where to connect and how its check is written")
  func endpoint() {
    let target = ProbeTarget.node(11, .tcp(port: 25))
    #expect(target.endpoint?.description == "192.0.0.11:25")
    #expect(target.plan.kind.description == "tcp:25")
  }

  @Test("A plan that makes no sense is brought to the nearest that does")
  func clamped() {
    let plan = CheckPlan.tcp(every: .zero, timeout: .seconds(9), fall: 0, rise: -1)
    #expect(plan.every == .milliseconds(10))
    #expect(plan.timeout == plan.every)
    #expect(plan.fall == 1)
    #expect(plan.rise == 1)
  }
}
