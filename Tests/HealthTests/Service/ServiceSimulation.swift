// Months of a mail service in seconds: monitor, pool policy and memory together, against a world that fails.
//
// Beside the world's own faults the host is late, sleeps, runs out of descriptors, has its clock set, is given another
// configuration and restarts. What must hold all the while is in `inspect…`.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

struct ServiceSimulation {
  let plans: [CheckPlan]
  let policy: PoolPolicy
  let references: Int
  var random: SeededGenerator
  var monitorRandom: SeededGenerator
  var world: ServiceWorld
  var monitor: HealthMonitor
  var now = MonotonicTime.at(.zero)
  /// Civil time is the monotonic one and this, in seconds.
  var civilOffset: Int64 = 1_764_000_000
  /// Since when the host has been awake, well supplied and under one configuration.
  var calmSince = MonotonicTime.at(.zero)
  var starvedUntil: MonotonicTime?
  var restartedAt: MonotonicTime?
  /// The times of each target's changes, for the bound.
  var changes: [[MonotonicTime]]
  var history = PoolHistory()
  /// The last node of the pool is a backup.
  let hasBackup: Bool
  /// For each node when it was first seen well after it was out; nil while it is out, or if it never was.
  var returns: [MonotonicTime?]
  var wasOut: [Bool]
  var slowStartCount = 0
  /// How often a failing node was held to the bound that `rondo timeline` prints.
  var witnessedCount = 0
  /// Whether two nodes or more were well when this host was cut off.
  var hadWitnesses = false
  /// When this host last heard that it is no longer cut off.
  var reconnected: MonotonicTime?
  var changeCount = 0
  var isolationCount = 0
  var failOpenCount = 0
  var broken: [String] = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    monitorRandom = SeededGenerator(seed: ~seed)
    let count = Int.random(in: 2...6, using: &random)
    plans = (0..<(random.chance(0.3) ? 2 : 1)).map { number in
      var random = SeededGenerator(seed: seed &* 31 &+ UInt64(number))
      _ = random.next()
      let every = Duration.seconds([20, 60, 60, 120, 120].randomElement(using: &random) ?? 60)
      return .tcp(
        port: UInt16(25 + number), every: every,
        timeout: .seconds(Int.random(in: 1...4, using: &random)), fall: Int.random(in: 1...4, using: &random),
        rise: Int.random(in: 1...3, using: &random))
    }
    references = random.chance(0.3) ? 2 : 0
    // From dice of their own, so that the weather of a seed does not depend on what policies there are.
    var dice = SeededGenerator(seed: seed &* 77)
    policy = PoolPolicy(
      need: random.chance(0.2) ? .any : .all, answers: Int.random(in: 1...3, using: &dice),
      order: AnswerOrder.allCases.randomElement(using: &dice) ?? .rotate,
      allDown: AllDown.allCases.randomElement(using: &random) ?? .answerAll, minLive: dice.chance(0.3) ? 2 : 1,
      slowStart: dice.chance(0.7) ? .seconds(Int.random(in: 1...600, using: &dice)) : .zero)
    hasBackup = dice.chance(0.4) && count > 2
    (returns, wasOut) = (Array(repeating: nil, count: count), Array(repeating: false, count: count))
    world = ServiceWorld(nodes: count, sites: Int.random(in: 2...3, using: &random), using: &random)
    monitor = HealthMonitor(targets: [], at: now, using: &monitorRandom)
    changes = []
    let targets = targets
    changes = Array(repeating: [], count: targets.count)
    monitor = HealthMonitor(targets: targets, at: now, using: &monitorRandom)
  }

  /// For each node its targets, then the references.
  var targets: [ProbeTarget] {
    world.nodes.indices.flatMap { node in
      plans.enumerated().map { check, plan in
        .node(node, check: "check\(check)", site: "site\(world.nodes[node].site)", plan)
      }
    } + (0..<references).map { .reference($0, plans[0]) }
  }

  func node(of target: Int) -> Int? {
    target < world.nodes.count * plans.count ? target / plans.count : nil
  }

  mutating func require(_ promise: Bool, _ what: @autoclosure () -> String) {
    if !promise, broken.count < 5 { broken.append(what() + " at \(now.nanoseconds / 1_000_000) ms") }
  }

  // MARK: The loop

  mutating func run(hours: Int) {
    let end = now + .seconds(3_600 * hours)
    var step = 0
    while now < end, broken.isEmpty {
      let next = min(monitor.nextDeadline ?? end, world.nextArrival ?? end, world.nextChange)
      letTimePass(until: next)
      let wasCut = world.isHostCut
      world.advance(to: now, using: &random)
      if world.isHostCut, !wasCut { hadWitnesses = wellNodeCount >= 2 }
      for crashed in world.crashed where random.chance(0.7) {
        for check in plans.indices { monitor.recordBrokenWatch(of: crashed * plans.count + check, at: now) }
      }
      deliver()
      advance()
      step += 1
      if step % 32 == 0 { inspect() }
      befall()
    }
  }

  private mutating func letTimePass(until next: MonotonicTime) {
    now = max(now, next)
    if random.chance(0.00002) {
      now = now + .seconds(Int.random(in: 2...7_200, using: &random))
      calmSince = now
    } else if random.chance(0.05) {
      now = now + .milliseconds(Int.random(in: 0...5, using: &random))
    }
    guard let until = starvedUntil else { return }
    calmSince = now
    guard until <= now else { return }
    (starvedUntil, world.isStarved) = (nil, false)
  }

  private mutating func befall() {
    guard random.chance(0.0005) else { return }
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      starvedUntil = now + .seconds(Int.random(in: 1...120, using: &random))
      world.isStarved = true
    case 1: reload()
    case 2: restart()
    case 3: civilOffset += Int64.random(in: -7_200...7_200, using: &random)
    // A clock that goes back for the monitor too: it must not believe it.
    default: _ = monitor.advance(to: MonotonicTime(nanoseconds: now.nanoseconds - 60_000_000_000), using: &random)
    }
  }

  private mutating func deliver() {
    for arrival in world.takeArrivals(until: now) {
      let connection = monitor.reachability(.ipv4)
      let change = monitor.conclude(arrival.probe, arrival.outcome, at: now)
      if monitor.reachability(.ipv4) != connection { (calmSince, reconnected) = (now, now) }
      if let change { audit(change) }
    }
  }

  private mutating func advance() {
    defer { monitor.checkInvariants() }
    for action in monitor.advance(to: now, using: &monitorRandom) {
      switch action {
      case .start(let probe, let target):
        world.begin(
          probe, to: node(of: target), timeout: monitor.target(at: target).plan.timeout, at: now, using: &random)
      case .abandon: break
      case .changed(let change): audit(change)
      case .reachability(_, let connection):
        calmSince = now
        if connection.isIsolated { isolationCount += 1 }
      case .freshness(let target, let isStale):
        let hasReason =
          starvedUntil != nil || now - calmSince < .seconds(400) || monitor.reachability(.ipv4).isIsolated
        require(!isStale || hasReason, "target \(target) is stale for no reason")
      }
    }
  }

  /// Reading the same configuration again must cost no verdict.
  private mutating func reload() {
    let before = (0..<monitor.targetCount).map { monitor.judgement(at: $0).state }
    _ = monitor.replaceTargets(with: targets, at: now)
    require(before == (0..<monitor.targetCount).map { monitor.judgement(at: $0).state }, "a reload changed a verdict")
  }

  private mutating func restart() {
    let text = HealthMemory(of: monitor, at: now).text(savedAt: civil)
    now = now + .seconds(Int.random(in: 0...(random.chance(0.8) ? 30 : 1_200), using: &random))
    if random.chance(0.2) { civilOffset += Int64.random(in: -600...600, using: &random) }
    let memory = try? HealthMemory(octets: Array(text.utf8), readAt: civil)
    monitor = HealthMonitor(targets: targets, remembering: memory ?? HealthMemory(), at: now, using: &monitorRandom)
    if memory == nil { changes = changes.map { _ in [] } }
    world.forgetArrivals()
    world.advance(to: now, using: &random)
    (calmSince, restartedAt, history) = (now, now, PoolHistory())
    (returns, wasOut) = (returns.map { _ in nil }, wasOut.map { _ in false })
    hadWitnesses = false
    advance()
  }

  var civil: Int64 { now.nanoseconds / 1_000_000_000 + civilOffset }

  // MARK: What must hold

  private mutating func audit(_ change: HealthChange) {
    changeCount += 1
    require(change.to.isOut == (change.reason != nil), "\(change)")
    if change.from == .unknown {
      // Nothing is remembered of it, after a restart that comes too late or a reload: its history begins here.
      changes[change.target] = []
    } else {
      changes[change.target].append(now)
      inspectFlips(of: change.target)
    }
    inspectIsolation(change)
    inspectReconnection(change)
    inspect()
  }

  private mutating func inspectFlips(of target: Int) {
    for hours in [1, 12] {
      let stretch = Duration.seconds(3_600 * hours)
      let within = changes[target].reversed().prefix { now - $0 <= stretch }.count
      require(within <= HoldDown.mostChanges(within: stretch), "target \(target): \(within) changes in \(hours) h")
    }
  }

  private var wellNodeCount: Int {
    world.nodes.indices.count { node in
      world.nodes[node].fault == .none && now - world.nodes[node].since > .seconds(200)
        && plans.indices.allSatisfy { monitor.judgement(at: node * plans.count + $0).state == .up }
    }
  }

  /// While this host is cut off nobody goes out who was well before.
  private mutating func inspectIsolation(_ change: HealthChange) {
    guard world.isHostCut, hadWitnesses, change.from == .up, let node = node(of: change.target),
      calmSince < world.hostCutSince || monitor.reachability(.ipv4).isIsolated
    else { return }
    require(
      world.nodes[node].fault != .none || world.nodes[node].since < world.hostCutSince,
      "node \(node) went out while the host was cut off: \(change)")
  }

  /// Nor when it hears somebody again: the probes that began before do not count.
  private mutating func inspectReconnection(_ change: HealthChange) {
    guard let reconnected, !world.isHostCut, change.from == .up, let node = node(of: change.target),
      now - reconnected < monitor.target(at: change.target).plan.timeout
    else { return }
    require(
      world.isFailing(node) || world.nodes[node].fault != .none || reconnected - world.nodes[node].healed < settling,
      "node \(node) went out when the host was connected again: \(change)")
  }

  mutating func inspect() {
    history.update(poolMembers, under: policy, at: now)
    let selection = selection()
    if selection.isFailOpen { failOpenCount += 1 }
    let isAnybodyLeft = poolMembers.contains { $0.soundness(policy.need) != .out }
    require(!selection.addresses.isEmpty || !isAnybodyLeft, "an empty answer")
    require(
      !selection.addresses.isEmpty || [.nodata, .servfail].contains(policy.allDown),
      "an empty answer that nobody asked for")
    inspectGroups(selection)
    inspectShares(selection)
    for index in 0..<monitor.targetCount {
      require(monitor.hasTimer(index), "target \(index): nothing will ever happen to it")
      require(!monitor.status(at: index, now: now).reason.isEmpty, "target \(index) has no reason")
    }
    inspectAnswers(selection)
    inspectRestart(selection)
  }

  private var poolMembers: [PoolMember] {
    world.nodes.indices.map { node in
      let targets = plans.indices.map { node * plans.count + $0 }
      return PoolMember(
        monitor.target(at: targets[0]).address, verdicts: targets.map { monitor.judgement(at: $0).state },
        weight: node % 3 + 1, group: hasBackup && node == world.nodes.count - 1 ? 1 : 0,
        returned: history.returned(monitor.target(at: targets[0]).address))
    }
  }

  private func selection() -> PoolSelection {
    PoolSelection(of: poolMembers, family: .ipv4, policy: policy, lastGood: history.lastGood(.ipv4))
  }

  /// A backup is handed out only when there are too few members.
  private mutating func inspectGroups(_ selection: PoolSelection) {
    guard selection.basis == .healthy, selection.members.contains(where: { $0.group > 0 }) else { return }
    require(selection.live.count { $0.group == 0 } < policy.minLive, "a backup beside members enough")
  }

  /// Everybody handed out has a share: all of it, except for one that came back a while ago.
  private mutating func inspectShares(_ selection: PoolSelection) {
    let members = poolMembers
    for (node, member) in members.enumerated() {
      let soundness = member.soundness(policy.need)
      if soundness == .out {
        (wasOut[node], returns[node]) = (true, nil)
      } else if soundness == .healthy, wasOut[node] {
        (wasOut[node], returns[node]) = (false, now)
      }
      require(member.returned == returns[node], "node \(node) came back at another time")
      let share = policy.share(of: member, at: now)
      let whole = 1_000 * member.weight
      var tenths = 10
      if let back = returns[node], policy.slowStart > .zero {
        tenths = min(10, Int((now - back) / (policy.slowStart / 10)) + 1)
      }
      require(share == whole / 10 * tenths, "node \(node) has the share \(share) of \(whole)")
      if tenths < 10 { slowStartCount += 1 }
    }
    if let change = policy.nextShareChange(of: selection.members, at: now) {
      let span = change - now
      require(span > .zero && span <= policy.slowStart, "shares change in \(span)")
    }
  }

  /// Nobody is answered who has been failing for longer than the bound, as long as there is another.
  private mutating func inspectAnswers(_ selection: PoolSelection) {
    guard selection.basis == .healthy, monitor.reachability(.ipv4) == .connected else { return }
    for node in world.nodes.indices where world.isFailing(node) {
      let since = max(world.nodes[node].since, calmSince)
      // Behind a disturbance the next start may be up to an interval later than usual.
      let extra = since - calmSince < settling ? plans.map(\.every).max() ?? .zero : .zero
      let isWitnessed = hasWitness(beside: node, since: since)
      let bounds = plans.map {
        isWitnessed ? $0.witnessedDetection : $0.slowestDetection(patience: monitor.patience)
      }
      let bound = bounds.max() ?? .zero
      guard now - since > bound + extra + .milliseconds(50) else { continue }
      if isWitnessed, extra == .zero { witnessedCount += 1 }
      let address = monitor.target(at: node * plans.count).address
      let late = now - since
      require(
        !selection.addresses.contains(address), "node \(node) is answered \(late) after it failed, bound \(bound)")
    }
  }

  /// Three of the longest intervals: what was disturbed has then come to rest.
  private var settling: Duration { .seconds(400) }

  /// Whether a healthy host can be heard all the while since then, and must be among those that are asked.
  private func hasWitness(beside node: Int, since: MonotonicTime) -> Bool {
    guard !world.isHostCut, since - world.cutEnded > settling else { return false }
    if references > 0 { return true }
    let others = world.nodes.indices.filter { $0 != node }
    let well = others.filter {
      !world.isCut($0) && world.nodes[$0].fault == .none && since - world.nodes[$0].since > settling
    }
    return !well.isEmpty && others.count - well.count < IsolationGuard.witnessesAsked
  }

  /// After a restart nobody is answered who has been failing all the while.
  private mutating func inspectRestart(_ selection: PoolSelection) {
    guard let restarted = restartedAt, monitor.firstRoundIsOver else { return }
    restartedAt = nil
    guard selection.basis == .healthy, calmSince <= restarted else { return }
    for node in world.nodes.indices where world.isFailing(node) && world.nodes[node].since < restarted {
      let address = monitor.target(at: node * plans.count).address
      require(!selection.addresses.contains(address), "node \(node) is answered after a restart")
    }
  }
}

@Suite("Service")
struct ServiceTests {
  /// 48 services of 2 to 6 nodes, 60 hours each: over 10,000 node-hours.
  static let hours = 60
  static let seeds = 1...48 as ClosedRange<UInt64>

  @Test("Through years of failures the service keeps its promises", arguments: seeds)
  func years(seed: UInt64) {
    var simulation = ServiceSimulation(seed: seed)
    simulation.run(hours: Self.hours)
    #expect(simulation.broken.isEmpty, "seed \(seed)")
    #expect(simulation.changeCount > 10, "seed \(seed): something happened")
  }

  @Test("The simulated services include some that start slowly")
  func slowStarts() {
    var simulation = ServiceSimulation(seed: 1)
    for seed in Self.seeds where simulation.slowStartCount == 0 {
      simulation = ServiceSimulation(seed: seed)
      if simulation.policy.slowStart > .seconds(60) { simulation.run(hours: 20) }
    }
    #expect(simulation.slowStartCount > 0)
  }

  @Test("The bound that is printed is what failing nodes are held to")
  func printedBound() {
    var simulation = ServiceSimulation(seed: 1)
    for seed in Self.seeds where simulation.witnessedCount == 0 {
      simulation = ServiceSimulation(seed: seed)
      simulation.run(hours: 20)
    }
    #expect(simulation.witnessedCount > 0)
  }

  @Test("That is at least ten thousand node-hours, with isolations and emergencies in them")
  func size() {
    let nodes = Self.seeds.map { ServiceSimulation(seed: $0).world.nodes.count }.reduce(0, +)
    #expect(nodes * Self.hours >= 10_000, "\(nodes * Self.hours) node-hours")
  }
}
