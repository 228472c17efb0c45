// Golden packets: zone cuts, glue, and zones of ours below one another (RFC 1034 §4.2.1, RFC 9471, RFC 4035 §3.1.4.1).

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
  sub 5m NS ns.sub
  sub 5m NS ns.sibling
  sub 5m NS ns1
  ns.sub 10m A 192.0.2.61
  ns.sub 10m AAAA 2001:db8::61
  sibling NS ns.sibling
  ns.sibling A 192.0.2.62
  sub TXT occluded
  www.sub A 192.0.2.63
  *.sub A 192.0.2.64
  deeper.sub NS ns.sub
  alias CNAME www.SUB
  $ORIGIN child.kreis.example.
  @ SOA ns1.kreis.example. hostmaster.kreis.example. 8 1h 15m 1w 2m
  @ NS ns1.kreis.example.
  @ NS ns2.kreis.example.
  *.wild A 192.0.2.71
  * A 192.0.2.72
  $ORIGIN far.off.kreis.example.
  @ SOA ns1.kreis.example. hostmaster.kreis.example. 9 1h 15m 1w 3m
  @ NS ns1.kreis.example.
  @ NS ns2.kreis.example.
  $ORIGIN beyond.sub.kreis.example.
  @ SOA ns1.kreis.example. hostmaster.kreis.example. 10 1h 15m 1w 4m
  @ NS ns1.kreis.example.
  @ NS ns2.kreis.example.
  """

@Test("RFC 1034 §4.3.2 step 3b, RFC 9471 §3: a referral is not authoritative and has its glue, in-domain glue first")
func referral() throws {
  try Fixture(house).expect(
    "www.SUB.kreis.example. A",
    """
    ; NOERROR qr rd
    1234 8100 0001 0000 0003 0004
    ; question www.SUB.kreis.example. IN A
    03777777 03535542 056b72656973 076578616d706c65 00 0001 0001
    ; authority SUB.kreis.example. 300 IN NS ns.sub.kreis.example.
    c010 0002 0001 0000012c 0016 026e73 03737562 056b72656973 076578616d706c65 00
    ; authority SUB.kreis.example. 300 IN NS ns.sibling.kreis.example.
    c010 0002 0001 0000012c 000d 026e73 077369626c696e67 c03a
    ; authority SUB.kreis.example. 300 IN NS ns1.kreis.example.
    c010 0002 0001 0000012c 0006 036e7331 c03a
    ; additional ns.sub.kreis.example. 600 IN A 192.0.2.61
    c033 0001 0001 00000258 0004 c000023d
    ; additional ns.sub.kreis.example. 600 IN AAAA 2001:0db8:0000:0000:0000:0000:0000:0061
    c033 001c 0001 00000258 0010 20010db8000000000000000000000061
    ; additional ns.sibling.kreis.example. 3600 IN A 192.0.2.62
    c055 0001 0001 00000e10 0004 c000023e
    ; additional ns1.kreis.example. 3600 IN A 192.0.2.53
    c06e 0001 0001 00000e10 0004 c0000235
    """)
}

@Test(
  "RFC 2181 §6.1: all that lies at or below a cut gets the same referral",
  arguments: [
    "sub A", "sub NS", "sub TXT", "sub SOA", "sub ANY", "ns.sub A", "*.sub A", "x.y.sub A", "deeper.sub NS",
    "x.deeper.sub A", "x.sub DS", "ns.sub DS", "deeper.sub DS",
  ])
func occluded(question: String) throws {
  let lines = try Fixture(house).lines(question.replacing(" ", with: ".kreis.example. "))
  #expect(lines[0] == "NOERROR qr rd")
  #expect(
    lines.dropFirst().prefix(4) == [
      "authority sub.kreis.example. 300 IN NS ns.sub.kreis.example.",
      "authority sub.kreis.example. 300 IN NS ns.sibling.kreis.example.",
      "authority sub.kreis.example. 300 IN NS ns1.kreis.example.",
      "additional ns.sub.kreis.example. 600 IN A 192.0.2.61",
    ])
}

@Test("RFC 4035 §3.1.4.1: DS at a cut is the parent's, which has none")
func delegationSigner() throws {
  try Fixture(house).expect(
    "sub.kreis.example. DS",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0000 0001 0000
    ; question sub.kreis.example. IN DS
    03737562 056b72656973 076578616d706c65 00 002b 0001
    ; authority kreis.example. 60 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c010 0006 0001 0000003c 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c033
    00000007 00000e10 00000384 00093a80 0000003c
    """)
}

@Test("RFC 4035 §3.1.4.1: DS at the apex of a zone is answered by the zone above, when that is ours too")
func parentsDS() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    "child.kreis.example. DS",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0000 0001 0000
    ; question child.kreis.example. IN DS
    056368696c64 056b72656973 076578616d706c65 00 002b 0001
    ; authority kreis.example. 60 IN SOA ns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60
    c012 0006 0001 0000003c 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c035
    00000007 00000e10 00000384 00093a80 0000003c
    """)
  #expect(try fixture.firstRecord("far.off.kreis.example. DS").hasPrefix("authority kreis.example. 60 IN SOA"))
  #expect(try fixture.firstRecord("kreis.example. DS").hasPrefix("authority kreis.example. 60 IN SOA"))
}

@Test("RFC 4035 §3.1.4.1: DS below an apex is the zone's own, also when a wildcard answers")
func wildcardsDS() throws {
  let fixture = try Fixture(house)
  #expect(
    try fixture.lines("x.child.kreis.example. DS") == [
      "NOERROR qr aa rd",
      "authority child.kreis.example. 120 IN SOA ns1.kreis.example. hostmaster.kreis.example. 8 3600 900 604800 120",
    ])
  #expect(
    try fixture.firstRecord("x.wild.child.kreis.example. DS").hasPrefix("authority child.kreis.example. 120 IN SOA"))
}

@Test("RFC 4035 §3.1.4.1: a zone of ours below a cut of ours has no parent here to answer its DS")
func dsBeyondCut() throws {
  let fixture = try Fixture(house)
  #expect(
    try fixture.firstRecord("beyond.sub.kreis.example. DS").hasPrefix("authority beyond.sub.kreis.example. 240 IN SOA"))
  #expect(try fixture.lines("beyond.sub.kreis.example. NS")[0] == "NOERROR qr aa rd")
  #expect(try fixture.lines("other.sub.kreis.example. NS")[0] == "NOERROR qr rd")
}

@Test("RFC 1034 §4.3.2 step 2: the zone nearest to the name answers, its apex too")
func nearestZone() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    "child.kreis.example. SOA",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0000
    ; question child.kreis.example. IN SOA
    056368696c64 056b72656973 076578616d706c65 00 0006 0001
    ; answer child.kreis.example. 3600 IN SOA ns1.kreis.example. hostmaster.kreis.example. 8 3600 900 604800 120
    c00c 0006 0001 00000e10 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c035
    00000008 00000e10 00000384 00093a80 00000078
    """)
  #expect(try fixture.firstRecord("x.wild.child.kreis.example. A").hasSuffix("192.0.2.71"))
  // Between the two zones lies an empty non-terminal of the upper one.
  #expect(
    try fixture.lines("off.kreis.example. A").map { String($0.prefix(32)) } == [
      "NOERROR qr aa rd", "authority kreis.example. 60 IN S",
    ])
  #expect(try fixture.lines("x.off.kreis.example. A")[0] == "NXDOMAIN qr aa rd")
}

@Test("RFC 1035 §4.1.1: a CNAME that leads below a cut ends in a referral, and AA speaks of the first name")
func aliasBelowCut() throws {
  try Fixture(house).expect(
    "alias.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0003 0004
    ; question alias.kreis.example. IN A
    05616c696173 056b72656973 076578616d706c65 00 0001 0001
    ; answer alias.kreis.example. 3600 IN CNAME www.SUB.kreis.example.
    c00c 0005 0001 00000e10 0017 03777777 03535542 056b72656973 076578616d706c65 00
    ; authority SUB.kreis.example. 300 IN NS ns.sub.kreis.example.
    c035 0002 0001 0000012c 0016 026e73 03737562 056b72656973 076578616d706c65 00
    ; authority SUB.kreis.example. 300 IN NS ns.sibling.kreis.example.
    c035 0002 0001 0000012c 000d 026e73 077369626c696e67 c05b
    ; authority SUB.kreis.example. 300 IN NS ns1.kreis.example.
    c035 0002 0001 0000012c 0006 036e7331 c05b
    ; additional ns.sub.kreis.example. 600 IN A 192.0.2.61
    c054 0001 0001 00000258 0004 c000023d
    ; additional ns.sub.kreis.example. 600 IN AAAA 2001:0db8:0000:0000:0000:0000:0000:0061
    c054 001c 0001 00000258 0010 20010db8000000000000000000000061
    ; additional ns.sibling.kreis.example. 3600 IN A 192.0.2.62
    c076 0001 0001 00000e10 0004 c000023e
    ; additional ns1.kreis.example. 3600 IN A 192.0.2.53
    c08f 0001 0001 00000e10 0004 c0000235
    """)
}

/// A cut with so many name servers below it.
private func manyServers(_ count: Int) -> String {
  var text = """
    $ORIGIN x.
    $TTL 1h
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.

    """
  for number in 0..<count {
    text += "sub NS name-server-\(number).sub\nname-server-\(number).sub A 192.0.2.\(number)\n"
  }
  return text
}

@Test("RFC 9471 §3.1: TC when glue does not fit, with AA clear as in any referral; all of it over TCP")
func glueDoesNotFit() throws {
  let fixture = try Fixture(manyServers(13))
  try fixture.expect(
    "www.sub.x. A",
    """
    ; NOERROR qr tc rd
    1234 8300 0001 0000 0000 0000
    ; question www.sub.x. IN A
    03777777 03737562 0178 00 0001 0001
    """)
  let whole = try fixture.ask(Query("www.sub.x. A"), over: .tcp)
  #expect(whole.flagsText == "qr rd")
  #expect(whole.authorities.count == 13 && whole.additionals.count == 13)
  // The same with room enough.
  #expect(try fixture.ask(Query("www.sub.x. A").withOptions()).additionals.count == 13)
}
