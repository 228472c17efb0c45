// A world for the calendar of maintenance windows: nodes that fail and recover, operators with a command line, a clock
// that is set, a daemon that is restarted, and reloads. All of it from a seed, years in seconds.
//
//   random world ─▶ commands, time, restarts ─▶ MaintenanceCalendar ─▶ events ─▶ MaintenanceAudit

import DNS
import Health
import TestSupport

@testable import Policy
@testable import Reporting
@testable import rondo

struct MaintenanceSimulation {
  struct Node {
    var isUp = true
    var isFresh = true
  }

  /// Bugs as they might be, to see that the audit finds them.
  enum Sabotage: CaseIterable {
    case ignoresPools, endsWhileChecksFail, neverEnds, clockTakesBack, restartForgets, overlapsUnseen, sleepsTooLong
  }

  let seed: UInt64
  let sabotage: Sabotage?
  private var random: SeededGenerator
  private(set) var calendar = MaintenanceCalendar()
  private(set) var nodes: [String: Node]
  private(set) var duties: [PoolDuty]
  /// Seconds that have really passed since 1970, and what the wall clock is off by.
  private(set) var time: Int64
  private var skew: Int64 = 0
  private var tag = 0
  private(set) var audit = MaintenanceAudit()
  private(set) var counts: [String: Int] = [:]

  var now: Int64 { time + skew }

  init(seed: UInt64, _ sabotage: Sabotage? = nil) {
    self.seed = seed
    self.sabotage = sabotage
    random = SeededGenerator(seed: seed)
    nodes = Dictionary(uniqueKeysWithValues: (0..<6).map { ("n\($0)", Node()) })
    duties = []
    time = EuropeanZone.seconds("2026-01-01T00:00Z") + Int64.random(in: 0..<30_000_000, using: &random)
    duties = (0..<4).map { number in
      let members = (0..<6).map { "n\($0)" }.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
      return PoolDuty(
        pool: "p\(number)", family: .ipv4, nodes: members.sorted(), needed: random.chance(0.8) ? 1 : 2)
    }
  }

  // MARK: The world

  /// Runs for so many days.
  mutating func run(days: Int64) {
    let end = time + days * 86_400
    while time < end {
      // Up to the moment for which the calendar asked, as the daemon does, or to something in between.
      var pause = Int64.random(in: 1...(random.chance(0.9) ? 3_000 : 30_000), using: &random)
      if calendar.awaitsNodes, random.chance(0.9) { pause = min(pause, 600) }
      if let due = calendar.nextDue, due > now, due - now < pause { pause = due - now }
      sleepIsRight(for: pause)
      time += pause
      changeHealth()
      if random.chance(sabotage == .clockTakesBack ? 0.1 : 0.004) { setClock() }
      if random.chance(0.25) { command() }
      if random.chance(0.01) { restart() }
      if random.chance(0.002) { reload() }
      advance()
      audit.check(calendar, self)
    }
  }

  private mutating func changeHealth() {
    for name in nodes.keys.sorted() {
      if random.chance(0.02) { nodes[name]?.isUp.toggle() }
      if nodes[name]?.isUp == false, random.chance(0.2) { nodes[name]?.isUp = true }
      if random.chance(0.02) { nodes[name]?.isFresh.toggle() }
      if nodes[name]?.isFresh == false, random.chance(0.3) { nodes[name]?.isFresh = true }
    }
  }

  private mutating func setClock() {
    let step = random.pick([-7_200, -3_600, -60, -1, 1, 60, 3_600, 7_200, 90_000, -90_000] as [Int64])
    skew = random.chance(0.5) ? 0 : skew + step
    if sabotage == .clockTakesBack {
      for index in calendar.planned.indices { calendar.planned[index].heldBack = nil }
      calendar.adminStates = calendar.adminStates.mapValues {
        AdminState($0.kind, author: $0.author, reason: $0.reason, since: $0.since, until: $0.until)
      }
    }
    count("clock")
  }

  /// The daemon is killed and started again, at once or days later.
  private mutating func restart() {
    let text = calendar.text
    do {
      let read = try MaintenanceCalendar(octets: Array(text.utf8))
      audit.expect(read == calendar, "what was written is read again")
      calendar = read
      if sabotage == .restartForgets { calendar.adminStates = [:] }
    } catch {
      audit.expect(false, "the file is read: \(error)")
    }
    if random.chance(0.3) { time += Int64.random(in: 0...200_000, using: &random) }
    count("restart")
  }

  /// A node goes, or comes back.
  private mutating func reload() {
    let name = "n\(Int.random(in: 0..<6, using: &random))"
    if nodes[name] == nil {
      nodes[name] = Node()
    } else if nodes.count > 4 {
      nodes[name] = nil
    }
    let events = calendar.keep(nodes: nodes.keys, at: now)
    for event in events { audit.note(event, self) }
    count("reload")
  }

  // MARK: What the checks say

  private func isHealthy(_ node: String) -> Bool {
    calendar[node].map { $0.kind == .forcedUp } ?? (nodes[node]?.isUp ?? false)
  }

  /// As `HealthPlan.losses` has it, by the world's own truth.
  func obstacle(draining asked: Set<String>) -> String? {
    for duty in duties where !asked.isDisjoint(with: duty.nodes) {
      let present = duty.nodes.filter { nodes[$0] != nil }
      let before = present.count(where: isHealthy)
      let after = present.count { !asked.contains($0) && isHealthy($0) }
      if after < duty.needed, after < before { return "pool \(duty.pool) would have \(after) healthy nodes" }
    }
    return nil
  }

  func passes(_ node: String) -> Bool { nodes[node].map { $0.isUp && $0.isFresh } ?? false }

  private var outlook: MaintenanceOutlook {
    let world = self
    return MaintenanceOutlook(
      obstacle: { world.sabotage == .ignoresPools ? nil : world.obstacle(draining: [$0]) },
      failure: { node in
        switch world.sabotage {
        case .endsWhileChecksFail: nil
        case .neverEnds: "port fails"
        default: world.passes(node) ? nil : "port fails"
        }
      })
  }

  private mutating func advance() {
    for _ in 0..<5_000 {
      let before = self
      guard let event = calendar.advance(to: now, outlook) else { return }
      audit.note(event, before)
      count(event.name)
    }
    audit.expect(false, "time comes to an end")
  }

  /// Nothing would have happened before the time for which the calendar asks to be woken.
  private mutating func sleepIsRight(for pause: Int64) {
    guard !calendar.awaitsNodes, pause > 1 else { return }
    var copy = calendar
    let event = copy.advance(to: now + pause - (sabotage == .sleepsTooLong ? 0 : 1), outlook)
    audit.expect(
      event == nil || (calendar.nextDue ?? .max) <= now + pause - 1, "slept through \(String(describing: event))")
  }

  // MARK: Operators

  private mutating func command() {
    let name = "n\(Int.random(in: 0..<6, using: &random))"
    guard nodes[name] != nil else { return }
    tag += 1
    switch Int.random(in: 0..<10, using: &random) {
    case 0...3: plan(name, isForced: random.chance(0.15))
    case 4...6: drain(name, isForced: random.chance(0.1))
    case 7: note(calendar.resume(name, by: "op", at: now), "resume")
    case 8 where random.chance(0.3): note(calendar.cancelWindows(of: name, by: "op", at: now), "cancel")
    default:
      guard random.chance(0.2) else { return }
      let end: MaintenanceCalendar.End =
        random.chance(0.7) ? .at(now + Int64.random(in: 60...7_200, using: &random)) : .never
      note(
        calendar.set(
          random.chance(0.5) ? .forcedUp : .forcedDown, for: name, by: "op", because: "t\(tag)", end: end, at: now),
        "force")
    }
  }

  private mutating func note(_ events: [MaintenanceEvent], _ what: String) {
    for event in events { audit.note(event, self) }
    if !events.isEmpty { count(what) }
  }

  /// A time of day as somebody would type it; nil in a night in which it does not exist.
  private mutating func typedTime(after start: Int64) -> Int64? {
    let hour = Int64.random(in: 0..<24, using: &random)
    let minute = random.pick([0, 0, 15, 30] as [Int64])
    let text = "\(zeroPadded(hour, width: 2)):\(zeroPadded(minute, width: 2))"
    guard let seconds = try? WrittenTime(text)?.seconds(after: start, in: EuropeanZone.offset) else {
      count("no such time")
      return nil
    }
    let local = UnixTime(seconds: seconds + EuropeanZone.offset(at: seconds).seconds).description
    audit.expect(local.dropFirst(11).hasPrefix(text), "\(text) is \(local)")
    audit.expect(seconds > start && seconds - start <= 25 * 3_600, "\(text) is the next one")
    return seconds
  }

  private mutating func plan(_ name: String, isForced: Bool) {
    guard var from = typedTime(after: now) else { return }
    from += 86_400 * Int64.random(in: 0...3, using: &random)
    var until = from + Int64.random(in: 60...14_400, using: &random)
    if random.chance(0.3), let typed = typedTime(after: from) { until = typed }
    var names = [name]
    let other = "n\(Int.random(in: 0..<6, using: &random))"
    if random.chance(0.1), other != name, nodes[other] != nil { names.append(other) }
    guard calendar.fault(planning: names, from: from, until: until, at: now) == nil else { return count("fault") }
    let conflicts =
      sabotage == .overlapsUnseen
      ? [] : calendar.conflicts(of: names, from: from, until: until, at: now, duties: duties)
    audit.check(conflicts, of: names, from: from, until: until, self)
    guard isForced || conflicts.isEmpty else { return count("conflict") }
    for name in names {
      note(
        calendar.plan(
          PlannedWindow(node: name, from: from, until: until, author: "op", reason: "t\(tag)", isForced: isForced)),
        "plan")
    }
  }

  private mutating func drain(_ name: String, isForced: Bool) {
    guard isForced || obstacle(draining: [name]) == nil else { return count("refused") }
    let end: MaintenanceCalendar.End =
      random.chance(0.2) ? .unchanged : .at(now + Int64.random(in: 60...20_000, using: &random))
    note(
      calendar.set(.drained, for: name, by: "op", because: random.chance(0.5) ? "t\(tag)" : "", end: end, at: now),
      "drain")
  }

  private mutating func count(_ what: String) { counts[what, default: 0] += 1 }
}

extension MaintenanceEvent {
  /// For the counts of a run.
  var name: String { String(String(describing: self).prefix { $0 != "(" }) }
}
