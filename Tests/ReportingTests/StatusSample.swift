// Two mail nodes in two data centres: the report that the renderers' tests start from.

import DNS
import Health
import Model

@testable import Policy
@testable import Reporting

extension StatusReport {
  /// Ready, all well: nodes ex1 and ex2 with both families, pool `access`, and `relay` with its check over IPv4 only.
  static func sample() -> StatusReport {
    var report = StatusReport(
      version: "0.1.0", startedAt: UnixTime(seconds: 1_795_500_000), now: UnixTime(seconds: 1_795_514_601),
      readiness: .ready,
      configuration: Configuration(files: ["Config/mail.zone"], loadedAt: UnixTime(seconds: 1_795_510_000)))
    report.host = "ns1.kreis.example"
    report.localTime = LocalTime(offsetSeconds: 3_600, zone: "CET")
    report.listeners = [
      Listener(.dnsUDP, "0.0.0.0:53"), Listener(.dnsTCP, "[::]:53"),
      Listener(.status, "127.0.0.1:8053", awaiting: IPAddress(ipv4: 127, 0, 0, 1)),
    ]
    var zone = Zone(apex: domain("mail.kreis.example"), serial: 1_795_510_000, nameCount: 1)
    zone.transfers = TransferCounters()
    zone.transfers?.complete = 2
    zone.transfers?.octets = 360
    zone.transfers?.microseconds = 5_120
    report.zones = [zone]
    var secondary = SecondaryCounters(address: "198.51.100.53:53")
    secondary.source = "192.0.2.53"
    secondary.sent = 3
    secondary.answered = 2
    secondary.pending = 1
    report.secondaries = [secondary]
    report.pools = [.sample("access", [ex1, ex2, ex1v6, ex2v6]), .sample("relay", [ex1, ex2])]
    report.nodes = [
      Node(name: "ex1", site: "nord", addresses: [.up(ex1.address), .up(ex1v6.address)]),
      Node(name: "ex2", site: nil, addresses: [.up(ex2.address), .up(ex2v6.address)]),
    ]
    report.answers.queries = [QueryPath(.udp, .ipv4): 1_204, QueryPath(.tcp, .ipv6): 3]
    report.answers.responses = [.noError: 1_200, .refused: 7]
    report.answers.dropped = [.tooShort: 2]
    report.answers.tcp.accepted = 3
    report.health.probes = 11_684
    return report
  }

  /// The sample with ex1 out over IPv4: `access` and `relay` answer with ex2 alone there.
  static func withoutEx1() -> StatusReport {
    var report = sample()
    report.nodes[0].addresses[0].checks[0].fail("connection refused", since: report.now.seconds - 200)
    for pool in report.pools.indices { report.pools[pool].families[0].handedOut = [ex2] }
    return report
  }

  /// The sample with both nodes failing over IPv4, and a reload that was refused.
  static func withNothingLeft() -> StatusReport {
    var report = withoutEx1()
    report.nodes[1].addresses[0].checks[0].fail("timeout after 2 s", since: report.now.seconds - 12)
    for pool in report.pools.indices {
      report.pools[pool].families[0].handedOut = [ex1, ex2]
      report.pools[pool].families[0].basis = .allDown(.answerAll)
    }
    report.configuration.lastReload = Reload(
      at: UnixTime(seconds: report.now.seconds - 3_720),
      outcome: .refused(.init(.errors, count: 2, first: "Config/mail.zone:14:22: error: pool \"acess\" is not defined"))
    )
    return report
  }

  static let ex1 = PoolAddress(node: "ex1", address: IPAddress(ipv4: 192, 0, 2, 11))
  static let ex2 = PoolAddress(node: "ex2", address: IPAddress(ipv4: 198, 51, 100, 11))
  static let ex1v6 = PoolAddress(node: "ex1", address: address("2001:db8:1::11"))
  static let ex2v6 = PoolAddress(node: "ex2", address: address("2001:db8:2::11"))
}

extension StatusReport.Pool {
  static func sample(_ pool: String, _ members: [StatusReport.PoolAddress]) -> StatusReport.Pool {
    let families = AddressFamily.allCases.compactMap { family -> StatusReport.PoolFamily? in
      let addresses = members.filter { $0.address.family == family }
      return addresses.isEmpty
        ? nil : StatusReport.PoolFamily(family: family, members: addresses, handedOut: addresses)
    }
    return StatusReport.Pool(
      name: pool, isInline: false, checks: ["owa"],
      uses: [StatusReport.PoolUse(name: domain("mail.kreis.example"), ttl: 60)], members: ["ex1", "ex2"],
      families: families)
  }
}

extension StatusReport.NodeAddress {
  static func up(_ address: IPAddress) -> StatusReport.NodeAddress {
    var check = StatusReport.Check(
      name: "owa", kind: "tcp:443", state: .up, since: UnixTime(seconds: 1_795_500_002))
    check.lastResult = .ok
    check.lastProbeAt = UnixTime(seconds: 1_795_514_598)
    check.latencyMicroseconds = 1_234
    check.consecutiveSuccesses = 2_920
    check.probes = 2_921
    check.failures = 1
    check.changes = 1
    return StatusReport.NodeAddress(address: address, checks: [check])
  }
}

extension StatusReport.Check {
  mutating func fail(_ reason: String, since seconds: Int64) {
    state = .down
    self.reason = reason
    cause = "connection-refused"
    lastResult = .failed
    since = UnixTime(seconds: seconds)
    consecutiveFailures = 40
    consecutiveSuccesses = 0
  }
}

func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(ipv4: 0, 0, 0, 0) }

func domain(_ text: String) -> DomainName {
  DomainName(labels: text.split(separator: ".").map { Array($0.utf8) }) ?? .root
}

func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

extension StatusReport {
  /// One pool of one family and one failing node with text of every nasty kind: what the golden renderings show.
  static func smallest() -> StatusReport {
    var report = withNothingLeft()
    report.pools = [report.pools[1]]
    report.nodes = [Node(name: "ex1", site: "nord", addresses: [report.nodes[0].addresses[0]])]
    report.nodes[0].addresses[0].checks[0].detail = "passing 1 of 2"
    report.nodes[0].addresses[0].checks[0].reason = "said \"<b>421</b>\" \u{1b}[2J & \\ 'S\u{fc}d'\n"
    return report
  }
}
