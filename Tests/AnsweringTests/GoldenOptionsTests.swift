// Golden packets: EDNS, right and wrong (RFC 6891).

import Answering
import DNS
import TestSupport
import Testing

private let house = """
  $ORIGIN x.
  $TTL 1h
  @ SOA ns.y. h.y. 1 1h 15m 1w 1m
  @ NS ns.y.
  @ NS ns.z.
  www A 192.0.2.1
  """

private let question = Query("www.x. A")

@Test("RFC 6891 §6.1.1, RFC 3225 §3: OPT is answered with OPT, DO is copied, other flags and unknown options are not")
func options() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    question.withOptions(size: 4096, flags: 0xFFFF, data: bigEndian(10, 8) + Array(1...8) + bigEndian(65_001, 0)),
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0001
    ; question www.x. IN A
    03777777 0178 00 0001 0001
    ; answer www.x. 3600 IN A 192.0.2.1
    c00c 0001 0001 00000e10 0004 c0000201
    ; OPT, 1232 octets
    00 0029 04d0 00008000 0000
    """)
  #expect(
    try fixture.ask(question.withOptions()).options == .init(payloadSize: 1232, extendedCode: 0, version: 0, flags: 0))
  #expect(try fixture.ask(question).options == nil)
  #expect(fixture.counts.withOptions == 2)
}

@Test(
  "RFC 6891 §6.1.2: options that mean nothing to this server are ignored, whatever they hold",
  // DAU, DHU, N3U, EXPIRE, CHAIN, key tag, report channel, zone version; one of none's; one for local use.
  arguments: [5, 6, 7, 9, 13, 14, 18, 19, 4242, 65_001] as [UInt16])
func ignoredOptions(code: UInt16) throws {
  let fixture = try Fixture(house)
  let plain = fixture.reply(to: question.withOptions().octets)
  for data in [bigEndian(code, 0), bigEndian(code, 3) + [1, 2, 3], bigEndian(code, 0, code, 1) + [0]] {
    #expect(fixture.reply(to: question.withOptions(data: data).octets) == plain)
  }
  #expect(fixture.counts.optionErrors == 0)
}

@Test("RFC 6891 §6.1.3: a version above 0 gets BADVERS, version 0 and no answer")
func badVersion() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    question.withOptions(version: 1, flags: 0x8000),
    """
    ; BADVERS qr rd
    1234 8100 0001 0000 0000 0001
    ; question www.x. IN A
    03777777 0178 00 0001 0001
    ; OPT, 1232 octets
    00 0029 04d0 01008000 0000
    """)
  #expect(try fixture.ask(question.withOptions(version: 255)).code == 16)
  #expect(try fixture.ask(Query("outside. A").withOptions(version: 1)).code == 16)
  // What stands in the RDATA of that version is not known: options that do not parse are no fault (§6.1.3).
  for data: [UInt8] in [[0], [0, 10, 0, 1, 7], [0, 1, 0xFF, 0xFF, 1]] {
    #expect(try fixture.ask(question.withOptions(version: 1, data: data)).text == ["BADVERS qr rd", "opt 1232"])
  }
  #expect(fixture.counts.responses(.badVersion) == 6)
}

@Test("RFC 6891 §6.1.1: two OPTs, OPT below the root, and options that do not parse are FORMERR with an OPT of ours")
func malformedOptions() throws {
  let fixture = try Fixture(house)
  let golden = """
    ; FORMERR qr rd
    1234 8101 0001 0000 0000 0001
    ; question www.x. IN A
    03777777 0178 00 0001 0001
    ; OPT, 1232 octets
    00 0029 04d0 00000000 0000
    """
  try fixture.expect(question.withOptions().withOptions(), golden)
  try fixture.expect(question.withOptions(owner: [1, 0x61, 0]), golden)
  try fixture.expect(question.withOptions(owner: [0xC0, 0x0C]), golden)
  for data: [UInt8] in [[0], [0, 1, 0], [0, 1, 0, 1], [0, 1, 0, 0, 0], [0, 1, 0xFF, 0xFF, 1]] {
    try fixture.expect(question.withOptions(data: data), golden)
  }
  #expect(fixture.counts.optionErrors == 8)
}

@Test("RFC 6891 §6.1.1: OPT in another section than additional is FORMERR, as is one that runs off the end")
func misplacedOptions() throws {
  let fixture = try Fixture(house)
  let header = hex("1234 8101 0000 0000 0000 0000")
  let inAnswer = question.withOptions().with {
    $0.answerCount = 1
    $0.additionalCount = 0
  }
  let inAuthority = question.withOptions().with {
    $0.authorityCount = 1
    $0.additionalCount = 0
  }
  #expect(fixture.reply(to: inAnswer.octets) == header)
  #expect(fixture.reply(to: inAuthority.octets) == header)
  for length in 1...11 { #expect(fixture.reply(to: Array(question.withOptions().octets.dropLast(length))) == header) }
  #expect(fixture.reply(to: Array(question.withOptions(data: [0, 1, 0, 0]).octets.dropLast())) == header)
  #expect(fixture.reply(to: question.with { $0.additionalCount = 65_535 }.octets) == header)
}

@Test("OPT is found among other additional records, before and behind them")
func amongOthers() throws {
  let fixture = try Fixture(house)
  let record = bigEndian(0xC00C, 1, 1, 0, 60, 4) + [192, 0, 2, 1]
  let before = question.with {
    $0.additionalCount = 1
    $0.records = record
  }.withOptions(flags: 0x8000)
  let behind = question.withOptions(flags: 0x8000).with {
    $0.additionalCount = 2
    $0.records += record
  }
  #expect(try fixture.ask(before).text == fixture.ask(behind).text)
  #expect(try fixture.ask(before).text.last == "opt 1232 do")
}

@Test("OPT comes back with every RCODE that has a question")
func withErrors() throws {
  let fixture = try Fixture(house)
  #expect(try fixture.ask(Query("no.x. A").withOptions()).text.last == "opt 1232")
  #expect(try fixture.ask(Query("outside. A").withOptions()).text == ["REFUSED qr rd", "opt 1232"])
  #expect(try fixture.ask(Query("x. TKEY").withOptions()).text == ["NOTIMP qr rd", "opt 1232"])
  #expect(try fixture.ask(Query("x. OPT").withOptions()).text == ["FORMERR qr rd", "opt 1232"])
  #expect(try fixture.ask(Query("x. AXFR").withOptions(), over: .tcp).text == ["REFUSED qr rd", "opt 1232"])
}

@Test("Our OPT says what limit this server has been given")
func ownLimit() throws {
  let fixture = try Fixture(house, payloadLimit: 1400)
  #expect(try fixture.ask(question.withOptions()).options?.payloadSize == 1400)
}
