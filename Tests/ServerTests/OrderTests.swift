// Orders on their way through the server: the line on the control socket, the file, what status shows.

import DNS
import Foundation
import Health
import Linux
import Model
import Testing

@testable import Server

@Suite("Orders")
struct OrderTests {
  @Test("The line says what was asked, and is read back")
  func lines() throws {
    for (request, line) in [
      (OrderRequest(.drain, "ex1", reason: " patch  day\n"), "drain ex1 patch  day"),
      (OrderRequest(.drainEvenIfLast, "ex_1-a", reason: ""), "drain-even-if-last ex_1-a"),
      (OrderRequest(.forceUp, "ex1", reason: "S\u{fc}d"), "force-up ex1 S\u{fc}d"),
      (OrderRequest(.forceDown, "9", reason: ""), "force-down 9"),
      (OrderRequest(.resume, "EX1", reason: ""), "resume EX1"),
      (
        OrderRequest(
          .drain, "ex1", reason: "patch day",
          by: OrderAuthor(label: "job 7", user: "root", person: "anna", way: .program("sudo"))),
        "drain ex1 patch day\tby=job 7\tuser=root\tsudo=anna"
      ),
    ] {
      let request = try #require(request)
      #expect(ControlCommand.order(request).line == line)
      guard case .order(let back) = ControlCommand(line: line) else {
        Issue.record("\(line) is no order")
        continue
      }
      #expect(back == request)
    }
    let longest = String(repeating: "\u{1F4A9}", count: OrderRequest.longestReason)
    #expect(OrderRequest(.drain, String(repeating: "n", count: 63), reason: longest) != nil)
    #expect(OrderRequest(.drain, "n", reason: longest + "x") == nil)
  }

  @Test(
    "Other lines are no orders",
    arguments: [
      "", "drain", "drain ", "drain  ex1", "drain ex1 ", "drain ex1  x", "drain ex1 x ", "Drain ex1", "undrain ex1",
      "drain ex.1", "drain \u{e9}x1", "resume ex1 why", "force ex1 up", "drain ex1 a\u{1b}b", "drain ex1 a\tb",
      " drain ex1",
      "drain ex1\t", "drain ex1\tshell=anna", "drain ex1\tuser=a\tuser=b", "drain ex1 \tuser=a", "drain\tuser=a",
      "drain ex1\r", "drain " + String(repeating: "n", count: 64), "drain n " + String(repeating: "r", count: 201),
    ])
  func noLines(line: String) { #expect(ControlCommand(line: line) == nil, "\(line)") }

  @Test("The longest line is taken from the socket, and what is longer is no order")
  func reader() throws {
    let longest = String(repeating: "\u{1F4A9}", count: OrderRequest.longestReason)
    let name = String(repeating: "\u{1F4A9}", count: OrderAuthor.longestName)
    let author = OrderAuthor(label: name, user: name, person: name, way: .program("sudo"))
    let request = try #require(
      OrderRequest(.drainEvenIfLast, String(repeating: "n", count: 63), reason: longest, by: author))
    var reader = CommandReader()
    guard case .order(request)?? = reader.take(Array("\(request.line)\n".utf8).span) else {
      Issue.record("not taken")
      return
    }
    var endless = CommandReader()
    guard case .some(nil) = endless.take([UInt8](repeating: 0x78, count: 2_049).span) else {
      Issue.record("taken")
      return
    }
  }

  @Test("Orders go to disk at once, are read at the next start, and those of nodes that are gone are dropped")
  func store() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let order = Order(.drained, author: "anna", reason: "patching", since: 7)
    let first = try StateAtStart(directory: folder, Log())
    var store = OrderStore(first.orders, keptBy: first.writer)
    guard case .underWay = store.set(order, for: "ex1"), case .underWay(let ticket) = store.set(order, for: "ex2")
    else {
      Issue.record("not handed over")
      return
    }
    first.writer?.finish(within: .seconds(10))
    #expect(first.writer?.isKept(ticket) == true)
    let second = try StateAtStart(directory: folder, Log())
    var next = OrderStore(second.orders, keptBy: second.writer)
    #expect(next.book.orders == ["ex1": order, "ex2": order])
    next.keep(nodes: ["ex2", "ex3"], Log())
    #expect(next.set(nil, for: "ex3") == .unchanged)
    second.writer?.finish(within: .seconds(10))
    #expect(try StateAtStart(directory: folder, Log()).orders.orders == ["ex2": order])

    var nowhere = OrderStore(keptBy: nil)
    #expect(nowhere.set(order, for: "ex1") == .nowhere)
    #expect(nowhere.book["ex1"] == order, "it holds, though it is not kept")
  }

  @Test("A file of orders that cannot be read is obeyed by nobody, and set aside before a new one is written")
  func unusable() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rondo-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let nonsense = Data("rondo-orders 1\nnonsense\nend 1\n".utf8)
    try nonsense.write(to: URL(fileURLWithPath: folder + "/orders"))
    let start = try StateAtStart(directory: folder, Log())
    #expect(start.orders.orders.isEmpty)
    let condition = try #require(start.conditions.first)
    #expect(start.conditions.count == 1 && condition.kind == .stateSetAside && condition.subject == "orders")
    #expect(
      condition.text.hasPrefix(
        "the state file orders was unusable at the start (line 2 of the file is malformed): no order in it is obeyed; "
          + "it is now orders.unusable-2"))
    var store = OrderStore(start.orders, keptBy: start.writer)
    _ = store.set(Order(.drained, author: "anna", reason: "", since: 7), for: "ex1")
    start.writer?.finish(within: .seconds(10))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let aside = try #require(names.first { $0.hasPrefix("orders.unusable-2") })
    #expect(FileManager.default.contents(atPath: "\(folder)/\(aside)") == nonsense)
    let next = try StateAtStart(directory: folder, Log())
    #expect(next.orders["ex1"]?.author == "anna" && next.conditions.isEmpty)
  }

  /// The sample with ex1 drained, `access` and `relay` answering with ex2 alone.
  private func drained(_ kind: Order.Kind = .drained) -> StatusReport {
    var report = StatusReport.sample()
    report.nodes[0].order = Order(kind, author: "anna", reason: "<patching>", since: report.now.seconds - 200)
    for pool in report.pools.indices {
      for family in report.pools[pool].families.indices {
        report.pools[pool].families[family].members[0].order = kind
        if kind.isOut { report.pools[pool].families[family].handedOut.removeFirst() }
      }
    }
    return report
  }

  @Test("A drained node is no alarm, and is told: first line, tables, page, JSON and metrics")
  func drainedReport() {
    let report = drained()
    #expect(report.severity == .ok && report.pools.allSatisfy { $0.state == .ok })
    #expect(report.headline == "2 pools, 2 nodes, no check fails; drained: ex1")
    #expect(report.nodes[0].state == .maintenance && report.nodes[0].origin == .order)
    #expect(report.nodes[1].origin == .checks)
    #expect(
      text(report.text).contains(
        """
        access  ok     ipv4    ex2          ex1(drained)  owa
        access  ok     ipv6    ex2          ex1(drained)  owa
        relay   ok     ipv4    ex2          ex1(drained)  owa

        NODE  ORDERED  SINCE   BY    REASON
        ex1   drained  3m ago  anna  <patching>

        NODE  SITE  ADDRESS         CHECK        STATE  SINCE       LATENCY   REASON
        ex1   nord  192.0.2.11      owa tcp:443  up     4h 03m ago  1.234 ms  -

        """))
    let page = text(report.page(refresh: .byHand))
    #expect(page.contains("</span> drained</span> by anna: &lt;patching&gt;, <time datetime=\"2026-11-24T10:00:01Z\""))
    let metrics = text(report.metrics)
    #expect(
      metrics.contains(
        "rondo_node_order{node=\"ex1\",site=\"nord\",state=\"maintenance\",origin=\"order\",author=\"anna\","
          + "reason=\"<patching>\"} 1\n"))
    #expect(metrics.contains("rondo_node_order_timestamp_seconds{node=\"ex1\"} 1795514401\n"))
    #expect(metrics.contains("rondo_severity 0\n"))
    #expect(
      text(report.json).contains(
        """
              "state": "maintenance",
              "origin": "order",
              "since": "2026-11-24T10:00:01Z",
              "reason": "drained by anna: <patching>",
              "order": {
                "kind": "drained",
                "author": "anna",
                "reason": "<patching>",
                "since": "2026-11-24T10:00:01Z"
              },

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
    down.nodes[1].order = Order(.forcedDown, author: "b", reason: "", since: 0)
    #expect(down.headline.hasSuffix("; forced down: ex1 and 1 more"))
    var failing = drained()
    failing.nodes[0].addresses[0].checks[0].fail("connection refused", since: 0)
    #expect(failing.headline == "2 pools, 2 nodes; 1 node with failing checks; drained: ex1")
  }

  @Test("Who is drained and handed out for want of anybody else is lost service, in words of its own")
  func lastResort() {
    var report = drained()
    let family = report.pools[1].families[0]
    report.pools[1].families[0].handedOut = [family.members[0]]
    report.pools[1].families[0].live = []
    report.pools[1].families[0].isFailOpen = true
    report.pools[1].families[0].emergency = .allDownDrained
    #expect(report.attention.word == .serviceLost)
    #expect(
      report.headline.hasPrefix("pool relay: only drained nodes are left (IPv4), these are handed out; drained: ex1"))
    #expect(text(report.json).contains("\"state\": \"all-down-drained\""))
  }

  @Test("The log: by whom and why, escaped as everything is")
  func log() {
    func words(_ line: LogLine) -> String { text(line.rendered(.journal)) }
    let order = Order(.drained, author: "anna", reason: "patch \"day\"", since: 7)
    #expect(words(.ordered(order, node: "ex1")) == #"<5>node-drained node=ex1 by=anna reason="patch \"day\"""# + "\n")
    #expect(
      words(.ordered(Order(.forcedUp, author: "uid 7", reason: "", since: 7), node: "ex1"))
        == "<4>node-forced node=ex1 state=up by=\"uid 7\" reason=\"\"\n")
    #expect(
      words(.resumed(order, node: "ex1", by: "bert", after: 60))
        == #"<5>node-resumed node=ex1 was=drained by=bert reason="patch \"day\"" lasted_s=60"# + "\n")
  }
}
