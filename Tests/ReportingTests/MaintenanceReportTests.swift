// `rondo maintenance`: what is drained, planned and over, as text, JSON and on the page; and times in words.

import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Maintenance in the report")
struct MaintenanceReportTests {
  private func report() -> StatusReport {
    var report = StatusReport.sample()
    let now = report.now.seconds
    _ = report.maintenance.set(
      .drained, for: "ex1", by: "anna", because: "patch day", end: .at(now - 61), at: now - 3_600)
    _ = report.maintenance.advance(to: now, MaintenanceOutlook(obstacle: { _ in nil }, failure: { _ in "owa fails" }))
    report.nodes[0].adminState = report.maintenance["ex1"]
    _ = report.maintenance.plan(
      PlannedWindow(node: "ex2", from: now + 86_399, until: now + 93_599, author: "bert", reason: "<disk>"))
    for (offset, outcome) in [
      (MaintenanceCalendar.memory + 1, FinishedWindow.Outcome.ended), (9_000, .ended), (8_000, .missed),
      (7_000, .cancelled),
      (6_000, .dropped),
    ] {
      report.maintenance.finish(
        FinishedWindow(
          node: "ex2", from: now - offset - 600, until: outcome == .dropped ? nil : now - offset, author: "anna",
          reason: "", outcome: outcome, at: now - offset, by: outcome == .missed ? "pool access needs it" : "bert",
          overdue: outcome == .ended ? 90 : 0))
    }
    return report
  }

  @Test("The table: now, planned, and the past fortnight with the latest first")
  func table() {
    #expect(
      text(report().maintenanceText) == """
        1 node drained, 1 window planned, 4 over in the past fortnight

        WHEN     NODE  FROM                     UNTIL                    BY    REASON     STATE
        now      ex1   10:03:21 CET             11:02:20 CET             anna  patch day  overdue for 1m
        planned  ex2   2026-11-25 11:03:20 CET  2026-11-25 13:03:20 CET  bert  <disk>     planned
        past     ex2   09:13:21 CET             -                        anna  -          dropped 09:23:21 CET: the configuration no longer has the node
        past     ex2   08:56:41 CET             09:06:41 CET             anna  -          cancelled 09:06:41 CET by bert
        past     ex2   08:40:01 CET             08:50:01 CET             anna  -          missed: pool access needs it
        past     ex2   08:23:21 CET             08:33:21 CET             anna  -          ended 08:33:21 CET by bert, 1m overdue

        """)
    #expect(
      text(StatusReport.sample().maintenanceText)
        == "0 nodes drained, 0 windows planned, 0 over in the past fortnight\n")
  }

  @Test("The JSON for programs that set downtimes")
  func json() {
    var report = report()
    report.maintenance.finished.removeFirst(4)
    #expect(
      text(report.maintenanceJSON) == """
        {
          "schema": "rondo-maintenance/1",
          "time": "2026-11-24T10:03:21Z",
          "now": [
            {
              "node": "ex1",
              "from": "2026-11-24T09:03:21Z",
              "until": "2026-11-24T10:02:20Z",
              "author": "anna",
              "reason": "patch day",
              "overdue_since": "2026-11-24T10:02:20Z"
            }
          ],
          "planned": [
            {
              "node": "ex2",
              "from": "2026-11-25T10:03:20Z",
              "until": "2026-11-25T12:03:20Z",
              "author": "bert",
              "reason": "<disk>",
              "force": false,
              "held_back_since": null,
              "held_back_because": null
            }
          ],
          "past": [
            {
              "node": "ex2",
              "from": "2026-11-24T08:13:21Z",
              "until": null,
              "author": "anna",
              "reason": null,
              "outcome": "dropped",
              "at": "2026-11-24T08:23:21Z",
              "by": "bert",
              "overdue_s": 0
            }
          ]
        }

        """)
  }

  @Test("Status, page and metrics say the same of a window")
  func everywhere() {
    let report = report()
    let page = text(report.page(refresh: .byHand))
    #expect(
      page.contains(
        "</span> drained, overdue</span> by anna since 10:03:21 CET (patch day) until 11:02:20 CET, overdue for 1m"))
    #expect(page.contains("<h2 id=\"maintenance\">Maintenance windows</h2>"))
    #expect(page.contains("<td data-label=\"Reason\">&lt;disk&gt;</td>"))
    #expect(page.contains("<summary>4 over in the past fortnight</summary>"))
    #expect(!text(StatusReport.sample().page(refresh: .byHand)).contains("Maintenance windows"))
    #expect(
      text(report.text).contains(
        """
        NODE  ADMIN STATE  SINCE         UNTIL         BY    REASON     CACHES
        ex1   drained      10:03:21 CET  11:02:20 CET  anna  patch day  -

        NODE  WINDOW FROM              UNTIL                    BY    REASON
        ex2   2026-11-25 11:03:20 CET  2026-11-25 13:03:20 CET  bert  <disk>

        """), "\(text(report.text))")
    let metrics = text(report.metrics())
    for sample in [
      "rondo_maintenance_end_timestamp_seconds{node=\"ex1\"} 1795514540\n",
      "rondo_maintenance_overdue_seconds{node=\"ex1\"} 61\n",
      "rondo_maintenance_planned_windows{node=\"ex2\"} 1\n",
      "rondo_maintenance_next_start_timestamp_seconds{node=\"ex2\"} 1795601000\n",
      "rondo_maintenance_next_end_timestamp_seconds{node=\"ex2\"} 1795608200\n",
      "rondo_maintenance_held_back{node=\"ex2\"} 0\n",
    ] {
      #expect(metrics.contains(sample), "\(sample)")
    }
    #expect(report.severity == .warning && report.headline.hasPrefix("drained for 1m longer than planned: ex1 ("))
  }

  @Test(
    "The log: windows planned, held back, missed and cancelled; drains that begin, are overdue and end by themselves")
  func log() {
    func words(_ event: MaintenanceEvent) -> String {
      String(text(LogLine(event, after: MaintenanceCalendar()).rendered(.journal)).dropLast())
    }
    let window = PlannedWindow(
      node: "ex1", from: 1_795_514_400, until: 1_795_521_600, author: "anna", reason: "patch day")
    let fields = "node=ex1 from=2026-11-24T10:00:00Z until=2026-11-24T12:00:00Z by=anna reason=\"patch day\""
    #expect(words(.planned(window)) == "<5>window-planned \(fields)")
    #expect(words(.cancelled(window, by: "bert")) == "<5>window-cancelled \(fields) cancelled_by=bert")
    #expect(words(.heldBack(window, because: "no node")) == "<4>window-held-back \(fields) because=\"no node\"")
    #expect(words(.missed(window, because: "no node")) == "<4>window-missed \(fields) because=\"no node\"")
    let drain = AdminState(.drained, author: "anna", reason: "", since: 1_795_514_400, until: 1_795_521_600)
    #expect(
      words(.began(drain, node: "ex1"))
        == "<5>node-drained node=ex1 by=anna reason=\"\" until=2026-11-24T12:00:00Z planned=yes")
    #expect(
      words(.overdue(drain.asOverdue, node: "ex1", because: "owa fails"))
        == "<4>drain-overdue node=ex1 by=anna reason=\"\" until=2026-11-24T12:00:00Z because=\"owa fails\"")
    #expect(
      words(.ended(drain.asOverdue, node: "ex1", by: FinishedWindow.byItself, at: 1_795_521_660))
        == "<5>node-resumed node=ex1 was=drained by=\"the end of the window\" reason=\"\" lasted_s=7260 overdue_s=60")
    #expect(words(.dropped(node: "ex1")) == "<5>admin-state-dropped node=ex1")
  }

  @Test("Local time follows the changes of the clock, and is as short as it is clear")
  func localTime() {
    // One hour ahead up to 1,000,000, two up to 2,000,000, then one again.
    let time = LocalTime(from: 0, through: 3_000_000) { second in
      (1_000_000..<2_000_000).contains(second)
        ? LocalTime.Offset(seconds: 7_200, zone: "CEST") : LocalTime.Offset(seconds: 3_600, zone: "CET")
    }
    #expect(time.changes.map(\.at) == [1_000_000, 2_000_000])
    #expect(time.text(UnixTime(seconds: 999_999)) == "1970-01-12 14:46:39 CET")
    #expect(time.text(UnixTime(seconds: 1_000_000)) == "1970-01-12 15:46:40 CEST")
    #expect(time.text(UnixTime(seconds: 2_000_000)) == "1970-01-24 04:33:20 CET")
    #expect(time.short(UnixTime(seconds: 1_000_020), now: UnixTime(seconds: 999_000)) == "15:47 CEST")
    #expect(time.short(UnixTime(seconds: 1_000_021), now: UnixTime(seconds: 999_000)) == "15:47:01 CEST")
    #expect(time.short(UnixTime(seconds: 1_000_020), now: UnixTime(seconds: 100_000)) == "1970-01-12 15:47 CEST")
  }
}
