// Options in OPT: what each is answered with, and when the reply is FORMERR (RFC 6891 §6.1.2 and the RFCs named).

import DNS
import TestSupport
import Testing

@testable import Answering

private let house = """
  $ORIGIN x.
  $TTL 1h
  @ SOA ns.y. h.y. 1 1h 15m 1w 1m
  @ NS ns.y.
  @ NS ns.z.
  www A 192.0.2.1
  big TXT \(String(repeating: "t", count: 255)) \(String(repeating: "t", count: 255))
  """

private let question = Query("www.x. A")

/// The secret of RFC 9018, appendix A.1: e5e973e5a6b2a43f48e7dc849e37bfcf.
private let secrets = CookieSecrets(
  current: SipHash.Key(UInt64(bigEndian: 0xE5E9_73E5_A6B2_A43F), UInt64(bigEndian: 0x48E7_DC84_9E37_BFCF)))

private func server(identifier: String = "") throws -> Fixture {
  // Asked from 198.51.100.100 at the time of RFC 9018, appendix A.1.
  let fixture = try Fixture(
    house, settings: AnswerSettings(cookieSecrets: secrets, identifier: Array(identifier.utf8)))
  fixture.client = ClientAddress(ipv4: 0xC633_6464)
  return fixture
}

private func option(_ code: UInt16, _ data: [UInt8] = []) -> [UInt8] { bigEndian(code, UInt16(data.count)) + data }

/// The options of a reply, `code: hex` each, read behind the last OPT head.
private func options(_ packet: [UInt8]?) throws -> [String] {
  let packet = try #require(packet)
  _ = try Message(packet)
  let heads = packet.indices.dropLast(10).filter { packet[$0..<$0 + 5].elementsEqual([0, 0, 41, 4, 208]) }
  var at = try #require(heads.last) + 11
  #expect(Int(packet[at - 2]) << 8 | Int(packet[at - 1]) == packet.count - at)
  var found: [String] = []
  while at < packet.count {
    let length = Int(packet[at + 2]) << 8 | Int(packet[at + 3])
    found.append("\(packet[at + 1]): " + hexadecimal(packet[at + 4..<at + 4 + length]))
    at += 4 + length
  }
  return found
}

private let clientCookie: [UInt8] = [0x24, 0x64, 0xC4, 0xAB, 0xCF, 0x10, 0xC9, 0x57]
private let wholeCookie = "2464c4abcf10c957010000005cf79f111f8130c3eee29480"

@Test("RFC 9018 A.1: a client cookie is answered with both; the pair comes back as it is while it is fresh")
func cookies() throws {
  let fixture = try server()
  let first = question.withOptions(data: option(10, clientCookie))
  try fixture.expect(
    first,
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0001
    ; question www.x. IN A
    03777777 0178 00 0001 0001
    ; answer www.x. 3600 IN A 192.0.2.1
    c00c 0001 0001 00000e10 0004 c0000201
    ; OPT, 1232 octets
    00 0029 04d0 00000000 001c 000a00182464c4abcf10c957010000005cf79f111f8130c3eee29480
    """)
  let again = question.withOptions(data: option(10, hex(wholeCookie)))
  #expect(try options(fixture.reply(to: again.octets)) == ["10: \(wholeCookie)"])
  fixture.now += 3000
  let renewed = try options(fixture.reply(to: again.octets))
  #expect(renewed.count == 1 && renewed != ["10: \(wholeCookie)"])
  // From another address it is worth no more than none.
  fixture.client = ClientAddress(ipv4: 1)
  #expect(try fixture.ask(again).codeText == "NOERROR")
}

@Test("RFC 7873 §5.2.2: a cookie of a length that none has is FORMERR, with our OPT", arguments: [0, 7, 9, 15, 41])
func cookieLengths(length: Int) throws {
  let fixture = try server()
  let query = question.withOptions(data: option(10, Array(repeating: 7, count: length)))
  #expect(try fixture.ask(query).text == ["FORMERR qr rd", "opt 1232"])
  #expect(fixture.counts.optionErrors == 1)
}

@Test("RFC 7873 §5.4: a cookie without a question is answered; nothing else without a question is")
func cookieAlone() throws {
  let fixture = try server()
  func alone(_ data: [UInt8], version: UInt8 = 0) -> Query {
    question.withOptions(version: version, data: data).with {
      $0.questionCount = 0
      $0.name = []
    }
  }
  func octets(_ query: Query) -> [UInt8] { Array(query.octets.prefix(12)) + query.records }
  let packet = try #require(fixture.reply(to: octets(alone(option(10, clientCookie)))))
  #expect(hexadecimal(packet[..<12], group: 2, separator: " ") == "1234 8100 0000 0000 0000 0001")
  #expect(try options(packet) == ["10: \(wholeCookie)"])
  for query in [alone([]), alone(option(3)), alone(option(10, [1])), alone(option(10, clientCookie), version: 1)] {
    #expect(
      fixture.reply(to: octets(query))
        == hex("1234 8101 0000 0000 0000 0001 00 0029 04d0 00000000 0000"))
  }
  let withoutSecrets = try Fixture(house)
  #expect(
    withoutSecrets.reply(to: octets(alone(option(10, clientCookie))))
      == hex("1234 8101 0000 0000 0000 0001 00 0029 04d0 00000000 0000"))
}

@Test("RFC 5001 §2.3: NSID is sent to a client that asks for it, if the server has one")
func identifier() throws {
  let asking = question.withOptions(data: option(3, [1, 2]))
  #expect(try options(server(identifier: "ns1").reply(to: asking.octets)) == ["3: 6e7331"])
  #expect(try options(server(identifier: "ns1").reply(to: question.withOptions(data: option(9)).octets)) == [])
  #expect(try options(server().reply(to: asking.octets)) == [])
}

@Test("RFC 7871 §7.2.1: a subnet comes back as it was, with scope 0")
func subnet() throws {
  let fixture = try server()
  for (asked, answered) in [
    ("0001 18 00 c00002", "0001 18 00 c00002"), ("0002 38 00 20010db8000001", "0002 38 00 20010db8000001"),
    ("0001 00 00", "0001 00 00"), ("0000 00 00", "0000 00 00"), ("0001 15 00 c00000", "0001 15 00 c00000"),
  ] {
    let query = question.withOptions(data: option(8, hex(asked)))
    #expect(try options(fixture.reply(to: query.octets)) == ["8: " + answered.filter { $0 != " " }])
  }
}

@Test(
  "RFC 7871 §6: a subnet that cannot be is FORMERR",
  arguments: [
    "", "0001", "0003 00 00", "0001 21 00 c000020100", "0002 81 00 20010db800000000000000000000000000",
    "0001 18 00 c0000201", "0001 18 00 c000", "0001 17 00 c00003", "0001 18 08 c00002", "0000 08 00 c0",
  ])
func wrongSubnet(data: String) throws {
  let query = question.withOptions(data: option(8, hex(data)))
  #expect(try server().ask(query).text == ["FORMERR qr rd", "opt 1232"])
}

@Test("RFC 7828 §3: keepalive is answered over TCP alone; a client that names a time gets FORMERR there")
func keepalive() throws {
  let fixture = try server()
  let asking = question.withOptions(data: option(11))
  #expect(try options(fixture.reply(to: asking.octets, over: .tcp)) == ["11: 012c"])
  #expect(fixture.counts.keepalives == 1)
  #expect(try options(fixture.reply(to: asking.octets)) == [])
  let naming = question.withOptions(data: option(11, [0, 1]))
  #expect(try fixture.ask(naming, over: .tcp).codeText == "FORMERR")
  #expect(try fixture.ask(naming).codeText == "NOERROR")
}

@Test("RFC 7873 §5.3: replies without a question have the cookie as well, and all else that OPT is asked for")
func withoutQuestion() throws {
  let fixture = try server(identifier: "ns1")
  let data = option(10, clientCookie) + option(3) + option(11)
  let update = question.withOptions(data: data).with { $0.flags = 0x2800 }
  let twice = Query("www.x. A").with {
    $0.questionCount = 2
    $0.records = wireName("x.") + bigEndian(6, 1)
  }.withOptions(data: data)
  #expect(try options(fixture.reply(to: update.octets)) == ["10: \(wholeCookie)", "3: 6e7331", "15: 0015"])
  #expect(try options(fixture.reply(to: twice.octets)) == ["10: \(wholeCookie)", "3: 6e7331"])
  #expect(fixture.counts.keepalives == 0)
  // A client that asked for a time over TCP gets it, whatever the reply is.
  for (count, query) in [update, twice, question.withOptions(data: data)].enumerated() {
    #expect(try options(fixture.reply(to: query.octets, over: .tcp)).contains("11: 012c"))
    #expect(fixture.counts.keepalives == count + 1)
  }
}

@Test("RFC 7830 §6: no transport here is encrypted, so no reply is padded", arguments: [Transport.udp, .tcp])
func padding(transport: Transport) throws {
  let fixture = try server(identifier: "ns1")
  for text in ["www.x. A", "big.x. TXT", "none.x. A", "y. A"] {
    for others in [[], option(3), option(10, clientCookie)] {
      let plain = fixture.reply(to: Query(text).withOptions(data: others).octets, over: transport)
      for data in [option(12), option(12, [0, 0, 0]), option(12, Array(repeating: 0, count: 400))] {
        let padding = Query(text).withOptions(data: others + data)
        #expect(fixture.reply(to: padding.octets, over: transport) == plain, "\(text)")
      }
    }
  }
}

@Test("RFC 8914 §4.21: REFUSED outside our zones says why, with EDNS only")
func extendedError() throws {
  let fixture = try server()
  try fixture.expect(
    Query("y. A").withOptions(),
    """
    ; REFUSED qr rd
    1234 8105 0001 0000 0000 0001
    ; question y. IN A
    0179 00 0001 0001
    ; OPT, 1232 octets
    00 0029 04d0 00000000 0006 000f00020014
    """)
  let both = Query("y. A").withOptions(data: option(10, clientCookie))
  #expect(try options(fixture.reply(to: both.octets)) == ["10: \(wholeCookie)", "15: 0014"])
  #expect(try fixture.ask(Query("y. A")).options == nil)
}

@Test(
  "RFC 8914 §4: a refused transfer and a question for what is not done here say so, with EDNS only",
  arguments: [
    (Query("x. AXFR"), "0012"), (Query("x. IXFR"), "0012"), (Query("x. TKEY"), "0015"),
    (Query("x. A").with { $0.recordClass = 3 }, "0014"), (Query("x. SOA").with { $0.flags = 0x2800 }, "0015"),
    (Query("x. A").with { $0.flags = 0x7800 }, "0015"),
  ])
func moreExtendedErrors(query: Query, number: String) throws {
  let fixture = try server()
  #expect(try options(fixture.reply(to: query.withOptions().octets)) == ["15: \(number)"])
  #expect(try fixture.ask(query).options == nil)
  #expect(try options(fixture.reply(to: Query("www.x. TXT").withOptions().octets)) == [])
}

@Test("Options together come in one OPT; a set that leaves them no room is truncated, options are not")
func together() throws {
  let fixture = try server(identifier: String(repeating: "n", count: 64))
  let all =
    option(8, hex("0002 80 00 20010db8000000000000000000000001")) + option(3) + option(11)
    + option(10, clientCookie)
  let answered = try options(fixture.reply(to: question.withOptions(data: all).octets, over: .tcp))
  #expect(answered.map { $0.prefix { $0 != ":" } } == ["10", "3", "8", "11"])
  let big = Query("big.x. TXT").withOptions(size: 600, data: all)
  #expect(try fixture.ask(big).isTruncated)
  #expect(try options(fixture.reply(to: big.octets)).count == 3)
  #expect(try !fixture.ask(Query("big.x. TXT").withOptions(size: 600)).isTruncated)
}

@Test(
  "RFC 4892: id.server and hostname.bind in class CH tell the identifier, if there is one; the version is never told")
func chaos() throws {
  func asking(_ text: String) -> Query { Query(text).with { $0.recordClass = 3 } }
  let fixture = try server(identifier: "ns1")
  try fixture.expect(
    asking("ID.server. TYPE16"),
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0000
    ; question ID.server. CLASS3 TXT
    024944 06736572766572 00 0010 0003
    ; answer ID.server. 0 CLASS3 TXT \\# 4 036e7331
    c00c 0010 0003 00000000 0004 036e7331
    """)
  #expect(try fixture.ask(asking("hostname.bind. TXT")).answers.count == 1)
  for text in ["version.bind. TXT", "version.server. TXT", "id.server. A", "authors.bind. TXT", "server. TXT"] {
    #expect(try fixture.ask(asking(text)).text == ["REFUSED qr rd"], "\(text)")
  }
  #expect(try server().ask(asking("id.server. TXT")).text == ["REFUSED qr rd"])
}

@Test("RFC 8914 §4.1: addresses of nodes that all fail are handed out and called that, with EDNS only")
func failOpen() throws {
  let fixture = try Fixture(
    """
    $NODE e1 192.0.2.11 2001:db8::11
    $NODE e2 192.0.2.12
    $NODE e3 192.0.2.13
    $POOL a e1 e2 check=none
    $POOL b e3 check=none
    \(house)
    mail 60 ROTATE a
    *.w 60 ROTATE a
    well 60 ROTATE b
    alias CNAME mail
    old DNAME w
    mx MX 10 mail
    """)
  let text = hexadecimal("too few nodes are healthy".utf8)
  func errors(_ question: String, data: [UInt8] = []) throws -> [String] {
    try options(fixture.reply(to: Query(question).withOptions(data: data).octets))
  }
  #expect(try errors("mail.x. A") == [])
  fixture.publish(without: ["e1", "e2"])
  for question in ["mail.x. A", "mail.x. AAAA", "any.w.x. A", "alias.x. A", "alias.x. AAAA", "any.old.x. A"] {
    #expect(try errors(question) == ["15: 0000\(text)"], "\(question)")
    #expect(try errors(question, data: option(12)).first == "15: 0000\(text)", "\(question)")
    // Each answer begins with another address.
    let plain = try fixture.ask(Query(question)).text
    #expect(try fixture.ask(Query(question).withOptions()).text.sorted() == (plain + ["opt 1232"]).sorted())
  }
  for question in ["well.x. A", "www.x. A", "mail.x. TXT", "alias.x. MX", "mx.x. MX", "no.x. A", "y. AAAA"] {
    #expect(try !errors(question).contains("15: 0000\(text)"), "\(question)")
  }
  // Over TCP ANY holds the addresses too.
  #expect(try options(fixture.reply(to: Query("mail.x. ANY").withOptions().octets, over: .tcp)) == ["15: 0000\(text)"])
  fixture.publish(without: ["e1"])
  // IPv6 has lost its only node, IPv4 has one left.
  #expect(try errors("mail.x. A") == [] && errors("mail.x. AAAA") == ["15: 0000\(text)"])
}
