// Who watches the calendar in the simulation: invariants that hold at every step, by a truth of the auditor's own.

import Health

@testable import Policy
@testable import Reporting

struct MaintenanceAudit {
  private(set) var faults: [String] = []
  private(set) var checks = 0
  /// What the calendar was at the last look, for what must not go backwards.
  private var former = MaintenanceCalendar()
  /// Nodes whose drains a command has changed since then.
  private var touched: Set<String> = []
  /// How far each planned window has come, by its node and start and reason: 1 planned, 2 held back; none once it has
  /// begun or is over.
  private var phases: [String: Int] = [:]
  /// Windows planned, and how they ended.
  private(set) var planned = 0
  private(set) var settled = 0

  mutating func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    checks += 1
    if !holds, faults.count < 10 { faults.append(what()) }
  }

  // MARK: Events

  /// - Parameter world: as it was when the calendar decided.
  mutating func note(_ event: MaintenanceEvent, _ world: MaintenanceSimulation) {
    switch event {
    case .set(_, let node): touched.insert(node)
    case .dropped(let node):
      touched.insert(node)
      phases = phases.filter { !$0.key.hasPrefix("\(node) ") }
    case .planned(let window):
      planned += 1
      touched.insert(window.node)
      phases = phases.filter { !$0.key.hasPrefix("\(window.node) \(window.from) ") }
      phases[key(window)] = 1
    case .began(let drain, let node):
      touched.insert(node)
      settled += 1
      // The window that this one was: gone from what is planned.
      let window = world.calendar.planned.first { $0.node == node && ($0.from <= world.now || $0.heldBack != nil) }
      expect(window != nil, "\(node) begins without a window")
      guard let window else { return }
      expect(window.until > world.now, "\(key(window)) begins after its end")
      phases[key(window)] = nil
      // No pool is brought below its need, unless that was ordered; a drain that goes on brings it nowhere.
      if !window.isForced, world.calendar[node]?.kind != .drained {
        expect(
          world.obstacle(draining: [node]) == nil && world.calendar[node] == nil,
          "\(key(window)) takes a node that is needed")
      }
      expect(drain.until.map { $0 >= window.until } ?? (world.calendar[node]?.kind == .drained), "the later end counts")
    case .ended(let state, let node, let by, _):
      touched.insert(node)
      guard by == FinishedWindow.byItself else { return }
      expect(state.dueAt.map { $0 <= world.now } ?? false || state.overdueSince != nil, "\(node) ends before its end")
      expect(state.kind != .drained || state.until != nil && world.passes(node), "\(node) ends while checks fail")
    case .overdue(let state, let node, _):
      expect(state.until == nil || !world.passes(node), "\(node) is overdue while its checks pass")
    case .cancelled(let window, _), .missed(let window, _):
      settled += 1
      phases[key(window)] = nil
      if case .missed = event { expect(window.until <= world.now, "\(key(window)) is missed before its end") }
    case .heldBack(let window, _):
      expect(!window.isForced, "a forced window is not held back")
      expect(
        world.obstacle(draining: [window.node]) != nil || world.calendar[window.node] != nil,
        "\(key(window)) held back for nothing")
    }
  }

  // MARK: Each step

  /// After time has passed: nothing is left undone, and nothing has gone backwards.
  mutating func check(_ calendar: MaintenanceCalendar, _ world: MaintenanceSimulation) {
    for (node, state) in calendar.adminStates {
      expect(world.nodes[node] != nil, "\(node) is gone")
      guard state.kind == .drained else { continue }
      let isDue = (state.dueAt ?? .max) <= world.now || state.overdueSince != nil
      expect(!isDue || state.overdueSince != nil, "\(node) is past its end, and neither over nor overdue")
      expect(!isDue || state.until == nil || !world.passes(node), "\(node) passes, and its window does not end")
      if !touched.contains(node), let before = former[node], before.kind == .drained {
        expect(
          state.since == before.since && state.until == before.until, "\(node) has another window, by nobody's order")
        expect(before.overdueSince == nil || state.overdueSince == before.overdueSince, "\(node) is no longer overdue")
      }
    }
    for window in calendar.planned {
      expect(window.until > world.now, "\(key(window)) is past, and still planned")
      expect(window.from > world.now || window.heldBack != nil, "\(key(window)) should have begun")
      let phase = window.heldBack == nil ? 1 : 2
      expect(phases[key(window)].map { $0 <= phase } ?? false, "\(key(window)) goes backwards")
      phases[key(window)] = phase
    }
    for node in former.adminStates.keys where !touched.contains(node) {
      expect(calendar[node] != nil, "\(node) is no longer drained or forced, by nobody's order")
    }
    expect(phases.count == calendar.planned.count, "a window is gone, and nothing was said of it")
    expect(calendar.planned.count <= MaintenanceCalendar.mostWindows, "too many windows")
    for node in world.nodes.keys {
      expect(calendar.windows(of: node).count <= MaintenanceCalendar.mostWindowsOfNode, "too many windows of \(node)")
    }
    expect(calendar.finished.count <= MaintenanceCalendar.mostFinished, "too long a past")
    if let latest = calendar.finished.map(\.at).max() {
      let clock = max(latest, world.now)
      expect(calendar.finished.allSatisfy { $0.at <= clock }, "a past in the future")
    }
    if checks % 50 == 0 {
      expect((try? MaintenanceCalendar(octets: Array(calendar.text.utf8))) == calendar, "the file round-trips")
    }
    former = calendar
    touched = []
  }

  // MARK: Overlaps

  /// Compares what is said of overlaps with a look at every moment at which somebody comes or goes, and some between.
  mutating func check(
    _ conflicts: [WindowConflict], of names: [String], from: Int64, until: Int64, _ world: MaintenanceSimulation
  ) {
    let absences =
      world.calendar.adminStates.filter { $0.value.kind.isOut }.map {
        (node: $0.key, from: Int64.min, until: $0.value.until.map { max($0, world.now + 1) } ?? .max)
      } + world.calendar.planned.map { (node: $0.node, from: $0.from, until: $0.until) }
    let moments = Set(
      (absences.flatMap { [$0.from, $0.until - 1, $0.until] } + [from, until - 1]
        + (0..<8).map { from + (until - from) * $0 / 8 })
        .filter { $0 >= from && $0 < until })
    for duty in world.duties where !Set(names).isDisjoint(with: duty.nodes) {
      let isShort = moments.contains { moment in
        let out = Set(absences.filter { $0.from <= moment && moment < $0.until }.map(\.node)).union(names)
        return duty.nodes.count { !out.contains($0) } < duty.needed
      }
      expect(
        isShort == conflicts.contains { $0.duty == duty },
        "an overlap in \(duty.pool) is \(isShort ? "not " : "")found for \(names) from \(from) until \(until)")
    }
  }
}

private func key(_ window: PlannedWindow) -> String { "\(window.node) \(window.from) \(window.reason)" }
