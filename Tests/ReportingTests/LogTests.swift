// The log: the form of a line, what is escaped, and the wording of every event.

import DNS
import TestSupport
import Testing

@testable import Policy
@testable import Reporting

private func journal(_ line: LogLine) -> String { text(line.rendered(.journal)) }

@Suite("Log: lines")
struct LogLineTests {
  @Test("Under systemd the level is a prefix, elsewhere a time and a word", arguments: LogLevel.allCases)
  func styles(level: LogLevel) {
    let line = LogLine(level, note: "ready", [LogField("zones", 2)])
    #expect(text(line.rendered(.journal)) == "<\(level.rawValue)>ready zones=2\n")
    let time = UnixTime(milliseconds: 1_795_514_601_042)
    #expect(text(line.rendered(.stamped(time))) == "2026-11-24T10:03:21.042Z \(level.word) ready zones=2\n")
  }

  @Test("An error matters more than a warning, and debug least")
  func levels() { #expect(LogLevel.allCases.sorted() == [.debug, .info, .notice, .warning, .error]) }

  @Test(
    "Values are bare when nothing in them can mislead, else quoted and escaped",
    arguments: [
      ("192.0.2.11", "192.0.2.11"), ("[2001:db8::1]:53", "[2001:db8::1]:53"), ("", #""""#),
      ("connection refused", #""connection refused""#), ("a=b", #""a=b""#), (#"say "hi""#, #""say \"hi\"""#),
      (#"a\b"#, #""a\\b""#), ("a\nevent=x", #""a\010event=x""#), ("\u{1b}[31m", #""\027[31m""#),
      ("S\u{fc}d", #""S\195\188d""#), ("\u{7f}", #""\127""#),
    ])
  func values(value: String, expected: String) {
    #expect(journal(LogLine(.info, note: "e", [LogField("k", value)])) == "<6>e k=\(expected)\n")
  }

  @Test("Octets from the wire that are no UTF-8 are escaped one by one")
  func rawOctets() {
    #expect(journal(LogLine(.info, note: "e", [LogField("k", octets: [0xFF, 0x41, 0])])) == "<6>e k=\"\\255A\\000\"\n")
  }

  @Test("A value without end is cut off")
  func longValue() {
    let line = journal(LogLine(.info, note: "e", [LogField("k", octets: Array(repeating: 0x61, count: 5_000))]))
    #expect(line == "<6>e k=" + String(repeating: "a", count: LogLine.maximumValue) + "...\n")
  }

  @Test("Whatever octets a value has, the line is one line of printable ASCII")
  func printable() {
    var seeds = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0 ... .max, using: &seeds)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      let value = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let line = LogLine(.info, note: "e", [LogField("k", octets: value)]).rendered(.journal)
      #expect(line.last == 0x0A && line.dropLast().allSatisfy { (0x20...0x7E).contains($0) }, "seed \(seed): \(value)")
    }
  }
}

@Suite("Log: events")
struct LogEventTests {
  private let address = IPAddress(ipv4: 192, 0, 2, 11)

  @Test("The daemon's own life")
  func life() {
    #expect(
      journal(.start(version: "0.1.0", processID: 812, files: ["a.zone", "b.zone"], threads: 4))
        == "<5>start version=0.1.0 pid=812 files=a.zone,b.zone threads=4\n")
    #expect(journal(.listening(.init(.dnsUDP, "[::]:53"))) == "<6>listening service=dns-udp address=[::]:53\n")
    #expect(
      journal(.ready(zones: 3, pools: 2, nodes: 2, afterMilliseconds: 41))
        == "<5>ready zones=3 pools=2 nodes=2 after_ms=41\n")
    #expect(journal(.stopping(cause: "SIGTERM")) == "<5>stopping cause=SIGTERM\n")
    #expect(journal(.stopped(uptimeSeconds: 9, queries: 77)) == "<5>stopped uptime_s=9 queries=77\n")
    #expect(
      journal(.workerFault(worker: 1, fault: "recvmmsg", reason: "no buffer space"))
        == "<3>worker-fault worker=1 fault=recvmmsg reason=\"no buffer space\"\n")
  }

  @Test("Configuration")
  func configuration() {
    #expect(
      journal(.reloaded(zones: 3, pools: 2, nodes: 2, warnings: 0, by: "anna (uid 0)"))
        == "<5>reload-ok zones=3 pools=2 nodes=2 warnings=0 by=\"anna (uid 0)\"\n")
    let first = "it would leave pool access in IPv4 without a healthy node"
    #expect(
      journal(.reloadRefused(.init(.errors, count: 2, first: "no SOA"), by: "SIGHUP"))
        == "<3>reload-refused errors=2 by=SIGHUP reason=\"no SOA\"\n")
    #expect(
      journal(.reloadRefused(.init(.losses, count: 1, first: first), by: "SIGHUP"))
        == "<3>reload-refused pools=1 by=SIGHUP reason=\"\(first)\"\n")
    #expect(
      journal(.configurationError(place: "m.zone:14:22", message: "pool \"acess\" is not defined"))
        == "<3>config-error place=m.zone:14:22 message=\"pool \\\"acess\\\" is not defined\"\n")
    #expect(
      journal(.configurationWarning(place: "m.zone:3:1", message: "one node only"))
        == "<4>config-warning place=m.zone:3:1 message=\"one node only\"\n")
  }

  @Test("Health")
  func health() {
    #expect(
      journal(
        .addressDown(node: "ex1", address: address, check: "owa", reason: "connection refused", pools: ["access", "b"]))
        == "<4>address-down node=ex1 address=192.0.2.11 check=owa reason=\"connection refused\" pools=access,b\n")
    #expect(
      journal(.addressUp(node: "ex1", address: address, check: "owa", downSeconds: 61, pools: []))
        == "<5>address-up node=ex1 address=192.0.2.11 check=owa down_s=61 pools=-\n")
    #expect(
      journal(.failOpenEntered(pool: "access", family: .ipv4, answer: "nodata"))
        == "<3>pool-fail-open pool=access family=ipv4 answer=nodata\n")
    #expect(
      journal(.failOpenLeft(pool: "access", family: .ipv6, healthy: 1, lastedSeconds: 30))
        == "<5>pool-fail-open-over pool=access family=ipv6 healthy=1 lasted_s=30\n")
    #expect(
      journal(.redundancyLost(pool: "access", family: .ipv4, left: ["ex2"]))
        == "<4>redundancy-lost pool=access family=ipv4 left=ex2\n")
    #expect(
      journal(.redundancyRegained(pool: "access", family: .ipv4, healthy: 2, lastedSeconds: 300))
        == "<5>redundancy-regained pool=access family=ipv4 healthy=2 lasted_s=300\n")
  }
}
