// Days of failing nodes in seconds: the monitor against a simulated network, under an auditor.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

/// What may befall a simulation.
struct Weather {
  var targets = 24
  var places = 512
  var hours = 2
  var meanSpell = Duration.seconds(120)
  /// For each step of the loop, which comes several times a second.
  var sleeps = 0.0
  var starvations = 0.0
  var reloads = 0.0
  /// How often the loop is a little late.
  var isSluggish = false

  static let calm = Weather()
  static let storm = Weather(hours: 2, sleeps: 0.0005, starvations: 0.002, reloads: 0.002, isSluggish: true)
  static let crowded = Weather(targets: 60, places: 3, hours: 1, starvations: 0.002, reloads: 0.002)
}

/// The owner of sockets and clock, without either.
struct Simulation {
  let weather: Weather
  var random: SeededGenerator
  /// Separate, so that the monitor's draws do not shift the weather.
  var monitorRandom: SeededGenerator
  var now = MonotonicTime.at(.zero)
  var network: SimulatedNetwork
  var monitor: HealthMonitor
  var audit: SimulationAudit
  /// For each index of the monitor the number the target has for the auditor.
  var keys: [Int]
  var dialogues: [ProbeID: Dialogue] = [:]
  var starvedUntil: MonotonicTime?
  private var nextKey: Int
  private var steps = 0

  init(_ weather: Weather, seed: UInt64) {
    self.weather = weather
    random = SeededGenerator(seed: seed)
    monitorRandom = SeededGenerator(seed: ~seed)
    network = SimulatedNetwork(nodes: weather.targets, meanSpell: weather.meanSpell, using: &random)
    audit = SimulationAudit(
      maximumConcurrentProbes: weather.places, isRoomy: weather.places > weather.targets)
    keys = Array(0..<weather.targets)
    nextKey = weather.targets
    var targets: [ProbeTarget] = []
    for key in keys {
      let plan = Self.randomPlan(using: &random)
      targets.append(.node(key, plan))
      audit.accounts[key] = SimulationAudit.Account(plan, node: key, at: now)
    }
    monitor = HealthMonitor(
      targets: targets, maximumConcurrentProbes: weather.places, at: now, using: &monitorRandom)
  }

  static func randomPlan(using random: inout SeededGenerator) -> CheckPlan {
    let every = Duration.seconds(Int.random(in: 4...30, using: &random))
    return .tcp(
      every: every, timeout: every * Double.random(in: 0.1...1, using: &random),
      fall: Int.random(in: 1...4, using: &random), rise: Int.random(in: 1...4, using: &random),
      CheckTuning(fast: .milliseconds(Int.random(in: 300...4_000, using: &random))))
  }

  mutating func run() {
    let end = MonotonicTime.at(.seconds(3_600 * weather.hours))
    while now < end, audit.broken.isEmpty {
      guard let next = monitor.nextDeadline else {
        now = now + .seconds(1)
        reload()
        continue
      }
      letTimePass(until: min(next, network.nextArrival ?? next))
      network.advance(to: now, using: &random)
      // Now and then the loop asks its timers first, so that results come too late.
      let isTimerFirst = weather.isSluggish && random.chance(0.1)
      if isTimerFirst { advance() }
      deliver()
      advance()
      if random.chance(weather.reloads) { reload() }
      steps += 1
      // Looking at all targets costs more than the step itself, and a late verdict does not run away.
      if steps % 8 == 0 { audit.inspect(monitor, keys: keys, network: network, at: now) }
    }
  }

  private mutating func letTimePass(until next: MonotonicTime) {
    now = max(now, next)
    if random.chance(weather.sleeps) {
      // Mostly short: what is slept through tests nothing.
      now = now + .seconds(Int.random(in: 1...(random.chance(0.02) ? 7_200 : 60), using: &random))
      audit.disturbed(at: now)
    } else if weather.isSluggish, random.chance(0.2) {
      now = now + .milliseconds(Int.random(in: 0...3, using: &random))
    }
    if let until = starvedUntil {
      audit.disturbed(at: now)
      if until <= now {
        starvedUntil = nil
        network.isStarved = false
      }
    } else if random.chance(weather.starvations) {
      starvedUntil = now + .seconds(Int.random(in: 1...30, using: &random))
      network.isStarved = true
    }
  }

  private mutating func deliver() {
    for arrival in network.takeArrivals(until: now) {
      // A dialogue is gone with its socket; the monitor must bear the call all the same.
      var dialogue = dialogues[arrival.probe] ?? Dialogue(of: .tcp())
      guard case .conclude(let outcome, _, _) = dialogue.advance(on: arrival.event) else { continue }
      let isLive = dialogues.removeValue(forKey: arrival.probe) != nil
      let key = monitor.target(of: arrival.probe).map { keys[$0] }
      audit.require(isLive == (key != nil), "\(arrival.probe): live \(isLive), but target \(key as Any)")
      let wasIsolated = monitor.reachability(.ipv4).isIsolated
      let isBelated = audit.isBelated(arrival.probe)
      let change = monitor.conclude(arrival.probe, outcome, at: now)
      let isIsolated = monitor.reachability(.ipv4).isIsolated
      if isIsolated != wasIsolated { audit.reconnected(at: now) }
      audit.ended(
        arrival.probe, outcome, isDisregarded: (isIsolated || isBelated) && Evidence(outcome).isSilence, at: now)
      audit.require(isLive || change == nil, "a late result changed a verdict")
      if let change { audit.changed(change, key: keys[change.target], at: now) }
    }
  }

  private mutating func advance() {
    defer { monitor.checkInvariants() }
    for action in monitor.advance(to: now, using: &monitorRandom) {
      switch action {
      case .start(let probe, let target): start(probe, target)
      case .abandon(let probe, _):
        // Whether it was excused is the monitor's to say.
        let key = audit.owners[probe]
        let index = key.flatMap { keys.firstIndex(of: $0) }
        let outcome = index.flatMap { monitor.judgement(at: $0).lastOutcome }
        if case .localFault(.wokeLate) = outcome {
          audit.require(weather.sleeps > 0, "\(probe) was excused without a sleep")
        }
        let isDisregarded = monitor.reachability(.ipv4).isIsolated || audit.isBelated(probe)
        audit.ended(probe, outcome ?? .success, isDisregarded: isDisregarded, at: now)
        dialogues[probe] = nil
      case .changed(let change): audit.changed(change, key: keys[change.target], at: now)
      case .reachability: audit.reconnected(at: now)
      case .freshness(let target, let isStale):
        audit.require(monitor.isStale(at: target) == isStale, "stale \(isStale) is reported of \(target)")
      }
    }
    audit.require(monitor.nextDeadline.map { $0 > now } ?? keys.isEmpty, "a deadline not after \(now)")
  }

  private mutating func start(_ probe: ProbeID, _ target: Int) {
    let key = keys[target]
    audit.started(probe, key: key, at: now)
    guard let account = audit.accounts[key] else { return }
    dialogues[probe] = Dialogue(of: account.plan)
    network.begin(probe, to: account.node, timeout: account.plan.timeout, at: now, using: &random)
  }

  /// Drops some targets, adds some, changes the plan of some, shuffles all.
  private mutating func reload() {
    var next: [(key: Int, target: ProbeTarget)] = []
    for (index, key) in keys.enumerated() {
      let old = monitor.target(at: index)
      switch Int.random(in: 0..<10, using: &random) {
      case 0: forget(key)
      case 1:
        let plan = Self.randomPlan(using: &random)
        audit.replan(key, plan)
        next.append((key, ProbeTarget(node: old.node, address: old.address, check: old.check, plan: plan)))
      default: next.append((key, old))
      }
    }
    while next.count < weather.targets {
      let plan = Self.randomPlan(using: &random)
      let node = Int.random(in: 0..<weather.targets, using: &random)
      next.append((nextKey, .node(nextKey, plan)))
      audit.accounts[nextKey] = SimulationAudit.Account(plan, node: node, at: now)
      nextKey += 1
    }
    next.shuffle(using: &random)
    let live = Set(audit.owners.keys)
    keys = next.map(\.key)
    let actions = monitor.replaceTargets(with: next.map(\.target), at: now)
    audit.require(Set(actions.abandoned) == Set(dialogues.keys).subtracting(live), "wrong probes abandoned")
    audit.require(actions.count == actions.abandoned.count, "a reload only abandons")
    for probe in actions.abandoned { dialogues[probe] = nil }
    advance()
    audit.disturbed(at: now)
  }

  private mutating func forget(_ key: Int) {
    if let probe = audit.accounts[key]?.live { audit.owners[probe] = nil }
    audit.accounts[key] = nil
  }
}

@Suite("Simulation")
struct SimulationTests {
  @Test("In calm weather every promise about time is kept to the letter", arguments: 1...4 as ClosedRange<UInt64>)
  func calm(seed: UInt64) {
    var simulation = Simulation(.calm, seed: seed)
    simulation.run()
    #expect(simulation.audit.broken.isEmpty, "seed \(seed)")
    #expect(simulation.audit.changes > 200, "seed \(seed): something happened")
  }

  @Test("Sleep, starvation, reloads and late results break no promise", arguments: 1...8 as ClosedRange<UInt64>)
  func storm(seed: UInt64) {
    var simulation = Simulation(.storm, seed: seed)
    simulation.run()
    #expect(simulation.audit.broken.isEmpty, "seed \(seed)")
    #expect(simulation.audit.starts > 500, "seed \(seed): something happened")
  }

  @Test("With far too few places all targets are still probed, in turn", arguments: 1...4 as ClosedRange<UInt64>)
  func crowded(seed: UInt64) {
    var simulation = Simulation(.crowded, seed: seed)
    simulation.run()
    #expect(simulation.audit.broken.isEmpty, "seed \(seed)")
    // In line behind each other target, for its whole timeout of 30 s at most; and once more after a change of plan.
    let patience = Duration.seconds(2 * (30 + 30 * 60 / 3))
    for (key, account) in simulation.audit.accounts {
      let waited = simulation.now - (account.lastStart ?? account.born)
      #expect(waited < patience, "seed \(seed): target \(key) waits for \(waited)")
    }
  }

  @Test("The same seed gives the same course, another seed another")
  func deterministic() {
    var traces: [UInt64] = []
    for seed in [5, 5, 6] as [UInt64] {
      var simulation = Simulation(.storm, seed: seed)
      simulation.run()
      traces.append(simulation.audit.trace)
    }
    #expect(traces[0] == traces[1])
    #expect(traces[0] != traces[2])
  }
}
