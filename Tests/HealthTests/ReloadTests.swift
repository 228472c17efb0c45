// What a reload keeps and what it begins anew.

import Model
import TestSupport
import Testing

@testable import Health

struct ReloadTests {
  var random = SeededGenerator(seed: 42)

  /// Three targets after a first round in which all were found up.
  mutating func runningMonitor() -> HealthMonitor {
    var monitor = HealthMonitor(targets: [.node(1), .node(2), .node(3)], at: .at(.zero), using: &random)
    for (probe, _) in monitor.advance(to: .at(.zero), using: &random).started {
      _ = monitor.conclude(probe, .success, at: .at(.milliseconds(1)))
    }
    return monitor
  }

  @Test("The same targets again: verdict and schedule are as if nothing had happened")
  mutating func unchanged() {
    var monitor = runningMonitor()
    let before = monitor
    #expect(monitor.replaceTargets(with: [.node(1), .node(2), .node(3)], at: .at(.seconds(1))).isEmpty)
    #expect(monitor.nextDeadline == before.nextDeadline)
    for index in 0..<3 { #expect(monitor.judgement(at: index) == before.judgement(at: index)) }
  }

  @Test("A target that stands elsewhere in the file keeps its verdict and its probe under way")
  mutating func moved() throws {
    var monitor = runningMonitor()
    let due = try #require(monitor.nextDeadline)
    let (probe, target) = try #require(monitor.advance(to: due, using: &random).started.first)
    let node = monitor.target(at: target)
    let others = [ProbeTarget.node(1), .node(2), .node(3)].filter { $0 != node }
    #expect(monitor.replaceTargets(with: [.node(9)] + others + [node], at: due).isEmpty)
    #expect(monitor.target(of: probe) == 3)
    _ = monitor.conclude(probe, .failure(.connectionReset), at: due)
    #expect(monitor.judgement(at: 3).failures == 1)
    #expect(monitor.judgement(at: 3).state == .up)
  }

  @Test("A new target is unknown and probed at once")
  mutating func added() {
    var monitor = runningMonitor()
    _ = monitor.replaceTargets(with: [.node(1), .node(7), .node(3)], at: .at(.seconds(1)))
    #expect(monitor.judgement(at: 1).state == .unknown)
    #expect(monitor.advance(to: .at(.seconds(1)), using: &random).started.map(\.target) == [1])
    #expect(monitor.firstRoundIsOver, "a later target does not take it back")
  }

  @Test("The probe of a target that is gone is abandoned, and its result ignored")
  mutating func removed() throws {
    var monitor = HealthMonitor(targets: [.node(1), .node(2)], at: .at(.zero), using: &random)
    let probes = monitor.advance(to: .at(.zero), using: &random).started
    #expect(monitor.replaceTargets(with: [.node(2)], at: .at(.seconds(1))) == [.abandon(probes[0].probe, target: nil)])
    #expect(monitor.conclude(probes[0].probe, .failure(.connectionRefused), at: .at(.seconds(1))) == nil)
    #expect(monitor.conclude(probes[1].probe, .success, at: .at(.seconds(1)))?.target == 0)
    #expect(monitor.firstRoundIsOver)
  }

  @Test("A changed interval keeps the verdict and holds from now on")
  mutating func changedInterval() throws {
    var monitor = runningMonitor()
    let hasty = ProbeTarget.node(1, .tcp(every: .seconds(1), timeout: .seconds(1)))
    _ = monitor.replaceTargets(with: [hasty], at: .at(.seconds(3)))
    #expect(monitor.judgement(at: 0).state == .up)
    let due = try #require(monitor.nextDeadline)
    #expect((MonotonicTime.at(.seconds(3)) ... .at(.seconds(4))).contains(due))
  }

  @Test("A changed interval does not put off a first probe")
  mutating func changedBeforeFirst() {
    var monitor = HealthMonitor(targets: [.node(1)], at: .at(.zero), using: &random)
    _ = monitor.replaceTargets(with: [.node(1, .tcp(every: .seconds(60)))], at: .at(.seconds(1)))
    #expect(monitor.advance(to: .at(.seconds(1)), using: &random).started.count == 1)
  }

  @Test("Another port is another test: it begins unknown")
  mutating func changedPort() {
    var monitor = runningMonitor()
    _ = monitor.replaceTargets(with: [.node(1, .tcp(port: 25))], at: .at(.seconds(1)))
    #expect(monitor.judgement(at: 0).state == .unknown)
  }

  @Test("A renamed check is the same test")
  mutating func renamedCheck() {
    var monitor = runningMonitor()
    _ = monitor.replaceTargets(with: [.node(1, check: "https")], at: .at(.seconds(1)))
    #expect(monitor.judgement(at: 0).state == .up)
    #expect(monitor.target(at: 0).check == "https")
  }

  @Test("Two checks of one port keep their own verdicts when their order changes")
  mutating func twins() {
    let slow = ProbeTarget.node(1, check: "slow", .tcp(every: .seconds(60)))
    let quick = ProbeTarget.node(1, check: "quick", .tcp(every: .seconds(2)))
    var monitor = HealthMonitor(targets: [slow, quick], at: .at(.zero), using: &random)
    let probes = monitor.advance(to: .at(.zero), using: &random).started
    _ = monitor.conclude(probes[0].probe, .success, at: .at(.zero))
    _ = monitor.conclude(probes[1].probe, .failure(.connectionRefused), at: .at(.zero))
    _ = monitor.replaceTargets(with: [quick, slow], at: .at(.seconds(1)))
    #expect(monitor.judgement(at: 0).state == .down)
    #expect(monitor.judgement(at: 1).state == .up)
  }

  @Test("A target that waited for a slot still does, and a slot freed by the reload is used")
  mutating func line() {
    var monitor = HealthMonitor(
      targets: [.node(1), .node(2), .node(3)], maximumConcurrentProbes: 1, at: .at(.zero), using: &random)
    _ = monitor.advance(to: .at(.zero), using: &random)
    _ = monitor.replaceTargets(with: [.node(3), .node(2)], at: .at(.seconds(1)))
    #expect(monitor.nextDeadline == .at(.seconds(1)))
    #expect(monitor.advance(to: .at(.seconds(1)), using: &random).started.map(\.target) == [1], "node 2 was before 3")
  }

  @Test("A target that waited under a short interval is not started at once under a long one")
  mutating func lineUnderLongerInterval() {
    let hasty = CheckPlan.tcp(every: .seconds(2), timeout: .seconds(2))
    let patient = CheckPlan.tcp(every: .seconds(60))
    var monitor = HealthMonitor(
      targets: (0..<5).map { .node($0, hasty) }, maximumConcurrentProbes: 1, at: .at(.zero), using: &random)
    for second in stride(from: 0, through: 30, by: 2) { _ = monitor.advance(to: .at(.seconds(second)), using: &random) }
    #expect(monitor.waitingTargetCount == 4)
    _ = monitor.replaceTargets(with: (0..<5).map { .node($0, patient) }, at: .at(.seconds(30)))
    #expect(monitor.waitingTargetCount == 0)
    // The last starts were at 20 s and later.
    #expect(monitor.advance(to: .at(.seconds(73)), using: &random).started.isEmpty)
  }

  @Test("All targets may go, and come back")
  mutating func emptied() {
    var monitor = runningMonitor()
    _ = monitor.replaceTargets(with: [], at: .at(.seconds(1)))
    #expect(monitor.nextDeadline == nil)
    _ = monitor.replaceTargets(with: [.node(1)], at: .at(.seconds(2)))
    #expect(monitor.judgement(at: 0).state == .unknown)
    #expect(monitor.nextDeadline == .at(.seconds(2)))
  }

  @Test("A reload does not make results older or younger: stale comes when it would have come")
  mutating func freshness() throws {
    var monitor = runningMonitor()
    _ = monitor.replaceTargets(with: [.node(2), .node(1)], at: .at(.seconds(1)))
    var stale: MonotonicTime?
    while stale == nil, let next = monitor.nextDeadline, next < .at(.seconds(60)) {
      let actions = monitor.advance(to: next, using: &random)
      for (probe, _) in actions.started { _ = monitor.conclude(probe, .localFault(.outOfMemory), at: next) }
      for case .freshness(_, true) in actions { stale = next }
    }
    #expect(stale == .at(.milliseconds(17_001)))
    _ = monitor.replaceTargets(with: [.node(1), .node(2)], at: .at(.seconds(18)))
    #expect(monitor.isStale(at: 0) && monitor.isStale(at: 1))
  }

  @Test("A weight that has changed is still to be asked for after a reload, under the new number")
  mutating func unsettled() throws {
    var monitor = HealthMonitor(targets: [.node(1), .node(2)], at: .at(.zero), using: &random)
    _ = monitor.drainUnsettled()
    for (probe, target) in monitor.advance(to: .at(.zero), using: &random).started where target == 1 {
      let notes = ProbeNotes(agent: AgentReport(line: Array("50%".utf8)[...]))
      _ = monitor.conclude(probe, .success, notes: notes, at: .at(.zero))
    }
    _ = monitor.replaceTargets(with: [.node(2), .node(3)], at: .at(.seconds(1)))
    #expect(monitor.drainUnsettled() == [0])
  }

  @Test(
    "What is still to be reported of a target is reported under its new number, or not at all when it is gone",
    arguments: [true, false])
  mutating func untold(stays: Bool) throws {
    let hasty = ProbeTarget.node(1, .tcp(every: .seconds(1), timeout: .seconds(1), fall: 1))
    var monitor = HealthMonitor(targets: [hasty, .node(2)], at: .at(.zero), using: &random)
    for (probe, _) in monitor.advance(to: .at(.zero), using: &random).started {
      _ = monitor.conclude(probe, .success, at: .at(.zero))
    }
    // Node 1 falls silent; the witness answers a moment later, and before that is reported there is a reload.
    var now = MonotonicTime.at(.zero)
    var asked: ProbeID?
    while !monitor.judgement(at: 0).state.isOut, now < .at(.seconds(60)) {
      now = try #require(monitor.nextDeadline)
      for (probe, target) in monitor.advance(to: now, using: &random).started where target == 1 {
        if case .probing(let feared) = monitor.slots[0].phase, feared.doubtedAt != nil {
          asked = probe
        } else {
          _ = monitor.conclude(probe, .success, at: now)
        }
      }
      if monitor.judgement(at: 0).isWithheld, let asked { _ = monitor.conclude(asked, .success, at: now) }
    }
    _ = monitor.replaceTargets(with: stays ? [.node(2), hasty] : [.node(2)], at: now)
    #expect(monitor.advance(to: now, using: &random).changes.map(\.target) == (stays ? [1] : []))
  }
}
