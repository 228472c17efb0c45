// What the monitor keeps of a dialogue besides its outcome: how far it came, and what it learnt.

import Health
import Model
import TestSupport
import Testing

struct ProbeStageTests {
  var random = SeededGenerator(seed: 42)

  @Test("A probe that is given up says what it still waited for")
  mutating func timeoutNamesStage() throws {
    var monitor = HealthMonitor(targets: [.node(1)], at: .at(.zero), using: &random)
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    monitor.record(.greeting, of: probe)
    let change = monitor.advance(to: .at(.seconds(2)), using: &random).changes.first
    #expect(change?.reason == .failure(.noAnswer(within: .seconds(2), awaiting: .greeting)))
    #expect(change?.reason?.description == "no greeting within 2 s")
    monitor.record(.ehlo, of: probe)
    let next = try #require(monitor.nextDeadline)
    _ = monitor.advance(to: next, using: &random)
    let again = try #require(monitor.nextDeadline)
    _ = monitor.advance(to: again, using: &random)
    #expect(
      monitor.judgement(at: 0).lastOutcome == .failure(.noAnswer(within: .seconds(2))), "the next begins anew")
  }

  @Test("Notes of the last probe that told something stand until the next")
  mutating func notes() throws {
    var monitor = HealthMonitor(targets: [.node(1)], at: .at(.zero), using: &random)
    let notes = ProbeNotes(certificate: .seen(daysLeft: 9), warnings: [.certificateExpiresSoon(days: 9)])
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    _ = monitor.conclude(probe, .success, notes: notes, at: .at(.milliseconds(3)))
    #expect(monitor.judgement(at: 0).lastNotes == notes)
    let due = try #require(monitor.nextDeadline)
    let next = try #require(monitor.advance(to: due, using: &random).started.first?.probe)
    _ = monitor.conclude(next, .localFault(.outOfDescriptors), at: due)
    #expect(monitor.judgement(at: 0).lastNotes == notes)
  }

  @Test("A node in maintenance leaves the answers, and its state and reason say what it is")
  mutating func maintenance() throws {
    var monitor = HealthMonitor(targets: [.node(1)], at: .at(.zero), using: &random)
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    let reason = MaintenanceReason.reply(PeerText("421 4.3.2 Service not active"), in: .greeting)
    let change = monitor.conclude(probe, .maintenance(reason), at: .at(.milliseconds(3)))
    #expect(change?.to == .maintenance)
    #expect(change?.reason?.description == "greeting was 421 4.3.2 Service not active")
  }

  @Test("The kind of a check reads as the zone config file writes it")
  func kinds() {
    #expect(CheckPlan.Kind.smtp().description == "smtp:25")
    #expect(CheckPlan.Kind.smtp(.immediate(TLSChoice())).description == "smtps:25")
    #expect(CheckPlan.Kind.http(tls: TLSChoice(), port: 443).description == "https:443/owa/healthcheck.htm")
    #expect(CheckPlan.Kind.tls(HelloPlan(port: 993)).description == "tls:993")
    #expect(CheckPlan.Kind.agent(port: 9707).description == "agent:9707")
    #expect(CheckPlan.Kind.imap().port == 143)
  }
}
