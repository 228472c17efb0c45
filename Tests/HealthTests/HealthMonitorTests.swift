// The monitor step by step: places, timeouts, rounds, sleep.

import Model
import TestSupport
import Testing

@testable import Health

struct HealthMonitorTests {
  var random = SeededGenerator(seed: 42)

  mutating func monitor(_ targets: [ProbeTarget], places: Int = 512) -> HealthMonitor {
    HealthMonitor(targets: targets, maximumConcurrentProbes: places, at: .at(.zero), using: &random)
  }

  @Test("All targets are probed at once at the start")
  mutating func firstRound() {
    var monitor = monitor((0..<10).map { .node($0) })
    #expect(monitor.nextDeadline == .at(.zero))
    #expect(monitor.advance(to: .at(.zero), using: &random).started.map(\.target) == Array(0..<10))
    #expect(monitor.nextDeadline == .at(.seconds(2)), "the timeout")
  }

  @Test("The verdict of a result is returned once")
  mutating func told() throws {
    var monitor = monitor([.node(1)])
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    let change = monitor.conclude(probe, .failure(.connectionRefused), at: .at(.milliseconds(3)))
    #expect(change?.to == .down && change?.from == .unknown && change?.reason == .failure(.connectionRefused))
    #expect(monitor.judgement(at: 0).lastLatency == nil, "that of a success is meant")
    #expect(monitor.judgement(at: 0).lastHeard == .at(.milliseconds(3)))
    let second = try #require(monitor.nextDeadline)
    let next = try #require(monitor.advance(to: second, using: &random).started.first?.probe)
    #expect(monitor.conclude(next, .failure(.connectionRefused), at: second) == nil)
  }

  @Test("A probe without an answer is abandoned at its timeout, and that is a failure")
  mutating func timeout() throws {
    var monitor = monitor([.node(1)])
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    #expect(monitor.advance(to: .at(.milliseconds(1_999)), using: &random).isEmpty)
    let actions = monitor.advance(to: .at(.seconds(2)), using: &random)
    let reason = FailureReason.noAnswer(within: .seconds(2))
    let change = HealthChange(target: 0, from: .unknown, to: .down, reason: .failure(reason), lasted: .seconds(2))
    #expect(actions.prefix(2) == [.abandon(probe, target: 0), .changed(change)])
  }

  @Test("A result that comes after its probe was abandoned is ignored, also when its place is taken again")
  mutating func lateResult() throws {
    var monitor = monitor([.node(1)], places: 1)
    let late = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    #expect(monitor.advance(to: .at(.seconds(2)), using: &random).abandoned == [late])
    #expect(monitor.conclude(late, .success, at: .at(.seconds(2))) == nil)
    var live = late
    var second = MonotonicTime.at(.seconds(2))
    while live == late || monitor.liveProbeCount == 0 {
      second = try #require(monitor.nextDeadline)
      if let probe = monitor.advance(to: second, using: &random).started.first?.probe { live = probe }
    }
    #expect(live.slot == late.slot)
    #expect(monitor.conclude(late, .success, at: second) == nil)
    #expect(monitor.judgement(at: 0).successes == 0)
    #expect(monitor.target(of: live) == 0)
    #expect(monitor.target(of: late) == nil)
  }

  @Test("Targets beyond the places wait in line and start as places become free")
  mutating func line() throws {
    var monitor = monitor((0..<5).map { .node($0) }, places: 2)
    let first = monitor.advance(to: .at(.zero), using: &random).started
    #expect(first.map(\.target) == [0, 1])
    #expect(monitor.waitingTargetCount == 3)
    _ = monitor.conclude(first[0].probe, .success, at: .at(.milliseconds(5)))
    #expect(monitor.nextDeadline == .at(.milliseconds(5)), "due at once")
    #expect(monitor.advance(to: .at(.milliseconds(5)), using: &random).started.map(\.target) == [2])
    let afterTimeout = monitor.advance(to: .at(.seconds(2)), using: &random)
    #expect(afterTimeout.started.map(\.target) == [3])
    #expect(monitor.liveProbeCount == 2)
  }

  @Test("The first round is over when each target has a result or its timeout is past")
  mutating func firstRoundIsOver() {
    var monitor = monitor([.node(1), .node(2), .node(3, .tcp(timeout: .seconds(4)))])
    let probes = monitor.advance(to: .at(.zero), using: &random).started
    _ = monitor.conclude(probes[0].probe, .success, at: .at(.milliseconds(1)))
    _ = monitor.conclude(probes[2].probe, .localFault(.outOfDescriptors), at: .at(.milliseconds(1)))
    #expect(!monitor.firstRoundIsOver)
    _ = monitor.advance(to: .at(.seconds(2)), using: &random)
    #expect(monitor.firstRoundIsOver)
    #expect(monitor.judgement(at: 2).state == .unknown)
  }

  @Test("Without targets the first round is over and nothing is ever due")
  mutating func empty() {
    var monitor = monitor([])
    #expect(monitor.firstRoundIsOver)
    #expect(monitor.nextDeadline == nil)
    #expect(monitor.advance(to: .at(.seconds(9)), using: &random).isEmpty)
  }

  @Test("A local fault is no result: the target is probed again at its next turn")
  mutating func localFault() throws {
    var monitor = monitor([.node(1)])
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    #expect(monitor.conclude(probe, .localFault(.noSourcePort), at: .at(.zero)) == nil)
    let next = try #require(monitor.nextDeadline)
    #expect(next <= .at(.seconds(5)))
    let again = monitor.advance(to: next, using: &random).started
    #expect(again.count == 1)
    #expect(monitor.conclude(again[0].probe, .localFault(.noSourcePort), at: next) == nil)
    let later = try #require(monitor.nextDeadline)
    #expect(later >= next + .milliseconds(4_500), "no sooner than it would be otherwise")
  }

  @Test("A timeout noticed long after it passed is this host's fault, but not twice running")
  mutating func wokeLate() throws {
    var monitor = monitor([.node(1)])
    _ = monitor.advance(to: .at(.zero), using: &random)
    let woken = monitor.advance(to: .at(.seconds(3_602)), using: &random)
    #expect(woken.changes.isEmpty)
    #expect(monitor.judgement(at: 0).lastOutcome == .localFault(.wokeLate(by: .seconds(3_600))))
    let next = try #require(monitor.nextDeadline)
    _ = monitor.advance(to: next, using: &random)
    #expect(monitor.advance(to: next + .seconds(3_600), using: &random).changes.map(\.to) == [.down])
  }

  @Test("An answer that waited while this host slept counts as an answer")
  mutating func answerWhileAsleep() throws {
    var monitor = monitor([.node(1)])
    let probe = try #require(monitor.advance(to: .at(.zero), using: &random).started.first?.probe)
    #expect(monitor.conclude(probe, .success, at: .at(.seconds(3_600)))?.to == .up)
    #expect(monitor.advance(to: .at(.seconds(3_600)), using: &random).abandoned.isEmpty)
  }

  @Test("After a long sleep there is no burst: each target is probed once in the next interval, at its own phase")
  mutating func sleep() throws {
    var monitor = monitor((0..<500).map { .node($0) })
    for (probe, _) in monitor.advance(to: .at(.zero), using: &random).started {
      _ = monitor.conclude(probe, .success, at: .at(.milliseconds(1)))
    }
    let woken = MonotonicTime.at(.seconds(100_000))
    var startsInSecond: [Int64: Int] = [:]
    var starts = monitor.advance(to: woken, using: &random).started.map { ($0.probe, woken) }
    while let next = monitor.nextDeadline, next < woken + .seconds(5) {
      for (probe, time) in starts {
        startsInSecond[(time - woken).components.seconds, default: 0] += 1
        _ = monitor.conclude(probe, .success, at: time)
      }
      starts = monitor.advance(to: next, using: &random).started.map { ($0.probe, next) }
    }
    #expect(startsInSecond.values.allSatisfy { (60...140).contains($0) }, "\(startsInSecond)")
    #expect((470...530).contains(startsInSecond.values.reduce(0, +)))
  }

  @Test("A host that is always late by most of an interval still probes")
  mutating func alwaysLate() throws {
    var monitor = monitor([.node(1)])
    var probes = 0
    for _ in 0..<100 {
      let late = try #require(monitor.nextDeadline) + .seconds(4)
      for (probe, _) in monitor.advance(to: late, using: &random).started {
        probes += 1
        _ = monitor.conclude(probe, .success, at: late)
      }
    }
    #expect(probes >= 50)
  }

  @Test("A clock that goes back is not believed")
  mutating func backwards() throws {
    var monitor = monitor([.node(1)])
    let probe = try #require(monitor.advance(to: .at(.seconds(10)), using: &random).started.first?.probe)
    _ = monitor.conclude(probe, .success, at: .at(.seconds(9)))
    #expect(monitor.judgement(at: 0).lastLatency == .zero)
  }

  @Test("Two thousand targets that start together are spread evenly from the second round on, which follows at once")
  mutating func spread() {
    var monitor = monitor((0..<2_000).map { .node($0) }, places: 2_000)
    // 2,000 targets every 4.75 s: 42 at each beat, ten beats a second.
    var starts: [Int64: Int] = [:]
    while let next = monitor.nextDeadline, next < .at(.seconds(60)) {
      for (probe, _) in monitor.advance(to: next, using: &random).started {
        starts[next.nanoseconds / 1_000_000_000, default: 0] += 1
        _ = monitor.conclude(probe, .success, at: next)
      }
    }
    let later = starts.filter { $0.key >= 1 }
    #expect((2_340...2_480).contains(starts[0] ?? 0), "the first round, and what comes of the second within a second")
    #expect(later.count == 59)
    #expect(later.values.allSatisfy { (370...470).contains($0) }, "\(later)")
  }

  @Test("Many targets begin together, a few at a time", arguments: [100, 2_000, 10_000])
  mutating func beat(count: Int) {
    let plan = CheckPlan.tcp(every: .seconds(2), timeout: .seconds(1))
    var monitor = monitor((0..<count).map { .node($0, plan) }, places: count)
    var groups: [Int] = []
    while let next = monitor.nextDeadline, next < .at(.seconds(20)) {
      let started = monitor.advance(to: next, using: &random).started
      for (probe, _) in started { _ = monitor.conclude(probe, .success, at: next) }
      if next > .at(.seconds(4)) { groups.append(started.count) }
    }
    let expected = min(HealthMonitor.startsPerBeat, Double(count) / 20)
    let average = Double(groups.reduce(0, +)) / Double(groups.count)
    #expect((expected * 0.7...expected * 1.2).contains(average), "\(average) begin together")
    #expect(groups.allSatisfy { $0 < 120 }, "no burst: \(groups.max() ?? 0)")
  }

  @Test("A probe's identity survives the way through one word")
  func rawValue() {
    let probe = ProbeID(slot: 511, generation: .max)
    #expect(ProbeID(rawValue: probe.rawValue) == probe)
  }
}
