// Golden packets: CNAMEs followed in a zone, across zones, out of them and in circles (RFC 1034 §3.6.2, RFC 6604).

import Answering
import TestSupport
import Testing

private let house = """
  $ORIGIN kreis.example.
  $TTL 1h
  $NODE ex1 192.0.2.11
  $POOL access ex1 check=none
  @ SOA ns1 hostmaster 7 1h 15m 1w 1m
  @ NS ns1
  @ NS ns2
  ns1 A 192.0.2.53
  ns2 A 198.51.100.53
  mail 1m A 192.0.2.11
  here CNAME MAIL
  there CNAME www.stadt.example.
  outside CNAME www.elsewhere.example.
  broken CNAME no.such.stadt.example.
  typeless CNAME there
  pool CNAME pooled.stadt.example.
  loop CNAME loop
  one CNAME TWO
  two CNAME One
  * CNAME round.the.clock
  $ORIGIN stadt.example.
  @ SOA ns1.kreis.example. hostmaster.kreis.example. 8 1h 15m 1w 2m
  @ NS ns1.kreis.example.
  @ NS ns2.kreis.example.
  www A 192.0.2.80
  pooled 30 ROTATE access
  """

@Test("RFC 1034 §3.6.2: a CNAME is answered with what its target has; the target keeps the zone's letter case")
func insideZone() throws {
  try Fixture(house).expect(
    "here.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0000
    ; question here.kreis.example. IN A
    0468657265 056b72656973 076578616d706c65 00 0001 0001
    ; answer here.kreis.example. 3600 IN CNAME MAIL.kreis.example.
    c00c 0005 0001 00000e10 0014 044d41494c 056b72656973 076578616d706c65 00
    ; answer MAIL.kreis.example. 60 IN A 192.0.2.11
    c030 0001 0001 0000003c 0004 c000020b
    """)
}

@Test("RFC 1034 §4.3.2 step 3a: a chain runs on through other zones of ours, to ROTATE as well")
func acrossZones() throws {
  let fixture = try Fixture(house)
  try fixture.expect(
    "there.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0000
    ; question there.kreis.example. IN A
    057468657265 056b72656973 076578616d706c65 00 0001 0001
    ; answer there.kreis.example. 3600 IN CNAME www.stadt.example.
    c00c 0005 0001 00000e10 0013 03777777 057374616474 076578616d706c65 00
    ; answer www.stadt.example. 3600 IN A 192.0.2.80
    c031 0001 0001 00000e10 0004 c0000250
    """)
  try fixture.expect(
    "pool.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0000 0000
    ; question pool.kreis.example. IN A
    04706f6f6c 056b72656973 076578616d706c65 00 0001 0001
    ; answer pool.kreis.example. 3600 IN CNAME pooled.stadt.example.
    c00c 0005 0001 00000e10 0016 06706f6f6c6564 057374616474 076578616d706c65 00
    ; answer pooled.stadt.example. 30 IN A 192.0.2.11
    c030 0001 0001 0000001e 0004 c000020b
    """)
}

@Test("RFC 1034 §4.3.2 step 4: a chain that leaves our zones ends there, without error")
func outside() throws {
  try Fixture(house).expect(
    "outside.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0001 0000 0000
    ; question outside.kreis.example. IN A
    076f757473696465 056b72656973 076578616d706c65 00 0001 0001
    ; answer outside.kreis.example. 3600 IN CNAME www.elsewhere.example.
    c00c 0005 0001 00000e10 0017 03777777 09656c73657768657265 076578616d706c65 00
    """)
}

@Test("RFC 6604 §3: the RCODE speaks of the last name, AA of the first, and the SOA is the last zone's")
func lastName() throws {
  try Fixture(house).expect(
    "broken.kreis.example. A",
    """
    ; NXDOMAIN qr aa rd
    1234 8503 0001 0001 0001 0000
    ; question broken.kreis.example. IN A
    0662726f6b656e 056b72656973 076578616d706c65 00 0001 0001
    ; answer broken.kreis.example. 3600 IN CNAME no.such.stadt.example.
    c00c 0005 0001 00000e10 0017 026e6f 0473756368 057374616474 076578616d706c65 00
    ; authority stadt.example. 120 IN SOA ns1.kreis.example. hostmaster.kreis.example. 8 3600 900 604800 120
    c03a 0006 0001 00000078 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c059
    00000008 00000e10 00000384 00093a80 00000078
    """)
}

@Test("RFC 2308 §2.2: a chain to a name without the type ends in NODATA")
func aliasToNoData() throws {
  try Fixture(house).expect(
    "typeless.kreis.example. AAAA",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0002 0001 0000
    ; question typeless.kreis.example. IN AAAA
    08747970656c657373 056b72656973 076578616d706c65 00 001c 0001
    ; answer typeless.kreis.example. 3600 IN CNAME there.kreis.example.
    c00c 0005 0001 00000e10 0015 057468657265 056b72656973 076578616d706c65 00
    ; answer there.kreis.example. 3600 IN CNAME www.stadt.example.
    c034 0005 0001 00000e10 0013 03777777 057374616474 076578616d706c65 00
    ; authority stadt.example. 120 IN SOA ns1.kreis.example. hostmaster.kreis.example. 8 3600 900 604800 120
    c059 0006 0001 00000078 0034 036e7331 056b72656973 076578616d706c65 00 0a686f73746d6173746572 c078
    00000008 00000e10 00000384 00093a80 00000078
    """)
}

@Test(
  "RFC 1034 §3.6.2: CNAME and ANY ask for the CNAME itself",
  arguments: ["here.kreis.example. CNAME", "here.kreis.example. ANY"]
)
func aliasItself(question: String) throws {
  for transport in [Transport.udp, .tcp] {
    #expect(
      try Fixture(house).lines(question, over: transport) == [
        "NOERROR qr aa rd", "answer here.kreis.example. 3600 IN CNAME MAIL.kreis.example.",
      ])
  }
}

@Test("RFC 2181 §5: a loop ends with what was collected, no record twice")
func loops() throws {
  let fixture = try Fixture(house)
  #expect(
    try fixture.lines("loop.kreis.example. A", over: .tcp) == [
      "NOERROR qr aa rd", "answer loop.kreis.example. 3600 IN CNAME loop.kreis.example.",
    ])
  #expect(
    try fixture.lines("ONE.kreis.example. A") == [
      "NOERROR qr aa rd", "answer ONE.kreis.example. 3600 IN CNAME TWO.kreis.example.",
      "answer TWO.kreis.example. 3600 IN CNAME One.kreis.example.",
    ])
  // A wildcard whose target the wildcard itself answers for.
  #expect(
    try fixture.lines("x.kreis.example. A") == [
      "NOERROR qr aa rd", "answer x.kreis.example. 3600 IN CNAME round.the.clock.kreis.example.",
      "answer round.the.clock.kreis.example. 3600 IN CNAME round.the.clock.kreis.example.",
    ])
}

/// A zone in which `c0` leads over `links` CNAMEs to an address.
private func chain(_ links: Int) -> String {
  var text = "$ORIGIN x.\n$TTL 1h\n@ SOA ns.y. h.y. 1 1h 15m 1w 1m\n@ NS ns.y.\n@ NS ns.z.\n"
  for link in 0..<links { text += "c\(link) CNAME c\(link + 1)\n" }
  return text + "c\(links) A 192.0.2.1\nc\(links) MX 10 mx.c\(links)\nmx.c\(links) A 192.0.2.2\n"
}

@Test("A chain is followed to its end up to eleven links, and a longer one stops after twelve without error")
func longChains() throws {
  for links in 1...16 {
    let message = try Fixture(chain(links)).ask(Query("c0.x. A"), over: .tcp)
    #expect(message.code == 0)
    #expect(message.answers.count { $0.type == "CNAME" } == min(links, 12))
    #expect(message.answers.count { $0.type == "A" } == (links < 12 ? 1 : 0))
  }
}

@Test("RFC 1035 §4.1.4: a set behind a chain has its owner and its pointers where it stands")
func setBehindChain() throws {
  try Fixture(chain(3)).expect(
    "c0.x. MX",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0004 0000 0001
    ; question c0.x. IN MX
    026330 0178 00 000f 0001
    ; answer c0.x. 3600 IN CNAME c1.x.
    c00c 0005 0001 00000e10 0006 026331 0178 00
    ; answer c1.x. 3600 IN CNAME c2.x.
    c022 0005 0001 00000e10 0006 026332 0178 00
    ; answer c2.x. 3600 IN CNAME c3.x.
    c034 0005 0001 00000e10 0006 026333 0178 00
    ; answer c3.x. 3600 IN MX 10 mx.c3.x.
    c046 000f 0001 00000e10 000b 000a 026d78 026333 0178 00
    ; additional mx.c3.x. 3600 IN A 192.0.2.2
    c05a 0001 0001 00000e10 0004 c0000202
    """)
}
