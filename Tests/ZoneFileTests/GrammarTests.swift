// Each element of the grammar, by the value it comes to.

import DNS
import Model
import Testing
import ZoneFile

@Test("A zone with ROTATE records becomes nodes, checks, pools and rotations")
func wholeConfiguration() throws {
  let result = read(
    """
    $ORIGIN kreis.example.
    $NODE ex1 192.0.2.11 2001:db8::11 site=nord
    $NODE ex2 198.51.100.11
    $CHECK mta tcp:25 every=10s timeout=500ms fall=4 rise=1
    $CHECK web TCP:8080
    $POOL relay ex2 ex1 check=mta,web
    @ 1h IN SOA ns1.a. hostmaster.a. 7 2h 30m 2w 30
    @ 1h NS ns1.a.
    @ 1h NS ns2.a.
    smtp 60 ROTATE relay
    imap 30 ROTATE ex1 ex2 check=none
    """)
  #expect(result.text == "")
  let configuration = try #require(result.configuration)
  #expect(configuration.nodes.map(\.name) == ["ex1", "ex2"])
  #expect(configuration.nodes[0].addresses.map(\.description) == ["192.0.2.11", "2001:db8::11"])
  #expect(configuration.nodes[0].site == "nord")
  #expect(configuration.checks[0].plan.kind == .tcp(port: 25))
  #expect(configuration.checks[0].plan.every == .seconds(10))
  #expect(configuration.checks[0].plan.timeout == .milliseconds(500))
  #expect(configuration.checks[0].plan.fall == 4)
  #expect(configuration.checks[0].plan.rise == 1)
  #expect(configuration.checks[1].plan.every == .seconds(5))
  #expect(configuration.checks[1].plan.timeout == .seconds(2))
  #expect(configuration.pools.map(\.name) == ["relay", "imap.kreis.example"])
  #expect(configuration.pools.map(\.isInline) == [false, true])
  #expect(configuration.pools.map(\.members) == [[1, 0], [0, 1]])
  #expect(configuration.pools.map(\.checks) == [[0, 1], []])
  let zone = configuration.zones[0]
  #expect(zone.apex.description == "kreis.example.")
  #expect(zone.origin == .soaRecord)
  #expect([zone.soa.ttl, zone.soa.serial, zone.soa.refresh, zone.soa.retry] == [3600, 7, 7200, 1800])
  #expect([zone.soa.expire, zone.soa.minimum] == [1_209_600, 30])
  #expect(zone.soa.contact.description == "hostmaster.a.")
  #expect(zone.rotations.map(\.pool) == [0, 1])
  #expect(zone.rotations.map(\.ttl) == [60, 30])
  #expect(zone.rotations[0].location == SourceLocation(file: "mail.zone", line: 10, column: 1))
}

@Test(
  "RDATA of each type is put into wire form",
  arguments: [
    ("x A 192.0.2.1", "A", "c0000201"),
    ("x AAAA 2001:db8::1", "AAAA", "20010db8000000000000000000000001"),
    ("x CNAME y.", "CNAME", "017900"),
    ("x PTR y.", "PTR", "017900"),
    ("x MX 10 y.", "MX", "000a017900"),
    ("x MX 0 .", "MX", "000000"),
    ("x TXT a \"b c\"", "TXT", "016103622063"),
    ("x TXT \"\\\"\\065\\;\"", "TXT", "0322413b"),
    ("x TXT \"\"", "TXT", "00"),
    ("_s._tcp SRV 1 2 443 y.", "SRV", "0001000201bb017900"),
    ("_s._tcp SRV 0 0 0 .", "SRV", "00000000000000"),
    ("x CAA 128 issue \"ca\"", "CAA", "800569737375656361"),
  ])
func rdata(line: String, type: String, hex: String) throws {
  let lines = records(read(zone(line)))
  #expect(lines.count == 3)
  #expect(lines.last?.hasSuffix(" 3600 \(type) \(hex)") == true, "\(lines)")
}

@Test("Names of RFC 1035 types may be compressed in a reply, the target of SRV may not")
func compression() throws {
  #expect(record("x MX 10 y.")?.data.names.map(\.isCompressible) == [true])
  #expect(record("_s._tcp SRV 1 2 3 y.")?.data.names.map(\.isCompressible) == [false])
}

@Test(
  "TTL and class stand in either order, or not at all",
  arguments: ["x 60 IN A 192.0.2.1", "x IN 60 A 192.0.2.1", "x 60 A 192.0.2.1", "x 1m in a 192.0.2.1"])
func headOrder(line: String) {
  #expect(record(line)?.ttl == 60)
}

@Test("Without TTL a record has that of $TTL")
func defaultTTL() {
  #expect(record("x IN A 192.0.2.1")?.ttl == 3600)
}

@Test("Without $TTL a record has the TTL stated last in its zone, at first the SOA's minimum")
func statedTTL() {
  let result = read(
    """
    $ORIGIN a.
    @ SOA ns1.b. m.b. 1 1h 15m 1w 90
    @ NS ns1.b.
    @ NS ns2.b.
    x 20 A 192.0.2.1
    y A 192.0.2.1
    """)
  #expect(result.text == "")
  #expect(result.configuration?.zones[0].soa.ttl == 90)
  #expect(result.configuration?.zones[0].records.map(\.ttl) == [90, 90, 20, 20])
}

@Test(
  "TTLs have units",
  arguments: [("1h30m", 5400), ("1W", 604_800), ("2d", 172_800), ("90", 90), ("0", 0), ("2147483647", 2_147_483_647)])
func units(text: String, seconds: Int) {
  #expect(record("x \(text) TXT a")?.ttl == UInt32(seconds))
}

@Test("A line that begins with white space has the owner of the record above")
func ownerOmitted() {
  let result = read(zone("x A 192.0.2.1\n\tTXT a\n  60 IN TXT b\n"))
  #expect(records(result).filter { $0.hasPrefix("x.kreis.example.") }.count == 3)
}

@Test("Parentheses hold a record together over lines and comments")
func parentheses() {
  let result = read(
    """
    a. 1h SOA ns.b. m.b. ( ; begin
      1 ; serial

      1h 15m
    1w 60 ) ; end
    a. NS ns1.b.
    a. NS ns2.b.
    """)
  #expect(result.text == "")
  #expect(result.configuration?.zones[0].soa.expire == 604_800)
  #expect(result.configuration?.zones[0].records.count == 2)
}

@Test("CRLF, a byte order mark, a missing last newline and odd white space do not matter")
func lineEnds() {
  let text =
    "\u{FEFF}"
    + zone("x A 192.0.2.1\r\n\tTXT \"a;b\" ; comment").split(separator: "\n", omittingEmptySubsequences: false).joined(
      separator: "\r\n")
  let result = read(text)
  #expect(result.text == "")
  #expect(records(result).count == 4)
}

@Test("@ is the origin, as owner and inside a record")
func at() {
  #expect(record("x MX 10 ns1.other.example.")?.owner.description == "x.kreis.example.")
  let result = read(zone("$ORIGIN sub\n@ TXT a\nx MX 10 ns1.other.example."))
  #expect(records(result).contains { $0.hasPrefix("sub.kreis.example. 3600 TXT") })
  #expect(records(result).contains { $0.hasPrefix("x.sub.kreis.example. ") })
}

@Test("Declarations may stand below their use, and in another file")
func declaredLater() {
  let result = read(
    files: [
      "a": "$ZONE x.\n@ 60 ROTATE p",
      "b":
        "$POOL p n m check=c\n$CHECK c tcp:25\n$NODE n 192.0.2.1\n$NODE m 192.0.2.2\n$AUTHORITY ns1.y. ns2.y. contact=m.y.",
    ], named: ["a", "b"])
  #expect(result.text == "")
  #expect(result.files == ["a", "b"])
  #expect(result.configuration?.zones[0].rotations.count == 1)
}

@Test("$ZONE makes SOA and NS from $AUTHORITY and sets the origin")
func zoneDirective() throws {
  let result = read(
    """
    $AUTHORITY ns1.kreis.example. ns2.kreis.example. contact=hostmaster.kreis.example.
    $ZONE mail.kreis.example.
      60 A 192.0.2.1
    x 60 A 192.0.2.2
    """)
  #expect(result.text == "")
  let zone = try #require(result.configuration?.zones.first)
  #expect(zone.origin == .zoneDirective)
  #expect(zone.soa.primary.description == "ns1.kreis.example.")
  #expect(
    [zone.soa.ttl, zone.soa.serial, zone.soa.refresh, zone.soa.retry, zone.soa.expire, zone.soa.minimum] == [
      3600, 0, 3600, 900, 604_800, 60,
    ])
  #expect(zone.records.map(\.type) == [.ns, .ns, .a, .a])
  #expect(zone.records.map(\.ttl) == [3600, 3600, 60, 60])
  #expect(zone.records.map(\.owner.description).suffix(2) == ["mail.kreis.example.", "x.mail.kreis.example."])
}

@Test("A zone may be the child of another one that is served")
func childZone() {
  let result = read(
    zone("sub SOA ns1 m 1 1h 15m 1w 60\n NS ns1.other.example.\n NS ns2.other.example.\nx.sub A 192.0.2.1\n$ORIGIN sub")
  )
  #expect(result.text == "")
  #expect(result.configuration?.zones.map(\.apex.description) == ["kreis.example.", "sub.kreis.example."])
  #expect(result.configuration?.zones[1].rotations.count == 1)
}

@Test("An included file is taken from the including file's directory; origin and owner come back, $TTL and zone stay")
func include() {
  let result = read(
    files: [
      "etc/main": "$ORIGIN a.\n$INCLUDE \"parts/head\" sub.a.\nw A 192.0.2.1\n$INCLUDE parts/more\n  TXT w\n",
      "etc/parts/head": "$TTL 5m\n$INCLUDE soa\nx TXT x",
      "etc/parts/soa": "a. SOA ns1.z. m.z. 1 1h 15m 1w 60\na. NS ns1.z.\na. NS ns2.z.\n",
      "etc/parts/more": "v TXT v",
    ], named: ["etc/main"])
  #expect(result.text == "")
  #expect(result.files == ["etc/main", "etc/parts/head", "etc/parts/soa", "etc/parts/more"])
  #expect(
    records(result).suffix(4) == [
      "x.sub.a. 300 TXT 0178", "w.a. 300 A c0000201", "v.a. 300 TXT 0176", "w.a. 300 TXT 0177",
    ])
}

@Test("$ORIGIN, $TTL and the open zone do not leak from file to file")
func noLeak() {
  let result = read(files: ["a": zone(""), "b": "x A 192.0.2.1", "c": "x. A 192.0.2.1"], named: ["a", "b", "c"])
  #expect(result.diagnostics.map(\.location.file) == ["b", "c"])
  #expect(result.brief.first == "1:1 error: the owner name \"x\" is not complete")
}

@Test("Keywords are read without regard to letter case")
func keywordCase() {
  let result = read(
    "$authority n.y. m.y. CONTACT=m.y.\n$node a 192.0.2.1\n$node b 192.0.2.2\n$check c TCP:25 Every=5s\n$pool p a b Check=c\n$zone x.\n@ 60 in rotate p\n"
  )
  #expect(result.text == "")
}

@Test("The record of duplicates is left out, an RRset has its lowest TTL")
func oneRRset() {
  let result = read(zone("x 60 A 192.0.2.1\nx 30 A 192.0.2.2\nx 30 A 192.0.2.1"))
  #expect(records(result).suffix(2) == ["x.kreis.example. 30 A c0000201", "x.kreis.example. 30 A c0000202"])
}
