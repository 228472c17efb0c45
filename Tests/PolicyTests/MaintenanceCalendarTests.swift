// The calendar of admin states and windows, one rule at a time; MaintenanceSimulationTests has them all at once.

import DNS
import Health
import Testing

@testable import Policy

@Suite("Maintenance windows")
struct MaintenanceCalendarTests {
  private var calendar = MaintenanceCalendar()

  private func window(
    _ node: String = "ex1", _ from: Int64 = 1_000, _ until: Int64 = 2_000, reason: String = "", isForced: Bool = false
  ) -> PlannedWindow {
    PlannedWindow(node: node, from: from, until: until, author: "anna", reason: reason, isForced: isForced)
  }

  private func outlook(obstacle: String? = nil, failure: String? = nil) -> MaintenanceOutlook {
    MaintenanceOutlook(obstacle: { _ in obstacle }, failure: { _ in failure })
  }

  private mutating func drain(_ reason: String = "", _ end: MaintenanceCalendar.End = .unchanged, at now: Int64)
    -> [MaintenanceEvent]
  {
    calendar.set(.drained, for: "ex1", by: "anna", because: reason, end: end, at: now)
  }

  @Test("A window begins at its start, is kept by a clock that is set back, and ends once the checks pass")
  mutating func life() throws {
    #expect(calendar.plan(window(reason: "patch day")) == [.planned(window(reason: "patch day"))])
    #expect(calendar.nextDue == 1_000 && !calendar.awaitsNodes)
    #expect(calendar.advance(to: 999, outlook()) == nil)
    let drained = AdminState(.drained, author: "anna", reason: "patch day", since: 1_001, until: 2_000)
    #expect(calendar.advance(to: 1_001, outlook()) == .began(drained, node: "ex1"))
    #expect(calendar["ex1"] == drained && calendar.planned.isEmpty && calendar.nextDue == 2_000)
    #expect(calendar.advance(to: 5, outlook()) == nil, "set back before the start")
    #expect(calendar["ex1"] == drained)

    #expect(
      calendar.advance(to: 2_000, outlook(failure: "owa fails"))
        == .overdue(drained.asOverdue, node: "ex1", because: "owa fails"))
    #expect(calendar["ex1"]?.overdueSince == 2_000 && calendar.awaitsNodes && calendar.nextDue == nil)
    #expect(calendar.advance(to: 2_060, outlook(failure: "owa fails")) == nil, "said once")
    #expect(calendar.advance(to: 1_500, outlook(failure: "owa fails")) == nil, "set back before the end")
    #expect(calendar["ex1"]?.overdueSince == 2_000)
    #expect(
      calendar.advance(to: 2_100, outlook())
        == .ended(drained.asOverdue, node: "ex1", by: FinishedWindow.byItself, at: 2_100))
    #expect(calendar["ex1"] == nil && !calendar.awaitsNodes)
    let past = try #require(calendar.finished.first)
    #expect(
      past.outcome == .ended && past.from == 1_001 && past.at == 2_100 && past.overdue == 100
        && past.by == "the end of the window")
  }

  @Test("A window that a pool cannot spare is held back, begins when it can, and is missed if it never can")
  mutating func heldBack() {
    _ = calendar.plan(window())
    _ = calendar.plan(window("ex2", 1_500, 1_600))
    var held = window()
    held.heldBack = .init(since: 1_000, reason: "pool access needs it")
    #expect(
      calendar.advance(to: 1_000, outlook(obstacle: "pool access needs it"))
        == .heldBack(held, because: "pool access needs it"))
    #expect(calendar.advance(to: 1_010, outlook(obstacle: "another reason")) == nil, "said once")
    #expect(calendar.planned[0].heldBack == .init(since: 1_000, reason: "another reason"), "but kept up to date")
    #expect(calendar.awaitsNodes && calendar.nextDue == 1_500)
    #expect(calendar.advance(to: 900, outlook(obstacle: "x")) == nil && calendar.planned[0].heldBack != nil)
    guard case .began = calendar.advance(to: 1_100, outlook()) else {
      Issue.record("not begun")
      return
    }
    guard case .heldBack = calendar.advance(to: 1_500, outlook(obstacle: "no")),
      case .missed(let window, "no") = calendar.advance(to: 1_600, outlook(obstacle: "no"))
    else {
      Issue.record("not missed")
      return
    }
    #expect(window.node == "ex2" && calendar.planned.isEmpty && calendar.finished.map(\.outcome) == [.missed])
  }

  @Test("A window planned with --force begins all the same; one over which nobody was there is missed")
  mutating func forced() {
    _ = calendar.plan(window(isForced: true))
    guard case .began = calendar.advance(to: 1_500, outlook(obstacle: "needed")) else {
      Issue.record("not begun")
      return
    }
    _ = calendar.plan(window("ex2"))
    guard case .ended = calendar.advance(to: 2_000, outlook()),
      case .missed(_, let cause) = calendar.advance(to: 2_000, outlook()), calendar["ex2"] == nil
    else {
      Issue.record("not missed")
      return
    }
    #expect(cause == "Rondo did not run at the time, or the clock was set past it")
  }

  @Test("Draining a drained node changes reason and end and keeps the start")
  mutating func again() {
    #expect(
      drain("disk", at: 10) == [.set(AdminState(.drained, author: "anna", reason: "disk", since: 10), node: "ex1")])
    #expect(drain(at: 20).isEmpty && drain("disk", at: 20).isEmpty && drain("", .never, at: 20).isEmpty)
    _ = drain("", .at(500), at: 30)
    #expect(calendar["ex1"] == AdminState(.drained, author: "anna", reason: "disk", since: 10, until: 500))
    _ = drain("patch", at: 40)
    #expect(calendar["ex1"] == AdminState(.drained, author: "anna", reason: "patch", since: 10, until: 500))
    _ = calendar.advance(to: 500, outlook(failure: "x"))
    _ = drain("still", at: 510)
    #expect(calendar["ex1"]?.overdueSince == 500, "another reason is no later end")
    _ = drain("", .at(900), at: 520)
    #expect(calendar["ex1"]?.overdueSince == nil && calendar["ex1"]?.since == 10)
    _ = drain("", .never, at: 530)
    #expect(calendar["ex1"]?.until == nil)
  }

  @Test("A drain without an end is overdue after a day, and ends by an order alone")
  mutating func openEnded() {
    _ = drain(at: 10)
    #expect(calendar.nextDue == 86_410)
    #expect(calendar.advance(to: 86_409, outlook()) == nil)
    guard case .overdue(let state, "ex1", nil) = calendar.advance(to: 86_410, outlook()) else {
      Issue.record("not overdue")
      return
    }
    #expect(state.overdueSince == 86_410 && calendar.nextDue == nil && !calendar.awaitsNodes)
    #expect(calendar.advance(to: 1_000_000, outlook()) == nil)
    #expect(calendar.resume("ex1", by: "bert", at: 90_000) == [.ended(state, node: "ex1", by: "bert", at: 90_000)])
    #expect(calendar.finished.map(\.by) == ["bert"] && calendar.finished[0].overdue == 3_590)
  }

  @Test("resume ends what holds and leaves what is planned; cancelling is the other way round")
  mutating func resume() {
    _ = calendar.plan(window())
    _ = drain(at: 10)
    _ = calendar.resume("ex1", by: "bert", at: 20)
    #expect(calendar["ex1"] == nil && calendar.planned.count == 1)
    #expect(calendar.resume("ex1", by: "bert", at: 21).isEmpty)
    _ = drain(at: 30)
    #expect(calendar.cancelWindows(of: "ex1", by: "bert", at: 40) == [.cancelled(window(), by: "bert")])
    #expect(calendar["ex1"] != nil && calendar.planned.isEmpty)
    #expect(calendar.finished.map(\.outcome) == [.ended, .cancelled])
    // Ended by hand, a window does not begin again.
    _ = calendar.plan(window("ex2"))
    _ = calendar.advance(to: 1_000, outlook())
    _ = calendar.resume("ex2", by: "bert", at: 1_100)
    #expect(calendar.advance(to: 1_200, outlook()) == nil && calendar["ex2"] == nil)
  }

  @Test("A window that finds its node drained goes on with that drain: the later end counts, and none stays none")
  mutating func joined() {
    _ = drain("disk", .at(1_500), at: 900)
    _ = calendar.plan(window(reason: "patch"))
    _ = calendar.advance(to: 1_000, outlook(obstacle: "not asked"))
    #expect(calendar["ex1"] == AdminState(.drained, author: "anna", reason: "patch", since: 900, until: 2_000))
    _ = drain("", .never, at: 1_100)
    _ = calendar.plan(window("ex1", 1_200, 1_300))
    _ = calendar.advance(to: 1_200, outlook())
    #expect(calendar["ex1"]?.until == nil && calendar["ex1"]?.reason == "patch" && calendar.planned.isEmpty)
  }

  @Test("A forced node is left alone by a plan, and forced states end at their end whatever the checks say")
  mutating func forcedStates() {
    _ = calendar.set(.forcedUp, for: "ex1", by: "bert", because: "wrong check", end: .at(1_200), at: 900)
    _ = calendar.plan(window())
    guard case .heldBack(_, "forced up by bert: wrong check") = calendar.advance(to: 1_000, outlook()) else {
      Issue.record("not held back")
      return
    }
    guard case .ended(_, "ex1", FinishedWindow.byItself, _) = calendar.advance(to: 1_200, outlook(failure: "x")),
      case .began = calendar.advance(to: 1_200, outlook())
    else {
      Issue.record("not ended")
      return
    }
    #expect(calendar.finished.isEmpty, "a forced state is no maintenance")
  }

  @Test("Planning again with the same start changes a window; what is gone from the configuration is dropped")
  mutating func changes() {
    _ = calendar.plan(window())
    #expect(calendar.plan(window()).isEmpty)
    _ = calendar.plan(window("ex1", 1_000, 3_000))
    #expect(calendar.planned == [window("ex1", 1_000, 3_000)])
    _ = calendar.set(.drained, for: "ex2", by: "a", because: "", end: .unchanged, at: 5)
    _ = calendar.set(.forcedUp, for: "ex3", by: "a", because: "", end: .unchanged, at: 5)
    #expect(calendar.keep(nodes: ["ex3"], at: 6) == [.dropped(node: "ex1"), .dropped(node: "ex2")])
    #expect(calendar.planned.isEmpty && Array(calendar.adminStates.keys) == ["ex3"])
    #expect(calendar.finished.map(\.outcome) == [.dropped, .dropped])
  }

  @Test("What cannot be planned, whatever the pools have")
  mutating func faults() {
    func fault(_ from: Int64, _ until: Int64, at now: Int64 = 100) -> PlanningFault? {
      calendar.fault(planning: ["ex1"], from: from, until: until, at: now)
    }
    #expect(fault(100, 200) == .startIsPast && fault(200, 200) == .endIsPast)
    #expect(fault(101 + 366 * 86_400, 102 + 366 * 86_400) == .startIsFar)
    #expect(fault(101, 102 + 30 * 86_400) == .tooLong && fault(101, 101 + 30 * 86_400) == nil)
    _ = calendar.plan(window())
    #expect(fault(500, 1_001) == .overlaps(window()) && fault(1_999, 2_500) == .overlaps(window()))
    #expect(fault(500, 1_000) == nil && fault(2_000, 2_500) == nil)
    #expect(fault(1_000, 9_000) == nil, "the same start replaces it")
    _ = drain("", .at(800), at: 50)
    #expect(fault(800, 900) == nil)
    guard case .isDrained("ex1", _) = fault(700, 900) else {
      Issue.record("planned while drained")
      return
    }
    for number in 0..<15 { _ = calendar.plan(window("ex1", 10_000 + 10 * Int64(number), 10_005 + 10 * Int64(number))) }
    #expect(fault(20_000, 20_001) == .tooManyOfNode("ex1"))
  }

  @Test("The past is a fortnight, and at most a thousand")
  mutating func past() {
    for number in 0..<1_200 {
      _ = drain(at: Int64(number))
      _ = calendar.resume("ex1", by: "a", at: Int64(number))
    }
    #expect(calendar.finished.count == 1_000 && calendar.finished.first?.at == 200)
    _ = drain(at: 500 + MaintenanceCalendar.memory)
    _ = calendar.resume("ex1", by: "a", at: 500 + MaintenanceCalendar.memory)
    #expect(calendar.finished.first?.at == 500 && calendar.finished.count == 701)
  }

  @Test("Overlaps are found in each pool and family, with the other nodes that are out then")
  mutating func overlaps() throws {
    let duties = [
      PoolDuty(pool: "access", family: .ipv4, nodes: ["ex1", "ex2", "ex3"], needed: 1),
      PoolDuty(pool: "relay", family: .ipv4, nodes: ["ex1", "ex2"], needed: 1),
      PoolDuty(pool: "relay", family: .ipv6, nodes: ["ex1"], needed: 1),
      PoolDuty(pool: "other", family: .ipv4, nodes: ["ex3"], needed: 1),
    ]
    func conflicts(_ nodes: [String], _ from: Int64, _ until: Int64?, at now: Int64 = 100) -> [WindowConflict] {
      calendar.conflicts(of: nodes, from: from, until: until, at: now, duties: duties)
    }
    #expect(conflicts(["ex1"], 500, 600).map(\.duty) == [duties[2]], "it has no other node to spare")
    #expect(conflicts(["ex1"], 100, 600).isEmpty, "about now the checks know more")
    _ = calendar.plan(window("ex2"))
    let found = conflicts(["ex1"], 500, 1_500)
    #expect(found.map(\.duty) == [duties[1], duties[2]] && found[0].at == 1_000 && found[0].left == 0)
    #expect(
      found[0].others == [
        Absence(node: "ex2", from: 1_000, until: 2_000, author: "anna", kind: .drained, isPlanned: true)
      ])
    #expect(conflicts(["ex1"], 500, 1_000).map(\.duty) == [duties[2]], "ends as the other begins")
    #expect(conflicts(["ex1"], 2_000, 3_000).map(\.duty) == [duties[2]], "begins as the other ends")
    #expect(conflicts(["ex1"], 100, nil).map(\.duty) == [duties[1]], "a drain without an end meets all that is planned")
    #expect(conflicts(["ex1", "ex3"], 500, 1_500).map(\.duty) == duties)
    // A node that is out without an end is out whenever.
    _ = calendar.set(.forcedDown, for: "ex2", by: "bert", because: "", end: .unchanged, at: 50)
    #expect(conflicts(["ex1"], 9_000, 9_001).map(\.duty) == [duties[1], duties[2]])
    // One that is past its end may be back at any moment.
    _ = calendar.cancelWindows(of: "ex2", by: "bert", at: 60)
    _ = calendar.set(.drained, for: "ex2", by: "bert", because: "", end: .at(90), at: 60)
    #expect(conflicts(["ex1"], 9_000, 9_001).map(\.duty) == [duties[2]])
  }
}
