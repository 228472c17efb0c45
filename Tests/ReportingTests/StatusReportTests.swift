// What the report makes of its facts: states, the severity, the headline, times.

import DNS
import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Status: judgement")
struct StatusReportTests {
  @Test("All checks pass: OK")
  func allWell() {
    let report = StatusReport.sample()
    #expect(report.severity == .ok)
    #expect(report.headline == "2 pools, 2 nodes, no check fails")
    #expect(report.pools.map(\.state) == [.ok, .ok])
    #expect(report.nodes.map(\.state) == [.up, .up])
    #expect(report.nodes[0].reason == nil)
  }

  @Test("One of two nodes left is lost redundancy, and the headline names the node left")
  func redundancyLost() {
    let report = StatusReport.withoutEx1()
    #expect(report.attention.word == .redundancyLost)
    #expect(report.headline == "pool access: only ex2 left (IPv4); and 1 more pool")
    #expect(report.pools[0].families.map { report.pools[0].state(of: $0) } == [.redundancyLost, .ok])
    #expect(report.nodes[0].state == .partial)
    #expect(report.nodes[0].addresses.map(\.state) == [.down, .up])
    #expect(report.nodes[0].reason == "owa at 192.0.2.11: connection refused")
    #expect(report.nodes[0].since == UnixTime(seconds: report.now.seconds - 200))
  }

  @Test("One of three nodes down is no lost redundancy")
  func twoOfThree() {
    var report = StatusReport.withoutEx1()
    let ex3 = StatusReport.PoolAddress(node: "ex3", address: IPAddress(ipv4: 203, 0, 113, 11))
    for pool in report.pools.indices {
      report.pools[pool].families[0].members.append(ex3)
      report.pools[pool].families[0].handedOut.append(ex3)
    }
    #expect(report.severity == .ok)
    #expect(report.headline == "2 pools, 2 nodes; 1 node with failing checks")
  }

  @Test("A pool of one node has no redundancy to lose")
  func oneNode() {
    var report = StatusReport.sample()
    for family in report.pools[0].families.indices {
      report.pools[0].families[family].members.removeLast()
      report.pools[0].families[family].handedOut.removeLast()
    }
    #expect(report.severity == .ok)
  }

  @Test("A family left without any node is lost redundancy while the other family answers")
  func familyWithoutNode() {
    var report = StatusReport.sample()
    report.pools[0].families[1].handedOut = []
    #expect(report.attention.word == .redundancyLost)
    #expect(report.headline == "pool access: no node left (IPv6)")
  }

  @Test("A pool of which no check tells anything is not OK, and counts no address as healthy")
  func unproven() {
    var report = StatusReport.sample()
    report.pools[0].families[1].basis = .possible
    #expect(report.attention.word == .redundancyLost)
    #expect(report.headline == "pool access: no check has a result for any node (IPv6)")
    #expect(report.pools[0].families[1].healthy.isEmpty)
  }

  @Test("A check without new results needs attention")
  func stale() {
    var report = StatusReport.sample()
    report.nodes[0].addresses[0].checks[0].isStale = true
    #expect(report.attention.word == .warning)
    #expect(report.headline == "no new results: owa of ex1")
    report.nodes[1].addresses[0].checks[0].isStale = true
    #expect(report.headline == "no new results: owa of ex1 and 1 more")
  }

  @Test("Fail open is lost service, and counts no address as healthy")
  func failOpen() {
    let report = StatusReport.withNothingLeft()
    #expect(report.attention.word == .serviceLost)
    #expect(
      report.headline == "pool access: all nodes fail their checks (IPv4), all are handed out; and 1 more pool; "
        + "the last reload was refused (2 errors)")
    #expect(report.pools[0].families[0].healthy.isEmpty)
    #expect(report.pools[0].families[0].withheld.isEmpty)
  }

  @Test("Before the first verdicts the daemon is starting, whatever the pools say")
  func starting() {
    var report = StatusReport.withNothingLeft()
    report.configuration.lastReload = nil
    report.readiness = .waiting(for: "the first checks of 2 nodes")
    #expect(report.attention.word == .starting)
    #expect(report.headline == "waiting for the first checks of 2 nodes")
  }

  @Test("A pool with check=none is unchecked and hides nothing")
  func unchecked() {
    var report = StatusReport.sample()
    report.pools[0].checks = []
    report.nodes[0].addresses[0].checks = []
    #expect(report.pools[0].state == .unchecked)
    #expect(report.nodes[0].addresses[0].state == .unchecked)
    #expect(report.nodes[0].state == .up)
    #expect(report.severity == .ok)
  }

  @Test("A node whose check has no verdict is unknown, and partial as soon as another check fails")
  func unknown() {
    var node = StatusReport.sample().nodes[0]
    node.addresses[0].checks[0].state = .unknown
    #expect(node.state == .unknown)
    node.addresses[1].checks[0].state = .down
    #expect(node.state == .partial)
    #expect(StatusReport.Node(name: "ex9", site: nil, addresses: []).state == .unchecked)
  }

  @Test("A client reads the severity from the head of the response", arguments: Severity.allCases)
  func severityInHead(severity: Severity) {
    var response = HTTPResponse(.ok, line: "")
    response.severity = severity
    #expect(HTTPResponse.severity(inHead: response.bytes(answering: .head, at: .init(seconds: 0))) == severity)
    #expect(HTTPResponse.severity(inHead: Array("HTTP/1.1 200 OK\r\nRondo-Severity: 4\r\n".utf8)) == nil)
    #expect(HTTPResponse.severity(inHead: Array("HTTP/1.1 200 OK\r\n".utf8)) == nil)
  }
}

@Suite("Status: times")
struct UnixTimeTests {
  @Test(
    "Civil dates, leap days and times before 1970",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (1_709_164_800, "2024-02-29T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (1_795_514_601, "2026-11-24T10:03:21Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func rfc3339(seconds: Int64, expected: String) { #expect(UnixTime(seconds: seconds).description == expected) }

  @Test("Milliseconds and the HTTP date")
  func otherForms() {
    let time = UnixTime(milliseconds: 1_795_514_601_042)
    #expect(time.withMilliseconds == "2026-11-24T10:03:21.042Z")
    #expect(time.httpDate == "Tue, 24 Nov 2026 10:03:21 GMT")
    #expect(UnixTime(milliseconds: -1).withMilliseconds == "1969-12-31T23:59:59.999Z")
    #expect(UnixTime(milliseconds: -1).httpDate == "Wed, 31 Dec 1969 23:59:59 GMT")
  }

  @Test(
    "Spans in their two largest units",
    arguments: [(-5, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m"), (7_500, "2h 05m"), (370_800, "4d 07h")]
      as [(Int64, String)])
  func spans(seconds: Int64, expected: String) { #expect(spanText(seconds: seconds) == expected) }

  @Test(
    "Latencies in milliseconds",
    arguments: [(12, "0.012 ms"), (9_999, "9.999 ms"), (12_345, "12.3 ms"), (1_204_000, "1204 ms")]
      as [(Int64, String)])
  func latencies(microseconds: Int64, expected: String) {
    #expect(latencyText(microseconds: microseconds) == expected)
  }

  @Test("A clock set back gives no negative age")
  func clockSetBack() { #expect(UnixTime(seconds: 5).seconds(since: UnixTime(seconds: 9)) == 0) }
}
