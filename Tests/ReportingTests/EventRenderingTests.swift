// Events for people and programs: what is asked, which events that is, and how they are written.

import DNS
import Foundation
import Health
import Testing

@testable import Policy
@testable import Reporting

private let address = IPAddress(ipv4: 192, 0, 2, 11)
private let begin = UnixTime(milliseconds: 1_795_514_601_042)

private let drain = AdminState(
  .drained, author: "anna", reason: "patch day", since: begin.seconds, until: begin.seconds + 3_600)
private let window = PlannedWindow(
  node: "ex1", from: begin.seconds, until: begin.seconds + 3_600, author: "anna", reason: "patch day")

private func quiet(_ state: QuietReport.State) -> QuietReport {
  var quiet = QuietReport(state)
  switch state {
  case .served: quiet.servers = ["pool access (TTL 60 s)", "old.example A (static record, x:3)"]
  case .held: quiet.secondaries = ["10.0.0.5 (x: serial 7, now 8)"]
  default: quiet.at = begin
  }
  quiet.lastHandedOut = UnixTime(seconds: begin.seconds - 60)
  quiet.lastAsker = "10.1.3.53"
  return quiet
}

/// One line of each kind, and its sentence.
private let sentences: [(line: LogLine, text: String)] = [
  (.start(version: "0.1.0", processID: 812, files: ["a"], threads: 4), "Rondo 0.1.0 starts (process 812)"),
  (.ready(zones: 1, pools: 2, nodes: 3, afterMilliseconds: 4), "answers begin: 1 zone, 2 pools, 3 nodes"),
  (.stopping(cause: "SIGTERM"), "Rondo stops (SIGTERM)"),
  (
    .endedWithoutStop(last: begin),
    "the process before ended without a stop: killed, crashed, or the host lost power; its last event was at 2026-11-24 10:03:21 UTC"
  ),
  (.addressMissing("192.0.2.53"), "192.0.2.53 is not an address of this host; it is answered at as soon as it is"),
  (.addressPresent("192.0.2.53"), "192.0.2.53 is an address of this host again"),
  (.tlsUnavailable(reason: "no libssl"), "checks by TLS cannot run: no libssl"),
  (
    .addressDown(node: "ex1", address: address, check: "owa", reason: "connection refused", pools: ["access", "b"]),
    "check owa of ex1 at 192.0.2.11 is down: connection refused (pools access b)"
  ),
  (
    .addressDown(
      node: "ex1", address: address, check: "mx", to: .maintenance, reason: "421 patching", pools: ["access"]),
    "check mx of ex1 at 192.0.2.11 says that it is in maintenance: 421 patching (pool access)"
  ),
  (
    .addressUp(node: "ex1", address: address, check: "owa", downSeconds: 61, pools: []),
    "check owa of ex1 at 192.0.2.11 is up after being down for 1m"
  ),
  (
    .checkWarning(
      node: "ex1", address: address, check: "cert", isOver: false, reason: "expires soon", pools: ["access"]),
    "check cert of ex1 at 192.0.2.11, which only warns, fails: expires soon (pool access)"
  ),
  (
    .checkWarning(node: "ex1", address: address, check: "cert", isOver: true, reason: nil, pools: ["access"]),
    "check cert of ex1 at 192.0.2.11, which only warns, passes again (pool access)"
  ),
  (
    .checkCannotRun(node: "ex1", address: address, check: "owa", reason: "no descriptors"),
    "check owa of ex1 at 192.0.2.11 cannot be run by this host: no descriptors"
  ),
  (
    .checkRunsAgain(node: "ex1", address: address, check: "owa"), "check owa of ex1 at 192.0.2.11 can be run again"
  ),
  (
    .resultsMissing(node: "ex1", address: address, check: "owa", isOver: false, reason: "cut off"),
    "check owa of ex1 at 192.0.2.11 has no new results: cut off"
  ),
  (
    .resultsMissing(node: "ex1", address: address, check: "owa", isOver: true, reason: "-"),
    "check owa of ex1 at 192.0.2.11 has results again"
  ),
  (.isolated(family: .ipv6, cause: "no route"), "this host is cut off in IPv6: no route"),
  (.isolationOver(family: .ipv6), "this host is no longer cut off in IPv6"),
  (
    .members(pools: ["access", "relay"], family: .ipv4, entered: ["ex3"], left: ["ex1", "ex2"]),
    "pools access relay in IPv4: ex3 in, ex1 ex2 out"
  ),
  (.backups(pool: "access", family: .ipv4, now: ["ex9"]), "pool access in IPv4: backups are handed out: ex9"),
  (.backups(pool: "access", family: .ipv4, now: []), "pool access in IPv4: backups are no longer handed out"),
  (
    .failOpenEntered(pool: "access", family: .ipv4, answer: "nodata"),
    "pool access in IPv4: too few nodes pass, all-down=nodata decides"
  ),
  (
    .failOpenEntered(pool: "access", family: .ipv4, answer: "drained"),
    "pool access in IPv4: only drained nodes are left, they are answered"
  ),
  (
    .failOpenLeft(pool: "access", family: .ipv4, healthy: 2, lastedSeconds: 30),
    "pool access in IPv4: enough nodes pass again (2) after 30s"
  ),
  (
    .redundancyLost(pool: "access", family: .ipv4, left: ["ex2"]),
    "pool access in IPv4: redundancy lost, only ex2 left"
  ),
  (.redundancyLost(pool: "access", family: .ipv4, left: []), "pool access in IPv4: redundancy lost, no node left"),
  (
    .redundancyRegained(pool: "access", family: .ipv4, healthy: 2, lastedSeconds: 300),
    "pool access in IPv4: redundancy regained after 5m"
  ),
  (
    .adminStateSet(AdminState(.drained, author: "anna (uid 0)", reason: "patch day", since: 5), node: "ex1"),
    "ex1 is drained by anna (uid 0): patch day"
  ),
  (
    .adminStateSet(AdminState(.forcedDown, author: "anna", reason: "", since: 5), node: "ex1", after: .drained),
    "ex1 is forced down by anna"
  ),
  (
    .resumed(
      AdminState(.forcedUp, author: "anna", reason: "check broken", since: 5), node: "ex1", by: "bert", after: 7_200),
    "ex1 is no longer forced up by bert after 2h 00m (check broken)"
  ),
  (
    .adminStateDropped(node: "ex7"),
    "the admin state of ex7 is dropped: the configuration no longer has the node"
  ),
  (
    .reloaded(zones: 1, pools: 1, nodes: 2, warnings: 0, forced: true, by: "anna (uid 0)"),
    "configuration loaded (forced) by anna (uid 0): 1 zone, 1 pool, 2 nodes, 0 warnings"
  ),
  (
    .reloadRefused(.init(.errors, count: 2, first: "no SOA"), by: "SIGHUP"),
    "reload by SIGHUP refused, 2 errors: no SOA"
  ),
  (
    .reloadRefused(
      .init(.losses, count: 1, first: "it would leave pool access without a healthy node"), by: "anna (uid 0)"),
    "reload by anna (uid 0) refused, 1 pool would lose the last healthy node: it would leave pool access without a healthy node"
  ),
  (
    .conditionBegan(Condition(.certificateExpiring, "owa of ex1 at 192.0.2.11", "expires soon: owa of ex1")),
    "needs attention: expires soon: owa of ex1"
  ),
  (
    .conditionEnded(Condition(.listenerMissing, "192.0.2.53", ""), lastedSeconds: 5),
    "no longer needs attention: listener missing (192.0.2.53) after 5s"
  ),
  (
    .statusChanged(from: .ok, to: Attention([Condition(.isolated, "ipv4", "this host is cut off")], calm: "")),
    "status isolated (before: ok): this host is cut off"
  ),
  (.stateNotKept(reason: "health: No space left"), "state is not kept: health: No space left"),
  (.stateKeptAgain(.health, after: 9), "the state file health is kept again after 9s"),
  (
    .stateSetAside(.serials, as: "serials.unusable-1", reason: "it is empty"),
    "the state file serials was unusable and is now serials.unusable-1: it is empty"
  ),
  (
    LogLine(.overdue(drain, node: "ex1", because: "its checks fail"), after: MaintenanceCalendar()),
    "the drain of ex1 until 2026-11-24 11:03:21 UTC is overdue: its checks fail (patch day)"
  ),
  (
    LogLine(.began(drain, node: "ex1"), after: MaintenanceCalendar()),
    "ex1 is drained until 2026-11-24 11:03:21 UTC, as planned, by anna: patch day"
  ),
  (
    LogLine(.planned(window), after: MaintenanceCalendar()),
    "the window of ex1 from 2026-11-24 10:03:21 UTC until 2026-11-24 11:03:21 UTC is planned by anna: patch day"
  ),
  (
    LogLine(.cancelled(window, by: "bert"), after: MaintenanceCalendar()),
    "the window of ex1 from 2026-11-24 10:03:21 UTC until 2026-11-24 11:03:21 UTC is cancelled by bert (patch day)"
  ),
  (
    LogLine(.heldBack(window, because: "pool access needs it"), after: MaintenanceCalendar()),
    "the window of ex1 from 2026-11-24 10:03:21 UTC until 2026-11-24 11:03:21 UTC does not begin: pool access needs it"
  ),
  (
    LogLine(.missed(window, because: "Rondo did not run"), after: MaintenanceCalendar()),
    "the window of ex1 from 2026-11-24 10:03:21 UTC until 2026-11-24 11:03:21 UTC was missed: Rondo did not run"
  ),
  (
    .quiet("ex1", quiet(.quiet)),
    "ex1: last handed out 2026-11-24 10:02:21 UTC to 10.1.3.53; quiet since 2026-11-24 10:03:21 UTC"
  ),
  (
    .quiet("ex1", quiet(.waiting)),
    "ex1: last handed out 2026-11-24 10:02:21 UTC to 10.1.3.53; quiet at 2026-11-24 10:03:21 UTC"
  ),
  (
    .quiet("ex1", quiet(.served)), "ex1: still handed out by pool access (TTL 60 s), old.example A (static record, x:3)"
  ),
  (
    .quiet("ex1", quiet(.held)),
    "ex1: last handed out 2026-11-24 10:02:21 UTC to 10.1.3.53; held by 10.0.0.5 (x: serial 7, now 8)"
  ),
  (.historyCut(octets: 17), "the end of the event history was not written whole: 17 octets dropped"),
]

private func sample() -> EventHistory {
  var history = EventHistory(begun: begin)
  for (index, item) in sentences.enumerated() {
    history.record(item.line, at: UnixTime(milliseconds: begin.milliseconds + 1_000 * Int64(index)))
  }
  return history
}

@Suite("Events for people and programs")
struct EventRenderingTests {
  @Test("Each kind has its sentence, made from the line that is logged")
  func words() throws {
    for item in sentences {
      let event = try #require(Event(item.line, id: 1, at: begin), "\(item.text)")
      #expect(event.sentence() == item.text)
    }
    // A lost event has no line.
    #expect(
      Set(sentences.compactMap(\.line.change?.kind)).union([.eventsLost]) == Set(EventKind.allCases),
      "a kind without a line here, or a line that is no change")
  }

  @Test("As text: local time, and nothing that could steer a terminal")
  func text() {
    var history = EventHistory(begun: begin)
    history.record(.stateNotKept(reason: "a\u{1B}[2Jb"), at: begin)
    let text = EventSelection(EventQuery(), from: history).text(LocalTime(offsetSeconds: 3_600, zone: "CET"))
    #expect(
      String(decoding: text, as: UTF8.self) == "2026-11-24 11:03:21 CET  state is not kept: a\\027[2Jb\n")
  }

  @Test("As JSON: every member is there, what is not known is null")
  func json() {
    var history = EventHistory(begun: begin)
    history.record(
      .addressDown(node: "ex1", address: address, check: "owa", reason: "said \"no\"", pools: ["access", "b"]),
      at: begin)
    history.record(
      .adminStateSet(AdminState(.drained, author: "anna", reason: "", since: 5), node: "ex1"), at: begin)
    #expect(
      String(decoding: EventSelection(EventQuery(after: 0, limit: 1), from: history).json, as: UTF8.self) == """
        {
          "schema": "rondo-events/1",
          "history": "2026-11-24T10:03:21.042Z",
          "kept": false,
          "oldest": 1,
          "newest": 2,
          "next": 1,
          "more": true,
          "lost": false,
          "events": [
            {
              "id": 1,
              "time": "2026-11-24T10:03:21.042Z",
              "kind": "address-down",
              "level": "warning",
              "text": "check owa of ex1 at 192.0.2.11 is down: said \\"no\\" (pools access b)",
              "from": "up",
              "to": "down",
              "node": "ex1",
              "address": "192.0.2.11",
              "check": "owa",
              "family": null,
              "pools": [
                "access",
                "b"
              ],
              "reason": "said \\"no\\"",
              "by": null,
              "details": {}
            }
          ]
        }

        """)
    #expect(
      String(decoding: EventSelection(EventQuery(after: 1), from: history).jsonLines, as: UTF8.self) == """
        {"id": 2, "time": "2026-11-24T10:03:21.042Z", "kind": "node-drained", "level": "notice", \
        "text": "ex1 is drained by anna", "from": "ready", "to": "drained", "node": "ex1", "address": null, \
        "check": null, "family": null, "pools": [], "reason": null, "by": "anna", "details": {}}

        """)
    let empty = EventSelection(EventQuery(), from: EventHistory(begun: begin))
    #expect(
      String(decoding: empty.json, as: UTF8.self).contains("\"oldest\": null,\n  \"newest\": null,\n  \"next\": 0,"))
  }

  @Test("The page has the newest twenty, escaped; without events it has no such section")
  func page() throws {
    var report = StatusReport.sample()
    func page() -> String { String(decoding: report.page(refresh: .byHand), as: UTF8.self) }
    #expect(!page().contains("What has happened"))
    report.history = sample()
    report.history.record(.stateNotKept(reason: "<script>alert('x')</script>"), at: begin)
    #expect(page().contains("state is not kept: &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</td>"))
    #expect(page().components(separatedBy: "<tr><th scope=\"row\"><time").count - 1 == 20)
    #expect(page().contains("<a href=\"/events.txt\">"))
  }

  @Test("Events are counted by kind")
  func metrics() {
    var report = StatusReport.sample()
    report.history = sample()
    let metrics = String(decoding: report.metrics(), as: UTF8.self)
    #expect(metrics.contains("\nrondo_events_total{kind=\"address-down\"} 2\n"))
    #expect(!metrics.contains("kind=\"events-lost\""))
  }
}

@Suite("Asking for events")
struct EventQueryTests {
  private let history = sample()

  private func ids(_ query: EventQuery) -> [UInt64] { EventSelection(query, from: history).events.map(\.id) }

  @Test("Page by page all events come once, in order; without a number the newest come")
  func pages() {
    let all = Array(1...history.lastID)
    for limit in [1, 7, 1_000] {
      var found: [UInt64] = []
      var query = EventQuery(after: 0, limit: limit)
      var pages = 0
      while pages < 100 {
        pages += 1
        let page = EventSelection(query, from: history)
        found += page.events.map(\.id)
        #expect(page.events.count <= limit && !page.mark.hasLost)
        query.after = page.mark.next
        if !page.mark.hasMore { break }
      }
      #expect(found == all && query.after == history.lastID)
    }
    #expect(ids(EventQuery(limit: 3)) == Array(all.suffix(3)))
    #expect(ids(EventQuery(after: .max)) == [])
  }

  @Test("By time and by node; numbers give the order where the clock was set back")
  func choice() {
    var history = self.history
    history.record(.stopping(cause: "SIGINT"), at: UnixTime(seconds: 5))
    history.record(.stopping(cause: "SIGTERM"), at: UnixTime(seconds: begin.seconds + 500))
    let since = EventQuery(after: 0, since: UnixTime(seconds: begin.seconds + 39))
    #expect(EventSelection(since, from: history).events.compactMap { $0["cause"] } == ["SIGTERM"])
    let node = EventSelection(EventQuery(after: 0, node: "ex7", limit: 1), from: history)
    #expect(node.events.map(\.kind) == [.adminStateDropped] && !node.mark.hasMore)
    #expect(node.mark.next == history.lastID)
  }

  @Test("A reader that was away for too long learns that events are missing")
  func lost() {
    var history = EventHistory(begun: begin, limits: .init(events: 200, octets: 1 << 20))
    for _ in 0..<1_000 { history.record(.stopping(cause: "x"), at: begin) }
    #expect(EventSelection(EventQuery(after: 5), from: history).mark.hasLost)
    #expect(!EventSelection(EventQuery(after: history.firstID - 1), from: history).mark.hasLost)
    #expect(!EventSelection(EventQuery(after: 0), from: history).mark.hasLost)
  }

  @Test("A query is read back from its own text")
  func text() throws {
    for query in [
      EventQuery(), EventQuery(after: 0),
      EventQuery(after: .max, since: UnixTime(seconds: 5), node: "ex-1_b", limit: 1),
    ] {
      #expect(try EventQuery(query.text) == query)
    }
    #expect(try EventQuery("since=2026-11-24T11:03:21%2B01:00").since == UnixTime(seconds: begin.seconds))
    #expect(try EventQuery("node=%65x1").node == "ex1")
  }

  @Test(
    "Anything else is an error that says what is expected",
    arguments: [
      "after=", "after=-1", "after=18446744073709551616", "after=1&after=2", "after", "=", "node=", "node=%0A",
      "node=%4", "node=%+1", "limit=0", "limit=1001", "limit=1e3", "since=2026-02-30T00:00:00Z", "since=14:00",
      "since=2026-11-24T10:03:21", "since=2026-11-24T10:03:21+01:00x", "since=2026-11-24T24:00:00Z", "kind=start",
    ])
  func faults(query: String) {
    #expect(throws: EventQueryError.self) { try EventQuery(query) }
    let response = StatusRouter.response(to: HTTPRequest(.get, "/events.json", query: query), .ready)
    #expect(response?.status == .badRequest)
  }

  @Test("Other resources take no query, so that all who ask share them")
  func otherPaths() {
    #expect(HTTPRequest(.get, "/status.json", query: "x=1") == HTTPRequest(.get, "/status.json"))
    #expect(HTTPRequest(.get, "/events.json", query: "limit=1") != HTTPRequest(.get, "/events.json"))
  }

  @Test("HEAD has the head of GET, and where the reader stands")
  func mark() throws {
    var report = StatusReport.sample()
    report.history = history
    for path in ["/events.json", "/events.jsonl", "/events.txt"] {
      let get = StatusRouter.bytes(answering: HTTPRequest(.get, path, query: "limit=2"), from: report)
      let head = StatusRouter.bytes(answering: HTTPRequest(.head, path, query: "limit=2"), from: report)
      #expect(get.count > head.count && get.starts(with: head))
      #expect(EventMark(inHead: head) == EventSelection(EventQuery(limit: 2), from: history).mark)
    }
    #expect(EventMark(inHead: StatusRouter.bytes(answering: HTTPRequest(.get, "/status.txt"), from: report)) == nil)
  }
}
