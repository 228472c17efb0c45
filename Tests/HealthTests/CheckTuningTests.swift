// The monitor out of turn: the fast pace, watches, witnesses, results grown old.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

struct CheckTuningTests {
  var random = SeededGenerator(seed: 7)
  static let silence = ProbeOutcome.failure(.noAnswer(within: .seconds(2)))

  /// Lets all probes succeed until this time.
  mutating func runWell(_ monitor: inout HealthMonitor, until end: MonotonicTime) {
    while let next = monitor.nextDeadline, next <= end {
      for (probe, _) in monitor.advance(to: next, using: &random).started {
        _ = monitor.conclude(probe, .success, at: next)
      }
    }
  }

  mutating func monitor(_ targets: [ProbeTarget]) -> HealthMonitor {
    var monitor = HealthMonitor(targets: targets, at: .at(.zero), using: &random)
    runWell(&monitor, until: .at(.seconds(60)))
    return monitor
  }

  // MARK: Fast

  @Test("While a node is failing or rising it is probed every second, and then at its interval again")
  mutating func fast() throws {
    var monitor = monitor([.node(1)])
    var starts: [MonotonicTime] = []
    let outcomes: [ProbeOutcome] =
      Array(repeating: .failure(.connectionRefused), count: 4) + Array(repeating: .success, count: 4)
    for outcome in outcomes {
      let due = try #require(monitor.nextDeadline)
      for (probe, _) in monitor.advance(to: due, using: &random).started {
        starts.append(due)
        _ = monitor.conclude(probe, outcome, at: due)
      }
    }
    #expect(starts.count == outcomes.count)
    let gaps = zip(starts, starts.dropFirst()).map { ($1 - $0) / .seconds(1) }
    for (gap, isFast) in zip(gaps, [true, true, false, false, true, false, false]) {
      #expect((isFast ? 0.95...1 : 4.5...5).contains(gap), "\(gaps)")
    }
  }

  @Test("jitter=0 keeps the beat to the nanosecond")
  mutating func noJitter() throws {
    var monitor = monitor([.node(1, .tcp(CheckTuning(jitter: 0)))])
    let first = try #require(monitor.nextDeadline)
    _ = monitor.conclude(monitor.advance(to: first, using: &random).started[0].probe, .success, at: first)
    #expect(monitor.nextDeadline == first + .seconds(5))
  }

  // MARK: Watch

  @Test("A broken watch starts a probe at once, and a refusal is the whole fall")
  mutating func watch() throws {
    var monitor = monitor([.node(1)])
    let broken = MonotonicTime.at(.seconds(61))
    monitor.recordBrokenWatch(of: 0, at: broken)
    #expect(monitor.nextDeadline == broken)
    let probe = try #require(monitor.advance(to: broken, using: &random).started.first?.probe)
    let change = monitor.conclude(probe, .failure(.connectionRefused), at: broken + .milliseconds(1))
    #expect(change?.to == .down)
  }

  @Test("A dying service may take the probe that begins at once; a second one looks again, and counts as the first")
  mutating func watchOfTheDying() throws {
    var monitor = monitor([.node(1)])
    let broken = MonotonicTime.at(.seconds(61))
    monitor.recordBrokenWatch(of: 0, at: broken)
    let first = try #require(monitor.advance(to: broken, using: &random).started.first?.probe)
    #expect(monitor.conclude(first, .success, at: broken + .milliseconds(1)) == nil)
    let again = broken + .milliseconds(21)
    #expect(monitor.nextDeadline == again)
    let second = try #require(monitor.advance(to: again, using: &random).started.first?.probe)
    #expect(monitor.conclude(second, .failure(.connectionRefused), at: again)?.to == .down)
  }

  @Test("A watch that breaks although the service works costs two probes, and at most two in `fast`")
  mutating func idleClose() throws {
    var monitor = monitor([.node(1, .tcp(every: .seconds(60)))])
    var starts = 0
    let end = MonotonicTime.at(.seconds(80))
    var now = MonotonicTime.at(.seconds(61))
    while now < end {
      monitor.recordBrokenWatch(of: 0, at: now)
      for (probe, _) in monitor.advance(to: now, using: &random).started {
        starts += 1
        _ = monitor.conclude(probe, .success, at: now)
      }
      now = now + .milliseconds(50)
    }
    #expect((30...42).contains(starts), "\(starts) in 19 s")
    #expect(monitor.judgement(at: 0).state == .up)
  }

  @Test("Another failure than a refusal counts once, as always")
  mutating func watchAndSilence() throws {
    var monitor = monitor([.node(1)])
    monitor.recordBrokenWatch(of: 0, at: .at(.seconds(61)))
    _ = monitor.advance(to: .at(.seconds(61)), using: &random)
    #expect(monitor.advance(to: .at(.seconds(63)), using: &random).changes.isEmpty)
    #expect(monitor.judgement(at: 0).failuresInARow == 1)
  }

  @Test("A probe under way when the watch breaks: its refusal counts, its success calls for another")
  mutating func watchDuringProbe() throws {
    var monitor = monitor([.node(1)])
    let due = try #require(monitor.nextDeadline)
    let first = try #require(monitor.advance(to: due, using: &random).started.first?.probe)
    monitor.recordBrokenWatch(of: 0, at: due + .milliseconds(5))
    _ = monitor.conclude(first, .success, at: due + .milliseconds(6))
    #expect(monitor.nextDeadline == due + .milliseconds(6))
    let second = try #require(
      monitor.advance(to: due + .milliseconds(6), using: &random).started.first?.probe)
    #expect(monitor.conclude(second, .failure(.connectionRefused), at: due + .milliseconds(7))?.to == .down)
  }

  // MARK: Witnesses

  @Test("With fall=1 a silent node is out as soon as another has been heard, milliseconds later")
  mutating func witness() throws {
    let hasty = CheckPlan.tcp(every: .seconds(1), timeout: .seconds(1), fall: 1)
    let patient = CheckPlan.tcp(every: .seconds(60))
    var monitor = monitor([.node(1, hasty), .node(2, patient)])
    var probe: ProbeID?
    var now = MonotonicTime.at(.seconds(60))
    while probe == nil {
      now = try #require(monitor.nextDeadline)
      for (started, target) in monitor.advance(to: now, using: &random).started {
        if target == 0 { probe = started } else { _ = monitor.conclude(started, .success, at: now) }
      }
    }
    let timeout = now + .seconds(1)
    let actions = monitor.advance(to: timeout, using: &random)
    #expect(actions.changes.isEmpty)
    #expect(monitor.progress(at: 0) == .confirming)
    let asked = try #require(actions.started.first { $0.target == 1 })
    #expect(monitor.conclude(asked.probe, .success, at: timeout + .milliseconds(2)) == nil)
    #expect(monitor.nextDeadline == timeout + .milliseconds(2))
    let changes = monitor.advance(to: timeout + .milliseconds(2), using: &random).changes
    #expect(changes.map(\.target) == [0] && changes.map(\.to) == [.down])
  }

  @Test("When all fall silent together nobody goes out, and it is said; the first that is heard ends it")
  mutating func isolation() throws {
    var monitor = monitor((1...6).map { .node($0, site: $0 < 4 ? "nord" : "sued") })
    var actions: [HealthAction] = []
    while let next = monitor.nextDeadline, next < .at(.seconds(180)) {
      actions += monitor.advance(to: next, using: &random)
    }
    #expect(actions.changes.isEmpty)
    let connections = actions.compactMap { action -> Reachability? in
      if case .reachability(.ipv4, let connection) = action { connection } else { nil }
    }
    #expect(connections.count == 1 && monitor.reachability(.ipv4).isIsolated)
    #expect(!monitor.reachability(.ipv6).isIsolated)
    #expect((0..<6).allSatisfy { monitor.isStale(at: $0) })
    #expect((0..<6).allSatisfy { monitor.judgement(at: $0).failuresInARow == 0 }, "nothing is held against them later")
    let standing = monitor.status(at: 0, now: .at(.seconds(180)))
    #expect(standing.state == .up && standing.origin == .isolation(.allNodesSilent) && standing.isStale)
    runWell(&monitor, until: .at(.seconds(200)))
    #expect(monitor.reachability(.ipv4) == .connected)
    #expect((0..<6).allSatisfy { !monitor.isStale(at: $0) && monitor.judgement(at: $0).state == .up })
  }

  @Test("Refusals from all nodes are no isolation: somebody has answered")
  mutating func allRefuse() throws {
    var monitor = monitor([.node(1), .node(2)])
    var changes: [HealthChange] = []
    while let next = monitor.nextDeadline, next < .at(.seconds(90)) {
      for (probe, _) in monitor.advance(to: next, using: &random).started {
        if let change = monitor.conclude(probe, .failure(.connectionRefused), at: next) { changes.append(change) }
      }
    }
    #expect(changes.map(\.to) == [.down, .down])
  }

  // MARK: Freshness

  @Test("Without results for three intervals a state is stale, once, and keeps")
  mutating func stale() throws {
    var monitor = monitor([.node(1), .node(2)])
    var told: [Int: MonotonicTime] = [:]
    while let next = monitor.nextDeadline, next < .at(.seconds(120)) {
      let actions = monitor.advance(to: next, using: &random)
      for (probe, target) in actions.started {
        let outcome: ProbeOutcome = target == 0 ? .localFault(.outOfDescriptors) : .success
        _ = monitor.conclude(probe, outcome, at: next)
      }
      for case .freshness(let target, true) in actions {
        #expect(told[target] == nil)
        told[target] = next
      }
    }
    let heard = try #require(monitor.judgement(at: 0).lastHeard)
    #expect(told == [0: heard + .seconds(17)], "three intervals and a timeout")
    #expect(monitor.judgement(at: 0).state == .up)
    let reason = monitor.status(at: 0, now: .at(.seconds(120))).reason
    #expect(reason.hasSuffix("local: out of descriptors; no new results"))
    runWell(&monitor, until: .at(.seconds(130)))
    #expect(!monitor.isStale(at: 0))
  }

  @Test("A host that wakes from a long sleep does not call everything stale before it has looked")
  mutating func staleAfterSleep() throws {
    var monitor = monitor([.node(1), .node(2)])
    let woken = MonotonicTime.at(.seconds(90_000))
    let actions = monitor.advance(to: woken, using: &random)
    #expect(!actions.contains { if case .freshness = $0 { true } else { false } })
    runWell(&monitor, until: woken + .seconds(30))
    #expect(!monitor.isStale(at: 0) && !monitor.isStale(at: 1))
  }

  // MARK: Withheld failures

  /// Lets node 1 fall silent once, while no probe of the other can start: nobody says whether this host is cut off.
  mutating func withheldMonitor() throws -> (HealthMonitor, MonotonicTime) {
    var monitor = monitor([.node(1, .tcp(fall: 1)), .node(2)])
    while let next = monitor.nextDeadline {
      let actions = monitor.advance(to: next, using: &random)
      for (probe, target) in actions.started where target == 1 {
        _ = monitor.conclude(probe, .localFault(.outOfDescriptors), at: next)
      }
      if !actions.abandoned.isEmpty {
        try #require(monitor.judgement(at: 0).isWithheld)
        return (monitor, next)
      }
    }
    throw CancellationError()
  }

  @Test("A node is not taken out by the success that ends its silence, however long this host has slept meanwhile")
  mutating func withheldUntilWell() throws {
    var (monitor, time) = try withheldMonitor()
    time = time + .seconds(60)
    while monitor.judgement(at: 0).successesInARow == 0 {
      let actions = monitor.advance(to: time, using: &random)
      #expect(actions.changes.isEmpty)
      for (probe, target) in actions.started {
        let outcome = target == 0 ? ProbeOutcome.success : .localFault(.outOfDescriptors)
        #expect(monitor.conclude(probe, outcome, at: time) == nil)
      }
      time = try #require(monitor.nextDeadline)
    }
    #expect(monitor.advance(to: time, using: &random).changes.isEmpty)
    #expect(monitor.judgement(at: 0).state == .up)
  }

  @Test(
    "A reload that asks for more failures than were withheld is obeyed; one that does not changes nothing",
    arguments: [1, 3])
  mutating func withheldOverReload(fall: Int) throws {
    var (monitor, time) = try withheldMonitor()
    _ = monitor.replaceTargets(with: [.node(1, .tcp(fall: fall)), .node(2)], at: time)
    var isHeard = false
    while !isHeard {
      time = try #require(monitor.nextDeadline)
      for (probe, target) in monitor.advance(to: time, using: &random).started where target == 1 {
        _ = monitor.conclude(probe, .success, at: time)
        isHeard = true
      }
    }
    _ = monitor.advance(to: time + .milliseconds(1), using: &random)
    #expect(monitor.judgement(at: 0).state == (fall == 1 ? .down : .up))
  }

  // MARK: Doubts

  @Test("Where one failure decides others are asked at half of its timeout, and the verdict waits for nobody")
  mutating func askedAtHalfTime() throws {
    let plan = CheckPlan.tcp(every: .seconds(10), timeout: .seconds(2), fall: 1)
    var monitor = monitor([.node(0, plan), .node(1, plan)])
    var silentSince: MonotonicTime?
    var asked: [Duration] = []
    while let next = monitor.nextDeadline {
      let actions = monitor.advance(to: next, using: &random)
      for (probe, target) in actions.started {
        if target == 1 {
          if let silentSince { asked.append(next - silentSince) }
          _ = monitor.conclude(probe, .success, at: next)
        } else if silentSince == nil {
          silentSince = next
        }
      }
      guard let since = silentSince, next - since >= .seconds(2) else { continue }
      #expect(asked.contains(.seconds(1)))
      #expect(actions.changes.map(\.to) == [.down])
      return
    }
  }

  // MARK: Bounds

  @Test("The stated times from fault to verdict at the defaults, and as fast as it can be set")
  func bounds() {
    #expect(CheckPlan.tcp().slowestDetection == .seconds(11))
    #expect(CheckPlan.tcp().slowestRefusalDetection == .seconds(7))
    let fastest = CheckPlan.tcp(every: .seconds(1), timeout: .seconds(1), fall: 1)
    #expect(fastest.slowestDetection == .seconds(2))
    #expect(CheckPlan.tcp().witnessedDetection == .seconds(11))
    #expect(fastest.witnessedDetection == .seconds(2))
    #expect(CheckPlan.tcp().slowestDetection(witnessWithin: .seconds(2)) == .milliseconds(11_250))
    #expect(fastest.slowestDetection(witnessWithin: .seconds(1)) == .milliseconds(3_750))
  }
}
