// What every channel says of nodes that operators have drained or forced.

import DNS
import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Orders in the report")
struct AdminStateReportTests {
  /// The sample with ex1 drained, `access` and `relay` answering with ex2 alone.
  private func drained(_ kind: AdminState.Kind = .drained) -> StatusReport {
    var report = StatusReport.sample()
    report.nodes[0].adminState = AdminState(kind, author: "anna", reason: "<patching>", since: report.now.seconds - 200)
    var quiet = QuietReport(.waiting)
    quiet.lastHandedOut = UnixTime(seconds: report.now.seconds - 201)
    quiet.lastAsker = "10.1.3.53"
    quiet.at = UnixTime(seconds: report.now.seconds - 141)
    quiet.secondsLeft = 42
    if kind.isOut { report.nodes[0].quiet = quiet }
    for pool in report.pools.indices {
      for family in report.pools[pool].families.indices {
        report.pools[pool].families[family].members[0].adminState = kind
        if kind.isOut { report.pools[pool].families[family].handedOut.removeFirst() }
      }
    }
    return report
  }

  @Test("A drained node is no alarm, and is shown everywhere: first line, tables, page, JSON and metrics")
  func drainedReport() {
    let report = drained()
    #expect(report.severity == .ok && report.pools.allSatisfy { $0.state == .ok })
    #expect(report.headline == "2 pools, 2 nodes, no check fails; drained: ex1")
    #expect(report.nodes[0].state == .maintenance && report.nodes[0].origin == .adminState)
    #expect(report.nodes[1].origin == .check(.checks))
    #expect(
      text(report.text).contains(
        """
        access  ok     ipv4    ex2          ex1(drained)  owa
        access  ok     ipv6    ex2          ex1(drained)  owa
        relay   ok     ipv4    ex2          ex1(drained)  owa

        NODE  ADMIN STATE  SINCE         UNTIL  BY    REASON      CACHES
        ex1   drained      11:00:01 CET  -      anna  <patching>  last handed out 11:00:00 CET to 10.1.3.53; quiet at 11:01:00 CET

        NODE  SITE  ADDRESS         CHECK        STATE  SINCE       LATENCY   REASON
        ex1   nord  192.0.2.11      owa tcp:443  up     4h 03m ago  1.234 ms  -

        """))
    let page = text(report.page(refresh: .byHand))
    #expect(
      page.contains(
        "</span> drained</span> by anna since 11:00:01 CET (&lt;patching&gt;), <time datetime=\"2026-11-24T10:00:01Z\"")
    )
    #expect(
      page.contains(
        "<br><span class=\"caches\">last handed out 11:00:00 CET to 10.1.3.53; quiet at 11:01:00 CET "
          + "<span class=\"countdown\" aria-hidden=\"true\" style=\"--from:42\"></span></span>"))
    let metrics = text(report.metrics())
    #expect(
      metrics.contains(
        "rondo_node_admin_state{node=\"ex1\",site=\"nord\",state=\"drained\",origin=\"operator\"} 1\n"))
    #expect(metrics.contains("rondo_node_admin_state_timestamp_seconds{node=\"ex1\"} 1795514401\n"))
    #expect(metrics.contains("rondo_severity 0\n"))
    #expect(metrics.contains("rondo_node_quiet{node=\"ex1\"} 0\n"))
    #expect(metrics.contains("rondo_node_quiet_timestamp_seconds{node=\"ex1\"} 1795514460\n"))
    #expect(metrics.contains("rondo_node_last_handed_out_timestamp_seconds{node=\"ex1\"} 1795514400\n"))
    #expect(
      text(report.json).contains(
        """
              "state": "maintenance",
              "origin": "operator",
              "since": "2026-11-24T10:00:01Z",
              "reason": "drained by anna: <patching>",
              "admin_state": {
                "state": "drained",
                "author": "anna",
                "reason": "<patching>",
                "since": "2026-11-24T10:00:01Z",
                "until": null,
                "overdue_since": null,
                "text": "drained by anna since 11:00:01 CET (<patching>)"
              },
              "quiet": {
                "state": "waiting",
                "at": "2026-11-24T10:01:00Z",
                "left_s": 42,
                "last_handed_out": "2026-11-24T10:00:00Z",
                "last_asker": "10.1.3.53",
                "served_by": [],
                "held_by": [],
                "text": "last handed out 11:00:00 CET to 10.1.3.53; quiet at 11:01:00 CET"
              },
              "planned_windows": [],

        """))
  }

  @Test("A forced node is a warning; forced down it is missed as any other, and what its checks find is counted")
  func forcedReport() {
    let up = drained(.forcedUp)
    #expect(up.attention.word == .warning && up.nodes[0].state == .forcedUp)
    #expect(up.headline == "forced up: ex1")
    #expect(text(up.page(refresh: .byHand)).contains("</span> forced up</span> by anna"))
    var down = drained(.forcedDown)
    #expect(down.attention.word == .redundancyLost && down.nodes[0].state == .forcedDown)
    #expect(
      down.headline
        == "pool access: only ex2 left (IPv4), only ex2 left (IPv6); and 1 more pool; forced down: ex1")
    down.nodes[1].adminState = AdminState(.forcedDown, author: "b", reason: "", since: 0)
    #expect(down.headline.hasSuffix("; forced down: ex1 and 1 more"))
    var failing = drained()
    failing.nodes[0].addresses[0].checks[0].fail("connection refused", since: 0)
    #expect(failing.headline == "2 pools, 2 nodes; 1 node with failing checks; drained: ex1")
  }

  @Test("A drained node that is handed out because no other is left is lost service, in words of its own")
  func lastResort() {
    var report = drained()
    let family = report.pools[1].families[0]
    report.pools[1].families[0].handedOut = [family.members[0]]
    report.pools[1].families[0].live = []
    report.pools[1].families[0].basis = .drained
    #expect(report.attention.word == .serviceLost)
    #expect(
      report.headline.hasPrefix("pool relay: only drained nodes are left (IPv4), these are handed out; drained: ex1"))
    #expect(text(report.json).contains("\"state\": \"all-down-drained\""))
    #expect(text(report.json).contains("\"basis\": \"drained\""))
  }

  @Test("The log: by whom and why, escaped as everything is")
  func log() {
    func words(_ line: LogLine) -> String { text(line.rendered(.journal)) }
    let adminState = AdminState(.drained, author: "anna", reason: "patch \"day\"", since: 7)
    #expect(
      words(.adminStateSet(adminState, node: "ex1")) == #"<5>node-drained node=ex1 by=anna reason="patch \"day\"""#
        + "\n")
    #expect(
      words(.adminStateSet(AdminState(.forcedUp, author: "uid 7", reason: "", since: 7), node: "ex1"))
        == "<4>node-forced node=ex1 state=up by=\"uid 7\" reason=\"\"\n")
    #expect(
      words(.resumed(adminState, node: "ex1", by: "bert", after: 60))
        == #"<5>node-resumed node=ex1 was=drained by=bert reason="patch \"day\"" lasted_s=60"# + "\n")
  }
}
