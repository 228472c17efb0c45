// Golden packets: names and types that are not there, and wildcards (RFC 2308, RFC 8020, RFC 4592).

import Answering
import Testing

private let house = """
  $ORIGIN kreis.example.
  $TTL 1h
  @ SOA ns1 hostmaster 7 1h 15m 1w 1m
  @ NS ns1
  @ NS ns2
  ns1 A 192.0.2.53
  ns2 A 198.51.100.53
  mail A 192.0.2.11
  deep.empty A 192.0.2.12
  *.wild A 192.0.2.13
  *.wild TXT w
  exists.wild A 192.0.2.14
  below.ent.wild A 192.0.2.15
  *.alias CNAME MAIL
  sub.wild NS ns1.other.example.
  x.*.star A 192.0.2.16
  """

@Test("RFC 2308 §2.2, §5: NODATA carries the SOA with the lesser of its TTL and MINIMUM")
func noData() throws {
  try Fixture(house).expect(
    "mail.kreis.example. AAAA",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0000 0001 0000
    ; question mail.kreis.example. IN AAAA
    046d61696c 056b72656973 076578616d706c65 00 001c 0001
    ; authority kreis.example. 60 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c011 0006 0001 0000003c 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c034
    00000007 00000e10 00000384 00093a80 0000003c
    """)
}

@Test("RFC 2308 §5: a SOA whose TTL is below its MINIMUM keeps its TTL in negative answers")
func shortSOA() throws {
  let zone = "$ORIGIN x.\n@ 30 SOA ns.y. h.y. 1 1h 15m 1w 1m\n@ 1h NS ns.y.\n@ 1h NS ns.z.\n"
  try Fixture(zone).expect(
    "x. TXT",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0000 0001 0000
    ; question x. IN TXT
    0178 00 0010 0001
    ; authority x. 30 IN SOA ns.y. h.y. 1 3600 900 604800 60
    c00c 0006 0001 0000001e 001e 026e73 0179 00 0168 c022 00000001 00000e10 00000384 00093a80 0000003c
    """)
  #expect(try Fixture(zone).firstRecord("x. SOA") == "answer x. 30 IN SOA ns.y. h.y. 1 3600 900 604800 60")
  let longer = zone.replacing("30 SOA", with: "90 SOA")
  #expect(try Fixture(longer).firstRecord("x. TXT").hasPrefix("authority x. 60 IN SOA"))
  #expect(try Fixture(longer).firstRecord("x. SOA").hasPrefix("answer x. 90 IN SOA"))
}

@Test("RFC 2308 §2.1: NXDOMAIN carries the SOA, its owner inside the question's name")
func nameError() throws {
  try Fixture(house).expect(
    "no.such.KREIS.example. A",
    """
    ; NXDOMAIN qr aa rd
    1234 8503 0001 0000 0001 0000
    ; question no.such.KREIS.example. IN A
    026e6f 0473756368 054b52454953 076578616d706c65 00 0001 0001
    ; authority KREIS.example. 60 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c014 0006 0001 0000003c 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c037
    00000007 00000e10 00000384 00093a80 0000003c
    """)
}

@Test("RFC 8020 §2: a name with names below it exists, though it has no records")
func emptyNonTerminal() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    "empty.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0000 0001 0000
    ; question empty.kreis.example. IN A
    05656d707479 056b72656973 076578616d706c65 00 0001 0001
    ; authority kreis.example. 60 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c012 0006 0001 0000003c 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c035
    00000007 00000e10 00000384 00093a80 0000003c
    """)
  #expect(try fixture.lines("x.empty.kreis.example. A")[0] == "NXDOMAIN qr aa rd")
  #expect(try fixture.lines("empty.kreis.example. ANY").count == 2)
  #expect(try fixture.lines("empty.kreis.example. ANY", over: .tcp).count == 2)
}

@Test("RFC 4592 §2.1: what a wildcard answers is owned by the name asked for, letter case and all")
func wildcard() throws {
  try Fixture(house).expect(
    "AnY.thing.WILD.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0000
    ; question AnY.thing.WILD.kreis.example. IN A
    03416e59 057468696e67 0457494c44 056b72656973 076578616d706c65 00 0001 0001
    ; answer AnY.thing.WILD.kreis.example. 3600 IN A 192.0.2.13
    c00c 0001 0001 00000e10 0004 c000020d
    """)
}

@Test("RFC 4592 §2.2.1: a wildcard without the type asked for is NODATA")
func wildcardNoData() throws {
  try Fixture(house).expect(
    "any.wild.kreis.example. AAAA",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0000 0001 0000
    ; question any.wild.kreis.example. IN AAAA
    03616e79 0477696c64 056b72656973 076578616d706c65 00 001c 0001
    ; authority kreis.example. 60 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c015 0006 0001 0000003c 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c038
    00000007 00000e10 00000384 00093a80 0000003c
    """)
}

@Test("RFC 1034 §4.3.2 step 3c: a CNAME at a wildcard is followed like any other")
func wildcardAlias() throws {
  try Fixture(house).expect(
    "any.alias.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0000
    ; question any.alias.kreis.example. IN A
    03616e79 05616c696173 056b72656973 076578616d706c65 00 0001 0001
    ; answer any.alias.kreis.example. 3600 IN CNAME MAIL.kreis.example.
    c00c 0005 0001 00000e10 0014 044d41494c 056b72656973 076578616d706c65 00
    ; answer MAIL.kreis.example. 3600 IN A 192.0.2.11
    c035 0001 0001 00000e10 0004 c000020b
    """)
}

@Test(
  "RFC 4592 §2.2.1, §3.3.1: a wildcard answers for no name that exists, nor for one below it",
  arguments: [
    ("exists.wild A", "NOERROR", "answer exists.wild.kreis.example. 3600 IN A 192.0.2.14"),
    ("exists.wild TXT", "NOERROR", "authority kreis.example. 60 IN SOA"),
    ("x.exists.wild A", "NXDOMAIN", "authority kreis.example. 60 IN SOA"),
    ("ent.wild A", "NOERROR", "authority kreis.example. 60 IN SOA"),
    ("x.ent.wild A", "NXDOMAIN", "authority kreis.example. 60 IN SOA"),
    ("wild A", "NOERROR", "authority kreis.example. 60 IN SOA"),
    ("*.wild A", "NOERROR", "answer *.wild.kreis.example. 3600 IN A 192.0.2.13"),
    ("x.*.wild A", "NXDOMAIN", "authority kreis.example. 60 IN SOA"),
    // An empty wildcard is a wildcard all the same (§4.9).
    ("y.star A", "NOERROR", "authority kreis.example. 60 IN SOA"),
    ("x.*.star A", "NOERROR", "answer x.*.star.kreis.example. 3600 IN A 192.0.2.16"),
    ("y.*.star A", "NXDOMAIN", "authority kreis.example. 60 IN SOA"),
    ("sub.wild A", "NOERROR", "authority sub.wild.kreis.example. 3600 IN NS ns1.other.example."),
    ("x.sub.wild A", "NOERROR", "authority sub.wild.kreis.example. 3600 IN NS ns1.other.example."),
    ("*.sub.wild A", "NOERROR", "authority sub.wild.kreis.example. 3600 IN NS ns1.other.example."),
  ])
func wildcardBounds(question: String, code: String, record: String) throws {
  let lines = try Fixture(house).lines(question.replacing(" ", with: ".kreis.example. "))
  #expect(lines[0].hasPrefix(code + " "))
  #expect(lines.dropFirst().first?.hasPrefix(record) == true)
}
