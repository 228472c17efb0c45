// Whatever needs attention reaches the word, the severity, the first line, the JSON, the metrics and the page alike.

import DNS
import Health
import Model
import Testing

@testable import Policy
@testable import Reporting

/// A report in which one thing needs attention, and what is to come of it.
struct AttentionSample: CustomTestStringConvertible, Sendable {
  let kind: Condition.Kind
  let word: StatusWord
  let headline: String
  let change: @Sendable (inout StatusReport) -> Void

  init(
    _ kind: Condition.Kind, _ word: StatusWord, _ headline: String,
    _ change: @escaping @Sendable (inout StatusReport) -> Void
  ) {
    self.kind = kind
    self.word = word
    self.headline = headline
    self.change = change
  }

  var testDescription: String { kind.rawValue }

  static let all = [
    AttentionSample(.starting, .starting, "waiting for the first checks of 2 nodes") {
      $0.readiness = .waiting(for: "the first checks of 2 nodes")
    },
    AttentionSample(.serviceLost, .serviceLost, "pool relay: all nodes fail their checks (IPv4), all are handed out") {
      $0.pools[1].families[0].basis = .allDown(.answerAll)
    },
    AttentionSample(
      .isolated, .isolated,
      "this host is cut off (IPv4 and IPv6): its last view is kept, and no failure would be noticed"
    ) { $0.health.isolated = [.ipv4, .ipv6] },
    AttentionSample(.redundancyLost, .redundancyLost, "pool relay: only ex2 left (IPv4)") {
      $0.pools[1].families[0].handedOut = [StatusReport.ex2]
    },
    AttentionSample(.resultsMissing, .warning, "no new results: owa of ex1") {
      $0.nodes[0].addresses[1].checks[0].isStale = true
    },
    AttentionSample(.checkWarning, .warning, "a check that only warns fails: owa of ex2") {
      $0.nodes[1].addresses[0].checks[0].role = .warn
      $0.nodes[1].addresses[0].checks[0].fail("connection refused", since: 0)
    },
    AttentionSample(.reloadRefused, .warning, "the last reload was refused (1 error)") {
      $0.configuration.lastReload = .init(at: $0.now, outcome: .refused(.init(.errors, count: 1, first: "no SOA")))
    },
    AttentionSample(
      .reloadRefused, .warning, "the last reload was refused (2 pools would lose their last healthy node)"
    ) {
      $0.configuration.lastReload = .init(
        at: $0.now,
        outcome: .refused(
          .init(.losses, count: 2, first: "it would leave pool access in IPv4 (ex1 is drained) without a healthy node"))
      )
    },
    AttentionSample(.reloadSlow, .warning, "a reload has been reading the files for 2m") {
      $0.reported = [Condition(.reloadSlow, "", "a reload has been reading the files for 2m")]
    },
    AttentionSample(.nodeForced, .warning, "forced up: ex1") {
      $0.nodes[0].adminState = AdminState(.forcedUp, author: "anna", reason: "", since: $0.now.seconds - 10)
    },
    AttentionSample(.drainOverdue, .warning, "drained for 1d 00h: ex1") {
      $0.nodes[0].adminState =
        AdminState(.drained, author: "anna", reason: "", since: $0.now.seconds - 86_401)
        .asOverdue
    },
    AttentionSample(
      .drainOverdue, .warning,
      "drained for 12m longer than planned: ex1 (owa at 192.0.2.11: connection refused)"
    ) {
      let end = $0.now.seconds - 720
      $0.nodes[0].adminState = AdminState(
        .drained, author: "anna", reason: "", since: end - 100, until: end, overdueSince: end)
      $0.nodes[0].addresses[0].checks[0].fail("connection refused", since: 0)
    },
    AttentionSample(
      .windowHeldBack, .warning,
      "the window of ex1 from 11:03 CET until 12:03 CET is held back: pool access needs it"
    ) {
      let from = $0.now.seconds / 60 * 60
      _ = $0.maintenance.plan(
        PlannedWindow(
          node: "ex1", from: from, until: from + 3_600, author: "anna", reason: "",
          heldBack: PlannedWindow.HeldBack(since: from, reason: "pool access needs it")))
    },
    AttentionSample(.maintenanceOverdue, .warning, "in maintenance for 2d 00h: ex1") {
      $0.nodes[0].addresses[0].checks[0].announceMaintenance(since: $0.now.seconds - 2 * 86_400)
    },
    AttentionSample(.certificateExpired, .critical, "certificate expired 2 days ago: owa of ex1") {
      $0.nodes[0].addresses[0].checks[0].certificate = .bad(.certificateExpired, "certificate expired 2 days ago")
    },
    AttentionSample(.certificateExpiring, .warning, "certificate expires in 9 days: owa of ex1") {
      $0.nodes[0].addresses[0].checks[0].certificate = .bad(.certificateExpiring, "certificate expires in 9 days")
    },
    AttentionSample(.certificateNames, .warning, "certificate does not cover a.example: owa of ex1") {
      $0.nodes[0].addresses[0].checks[0].certificate = .bad(
        .certificateNames, "certificate does not cover a.example")
    },
    AttentionSample(.stateLag, .warning, "the state is 12 s behind") {
      $0.reported = [Condition(.stateLag, "health", "the state is 12 s behind")]
    },
    AttentionSample(.stateSetAside, .warning, "the state file admin-states was unusable at the start") {
      $0.reported = [Condition(.stateSetAside, "admin-states", "the state file admin-states was unusable at the start")]
    },
    AttentionSample(.drained, .ok, "2 pools, 2 nodes, no check fails; drained: ex1") {
      $0.nodes[0].adminState = AdminState(.drained, author: "anna", reason: "", since: $0.now.seconds - 86_400)
    },
    AttentionSample(.maintenance, .ok, "2 pools, 2 nodes, no check fails; in maintenance: ex1") {
      $0.nodes[0].addresses[0].checks[0].announceMaintenance(since: $0.now.seconds - 60)
    },
  ]
}

extension StatusReport.Check {
  mutating func announceMaintenance(since seconds: Int64) {
    fail("421 shutting down", since: seconds)
    state = .maintenance
    lastResult = .maintenance
  }
}

extension StatusReport.Certificate {
  static func bad(_ kind: Condition.Kind, _ words: String) -> StatusReport.Certificate {
    var certificate = StatusReport.Certificate(expiresAt: UnixTime(seconds: 1_795_600_000))
    certificate.faults = [Fault(kind, words)]
    return certificate
  }
}

@Suite("Status: what needs attention")
struct AttentionTests {
  @Test("One condition reaches every rendering", arguments: AttentionSample.all)
  func everywhere(sample: AttentionSample) {
    var report = StatusReport.sample()
    sample.change(&report)
    let attention = report.attention
    #expect(attention.conditions.map(\.kind) == [sample.kind])
    #expect(attention.word == sample.word && attention.severity == sample.kind.severity)
    #expect(attention.headline == sample.headline)
    #expect(text(report.text).hasPrefix("\(sample.word.rawValue): \(sample.headline)\n"))

    let metrics = text(report.metrics())
    let state = sample.kind.severity.rawValue
    #expect(metrics.contains("\nrondo_severity \(state)\n"))
    for kind in Condition.Kind.allCases {
      let severity = ["ok", "warning", "critical", "unknown"][kind.severity.rawValue]
      #expect(
        metrics.contains(
          "\nrondo_conditions{kind=\"\(kind.rawValue)\",severity=\"\(severity)\"} \(kind == sample.kind ? 1 : 0)\n"))
    }
    let json = text(report.json)
    #expect(json.contains("\"severity\": \"\(sample.word.token)\",\n  \"state\": \(state),\n"))
    #expect(json.contains("\"kind\": \"\(sample.kind.rawValue)\","))
    let tone = ["good", "warning", "bad", "neutral"][state]
    #expect(text(report.page(refresh: .byHand)).contains("<header class=\"\(tone)\">"))
    let request = HTTPRequest(.get, "/status.txt")
    #expect(text(StatusRouter.bytes(answering: request, from: report)).contains("\r\nRondo-Severity: \(state)\r\n"))
  }

  @Test("The worst leads, whatever comes first in the report; of each kind the first is named, and how many more")
  func order() {
    var report = StatusReport.withoutEx1()
    report.nodes[1].adminState = AdminState(.forcedUp, author: "anna", reason: "", since: report.now.seconds)
    report.health.isolated = [.ipv6]
    let attention = report.attention
    #expect(attention.word == .isolated && attention.severity == .critical)
    #expect(attention.conditions.map(\.kind) == [.isolated, .redundancyLost, .redundancyLost, .nodeForced])
    #expect(
      attention.headline == "this host is cut off (IPv6): its last view is kept, and no failure would be noticed; "
        + "pool access: only ex2 left (IPv4); and 1 more pool; forced up: ex2")
    #expect(
      text(report.text).contains(
        """

        ATTENTION  KIND             WHAT
        critical   isolated         this host is cut off (IPv6): its last view is kept, and no failure would be noticed
        warning    redundancy-lost  pool access: only ex2 left (IPv4)
        warning    redundancy-lost  pool relay: only ex2 left (IPv4)
        warning    node-forced      forced up: ex2

        POOL
        """))
  }

  @Test("No two conditions of a report have both kind and subject in common")
  func subjects() {
    var report = StatusReport.sample()
    for node in report.nodes.indices {
      for address in report.nodes[node].addresses.indices {
        report.nodes[node].addresses[address].checks[0].isStale = true
      }
    }
    let conditions = report.attention.conditions
    #expect(conditions.count == 4 && Set(conditions.map(\.subject)).count == 4)
  }

  @Test("While this host is cut off, checks without results are no conditions of their own")
  func isolationExplainsSilence() {
    var report = StatusReport.sample()
    report.health.isolated = [.ipv4]
    for node in report.nodes.indices {
      report.nodes[node].addresses[0].checks[0].isStale = true
      report.nodes[node].addresses[0].checks[0].origin = .isolation(.allNodesSilent)
    }
    #expect(report.attention.conditions.map(\.kind) == [.isolated])
  }

  @Test("A node that announces maintenance is no loss of redundancy and no failing node")
  func announcedMaintenance() {
    var report = StatusReport.withoutEx1()
    report.nodes[0].addresses[0].checks[0].announceMaintenance(since: report.now.seconds - 60)
    for pool in report.pools.indices { report.pools[pool].families[0].members[0].isInMaintenance = true }
    #expect(report.attention.word == .ok)
    #expect(report.headline == "2 pools, 2 nodes, no check fails; in maintenance: ex1")
    // A failure beside it is a failure.
    report.nodes[0].addresses[1].checks[0].fail("connection refused", since: report.now.seconds - 60)
    #expect(report.headline == "2 pools, 2 nodes; 1 node with failing checks")
  }

  @Test("All nodes in maintenance are lost service, in words of its own")
  func allInMaintenance() {
    var report = StatusReport.withNothingLeft()
    report.configuration.lastReload = nil
    for pool in report.pools.indices {
      for member in 0..<2 { report.pools[pool].families[0].members[member].isInMaintenance = true }
    }
    #expect(
      report.headline.hasPrefix("pool access: all nodes are in maintenance (IPv4), all are handed out; and 1 more pool")
    )
  }

  @Test("Hundreds of conditions give a first line of bounded length and a table that says how many it leaves out")
  func many() {
    var report = StatusReport.sample()
    report.reported = (0..<500).map { Condition(.secondaryUnreachable, "192.0.2.\($0)", "secondary \($0) is silent") }
    #expect(report.headline == "secondary 0 is silent and 499 more")
    let lines = text(report.text).split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("warning ") } == 40)
    #expect(lines.contains { $0.hasSuffix("and 460 more, all of them in /status.json") })
  }

  @Test("The log says once that a condition begins, once that it ends, and when the word changes")
  func log() {
    var ledger = AttentionLog()
    var report = StatusReport.sample()
    func lines(at seconds: Int64) -> [String] {
      ledger.lines(for: report.attention, at: UnixTime(seconds: seconds)).map { text($0.rendered(.journal)) }
    }
    #expect(
      lines(at: 0) == [
        "<5>status word=ok was=starting severity=0 text=\"2 pools, 2 nodes, no check fails\"\n"
      ])
    report.nodes[0].addresses[0].checks[0].certificate = .bad(.certificateExpiring, "certificate expires in 9 days")
    #expect(
      lines(at: 10) == [
        "<4>attention kind=certificate-expiring subject=\"owa of ex1 at 192.0.2.11\" "
          + "text=\"certificate expires in 9 days: owa of ex1\"\n",
        "<4>status word=warning was=ok severity=1 text=\"certificate expires in 9 days: owa of ex1\"\n",
      ])
    report.nodes[0].addresses[0].checks[0].certificate = .bad(.certificateExpiring, "certificate expires in 8 days")
    #expect(lines(at: 20) == [], "the words change, the condition stands")
    report.nodes[0].addresses[0].checks[0].certificate = nil
    report.health.isolated = [.ipv4]
    #expect(
      lines(at: 70) == [
        "<5>attention-over kind=certificate-expiring subject=\"owa of ex1 at 192.0.2.11\" lasted_s=60\n",
        "<3>status word=isolated was=warning severity=2 text=\"this host is cut off (IPv4): its last view is kept, and no "
          + "failure would be noticed\"\n",
      ])
  }
}
