// Errors and warnings that concern several entries: a zone, a pool, the whole configuration.

import Testing
import ZoneFile

@Test(
  "A zone is begun once, by one SOA or $ZONE, and has a name server",
  arguments: [
    (
      "x. A 192.0.2.1\nx. A 192.0.2.2",
      ["1:1 error: no zone begins in what was read, and this record belongs to none (and 1 more like it)"]
    ),
    ("x. 1h SOA a. b. 1 2 3 4 5", ["1:1 error: the zone \"x.\" has no NS record"]),
    (
      "x. 1h SOA a. b. 1 2 3 4 5\nx. NS a.\nx. NS b.\nx. SOA a. b. 2 2 3 4 5",
      ["4:4 error: the zone \"x.\" has a second SOA"]
    ),
    (
      "$AUTHORITY a. b. contact=c.\n$ZONE x.\nx. 1h SOA a. b. 1 2 3 4 5",
      ["3:7 error: the zone \"x.\" has a second SOA"]
    ),
    ("$AUTHORITY a. b. contact=c.\n$ZONE x.\n$ZONE y.\n$ZONE X.", ["4:7 error: the zone \"X.\" is begun twice"]),
    ("$ZONE x.\n$ZONE y.", ["1:1 error: $ZONE needs an $AUTHORITY, and there is none"]),
    ("  A 192.0.2.1", ["1:3 error: this record has no owner name"]),
    ("x A 192.0.2.1", ["1:1 error: the owner name \"x\" is not complete"]),
    ("$AUTHORITY a. b. contact=c.\n$ZONE x.\n@ A 192.0.2.1", ["3:3 error: this record has no TTL"]),
  ])
func zoneBeginnings(text: String, expected: [String]) {
  #expect(read(text).brief == expected)
}

@Test(
  "For a record outside the open zone the error says where it belongs",
  arguments: [
    ("x.other. A 192.0.2.1", ["10:1 warning: \"x.other.\" is outside every zone"]),
    ("x.other. 60 ROTATE access", ["10:1 error: \"x.other.\" is outside every zone"]),
    ("other. SOA a. b. 1 1h 1h 1w 60\nother. NS a.\nother. NS b.\nx A 192.0.2.1\n$ORIGIN other.", []),
  ])
func strays(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}

@Test(
  "Names that are not defined are reported with the nearest one",
  arguments: [
    (
      "x 60 ROTATE acess",
      "pool \"acess\" is not defined; did you mean \"access\"? Define it with $POOL, above or below its use."
    ),
    ("x 60 ROTATE ex1", "\"ex1\" is a node, and ROTATE does not say how it is tested"),
    ("x 60 ROTATE access ex1 check=mta", "\"access\" is a pool, and a node is needed here"),
    ("x 60 ROTATE ex1 ex3 check=mta", "node \"ex3\" is not defined; did you mean \"ex1\"?"),
    ("x 60 ROTATE ex1 ex2 check=mat", "check \"mat\" is not defined; did you mean \"mta\"?"),
    ("x 60 ROTATE zzzzzzzz", "pool \"zzzzzzzz\" is not defined; define it with $POOL"),
  ])
func undefinedNames(fixture: String, expected: String) {
  let result = read(zone(fixture))
  #expect(result.diagnostics.count == 1)
  #expect(result.text.contains("error: " + expected), "\(result.text)")
}

@Test(
  "One owner name holds what DNS lets it hold",
  arguments: [
    ("x CNAME y.\nx TXT a", ["10:3 error: \"x.kreis.example.\" has a CNAME and other records"]),
    ("x TXT a\nx CNAME y.", ["11:3 error: \"x.kreis.example.\" has a CNAME and other records"]),
    ("x CNAME y.\nx 60 ROTATE access", ["10:3 error: \"x.kreis.example.\" has a CNAME and other records"]),
    ("x CNAME y.\nx CNAME z.", ["11:3 error: \"x.kreis.example.\" has a second CNAME"]),
    ("@ CNAME y.", ["10:3 error: the name of the zone itself, \"kreis.example.\", cannot be a CNAME"]),
    ("x 60 ROTATE access\nx A 192.0.2.1", ["10:6 error: \"x.kreis.example.\" has both ROTATE and A"]),
    ("x 60 ROTATE access\nX 60 ROTATE access", ["11:6 error: \"X.kreis.example.\" has a second ROTATE"]),
    ("x 60 ROTATE access\nx TXT a", []),
    ("x A 192.0.2.1\nx A 192.0.2.1", ["11:3 warning: this A record is in the zone already"]),
    ("x MX 1 Y.\nx MX 1 y.", ["11:3 warning: this MX record is in the zone already"]),
    ("_x SRV 1 1 65 y.\n_x SRV 1 1 97 y.", []),
    (
      "x 60 A 192.0.2.1\nx 30 A 192.0.2.2\nx 20 A 192.0.2.3",
      ["11:6 warning: the A records of \"x.kreis.example.\" have different TTLs"]
    ),
  ])
func owners(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}

@Test(
  "What lies below a zone cut is glue, or never answered",
  arguments: [
    ("sub NS ns.sub\nns.sub A 192.0.2.1", []),
    ("sub NS ns.sub", ["10:8 warning: the name server \"ns.sub.kreis.example.\" has no address"]),
    (
      "sub NS ns1.other.example.\nx.sub A 192.0.2.1",
      ["11:7 warning: this record of \"x.sub.kreis.example.\" is never answered"]
    ),
    ("sub NS ns1.other.example.\nsub TXT a", ["11:5 warning: this record of \"sub.kreis.example.\" is never answered"]),
    (
      "sub NS ns1.other.example.\nx.sub 60 ROTATE access",
      ["11:10 warning: this record of \"x.sub.kreis.example.\" is never answered"]
    ),
    (
      "x.sub A 192.0.2.1\nsub SOA a. b. 1 1h 1h 1w 60\nsub NS a.\nsub NS b.\n$ORIGIN sub",
      []
    ),
  ])
func zoneCuts(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}

@Test(
  "Targets are looked up in the served zones",
  arguments: [
    ("@ NS ns3", ["10:6 warning: the name server \"ns3.kreis.example.\" has no address"]),
    ("@ NS ns3\nns3 60 ROTATE access", ["10:6 error: the name server \"ns3.kreis.example.\" is a ROTATE name"]),
    ("@ NS ns3\nns3 CNAME y.", ["10:6 warning: the target \"ns3.kreis.example.\" of NS is a CNAME"]),
    ("x MX 1 y\ny CNAME z.", ["10:8 warning: the target \"y.kreis.example.\" of MX is a CNAME"]),
    ("_x SRV 0 0 1 y\ny CNAME z.", ["10:14 warning: the target \"y.kreis.example.\" of SRV is a CNAME"]),
    ("x MX 1 y", ["10:8 warning: the target \"y.kreis.example.\" has no address"]),
    ("x MX 1 y.sub\n*.sub A 192.0.2.1", []),
    ("x MX 1 y\ny 60 ROTATE access", []),
    ("x CNAME y", ["10:9 warning: the CNAME of \"x.kreis.example.\" leads nowhere"]),
    ("x CNAME used", ["10:3 warning: \"x.kreis.example.\" reaches its nodes through a CNAME"]),
    (
      "x CNAME y\ny CNAME used",
      [
        "10:3 warning: \"x.kreis.example.\" reaches its nodes through a CNAME",
        "11:3 warning: \"y.kreis.example.\" reaches its nodes through a CNAME",
      ]
    ),
    (
      "x CNAME x",
      ["10:9 warning: the CNAME of \"x.kreis.example.\" leads through more than eight CNAMEs or in a circle"]
    ),
  ])
func targets(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}

@Test(
  "What is legal and hurts is warned of",
  arguments: [
    ("x 301 ROTATE access", ["10:3 warning: the TTL of this ROTATE is 301 seconds"]),
    ("x ROTATE access", ["10:3 warning: the TTL of this ROTATE is 3600 seconds"]),
    (
      "x 9 ROTATE access",
      [
        "7:34 warning: \"no such name\" is remembered for 60 seconds, addresses for 9",
        "10:3 warning: the TTL of this ROTATE is 9 seconds",
      ]
    ),
    ("x 30 ROTATE access", ["7:34 warning: \"no such name\" is remembered for 60 seconds, addresses for 30"]),
    ("$POOL p ex1 check=mta\nx 60 ROTATE p", ["10:7 warning: the pool \"p\" has one node only"]),
    ("x 60 ROTATE ex1 check=mta", ["10:13 warning: this ROTATE has one node only"]),
    (
      "$CHECK w tcp:443\nx 60 ROTATE ex1 ex2 check=w", ["10:10 warning: tcp:443 is the only gate of an HTTPS service"]
    ),
    ("$CHECK w tcp:443\nx 60 ROTATE ex1 ex2 check=w,mta", []),
    ("$NODE ex3 192.0.2.13", ["10:7 warning: the node \"ex3\" is not used"]),
    ("$CHECK w tcp:110", ["10:8 warning: the check \"w\" is not used"]),
    ("$POOL p ex1 ex2 check=mta", ["10:7 warning: the pool \"p\" is not used"]),
    (
      "$NODE ex3 192.0.2.11\nx 60 ROTATE ex2 ex3 check=mta",
      ["10:11 warning: the node \"ex3\" has the address of the node \"ex1\""]
    ),
  ])
func warnings(fixture: String, expected: [String]) {
  #expect(read(zone("")).text == "")
  #expect(read(zone(fixture)).brief == expected)
}

@Test("Zones begun by $ZONE have one line of advice for all of them")
func authorityAdvice() {
  #expect(
    read("$AUTHORITY a. contact=c.\n$ZONE x.\n$ZONE y.").brief == ["1:1 warning: $AUTHORITY names one name server only"]
  )
  #expect(
    read(
      "$AUTHORITY a. b. contact=c.\n$NODE m 192.0.2.1\n$NODE n 192.0.2.2\n$ZONE x.\n@ 30 ROTATE m n check=none"
    ).brief == ["5:3 warning: \"no such name\" is remembered for 60 seconds, addresses for 30"])
}

@Test("A zone with one name server is warned of at its SOA")
func oneNameServer() {
  #expect(
    read("x. 1h SOA a. b. 1 1h 1h 1w 60\nx. NS a.").brief == ["1:1 warning: the zone \"x.\" has one name server only"])
}
