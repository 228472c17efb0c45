// Golden packets: additional addresses, compression inside a set, and what does not fit
// (RFC 1035 §3.3, §4.1.4, RFC 2782, RFC 2181 §9).

import Answering
import TestSupport
import Testing

private let house = """
  $ORIGIN kreis.example.
  $TTL 1h
  $NODE ex1 192.0.2.11 2001:db8:1::11
  $POOL access ex1 check=none
  @ SOA ns1 hostmaster 7 1h 15m 1w 1m
  @ NS ns1
  @ NS ns2
  ns1 A 192.0.2.53
  ns2 A 198.51.100.53
  @ MX 10 relay
  @ MX 20 Backup.relay
  @ MX 30 mx.elsewhere.example.
  relay 60 ROTATE access
  Backup.relay A 192.0.2.12
  _autodiscover._tcp SRV 0 0 443 relay
  _autodiscover._tcp SRV 0 0 443 Backup.relay
  *.wild MX 10 relay
  self MX 10 self
  self A 192.0.2.13
  """

@Test("RFC 1035 §3.3.9: MX brings the addresses of its exchanges, ROTATE among them, and compresses their names")
func mailExchanges() throws {
  try Fixture(house).expect(
    "kreis.example. MX",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0003 0000 0003
    ; question kreis.example. IN MX
    056b72656973 076578616d706c65 00 000f 0001
    ; answer kreis.example. 3600 IN MX 10 relay.kreis.example.
    c00c 000f 0001 00000e10 0017 000a 0572656c6179 056b72656973 076578616d706c65 00
    ; answer kreis.example. 3600 IN MX 20 Backup.relay.kreis.example.
    c00c 000f 0001 00000e10 000b 0014 064261636b7570 c02d
    ; answer kreis.example. 3600 IN MX 30 mx.elsewhere.example.
    c00c 000f 0001 00000e10 0011 001e 026d78 09656c73657768657265 c039
    ; additional relay.kreis.example. 60 IN A 192.0.2.11
    c02d 0001 0001 0000003c 0004 c000020b
    ; additional relay.kreis.example. 60 IN AAAA 2001:0db8:0001:0000:0000:0000:0000:0011
    c02d 001c 0001 0000003c 0010 20010db8000100000000000000000011
    ; additional Backup.relay.kreis.example. 3600 IN A 192.0.2.12
    c050 0001 0001 00000e10 0004 c000020c
    """)
}

@Test("RFC 2782: SRV brings the addresses of its targets, whose names are not compressed")
func services() throws {
  try Fixture(house).expect(
    "_autodiscover._tcp.kreis.example. SRV",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0003
    ; question _autodiscover._tcp.kreis.example. IN SRV
    0d5f6175746f646973636f766572 045f746370 056b72656973 076578616d706c65 00 0021 0001
    ; answer _autodiscover._tcp.kreis.example. 3600 IN SRV 0 0 443 relay.kreis.example.
    c00c 0021 0001 00000e10 001b 0000 0000 01bb 0572656c6179 056b72656973 076578616d706c65 00
    ; answer _autodiscover._tcp.kreis.example. 3600 IN SRV 0 0 443 Backup.relay.kreis.example.
    c00c 0021 0001 00000e10 0022 0000 0000 01bb 064261636b7570 0572656c6179 056b72656973 076578616d706c65
    00
    ; additional relay.kreis.example. 60 IN A 192.0.2.11
    c044 0001 0001 0000003c 0004 c000020b
    ; additional relay.kreis.example. 60 IN AAAA 2001:0db8:0001:0000:0000:0000:0000:0011
    c044 001c 0001 0000003c 0010 20010db8000100000000000000000011
    ; additional Backup.relay.kreis.example. 3600 IN A 192.0.2.12
    c06b 0001 0001 00000e10 0004 c000020c
    """)
}

@Test("RFC 1035 §3.3.11: NS brings the addresses of the name servers")
func nameServers() throws {
  try Fixture(house).expect(
    "kreis.example. NS",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0002
    ; question kreis.example. IN NS
    056b72656973 076578616d706c65 00 0002 0001
    ; answer kreis.example. 3600 IN NS ns1.kreis.example.
    c00c 0002 0001 00000e10 0013 036e7331 056b72656973 076578616d706c65 00
    ; answer kreis.example. 3600 IN NS ns2.kreis.example.
    c00c 0002 0001 00000e10 0006 036e7332 c02f
    ; additional ns1.kreis.example. 3600 IN A 192.0.2.53
    c02b 0001 0001 00000e10 0004 c0000235
    ; additional ns2.kreis.example. 3600 IN A 198.51.100.53
    c04a 0001 0001 00000e10 0004 c6336435
    """)
}

@Test("RFC 1035 §3.3.13: the names of a SOA are compressed against one another")
func startOfAuthority() throws {
  try Fixture(house).expect(
    "kreis.example. SOA",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0000
    ; question kreis.example. IN SOA
    056b72656973 076578616d706c65 00 0006 0001
    ; answer kreis.example. 3600 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c00c 0006 0001 00000e10 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c02f
    00000007 00000e10 00000384 00093a80 0000003c
    """)
}

@Test("An exchange's address is added under the exchange's name, also behind a wildcard and at the owner itself")
func additionalOwners() throws {
  let fixture = try Fixture(house)
  #expect(
    try fixture.lines("ANY.wild.kreis.example. MX") == [
      "NOERROR qr aa rd", "answer ANY.wild.kreis.example. 3600 IN MX 10 relay.kreis.example.",
      "additional relay.kreis.example. 60 IN A 192.0.2.11",
      "additional relay.kreis.example. 60 IN AAAA 2001:0db8:0001:0000:0000:0000:0000:0011",
    ])
  #expect(
    try fixture.lines("SELF.kreis.example. MX") == [
      "NOERROR qr aa rd", "answer SELF.kreis.example. 3600 IN MX 10 self.kreis.example.",
      "additional self.kreis.example. 3600 IN A 192.0.2.13",
    ])
}

/// A zone with a TXT record of so many octets at `x`, an MX at `m` that leaves so little room, and many addresses.
private func sized(_ octets: Int) -> String {
  // TXT RDATA: strings of 255 octets with their length octet.
  var strings = ""
  var rest = octets
  while rest > 0 {
    let piece = min(rest, 256)
    strings += " \"" + String(repeating: "t", count: piece - 1) + "\""
    rest -= piece
  }
  return """
    $ORIGIN x.
    $TTL 1h
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.
    t TXT\(strings)

    """
}

/// The size of the reply to `t.x. TXT`, with its OPT, when RDATA has so many octets.
private func replySize(_ octets: Int, hasOptions: Bool) -> Int { 12 + 5 + 4 + 12 + octets + (hasOptions ? 11 : 0) }

@Test("RFC 1035 §4.2.1, RFC 6891 §6.2.5: a UDP reply fills its limit to the last octet, and one more is TC")
func exactLimits() throws {
  for (size, limit) in [(nil, 512), (512, 512), (600, 600), (0, 512), (1232, 1232), (4096, 1232), (65_535, 1232)] {
    let hasOptions = size != nil
    let query = size.map { Query("t.x. TXT").withOptions(size: UInt16($0)) } ?? Query("t.x. TXT")
    let most = limit - replySize(0, hasOptions: hasOptions)
    let fits = try Fixture(sized(most)).ask(query)
    #expect(!fits.isTruncated && fits.answers.count == 1)
    let packet = try #require(try Fixture(sized(most)).reply(to: query.octets))
    #expect(packet.count == limit)
    let over = try Fixture(sized(most + 1))
    let truncated = try over.ask(query)
    #expect(truncated.isTruncated && truncated.isAuthoritative && truncated.code == 0)
    #expect(truncated.text.count == (hasOptions ? 2 : 1))
    #expect(over.counts.truncated == 1)
    let whole = try over.ask(query, over: .tcp)
    #expect(!whole.isTruncated && whole.answers.count == 1)
    // The same in class ANY, which goes another way.
    let anyClass = query.with { $0.recordClass = 255 }
    #expect(try Fixture(sized(most)).reply(to: anyClass.octets)?.count == limit)
    #expect(try over.ask(anyClass).isTruncated)
  }
}

@Test("RFC 2181 §9: a truncated reply is header, question and OPT")
func truncated() throws {
  try Fixture(sized(2000)).expect(
    Query("t.x. TXT").withOptions(size: 1400, flags: 0x8000),
    """
    ; NOERROR qr aa tc rd
    1234 8700 0001 0000 0000 0001
    ; question t.x. IN TXT
    0174 0178 00 0010 0001
    ; OPT, 1232 octets
    00 0029 04d0 00008000 0000
    """)
}

@Test("RFC 2181 §9: additional records that do not fit are left out without TC, and those that fit are kept")
func additionalDropped() throws {
  // Four exchanges of eight IPv6 addresses each, and one with a single one: 512 octets hold one of the big sets.
  var text = sized(1)
  for number in 0..<4 {
    text += "m MX 10 e\(number)\n"
    for address in 0..<8 { text += "e\(number) AAAA 2001:db8:\(number)::\(address)\n" }
  }
  text += "m MX 20 last\nlast A 192.0.2.1\n"
  let fixture = try Fixture(text)
  let message = try fixture.ask(Query("m.x. MX"))
  #expect(!message.isTruncated && message.answers.count == 5)
  #expect(message.additionals.count { $0.owner == "e0.x." } == 8)
  #expect(message.additionals.last?.text == "last.x. 3600 IN A 192.0.2.1")
  #expect(message.additionals.count == 9)
  #expect(try fixture.ask(Query("m.x. MX"), over: .tcp).additionals.count == 33)
}

@Test("RFC 2181 §9: TC when the SOA of a negative answer does not fit behind a chain")
func negativeDoesNotFit() throws {
  let label = String(repeating: "l", count: 60)
  var text = sized(1)
  for link in 0..<5 { text += "c\(link) CNAME c\(link + 1).\(label).\(label)\n" }
  for link in 1..<5 { text += "c\(link).\(label).\(label) CNAME c\(link + 1).\(label).\(label)\n" }
  let fixture = try Fixture(text)
  #expect(try fixture.lines("c0.x. A") == ["NOERROR qr aa tc rd"])
  #expect(try fixture.lines("c0.x. A", over: .tcp)[0] == "NXDOMAIN qr aa rd")
}

@Test("RFC 1035 §4.2.2: over TCP a set may have all of 65,535 octets; more is an error in the file, or TC for ANY")
func longest() throws {
  // Records of at most 2,000 octets are the longest a readable line makes.
  func zone(_ records: Int) -> String {
    var text = sized(1)
    let filling = (0..<7).map { _ in "\"" + String(repeating: "f", count: 255) + "\"" }.joined(separator: " ")
    for number in 0..<records { text += "big TXT \"\(number)\" \(filling)\n" }
    return text
  }
  let fits = try Fixture(zone(36))
  let packet = try #require(fits.reply(to: Query("big.x. TXT").octets, over: .tcp))
  #expect(packet.count > 60_000)
  #expect(try Message(packet).answers.count == 36)
  #expect(try fits.lines("big.x. TXT") == ["NOERROR qr aa tc rd"])
  #expect(throws: ZoneTextError.self) { try Fixture(zone(40)) }
  let more = zone(36) + "big TYPE65280 \\# 1500 \(String(repeating: "ab", count: 1_500))\n"
  #expect(try Fixture(more).lines("big.x. ANY", over: .tcp) == ["NOERROR qr aa tc rd"])
}

@Test("RFC 1035 §4.1.4: pointers reach 16,383 octets; sets that go beyond are still read right")
func farPointers() throws {
  // Exchanges with long names of their own: the set grows past 8 KiB and past 16 KiB, its additionals further.
  for count in [100, 130, 150, 260, 300, 600] {
    var text = sized(1)
    for number in 0..<count {
      text += "m MX 10 exchange-with-a-long-name-of-its-own-\(number).y\(number % 7).x.\n"
      text +=
        "exchange-with-a-long-name-of-its-own-\(number).y\(number % 7).x. A 10.0.\(number / 256).\(number % 256)\n"
    }
    let message = try Fixture(text).ask(Query("m.x. MX"), over: .tcp)
    #expect(!message.isTruncated)
    let exchanges = (0..<count).map { "10 exchange-with-a-long-name-of-its-own-\($0).y\($0 % 7).x." }
    #expect(message.answers.map(\.data) == exchanges)
    for record in message.additionals {
      let number = record.data.split(separator: ".").suffix(2).reduce(0) { $0 * 256 + (Int($1) ?? 0) }
      #expect("10 \(record.owner)" == exchanges[number])
    }
    #expect(message.additionals.count > min(count, 250) - 1)
  }
}

@Test("RFC 1035 §4.1.4: ANY over TCP holds sets with compressed names behind long ones")
func anyBehindLongSet() throws {
  let filling = (0..<7).map { _ in "\"" + String(repeating: "f", count: 255) + "\"" }.joined(separator: " ")
  var text = sized(1)
  for number in 0..<12 { text += "big TXT \"\(number)\" \(filling)\n" }
  text += "big MX 10 a.mx\nbig MX 20 b.mx\na.mx A 192.0.2.1\nb.mx A 192.0.2.2\n"
  let message = try Fixture(text).ask(Query("big.x. ANY"), over: .tcp)
  #expect(!message.isTruncated)
  #expect(message.answers.count { $0.type == "TXT" } == 12)
  #expect(message.answers.filter { $0.type == "MX" }.map(\.data) == ["10 a.mx.x.", "20 b.mx.x."])
}
