// The stated time from a fault to the verdict against what the monitor really takes: never exceeded, nearly reached.

import Model
import TestSupport
import Testing

@testable import Health

struct DetectionTests {
  enum Death: CaseIterable {
    case refusing, silent
  }

  enum Moment {
    /// As likely as not in the very first interval after the start, which is no longer than the others.
    case any
    /// A moment after a probe has begun.
    case behindProbe
  }

  /// One node dies while another lives; how long it takes to be judged out.
  ///
  /// - Parameter answer: how long probes take while nothing fails; nil for random ones, 20 ms at most.
  static func detection(
    _ plan: CheckPlan, _ death: Death, at moment: Moment = .any, answer: Duration? = nil,
    using random: inout SeededGenerator
  ) -> Duration? {
    var monitor = HealthMonitor(targets: [.node(1, plan), .node(2, plan)], at: .at(.zero), using: &random)
    var dies: MonotonicTime?
    if moment == .any {
      dies = .at(plan.every * Double.random(in: random.chance(0.5) ? 0.01...1 : 5...9, using: &random))
    }
    var arrivals: [(at: MonotonicTime, probe: ProbeID, outcome: ProbeOutcome)] = []
    while true {
      let next = min(monitor.nextDeadline ?? .distantFuture, arrivals.map(\.at).min() ?? .distantFuture)
      var changes: [HealthChange] = []
      for arrival in arrivals where arrival.at <= next {
        if let change = monitor.conclude(arrival.probe, arrival.outcome, at: next) { changes.append(change) }
      }
      arrivals.removeAll { $0.at <= next }
      let actions = monitor.advance(to: next, using: &random)
      for (probe, target) in actions.started {
        let random = min(plan.timeout, .milliseconds(20)) * Double.random(in: 0.01...0.9, using: &random)
        let latency = answer ?? random
        if target == 1 || next < dies ?? .distantFuture {
          if target == 0, dies == nil, next > .at(plan.every * 5) { dies = next + .milliseconds(1) }
          arrivals.append((next + latency, probe, .success))
        } else if death == .refusing {
          arrivals.append((next + .microseconds(200), probe, .failure(.connectionRefused)))
        }
      }
      let isOut = (changes + actions.changes).contains { $0.target == 0 && $0.to == .down }
      if isOut, let dies { return next - dies }
      if next > .at(.seconds(7_200)) { return nil }
    }
  }

  @Test("No fault is seen later than stated, whatever the plan", arguments: 1...400 as ClosedRange<UInt64>)
  func neverExceeded(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let every = Duration.milliseconds(Int.random(in: 500...30_000, using: &random))
    let plan = CheckPlan.tcp(
      every: every, timeout: every * Double.random(in: 0.05...1, using: &random),
      fall: Int.random(in: 1...5, using: &random),
      CheckTuning(
        fast: .milliseconds(Int.random(in: 100...5_000, using: &random)),
        jitter: Int.random(in: 0...50, using: &random)))
    for death in Death.allCases {
      let took = try #require(Self.detection(plan, death, using: &random), "seed \(seed)")
      let bound =
        death == .silent ? plan.slowestDetection(witnessWithin: .milliseconds(20)) : plan.slowestRefusalDetection
      #expect(took <= bound + .milliseconds(1), "seed \(seed): \(death) took \(took) of \(bound), \(plan)")
    }
  }

  @Test("A witness who takes 95 ms delays nothing, at the worst moment for a fault", arguments: [1, 2, 3])
  func worstMoment(fall: Int) throws {
    let plan = CheckPlan.tcp(every: .seconds(1), timeout: .seconds(1), fall: fall, CheckTuning(jitter: 0))
    for seed in 1...50 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let took = try #require(
        Self.detection(plan, .silent, at: .behindProbe, answer: .milliseconds(95), using: &random), "seed \(seed)")
      #expect(plan.witnessedDetection == .seconds(fall + 1))
      #expect(took <= .seconds(fall + 1) && took > .milliseconds(fall * 1_000 + 900), "seed \(seed): \(took)")
    }
  }

  @Test("At the defaults: median 5 s refused and 11 s silent at most, and the bound is a tight one")
  func defaults() throws {
    var random = SeededGenerator(seed: 1)
    func sorted(_ death: Death, _ plan: CheckPlan) throws -> [Duration] {
      try (0..<300).map { _ in try #require(Self.detection(plan, death, using: &random)) }.sorted()
    }
    let refused = try sorted(.refusing, .tcp())
    #expect(refused[150] <= .seconds(5))
    #expect(refused[299] > CheckPlan.tcp().slowestRefusalDetection * 0.9)
    let silent = try sorted(.silent, .tcp())
    #expect(silent[150] <= .seconds(11))
    #expect(silent[299] > CheckPlan.tcp().slowestDetection * 0.9)
    #expect(refused[299] <= .seconds(7) && silent[299] <= .seconds(11))
    let hasty = try sorted(.silent, .tcp(every: .seconds(1), timeout: .seconds(1), fall: 1))
    #expect(hasty[150] <= .seconds(2))
    #expect(hasty[299] <= .seconds(2) + .milliseconds(20), "at worst a witness has yet to be heard")
  }
}
