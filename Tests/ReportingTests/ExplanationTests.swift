// `rondo explain`: the words for every way in which a name can be answered, and that they agree with the answer.

import Answering
import DNS
import Health
import Testing
import ZoneFile

@testable import Policy
@testable import Reporting

/// What a daemon that serves this configuration would explain, after the given outcomes of its first probes.
private func view(
  _ lines: String, failing: Set<String> = [], adminStates: [Int: AdminState] = [:]
) throws -> ServedView {
  let configuration = try configuration(lines)
  var plan = HealthPlan(configuration)
  plan.adminStates = adminStates
  var random = SystemRandomNumberGenerator()
  var now = MonotonicTime(nanoseconds: 1_000_000_000)
  var monitor = HealthMonitor(targets: plan.targets, at: now, using: &random)
  let end = now + .seconds(30)
  while let next = monitor.nextDeadline, next < end {
    now = next
    for case .start(let id, let index) in monitor.advance(to: now, using: &random) {
      let isFailing = failing.contains(plan.targets[index].node)
      _ = monitor.conclude(id, isFailing ? .failure(.connectionRefused) : .success, at: now)
    }
  }
  let table = ZoneTable.compile(configuration)
  let histories = PoolHistories()
  let served = end + .milliseconds(500)
  let runs = plan.runs(for: table.rotations, by: monitor, histories, at: served).runs
  return ServedView(
    configuration: configuration, plan: plan, monitor: monitor, histories: histories,
    snapshot: AnswerSnapshot(table: table.withOwnCounters(), runs: runs), now: served,
    words: TimeWords(now: UnixTime(seconds: 1_795_514_601), localTime: .utc))
}

private func explain(_ name: String, _ type: RecordType, in view: ServedView) throws -> String {
  Explanation(ExplainRequest(name: try #require(DomainName(name)), types: [type], asker: nil), in: view).text
}

private let nodes = """
  $NODE ex1 192.0.2.1 2001:db8::1
  $NODE ex2 192.0.2.2
  $CHECK web http:80/ every=1h

  """

@Suite("Explain")
struct ExplanationTests {
  @Test("A pool: who is in, who is out since when and why, and the answer")
  func pool() throws {
    let view = try view(nodes + "mail 60 ROTATE ex1 ex2 check=web", failing: ["ex2"])
    let four = try explain("MAIL.t.example", .a, in: view)
    #expect(
      four == """
        MAIL.t.example, type A:
          Zone t.example (t.zone:3) is authoritative, serial 1.
          MAIL.t.example is defined in it, at t.zone:9.
          ROTATE with TTL 60: the IPv4 addresses of pool mail.t.example, each if it passes web.
            in   ex1 192.0.2.1
                   web: up for 30s, by its check: checks pass
            OUT  ex2 192.0.2.2
                   web: down for 30s, by its check: connection refused
          The answer at this moment: NOERROR
            MAIL.t.example. 60 A 192.0.2.1
        """)
    let six = try explain("mail.t.example", .aaaa, in: view)
    #expect(six.contains("in   ex1 2001:db8::1"))
    #expect(six.hasSuffix("mail.t.example. 60 AAAA 2001:db8::1"))
  }

  @Test("When all are down all are handed out, and it says why; without a check it says that")
  func failOpen() throws {
    let all = try view(
      nodes + "mail 60 ROTATE ex1 ex2 check=web\nold 60 ROTATE ex2 check=none", failing: ["ex1", "ex2"])
    let text = try explain("mail.t.example", .a, in: all)
    #expect(text.contains("in   ex1") && text.contains("in   ex2") && !text.contains("OUT"))
    #expect(text.contains("No node is healthy. Those marked \"in\" are answered anyway"))
    #expect(try explain("old.t.example", .a, in: all).contains("which are not tested (check=none)"))
    let none = try explain("old.t.example", .aaaa, in: all)
    #expect(none.contains("No node of the pool has such an address: the answer is \"no such record\"."))
  }

  @Test("The admin state of a node is shown above its checks, with author, reason and time")
  func operators() throws {
    func text(_ failing: Set<String>, _ adminStates: [Int: AdminState]) throws -> String {
      try explain(
        "mail.t.example", .a,
        in: try view(nodes + "mail 60 ROTATE ex1 ex2 check=web", failing: failing, adminStates: adminStates))
    }
    let drained = AdminState(.drained, author: "anna", reason: "patching", since: 1_795_514_401)
    let told = try text([], [0: drained])
    #expect(
      told.contains(
        """
            OUT  ex1 192.0.2.1
                   drained by anna since 10:00:01 UTC (patching), whatever its checks say
                   web: up for 30s, by its check: checks pass
            in   ex2 192.0.2.2

        """), "\(told)")
    #expect(told.hasSuffix("NOERROR\n    mail.t.example. 60 A 192.0.2.2"))
    let last = try text(["ex2"], [0: drained])
    #expect(last.contains("in   ex1") && last.contains("OUT  ex2"))
    #expect(last.contains("Only drained nodes are left that still work: they are handed out, since"))
    let forced = try text(["ex2"], [1: AdminState(.forcedUp, author: "uid 7", reason: "", since: 1_795_514_401)])
    #expect(forced.contains("in   ex2 192.0.2.2\n           forced up by uid 7 since 10:00:01 UTC, whatever"))
  }

  @Test("Weights are shown as shares, backups as such, and where the asker is for prefer=site")
  func policies() throws {
    let weighted = try explain(
      "mail.t.example", .a, in: try view(nodes + "mail 60 ROTATE ex1*3 ex2 check=web"))
    #expect(weighted.contains("in   ex1 192.0.2.1 (weight 3, share 75%)"), "\(weighted)")
    #expect(weighted.contains("in   ex2 192.0.2.2 (share 25%)"))
    let near = try view(
      """
      $NODE ex1 192.0.2.1 site=nord
      $NODE ex2 192.0.2.2 site=sued
      $SITE nord 10.0.0.0/8
      $SITE sued 10.2.0.0/16
      $ECS 10.2.0.53
      mail 60 ROTATE ex1 ex2 check=none prefer=site
      """)
    func explainNear(for asker: String?) throws -> String {
      let name = try #require(DomainName("mail.t.example"))
      return Explanation(
        ExplainRequest(name: name, types: [.a], asker: try asker.map { try #require(IPAddress($0)) }), in: near
      ).text
    }
    let resolver = try explainNear(for: "10.2.0.53")
    #expect(resolver.contains("10.2.0.53 is at site sued (10.2.0.0/16): those there come first."), "\(resolver)")
    #expect(resolver.contains("If it asks on behalf of a client subnet, that decides instead ($ECS)."))
    #expect(resolver.contains("NOERROR\n    mail.t.example. 60 A 192.0.2.2\n"))
    let north = try explainNear(for: "10.7.0.1")
    #expect(north.contains("10.7.0.1 is at site nord (10.0.0.0/8)") && !north.contains("$ECS"))
    #expect(try explainNear(for: "192.0.2.99").contains("192.0.2.99 is in no network of a $SITE"))
    #expect(try explainNear(for: nil).contains("Those at the asker's site come first (prefer=site)."))
  }

  @Test("Two nodes of one address are explained like any others")
  func sameAddress() throws {
    let view = try view(
      "$NODE ex1 192.0.2.1\n$NODE ex2 192.0.2.1\n$CHECK web http:80/\nmail 60 ROTATE ex1 ex2 check=web")
    let text = try explain("mail.t.example", .a, in: view)
    #expect(text.contains("in   ex1 192.0.2.1\n") && text.contains("in   ex2 192.0.2.1\n"), "\(text)")
  }

  private static let records = """
    mail A 192.0.2.3
    www CNAME mail
    far CNAME x.other.example.
    sub NS ns1.other.example.
    d DNAME mail
    a.b A 192.0.2.4
    *.w A 192.0.2.5
    @ TXT "say \\"hi\\"" "\\007"
    @ MX 10 mail
    _x._tcp SRV 1 2 443 mail
    @ CAA 0 issue "ca"
    """

  @Test(
    "Every way to be answered has its words, and the answer fits them",
    arguments: [
      (
        "mail.t.example", "A", "It has one A record. No check applies",
        "NOERROR\n    mail.t.example. 3600 A 192.0.2.3"
      ),
      (
        "mail.t.example", "MX",
        "The name exists, and has no MX: the answer is \"no such record\", remembered for 10 s.",
        "NOERROR\n    authority: t.example. 10 SOA"
      ),
      ("www.t.example", "A", "It is an alias (CNAME) of mail.t.example.\n", "mail.t.example. 3600 A 192.0.2.3"),
      (
        "far.t.example", "A", "x.other.example is in no zone of this server: the client's resolver continues",
        "CNAME x.other.example."
      ),
      (
        "x.sub.t.example", "A", "NS records at sub.t.example delegate it",
        "NOERROR\n    authority: sub.t.example. 3600 NS ns1.other.example."
      ),
      ("sub.t.example", "DS", "The name exists, and has no DS", "authority: t.example. 10 SOA"),
      ("d.t.example", "DNAME", "one DNAME record", "DNAME mail.t.example."),
      ("x.d.t.example", "A", "x.d.t.example becomes x.mail.t.example.", "NXDOMAIN"),
      ("b.t.example", "A", "b.t.example has no records, but names below it do", "NOERROR\n    authority"),
      ("q.w.t.example", "A", "*.w.t.example at t.zone:12 matches it", "q.w.t.example. 3600 A 192.0.2.5"),
      ("x.y.t.example", "A", "no wildcard below t.example that matches it", "NXDOMAIN"),
      ("t.elsewhere", "A", "No zone of this server is at or above t.elsewhere", "REFUSED"),
      (
        "t.example", "SOA", "the SOA is the record that begins a zone",
        "SOA ns1.o.example. hostmaster.t.example. 1 3600 900 604800 10"
      ),
      ("t.example", "TXT", "one TXT record", "TXT \"say \\\"hi\\\"\" \"\\007\""),
      ("t.example", "MX", "one MX record", "MX 10 mail.t.example.\n    beside it: mail.t.example. 3600 A 192.0.2.3"),
      ("_x._tcp.t.example", "SRV", "one SRV record", "SRV 1 2 443 mail.t.example."),
      ("t.example", "CAA", "one CAA record", "CAA 0 issue \"ca\""),
    ])
  func records(name: String, type: String, words: String, answer: String) throws {
    let text = try explain(name, try #require(RecordType(asked: type)), in: try view(Self.records))
    #expect(text.contains(words), "\(text)")
    let shown = try #require(text.components(behind: "The answer at this moment: "))
    #expect(shown.contains(answer), "\(text)")
  }

  @Test("An explanation turns nothing: the same order every time, and the table's own counters stay")
  func rotation() throws {
    var served = try view(nodes + "mail 60 ROTATE ex1 ex2 check=web")
    let table = served.snapshot.table
    let texts = Set(
      try (0..<5).map { _ in
        served.snapshot = AnswerSnapshot(table: table.withOwnCounters(), runs: served.snapshot.runs)
        return try explain("mail.t.example", .a, in: served)
      })
    #expect(texts.count == 1)
  }

  @Test("The rate limit: what an asker's network may have, and that another is exempt")
  func limits() throws {
    var served = try view("mail A 192.0.2.3")
    func explain(for asker: String?) throws -> String {
      let name = try #require(DomainName("mail.t.example"))
      let address = try asker.map { try #require(IPAddress($0)) }
      return Explanation(ExplainRequest(name: name, types: [.a], asker: address), in: served).text
    }
    #expect(!(try explain(for: "192.0.2.7").contains("limit")))
    var exempt = ClientPrefixes()
    let isAdded = exempt.add("10.0.0.0/8")
    #expect(isAdded)
    // An odd rate over four threads: what the operator has set is shown, not a worker's part.
    served.limits = RateLimitPlan(rate: 50, slip: 2, exempt: exempt, threads: 4)
    #expect(try explain(for: "10.1.2.3").hasSuffix("\n\n10.1.2.3 is exempt from the rate limit (--rate-limit-exempt)."))
    let limited = try explain(for: "192.0.2.7")
    #expect(
      limited.hasSuffix(
        """
            mail.t.example. 3600 A 192.0.2.3

        The /24 of 192.0.2.7 is sent at most 50 answers a second of one kind over UDP (--rate-limit),
        and 250 in all, whatever the names (--rate-limit-source).
        Of more queries than that, one in 2 gets a truncated answer: clients ask again over TCP.
        A client with a valid cookie or signature is not limited.
        """), "\(limited)")
    #expect(try explain(for: "2001:db8::1").contains("The /56 of 2001:db8::1 is sent"))
    #expect(try explain(for: nil).contains("\n\nA network is sent at most 50"))
    served.limits = RateLimitPlan(rate: 50, slip: 0, exempt: exempt, threads: 4)
    #expect(try explain(for: nil).contains("More queries than that get no answer.\n"))
  }

  @Test("A reply that is cut or points in circles is read as far as it goes", arguments: 0...300)
  func damaged(length: Int) throws {
    let reply = Array((try #require(octets)).prefix(length))
    _ = ReplyText(reply)
    var circle = reply
    for index in circle.indices where index > 12 && index % 7 == length % 7 { circle[index] = 0xC0 }
    _ = ReplyText(circle)
  }

  /// A header that promises three records, a question, and records full of pointers.
  private var octets: [UInt8]? {
    let name: [UInt8] = [1, 97, 0]
    let record: [UInt8] = [0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 9, 0, 4, 0, 1, 0xC0, 12]
    return [0, 0, 0x84, 0, 0, 1, 0, 3, 0, 0, 0, 0] + name + [0, 15, 0, 1] + record + record + record
  }
}

extension String {
  /// What stands behind the first `mark`.
  fileprivate func components(behind mark: String) -> String? {
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(mark) { return String(rest.dropFirst(mark.count)) }
      rest = rest.dropFirst()
    }
    return nil
  }
}
