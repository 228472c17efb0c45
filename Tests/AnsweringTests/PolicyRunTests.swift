// Answers that are not plain rotation: rows by weight, by the asker's network and site, and no addresses at all.

import DNS
import Model
import TestSupport
import Testing

@testable import Answering

private let house = """
  $ORIGIN x.
  $TTL 1h
  $NODE ex1 192.0.2.11 2001:db8::11 site=nord
  $NODE ex2 192.0.2.12 2001:db8::12 site=sued
  $NODE ex3 192.0.2.13 site=sued
  $SITE nord 10.1.0.0/16 2001:db8:a::/48
  $SITE sued 10.2.0.0/16 10.1.7.0/24
  $ECS 192.0.2.53 2001:db8:53::/48
  @ SOA ns.y. h.y. 1 1h 15m 1w 1m
  @ NS ns.y.
  @ NS ns.z.
  @ MX 10 mail
  $POOL access ex1 ex2 ex3 check=none prefer=site
  mail 60 ROTATE access
  mail TXT a
  alias CNAME mail
  *.wild 60 ROTATE access
  """

private let addresses = (11...13).map { IPAddress(ipv4: 192, 0, 2, UInt8($0)) }

/// Publishes the IPv4 addresses in these orders, and no IPv6 ones.
private func server(_ change: (inout RotationAnswer) -> Void = { _ in }) throws -> Fixture {
  let fixture = try Fixture(house)
  fixture.publish { key in
    var answer = RotationAnswer(key.family == .ipv4 ? addresses : [], ttl: key.ttl)
    if key.family == .ipv4 { change(&answer) }
    return answer
  }
  return fixture
}

/// The last octets of the A records of an answer.
private func hosts(_ message: Message) -> [Int] {
  message.answers.compactMap { $0.data.split(separator: ".").last.flatMap { Int($0) } }
}

private func ask(_ fixture: Fixture, subnet: String? = nil, over transport: Transport = .udp) throws -> [Int] {
  let query = Query("mail.x. A")
  return hosts(try fixture.ask(subnet.map { query.withSubnet($0) } ?? query, over: transport))
}

extension Query {
  /// With a client subnet, `family source scope address` in hex.
  fileprivate func withSubnet(_ hex: String) -> Query {
    let data = TestSupport.hex(hex)
    return withOptions(data: bigEndian(8, UInt16(data.count)) + data)
  }
}

/// SCOPE PREFIX-LENGTH in the reply; the option is its last.
private func scope(_ fixture: Fixture, _ subnet: String, name: String = "mail.x. A") throws -> Int {
  let packet = try #require(fixture.reply(to: Query(name).withSubnet(subnet).octets))
  return Int(packet[packet.count - hex(subnet).count + 3])
}

@Suite("Answers by policy")
struct PolicyRunTests {
  @Test("Rows take turns, each one answer of its own width")
  func rows() throws {
    let fixture = try server { $0.orders = .rows(.init([0, 1, 0, 1, 1, 0, 2, 0], width: 2, pick: .counter)) }
    // The counter of a name begins anywhere.
    let found = try (0..<8).map { _ in try ask(fixture) }
    #expect(found[..<4] == found[4...])
    #expect(Set(found[..<4]) == [[11, 12], [12, 11], [13, 11]])
    #expect(found.count { $0 == [11, 12] } == 4, "two of four rows")
  }

  @Test("answers=2 of three: a window that goes round, in the compact form")
  func window() throws {
    let fixture = try server { $0.most = 2 }
    let found = try (0..<3).map { _ in try ask(fixture) }
    #expect(Set(found) == [[11, 12], [12, 13], [13, 11]])
    let runs = fixture.snapshot.runs
    #expect(runs.octets.count == 4 * 16, "each once, and the first again")
    #expect(!runs.runs[0].isUncommon && !runs.runs[0].marks.contains(.failOpen))
  }

  @Test("A weighted answer, octet by octet")
  func golden() throws {
    let fixture = try server {
      $0.orders = .rows(.init([2, 0], width: 2, pick: .counter))
      $0.ttl = 5
      $0.isFailOpen = true
    }
    try fixture.expect(
      "mail.x. A",
      """
      ; NOERROR qr aa rd
      1234 8500 0001 0002 0000 0000
      ; question mail.x. IN A
      046d61696c 0178 00 0001 0001
      ; answer mail.x. 5 IN A 192.0.2.13
      c00c 0001 0001 00000005 0004 c000020d
      ; answer mail.x. 5 IN A 192.0.2.11
      c00c 0001 0001 00000005 0004 c000020b
      """)
    #expect(fixture.snapshot.runs.runs.contains { $0.marks.contains(.failOpen) })
  }

  @Test("An answer without addresses is NODATA: the zone's SOA, octet by octet (RFC 2308 §2.2)")
  func noData() throws {
    let golden = """
      ; NOERROR qr aa rd
      1234 8500 0001 0000 0001 0000
      ; question mail.x. IN AAAA
      046d61696c 0178 00 001c 0001
      ; authority x. 60 IN SOA ns.y. h.y. 1 3600 900 604800 60
      c011 0006 0001 0000003c 001e 026e73 0179 00 0168 c027 00000001 00000e10 00000384 00093a80 0000003c
      """
    try server().expect("mail.x. AAAA", golden)
    #expect(
      try server().lines("alias.x. AAAA") == [
        "NOERROR qr aa rd", "answer alias.x. 3600 IN CNAME mail.x.",
        "authority x. 60 IN SOA ns.y. h.y. 1 3600 900 604800 60",
      ])
    #expect(try server().lines("a.wild.x. AAAA").count == 2)
  }

  @Test("all-down=servfail: SERVFAIL without a record, and without those a CNAME brought")
  func serverFailure() throws {
    let fixture = try Fixture(house)
    fixture.publish { key in
      var answer = RotationAnswer([], ttl: key.ttl)
      answer.whenEmpty = .serverFailure
      return answer
    }
    try fixture.expect(
      "mail.x. A",
      """
      ; SERVFAIL qr rd
      1234 8102 0001 0000 0000 0000
      ; question mail.x. IN A
      046d61696c 0178 00 0001 0001
      """)
    #expect(try fixture.lines("alias.x. AAAA") == ["SERVFAIL qr rd"])
    #expect(try fixture.ask(Query("mail.x. A").withOptions()).text == ["SERVFAIL qr rd", "opt 1232"])
    #expect(try fixture.lines("mail.x. TXT")[0] == "NOERROR qr aa rd")
    #expect(try fixture.lines("x. MX") == ["NOERROR qr aa rd", "answer x. 3600 IN MX 10 mail.x."])
  }

  @Test("ANY passes over addresses that are not handed out")
  func any() throws {
    let fixture = try Fixture(house)
    fixture.publish { RotationAnswer([], ttl: $0.ttl) }
    #expect(try fixture.lines("mail.x. ANY") == ["NOERROR qr aa rd", "answer mail.x. 3600 IN TXT \\# 2 0161"])
    #expect(try fixture.lines("a.wild.x. ANY", over: .tcp)[0] == "NOERROR qr aa rd")
    #expect(try fixture.ask(Query("a.wild.x. ANY")).authorities.count == 1)
    fixture.publish { key in
      var answer = RotationAnswer([], ttl: key.ttl)
      answer.whenEmpty = .serverFailure
      return answer
    }
    #expect(try fixture.lines("a.wild.x. ANY") == ["SERVFAIL qr rd"])
  }

  @Test("The addresses of an MX's target follow the policy too, and are left out where there are none")
  func additionals() throws {
    let fixture = try server { $0.orders = .rows(.init([1, 0], width: 2, pick: .counter)) }
    let found = try fixture.ask(Query("x. MX")).additionals
    #expect(found.map(\.data) == ["192.0.2.12", "192.0.2.11"])
    #expect(found.allSatisfy { $0.owner == "mail.x." })
  }

  // MARK: By the asker

  /// The rows 0, 1, … of 256: each answer tells its row.
  private func hashed() throws -> Fixture {
    try server { $0.orders = .rows(.init((0..<256).flatMap { [$0 % 3, ($0 + 1) % 3] }, width: 2, pick: .asker)) }
  }

  @Test("order=hash: a network always meets the same row, on every server; networks are spread")
  func hash() throws {
    let fixture = try hashed()
    var firsts = [0, 0, 0]
    for network in 0..<300 as Range<UInt32> {
      fixture.client = ClientAddress(ipv4: 0x0A00_0000 + network << 8 + 7)
      let found = try ask(fixture)
      fixture.client = ClientAddress(ipv4: 0x0A00_0000 + network << 8 + 200)
      #expect(try ask(fixture) == found && ask(fixture) == found && ask(hashed(), from: fixture.client) == found)
      firsts[found[0] - 11] += 1
    }
    #expect(firsts.allSatisfy { (70...130).contains($0) }, "\(firsts)")
  }

  private func ask(_ fixture: Fixture, from client: ClientAddress) throws -> [Int] {
    fixture.client = client
    return hosts(try fixture.ask(Query("mail.x. A")))
  }

  private func ask(_ fixture: Fixture, subnet: String? = nil) throws -> [Int] {
    try AnsweringTests.ask(fixture, subnet: subnet)
  }

  /// Askers of no site get 11, those of nord 12, those of sued 13.
  private func sited() throws -> Fixture {
    try server { $0.orders = .bySite((0..<3).map { .init([$0], width: 1, pick: .counter) }) }
  }

  @Test(
    "prefer=site goes by the address that asks; the longest network counts",
    arguments: [
      ("192.0.2.1", 11), ("10.1.0.1", 12), ("10.2.255.255", 13), ("10.1.7.9", 13), ("10.3.0.0", 11),
      ("2001:db8:a::1", 12), ("2001:db8:b::1", 11), ("::ffff:10.1.0.1", 12),
    ])
  func site(client: String, host: Int) throws {
    let fixture = try sited()
    fixture.client = ClientAddress(try #require(IPAddress(client)))
    #expect(try ask(fixture) == [host])
    // A subnet from a network that is not believed changes nothing, and holds for everybody.
    #expect(try ask(fixture, subnet: "0001 18 00 0a0200") == [host])
    #expect(try scope(fixture, "0001 18 00 0a0200") == 0)
  }

  @Test(
    "RFC 7871 §7.2.1: prefer=site goes by a client subnet that is believed, and tells for whom the answer holds",
    arguments: [
      // A network of a site, and the same from farther down in it.
      ("0001 18 00 0a0200", 13, 16), ("0001 20 00 0a020304", 13, 16),
      // Inside nord, but apart from the network of sued in it: 10.1.7.0/24.
      ("0001 18 00 0a0180", 12, 17), ("0001 18 00 0a0106", 12, 24), ("0001 18 00 0a0107", 13, 24),
      // In no site: as much as leaves out those that are in one.
      ("0001 18 00 c00002", 11, 1), ("0001 18 00 0a0300", 11, 16),
      // Too short to tell: a longer one would be.
      ("0001 08 00 0a", 11, 16),
      ("0002 30 00 20010db8000a", 12, 48), ("0002 38 00 20010db8000b00", 11, 48),
      // No scope is sent: the address that asks, for everybody.
      ("0001 00 00", 11, 0), ("0000 00 00", 11, 0),
    ])
  func subnet(hex: String, host: Int, bits: Int) throws {
    let fixture = try sited()
    fixture.client = ClientAddress(ipv4: 0xC000_0235)
    #expect(try ask(fixture, subnet: hex) == [host])
    #expect(try scope(fixture, hex) == bits)
    #expect(try scope(fixture, hex, name: "mail.x. TXT") == 0, "an answer that depends on nothing")
  }

  @Test("order=hash goes by a client subnet that is believed, and its scope is that of the networks it tells apart")
  func hashedSubnet() throws {
    let fixture = try hashed()
    let direct = try ask(fixture, from: ClientAddress(ipv4: 0x0A02_0001))
    fixture.client = ClientAddress(ipv4: 0xC000_0235)
    #expect(try ask(fixture, subnet: "0001 18 00 0a0200") == direct)
    #expect(try scope(fixture, "0001 18 00 0a0200") == 24)
    #expect(try scope(fixture, "0002 38 00 20010db8000a00") == 56)
  }

  @Test("Sites have counters of their own: two that ask by turns both see all rows")
  func siteCounters() throws {
    let fixture = try server { $0.orders = .bySite((0..<3).map { _ in .init([0, 1], width: 1, pick: .counter) }) }
    let clients = [ClientAddress(ipv4: 0x0A01_0001), ClientAddress(ipv4: 0x0A02_0001)]
    let found = try (0..<4).map { try ask(fixture, from: clients[$0 % 2]) }
    #expect(Set([found[0], found[2]]).count == 2 && Set([found[1], found[3]]).count == 2, "\(found)")
  }
}
