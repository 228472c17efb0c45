// From the words of a pool to the octets of its answers: configuration, verdicts, policy and answer path together.

import DNS
import TestSupport
import Testing
import ZoneFile

@testable import Answering
@testable import Health
@testable import Policy

/// A pool as the server keeps it, without sockets; nodes are as the test says.
private final class PoolServer {
  private let plan: HealthPlan
  private let table: ZoneTable
  private var monitor: HealthMonitor
  private var histories = PoolHistories()
  private var random = SystemRandomNumberGenerator()
  private var responder = Responder()
  private var tally = AnswerTally()
  private var snapshot: AnswerSnapshot
  var now = MonotonicTime(nanoseconds: 0)
  /// When the answers have to be made anew.
  private(set) var renewal: MonotonicTime?
  var client = ClientAddress(ipv4: 0xC000_0263)
  /// Nodes, or `node/check`, that fail; what agents say.
  var failing: Set<String> = []
  var percent: [String: Int] = [:]

  init(_ pool: String, site: String = "") throws {
    let text = """
      $ORIGIN x.
      $TTL 1h
      $NODE a 192.0.2.1 site=nord
      $NODE b 192.0.2.2 site=sued
      $NODE c 192.0.2.3 site=sued
      $NODE d 192.0.2.4
      $CHECK web tcp:80 every=1s fall=2 rise=1
      $CHECK mta smtp:25 every=1s timeout=1s fall=2 rise=1
      $CHECK agent agent:9707 every=1s fall=2 rise=1
      \(site)
      $POOL p \(pool)
      @ SOA ns.y. h.y. 1 1h 15m 1w 1m
      @ NS ns.y.
      mail 60 ROTATE p
      """
    let configuration = try TestSupport.configuration(text)
    plan = HealthPlan(configuration)
    table = ZoneTable.compile(configuration)
    monitor = HealthMonitor(targets: plan.targets, at: now, using: &random)
    snapshot = AnswerSnapshot(table: table, runs: AddressRuns(for: table.rotations) { _ in [] })
    publish()
  }

  /// Lets seconds pass in which all probes come to their end, and publishes.
  func pass(_ seconds: Int) { pass(.seconds(seconds)) }

  func pass(_ span: Duration) {
    let end = now + span
    while now < end {
      now = min(max(monitor.nextDeadline ?? end, now + .milliseconds(1)), end)
      for case .start(let probe, let index) in monitor.advance(to: now, using: &random) {
        let target = monitor.target(at: index)
        let fails = failing.contains(target.node) || failing.contains("\(target.node)/\(target.check)")
        var notes = ProbeNotes()
        if target.check == "agent", let percent = percent[target.node] {
          notes.agent = AgentReport(line: Array("up \(percent)%".utf8)[...])
        }
        _ = monitor.conclude(probe, fails ? .failure(.connectionRefused) : .success, notes: notes, at: now)
      }
    }
    publish()
  }

  func publish() {
    histories.update(plan, 0, by: monitor, at: now)
    let (runs, renewal) = plan.runs(for: table.rotations, by: monitor, histories, at: now)
    self.renewal = renewal
    snapshot = AnswerSnapshot(table: table, runs: runs)
  }

  /// What is unsettled and has not been asked for yet.
  func drainUnsettled() -> Set<Int> { monitor.drainUnsettled() }

  var selection: PoolSelection {
    plan.view(of: 0, family: .ipv4, by: monitor, histories, at: now).selection
  }

  private func reply() -> [UInt8] {
    let query: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4] + Array("mail".utf8) + [1, 0x78, 0, 0, 1, 0, 1]
    var room = [UInt8](repeating: 0, count: 1_232)
    var span = room.mutableSpan
    var octets = MutableRawSpan(_elements: &span)
    var received = QueryContext(RawSpan(_elements: query.span), from: client, over: .udp)
    let length = responder.answer(&received, from: snapshot, into: &octets, tally: &tally)
    return Array(room[..<length])
  }

  /// The names of the nodes in one answer, and its TTL: `a b 60`; or the RCODE where there are none.
  func ask() -> String {
    let packet = reply()
    let count = Int(packet[7])
    guard count > 0 else { return packet[3] & 0xF == 0 ? "nodata \(packet[9])" : "rcode \(packet[3] & 0xF)" }
    let start = packet.count - 16 * count
    let names = (0..<count).map { String(UnicodeScalar(UInt8(ascii: "a") + packet[start + 16 * $0 + 15] - 1)) }
    return (names + ["\(packet[start + 9])"]).joined(separator: " ")
  }

  /// How often each node is first in so many answers.
  func firsts(in count: Int) -> [Character: Int] {
    (0..<count).reduce(into: [:]) { firsts, _ in firsts[ask().first ?? "-", default: 0] += 1 }
  }
}

@Suite("Pool policies, to the octet")
struct PolicyAnswerTests {
  @Test("Weights: over a round each node is first exactly as often as its weight says")
  func weights() throws {
    let server = try PoolServer("a*3 b*2 c check=web")
    server.pass(1)
    #expect(server.firsts(in: 12) == ["a": 6, "b": 4, "c": 2])
    server.failing = ["a"]
    server.pass(5)
    #expect(server.firsts(in: 6) == ["b": 4, "c": 2])
  }

  @Test("A check that is no agent says nothing about weight, and neither does an agent that names none")
  func agentBesideOtherChecks() throws {
    for checks in ["agent", "web,agent", "agent,mta,web", "agent,web need=any"] {
      let server = try PoolServer("a b check=\(checks)")
      server.pass(1)
      #expect(server.firsts(in: 30) == ["a": 15, "b": 15])
      server.percent = ["a": 200]
      server.pass(3)
      #expect(server.firsts(in: 30) == ["a": 20, "b": 10], "\(checks)")
      server.percent = ["a": 50]
      server.pass(3)
      #expect(server.firsts(in: 30) == ["a": 10, "b": 20], "\(checks)")
    }
  }

  @Test("An agent's percentage counts in the weight, holds until it says another, and is reported without a change")
  func agents() throws {
    let server = try PoolServer("a*2 b check=agent")
    server.percent = ["a": 25, "b": 100]
    server.pass(1)
    #expect(server.firsts(in: 30) == ["a": 10, "b": 20])
    _ = server.drainUnsettled()
    server.percent = ["a": 100]
    server.pass(3)
    #expect(server.drainUnsettled().count == 1)
    #expect(server.firsts(in: 30) == ["a": 20, "b": 10])
  }

  @Test("Backups come in group by group when the nodes before them are out, and go when one is back")
  func backups() throws {
    let server = try PoolServer("a check=web backup=b/c,d")
    server.pass(1)
    #expect(server.ask() == "a 60")
    server.failing = ["a"]
    server.pass(5)
    #expect(server.ask() == "b 60")
    server.failing = ["a", "b"]
    server.pass(5)
    #expect(["c d 60", "d c 60"].contains(server.ask()))
    server.failing = []
    server.pass(30)
    #expect(server.ask() == "a 60")
  }

  @Test("answers=N bounds an answer; order=fixed keeps the order")
  func answersAndOrder() throws {
    let server = try PoolServer("a b c check=web answers=2 order=fixed")
    server.pass(1)
    #expect(server.ask() == "a b 60" && server.ask() == "a b 60")
    let rotating = try PoolServer("a b c check=web answers=1")
    rotating.pass(1)
    #expect(Set((0..<3).map { _ in rotating.ask() }) == ["a 60", "b 60", "c 60"])
    let shuffled = try PoolServer("a b c check=web order=shuffle")
    shuffled.pass(1)
    #expect(Set((0..<100).map { _ in shuffled.ask() }).count == 6)
  }

  @Test("order=hash: the same asker meets the same node, and keeps it when another goes")
  func hash() throws {
    let server = try PoolServer("a b c check=web order=hash answers=1")
    server.pass(1)
    func firsts() -> [String] {
      (0..<64 as Range<UInt32>).map { network in
        server.client = ClientAddress(ipv4: 0x0A00_0001 + network << 8)
        return server.ask()
      }
    }
    let before = firsts()
    #expect(before == firsts() && Set(before).count == 3)
    server.failing = ["b"]
    server.pass(5)
    for (old, new) in zip(before, firsts()) { #expect(old == new || old == "b 60") }
  }

  @Test("prefer=site: the nodes at the asker's site come first as long as one of them is healthy")
  func site() throws {
    let server = try PoolServer(
      "a b c check=web prefer=site", site: "$SITE nord 10.1.0.0/16\n$SITE sued 10.2.0.0/16")
    server.pass(1)
    server.client = ClientAddress(ipv4: 0x0A01_0001)
    #expect(server.firsts(in: 6) == ["a": 6])
    server.client = ClientAddress(ipv4: 0x0A02_0001)
    #expect(server.firsts(in: 6) == ["b": 3, "c": 3])
    #expect(server.ask().split(separator: " ").count == 4, "the others are in the answer behind them")
    server.client = ClientAddress(ipv4: 0xC000_0201)
    #expect(server.firsts(in: 6) == ["a": 2, "b": 2, "c": 2])
    server.failing = ["a"]
    server.pass(5)
    server.client = ClientAddress(ipv4: 0x0A01_0001)
    #expect(server.firsts(in: 6) == ["b": 3, "c": 3])
  }

  @Test(
    "all-down= says what is answered when nobody is left",
    arguments: [
      ("", ["a b 60", "b a 60"]), ("all-down=servfail", ["rcode 2"]), ("all-down=nodata", ["nodata 1"]),
      ("all-down=last-good", ["a 60"]), ("backup=d all-down=backup-only", ["d 60"]),
      ("backup=d", ["a b 60", "b a 60"]),
    ])
  func allDown(options: String, answers: [String]) throws {
    let server = try PoolServer("a b check=web \(options)")
    server.pass(1)
    server.failing = ["b", "d"]
    server.pass(5)
    #expect(server.ask() == "a 60")
    server.failing = ["a", "b", "d"]
    server.pass(5)
    #expect(Set((0..<4).map { _ in server.ask() }) == Set(answers))
    #expect(server.selection.isFailOpen)
    server.failing = []
    server.pass(60)
    #expect(server.ask().hasSuffix(" 60") && !server.selection.isFailOpen)
  }

  @Test("min-live=: with fewer nodes well backups come in, and then all-down= holds")
  func minLive() throws {
    let server = try PoolServer("a b check=web backup=c min-live=2 all-down=servfail")
    server.pass(1)
    server.failing = ["b"]
    server.pass(5)
    #expect(["a c 60", "c a 60"].contains(server.ask()))
    server.failing = ["b", "c"]
    server.pass(5)
    #expect(server.ask() == "a 60", "too few are still somebody")
    #expect(server.selection.isFailOpen)
  }

  @Test("need=: how many of the gates a node must pass")
  func need() throws {
    let server = try PoolServer("a b check=web,mta need=any")
    server.pass(1)
    server.failing = ["a/web"]
    server.pass(5)
    #expect(server.ask().count == 6)
    server.failing = ["a"]
    server.pass(5)
    #expect(server.ask() == "b 60")
  }

  @Test("A check that warns or observes takes nobody out")
  func roles() throws {
    let server = try PoolServer("a b check=web warn=mta observe=agent")
    server.failing = ["a/mta", "b/mta", "a/agent"]
    server.pass(10)
    #expect(server.ask().count == 6 && server.selection.basis == .healthy)
    server.failing = ["a/web"]
    server.pass(5)
    #expect(server.ask() == "b 60")
  }

  @Test("min-ttl=: the TTL while a change is near, and the record's own when it is over")
  func minTTL() throws {
    let server = try PoolServer("a b check=web min-ttl=5s")
    server.pass(1)
    _ = server.drainUnsettled()
    #expect(server.ask().hasSuffix(" 60"))
    server.failing = ["a"]
    while server.drainUnsettled().isEmpty { server.pass(.milliseconds(10)) }
    #expect(server.ask().hasSuffix(" 5"), "one failure of two")
    server.pass(3)
    #expect(server.ask() == "b 60", "it is out, and nothing is about to change")
  }

  @Test("slow-start=: a node that is back gets its share by tenths, and each next step is announced")
  func slowStart() throws {
    let server = try PoolServer("a b check=web slow-start=100s")
    server.pass(1)
    #expect(server.firsts(in: 10) == ["a": 5, "b": 5], "who never was out has its whole share")
    server.failing = ["a"]
    server.pass(5)
    server.failing = []
    while server.ask() == "b 60" { server.pass(1) }
    #expect(server.firsts(in: 11) == ["a": 1, "b": 10])
    var steps: [Int] = []
    while let renewal = server.renewal {
      #expect(renewal > server.now)
      server.now = renewal
      server.publish()
      let firsts = server.firsts(in: 190)
      steps.append((firsts["a"] ?? 0) * 100 / max(firsts["b"] ?? 0, 1))
    }
    #expect(steps.count == 9 && steps == steps.sorted() && steps.last == 100, "\(steps)")
  }
}
