// Golden packets: what is no question about our zones (RFC 1035 §4.1.1, RFC 6895 §2, RFC 5936 §2.2.1).

import Answering
import TestSupport
import Testing

private let house = """
  $ORIGIN kreis.example.
  $TTL 1h
  @ SOA ns1 hostmaster 7 1h 15m 1w 1m
  @ NS ns1
  @ NS ns2
  ns1 A 192.0.2.53
  ns2 A 198.51.100.53
  """

private let question = Query("ns1.kreis.example. A")

@Test("RFC 1035 §4.1.1: a name outside our zones is REFUSED, with the question and no referral")
func outsideZones() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    "www.elsewhere.example. A",
    """
    ; REFUSED qr rd
    1234 8105 0001 0000 0000 0000
    ; question www.elsewhere.example. IN A
    03777777 09656c73657768657265 076578616d706c65 00 0001 0001
    """)
  try fixture.expect(
    ". NS",
    """
    ; REFUSED qr rd
    1234 8105 0001 0000 0000 0000
    ; question . IN NS
    00 0002 0001
    """)
  #expect(try fixture.lines("example. SOA") == ["REFUSED qr rd"])
  #expect(try fixture.lines("xkreis.example. SOA") == ["REFUSED qr rd"])
}

@Test(
  "RFC 6895 §3.2, RFC 1035 §6.2: classes but IN and ANY are REFUSED; ANY is taken for IN, without AA",
  arguments: [(1, "NOERROR"), (255, "NOERROR"), (3, "REFUSED"), (4, "REFUSED"), (0, "REFUSED"), (254, "REFUSED")]
    as [(UInt16, String)])
func classes(recordClass: UInt16, code: String) throws {
  let fixture = try Fixture(house)
  let message = try fixture.ask(question.with { $0.recordClass = recordClass })
  #expect(message.codeText == code)
  #expect(message.questions == ["ns1.kreis.example. \(recordClass == 1 ? "IN" : "CLASS\(recordClass)") A"])
  #expect(message.isAuthoritative == (recordClass == 1))
  #expect(message.answers.map(\.text) == (code == "NOERROR" ? ["ns1.kreis.example. 3600 IN A 192.0.2.53"] : []))
  #expect(try fixture.ask(Query("version.bind. TXT").with { $0.recordClass = 3 }).codeText == "REFUSED")
  let withOptions = try fixture.ask(question.withOptions().with { $0.recordClass = recordClass })
  #expect(withOptions.text.dropLast() == message.text[...] && withOptions.options?.payloadSize == 1232)
}

@Test(
  "RFC 5936 §2.2.1, RFC 8945 §5, RFC 6891 §6.1.1: types that are no record types of ours",
  arguments: [
    ("AXFR", "REFUSED qr rd"), ("IXFR", "REFUSED qr rd"), ("TKEY", "NOTIMP qr rd"), ("TSIG", "NOTIMP qr rd"),
    ("OPT", "FORMERR qr rd"), ("TYPE253", "NOERROR qr aa rd"), ("TYPE254", "NOERROR qr aa rd"),
    ("TYPE128", "NOERROR qr aa rd"), ("TYPE0", "NOERROR qr aa rd"), ("TYPE65535", "NOERROR qr aa rd"),
    ("TYPE65", "NOERROR qr aa rd"), ("TYPE39", "NOERROR qr aa rd"),
  ])
func types(type: String, status: String) throws {
  for transport in [Transport.udp, .tcp] {
    let lines = try Fixture(house).lines("kreis.example. \(type)", over: transport)
    #expect(lines[0] == status)
    let soa = "authority kreis.example. 60 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60"
    #expect(Array(lines[1...]) == (status.hasPrefix("NOERROR") ? [soa] : []))
  }
}

@Test("RFC 1995 §2: an IXFR query with its SOA is understood, and REFUSED")
func transferWithSOA() throws {
  let soa = wireName("kreis.example.") + bigEndian(6, 1, 0, 0, 22) + [0, 0] + [UInt8](repeating: 0, count: 20)
  let query = Query("kreis.example. IXFR").with {
    $0.authorityCount = 1
    $0.records = soa
  }
  let fixture = try Fixture(house)
  #expect(try fixture.ask(query).text == ["REFUSED qr rd"])
  #expect(fixture.counts.transfersRefused == 1)
}

@Test(
  "RFC 1035 §4.1.1: opcodes other than QUERY get NOTIMP in a header, opcode and ID copied; OPT is answered with OPT",
  arguments: [
    (1, "12348904 0000 0000 0000 0000"), (2, "12349104 0000 0000 0000 0000"), (4, "1234a104 0000 0000 0000 0000"),
    (5, "1234a904 0000 0000 0000 0000"), (6, "1234b104 0000 0000 0000 0000"), (15, "1234f904 0000 0000 0000 0000"),
  ] as [(UInt16, String)])
func opcodes(opcode: UInt16, golden: String) throws {
  let fixture = try Fixture(house)
  let query = question.with { $0.flags = opcode << 11 | 0x0100 }
  #expect(fixture.reply(to: query.octets) == hex(golden))
  // RFC 6891 §6.1.1; the option is extended error 21, Not Supported (RFC 8914 §4.22).
  let options = hex("0001 00 0029 04d0 00000000 0006 000f00020015")
  #expect(
    fixture.reply(to: query.withOptions().octets) == hex(golden).dropLast(2) + options)
  // Nothing needs to be whole behind the header.
  #expect(fixture.reply(to: Array(query.octets.prefix(12))) == hex(golden))
  #expect(fixture.reply(to: Array(query.withOptions().octets.dropLast())) == hex(golden))
}

@Test(
  "RFC 9619: another number of questions than one is FORMERR without any question",
  arguments: [0, 2, 3, 65_535] as [UInt16])
func questionCounts(count: UInt16) throws {
  let fixture = try Fixture(house)
  let query = question.with {
    $0.questionCount = count
    $0.records = count == 2 ? wireName("x.") + bigEndian(1, 1) : []
  }
  #expect(fixture.reply(to: query.octets) == hex("1234 8101 0000 0000 0000 0000"))
  #expect(fixture.reply(to: query.octets, over: .tcp) == hex("1234 8101 0000 0000 0000 0000"))
  guard count == 2 else { return }
  // That we speak EDNS is not to be doubted for it (RFC 6891 §7).
  let withOptions = query.withOptions()
  #expect(
    fixture.reply(to: withOptions.octets)
      == hex("1234 8101 0000 0000 0000 0001 00 0029 04d0 00000000 0000"))
}

@Test("RFC 1035 §7.3: a reply gets no reply, nor does what is shorter than a header")
func silence() throws {
  let fixture = try Fixture(house)
  for flags: UInt16 in [0x8000, 0x8100, 0x8503, 0xFFFF, 0xA000] {
    #expect(fixture.reply(to: question.with { $0.flags = flags }.octets) == nil)
  }
  for length in 0..<12 {
    #expect(fixture.reply(to: Array(question.octets.prefix(length))) == nil)
    #expect(fixture.reply(to: Array(question.octets.prefix(length)), over: .tcp) == nil)
  }
  #expect(fixture.counts.notQueries == 5 && fixture.counts.tooShort == 24)
}

private let longLabel = [UInt8](repeating: 0x61, count: 63)
/// 255 octets, the longest name there is, and 256.
private let longestName = [63] + longLabel + [63] + longLabel + [63] + longLabel + [61] + longLabel.prefix(61) + [0]
private let tooLongName = [63] + longLabel + [63] + longLabel + [63] + longLabel + [62] + longLabel.prefix(62) + [0]

@Test(
  "RFC 1035 §4.1.2: a question that does not parse is FORMERR, header only",
  arguments: [
    [64] + [UInt8](repeating: 0x61, count: 64) + [0], [0x80, 0], [0x41, 0x61, 0],
    [0xBF] + [UInt8](repeating: 0, count: 255),
    tooLongName, [0xC0, 0x0C], [0xC0, 0x00], [3, 0x77, 0x77, 0x77, 0xC0, 0x0C], [1, 0x61, 0xC0, 0x04],
  ] as [[UInt8]])
func malformedNames(name: [UInt8]) throws {
  let query = question.with { $0.name = name }
  #expect(try Fixture(house).reply(to: query.octets) == hex("1234 8101 0000 0000 0000 0000"))
}

@Test("RFC 1035 §4.1.2: a query cut off anywhere in its question is FORMERR")
func cutOff() throws {
  let fixture = try Fixture(house)
  for length in 12..<question.octets.count {
    let reply = fixture.reply(to: Array(question.octets.prefix(length)))
    #expect(reply == hex("1234 8101 0000 0000 0000 0000"))
  }
  #expect(fixture.reply(to: question.octets) != nil)
}

@Test("RFC 1035 §2.3.4: a name of 255 octets is a question like any other")
func longest255() throws {
  let fixture = try Fixture(house)
  #expect(try fixture.ask(question.with { $0.name = longestName }).codeText == "REFUSED")
  let below = (0..<119).flatMap { _ in [1, 0x61] as [UInt8] } + wireName("kreis.example.")
  #expect(below.count == 253)
  #expect(try fixture.ask(question.with { $0.name = below }).codeText == "NXDOMAIN")
}

@Test("RFC 1034 §3.1: the root zone is a zone like any other")
func rootZone() throws {
  let fixture = try Fixture(
    "$TTL 1h\n. SOA ns.x. h.x. 1 1h 15m 1w 1m\n. NS ns.x.\n. NS ns.y.\nns.x. A 192.0.2.1\nns.y. A 192.0.2.2\n")
  #expect(try fixture.firstRecord(". NS") == "answer . 3600 IN NS ns.x.")
  #expect(try fixture.lines("no.such. A")[0] == "NXDOMAIN qr aa rd")
  try fixture.expect(
    "x. DS",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0000 0001 0000
    ; question x. IN DS
    0178 00 002b 0001
    ; authority . 60 IN SOA ns.x. h.x. 1 3600 900 604800 60
    c00e 0006 0001 0000003c 001e 026e73 0178 00 0168 c022 00000001 00000e10 00000384 00093a80 0000003c
    """)
}

@Test("Records in the answer or authority section of a query are passed over, if they parse")
func recordsInQuery() throws {
  let fixture = try Fixture(house)
  let record = bigEndian(0xC00C, 1, 1, 0, 60, 4) + [192, 0, 2, 1]
  let carrying = question.with {
    $0.answerCount = 1
    $0.authorityCount = 1
    $0.records = record + record
  }
  #expect(try fixture.ask(carrying).answers.count == 1)
  #expect(try fixture.ask(carrying.withOptions()).options != nil)
  for length in 1..<record.count {
    let cut = carrying.with { $0.records = Array((record + record).dropLast(length)) }
    #expect(fixture.reply(to: cut.octets) == hex("1234 8101 0000 0000 0000 0000"))
  }
}
