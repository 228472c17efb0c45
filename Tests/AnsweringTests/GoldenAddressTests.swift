// Golden packets: addresses in rotation, and what is copied from the query (RFC 1035 §4.1, RFC 3596 §2.2, RFC 1794).

import Answering
import TestSupport
import Testing

private let house = """
  $TTL 1h
  $AUTHORITY ns1.kreis.example. ns2.kreis.example. contact=hostmaster.kreis.example.
  $NODE ex1 192.0.2.11 2001:db8:1::11
  $NODE ex2 198.51.100.11 2001:db8:2::11
  $CHECK mta tcp:25
  $POOL access ex1 ex2 check=mta
  $ZONE mail.kreis.example.
  @ 60 ROTATE access
  static A 192.0.2.1
  static A 192.0.2.2
  static A 192.0.2.3
  """

@Test("RFC 1794: ROTATE answers with A records, the next one first each time")
func rotatedA() throws {
  let fixture = try Fixture(house)
  let first = """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0000
    ; question mail.kreis.example. IN A
    046d61696c 056b72656973 076578616d706c65 00 0001 0001
    ; answer mail.kreis.example. 60 IN A 192.0.2.11
    c00c 0001 0001 0000003c 0004 c000020b
    ; answer mail.kreis.example. 60 IN A 198.51.100.11
    c00c 0001 0001 0000003c 0004 c633640b
    """
  let second = """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0000
    ; question mail.kreis.example. IN A
    046d61696c 056b72656973 076578616d706c65 00 0001 0001
    ; answer mail.kreis.example. 60 IN A 198.51.100.11
    c00c 0001 0001 0000003c 0004 c633640b
    ; answer mail.kreis.example. 60 IN A 192.0.2.11
    c00c 0001 0001 0000003c 0004 c000020b
    """
  try fixture.expect("mail.kreis.example. A", first)
  try fixture.expect("mail.kreis.example. A", second)
  try fixture.expect("mail.kreis.example. A", first)
}

@Test("RFC 3596 §2.2: ROTATE answers with AAAA records, rotated by a counter of their own")
func rotatedAAAA() throws {
  let fixture = try Fixture(house)
  _ = try fixture.ask(Query("mail.kreis.example. A"))
  try fixture.expect(
    "mail.kreis.example. AAAA",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0000
    ; question mail.kreis.example. IN AAAA
    046d61696c 056b72656973 076578616d706c65 00 001c 0001
    ; answer mail.kreis.example. 60 IN AAAA 2001:0db8:0002:0000:0000:0000:0000:0011
    c00c 001c 0001 0000003c 0010 20010db8000200000000000000000011
    ; answer mail.kreis.example. 60 IN AAAA 2001:0db8:0001:0000:0000:0000:0000:0011
    c00c 001c 0001 0000003c 0010 20010db8000100000000000000000011
    """)
}

@Test("RFC 1794: A records of the zone file rotate too, each first in its turn")
func rotatedStatic() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    "static.mail.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0003 0000 0000
    ; question static.mail.kreis.example. IN A
    06737461746963 046d61696c 056b72656973 076578616d706c65 00 0001 0001
    ; answer static.mail.kreis.example. 3600 IN A 192.0.2.3
    c00c 0001 0001 00000e10 0004 c0000203
    ; answer static.mail.kreis.example. 3600 IN A 192.0.2.1
    c00c 0001 0001 00000e10 0004 c0000201
    ; answer static.mail.kreis.example. 3600 IN A 192.0.2.2
    c00c 0001 0001 00000e10 0004 c0000202
    """)
  let firsts = try (0..<5).map { _ in try fixture.firstRecord("static.mail.kreis.example. A").suffix(1) }
  #expect(firsts == ["1", "2", "3", "1", "2"])
}

@Test("A node that fails leaves the answer, and the others rotate on")
func lessNodes() throws {
  let fixture = try Fixture(house)
  fixture.publish(without: ["ex1"])
  try fixture.expect(
    "mail.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0000
    ; question mail.kreis.example. IN A
    046d61696c 056b72656973 076578616d706c65 00 0001 0001
    ; answer mail.kreis.example. 60 IN A 198.51.100.11
    c00c 0001 0001 0000003c 0004 c633640b
    """)
}

@Test("RFC 4343 §4.1: the question comes back in the asker's letter case, and owners point to it")
func letterCase() throws {
  let fixture = try Fixture(house)
  fixture.publish(without: ["ex2"])
  try fixture.expect(
    "mAIl.KREIS.eXaMpLe. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0000
    ; question mAIl.KREIS.eXaMpLe. IN A
    046d41496c 054b52454953 076558614d704c65 00 0001 0001
    ; answer mAIl.KREIS.eXaMpLe. 60 IN A 192.0.2.11
    c00c 0001 0001 0000003c 0004 c000020b
    """)
}

@Test("RFC 1035 §4.1.1: ID, RD and CD are copied; AA is set; TC, RA, Z, AD and RCODE are not copied")
func headerBits() throws {
  let fixture = try Fixture(house)
  fixture.publish(without: ["ex2"])
  let all = Query("mail.kreis.example. A").with {
    $0.identifier = 0xFFFE
    $0.flags = 0x07FF
  }
  try fixture.expect(
    all,
    """
    ; NOERROR qr aa rd cd
    fffe 8510 0001 0001 0000 0000
    ; question mail.kreis.example. IN A
    046d61696c 056b72656973 076578616d706c65 00 0001 0001
    ; answer mail.kreis.example. 60 IN A 192.0.2.11
    c00c 0001 0001 0000003c 0004 c000020b
    """)
  #expect(try fixture.ask(all.with { $0.flags = 0 }).flagsText == "qr aa")
  #expect(try fixture.ask(all.with { $0.flags = 0x0100 }).flagsText == "qr aa rd")
  #expect(try fixture.ask(all.with { $0.flags = 0x0010 }).flagsText == "qr aa cd")
  #expect(try fixture.ask(all.with { $0.flags = 0x06EF }).flagsText == "qr aa")
}

@Test("RFC 8482 §4.4: ANY over UDP is TC where the smallest set is long, with EDNS as without")
func longAny() throws {
  let fixture = try Fixture(
    """
    $ORIGIN x.
    $TTL 1h
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.
    short TXT \(String(repeating: "t", count: 200)) \(String(repeating: "t", count: 200))
    long TXT \(String(repeating: "t", count: 250)) \(String(repeating: "t", count: 250))
    """)
  for query in [Query("short.x. ANY"), Query("short.x. ANY").withOptions()] {
    #expect(try fixture.ask(query).answers.count == 1)
  }
  for query in [Query("long.x. ANY"), Query("long.x. ANY").withOptions()] {
    let reply = try fixture.ask(query)
    #expect(reply.isTruncated && reply.answers.isEmpty)
    #expect(try fixture.ask(query, over: .tcp).answers.count == 1)
  }
  #expect(try fixture.ask(Query("long.x. TXT").withOptions()).answers.count == 1)
}

@Test("RFC 8482 §4.1: ANY gets one record set over UDP, the smallest, and all over TCP")
func anyType() throws {
  let fixture = try Fixture(house)
  let lines = try fixture.lines("mail.kreis.example. ANY")
  #expect(lines.count == 3)
  #expect(lines.dropFirst().allSatisfy { $0.contains(" IN A ") })
  try fixture.expect(
    "mail.kreis.example. ANY", over: .tcp,
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0007 0000 0000
    ; question mail.kreis.example. IN ANY
    046d61696c 056b72656973 076578616d706c65 00 00ff 0001
    ; answer mail.kreis.example. 3600 IN SOA ns1.kreis.example. hostmaster.kreis.example. 0 3600 900 604800 60
    c00c 0006 0001 00000e10 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c034
    00000000 00000e10 00000384 00093a80 0000003c
    ; answer mail.kreis.example. 3600 IN NS ns1.kreis.example.
    c00c 0002 0001 00000e10 0013 036e7331 056b72656973 076578616d706c65 00
    ; answer mail.kreis.example. 3600 IN NS ns2.kreis.example.
    c00c 0002 0001 00000e10 0006 036e7332 c074
    ; answer mail.kreis.example. 60 IN A 198.51.100.11
    c00c 0001 0001 0000003c 0004 c633640b
    ; answer mail.kreis.example. 60 IN A 192.0.2.11
    c00c 0001 0001 0000003c 0004 c000020b
    ; answer mail.kreis.example. 60 IN AAAA 2001:0db8:0002:0000:0000:0000:0000:0011
    c00c 001c 0001 0000003c 0010 20010db8000200000000000000000011
    ; answer mail.kreis.example. 60 IN AAAA 2001:0db8:0001:0000:0000:0000:0000:0011
    c00c 001c 0001 0000003c 0010 20010db8000100000000000000000011
    """)
}
