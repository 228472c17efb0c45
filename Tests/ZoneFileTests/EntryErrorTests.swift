// Each error that one entry can have, with its place. `zone(…)` puts the fixture on line 10.

import Model
import Testing
import ZoneFile

@Test(
  "Signs that do not balance are pointed at where they stand",
  arguments: [
    ("x TXT \"abc", ["10:7 error: the string that begins here has no closing quotation mark on its line"]),
    ("x TXT a\"b\"", ["10:8 error: there is a quotation mark inside a word"]),
    ("x A 192.0.2.1 )", ["10:15 error: this \")\" closes nothing"]),
    ("x MX ( 10\n  y.\nz A 192.0.2.1", ["10:6 error: this \"(\" is never closed"]),
    ("x MX ( 10\n  y.\nz MX ( 1 y. )", ["10:6 error: this \"(\" is never closed"]),
    ("x A 192.0.2.1\u{1}", ["10:14 error: there is a control octet \\001 here"]),
    ("a\\", ["10:2 error: this escape cannot be read"]),
    ("a\\25 TXT a", ["10:2 error: this escape cannot be read"]),
    ("a\\256 TXT a", ["10:2 error: this escape cannot be read"]),
    ("x TXT \"a\\9\"", ["10:9 error: this escape cannot be read"]),
  ])
func balance(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}

@Test(
  "A string that is too long may be split only where readers join the parts",
  arguments: [
    ("x TXT", "split it into several quoted strings"), ("x SPF", "split it into several quoted strings"),
    ("x HINFO a", "shorten it"), ("x CAA 0 issue", "shorten it"),
  ])
func longString(start: String, remedy: String) {
  let result = read(zone("\(start) \(String(repeating: "a", count: 4_097))"))
  #expect(result.text.contains(" are allowed; \(remedy)"), "\(result.text)")
}

@Test(
  "What is wrong with a name is pointed at",
  arguments: [
    ("a..b A 192.0.2.1", ["10:3 error: the owner name has an empty part"]),
    ("\(String(repeating: "a", count: 64)) A 192.0.2.1", ["10:1 error: a part of the owner name has 64 octets"]),
    ("x.\(String(repeating: "a", count: 64)) A 192.0.2.1", ["10:3 error: a part of the owner name has 64 octets"]),
    (
      "\(String(repeating: "aaaaaaaaa.", count: 25))x A 192.0.2.1",
      ["10:1 error: the owner name has 267 octets with its origin"]
    ),
    ("m\u{FC}ller A 192.0.2.1", ["10:2 error: the owner name has a letter outside ASCII"]),
    ("x MX 10 m\u{FC}ller", ["10:10 error: the mail server has a letter outside ASCII"]),
    ("x MX 10 192.0.2.1", ["10:9 error: the mail server is an address, and must be a name"]),
    ("x MX 10 \"\"", ["10:9 error: the mail server is empty"]),
    ("mail.kreis.example A 192.0.2.1", ["10:1 warning: this name means \"mail.kreis.example.kreis.example.\""]),
    ("x MX 10 ns1.kreis.example", ["10:9 warning: this name means \"ns1.kreis.example.kreis.example.\""]),
  ])
func names(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}

@Test(
  "What is wrong before the RDATA is pointed at",
  arguments: [
    ("x 1h 60 A 192.0.2.1", ["10:6 error: the record has a second TTL"]),
    ("x 2147483648 A 192.0.2.1", ["10:3 error: the TTL 2147483648 is too long a time"]),
    ("x 99999999999999999999999 A 192.0.2.1", ["10:3 error: the TTL 99999999999999999999999 is too long a time"]),
    ("x 3551w A 192.0.2.1", ["10:3 error: the TTL 3551w is too long a time"]),
    ("x 1h30 A 192.0.2.1", ["10:3 error: the TTL \"1h30\" is not a time"]),
    ("x 5y A 192.0.2.1", ["10:3 error: the TTL \"5y\" is not a time"]),
    ("x CH A 192.0.2.1", ["10:3 error: the class CH is not served"]),
    ("x 60", ["10:5 error: the record has no type"]),
    ("x", ["10:2 error: the record has no type"]),
    ("x AAA 192.0.2.1", ["10:3 error: \"AAA\" is not a record type"]),
    ("x ROTAT access", ["10:3 error: \"ROTAT\" is not a record type"]),
    (
      "x NSEC3 3 1 1 00", ["10:3 error: NSEC3 records belong to a signed zone, and this version of Rondo does not sign"]
    ),
  ])
func heads(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}

@Test(
  "What is wrong in the RDATA is pointed at",
  arguments: [
    ("x A", ["10:4 error: the IPv4 address is missing"]),
    ("x A 192.0.2.256", ["10:5 error: \"192.0.2.256\" is not an IP address"]),
    ("x A 2001:db8::1", ["10:5 error: \"2001:db8::1\" is an IPv6 address"]),
    ("x AAAA 192.0.2.1", ["10:8 error: \"192.0.2.1\" is an IPv4 address"]),
    ("x A 192.0.2.1 192.0.2.2", ["10:15 error: \"192.0.2.2\" is one field too many"]),
    ("x MX y.", ["10:6 error: the preference of this MX record is missing"]),
    ("x MX 65536 y.", ["10:6 error: the preference 65536 is out of range"]),
    ("x MX 10", ["10:8 error: the mail server is missing"]),
    ("x SRV 0 0 70000 y.", ["10:11 error: the port 70000 is out of range"]),
    ("x SRV 0 0 443", ["10:14 error: the target is missing"]),
    ("x TXT \(String(repeating: "a", count: 256))", ["10:7 error: the string has 256 octets, and 255 are allowed"]),
    ("x TXT", ["10:6 error: the text is missing"]),
    ("x CAA 256 issue a", ["10:7 error: the flag octet 256 is out of range"]),
    ("x CAA 0 is-sue a", ["10:9 error: \"is-sue\" is not a CAA tag"]),
    ("y.x. SOA a. b@c.d 1 2 3 4 5", ["10:13 error: the contact is written with \"@\""]),
    ("y.x. SOA a. b. 4294967296 2 3 4 5", ["10:16 error: the serial 4294967296 is out of range"]),
    ("y.x. SOA a. b. 1 2 3 4", ["10:23 error: the minimum (negative TTL) is missing"]),
  ])
func rdataErrors(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief.filter { $0.contains("error") } == expected)
}

@Test(
  "Directives say what is wrong with them",
  arguments: [
    ("$ORIGIN", ["10:8 error: the origin is missing"]),
    ("$ORIGIN a. b.", ["10:12 error: \"b.\" is one field too many"]),
    ("$TTL", ["10:5 error: the TTL is missing"]),
    ("$TTL 1x", ["10:6 error: the TTL \"1x\" is not a time"]),
    ("$TTL 2147483648", ["10:6 error: the TTL 2147483648 is too long a time"]),
    ("$TTTL 1h", ["10:1 error: there is no directive $TTTL"]),
    ("$GENERATE 1-2 a A 192.0.2.$", ["10:1 error: Rondo does not have $GENERATE"]),
    ("$INCLUDE", ["10:9 error: the path is missing"]),
    ("$INCLUDE gone", ["10:10 error: cannot read \"gone\""]),
    ("$INCLUDE mail.zone", ["10:10 error: \"mail.zone\" includes itself"]),
    ("$INCLUDE ./x/../mail.zone", ["10:10 error: \"./x/../mail.zone\" includes itself"]),
    ("$AUTHORITY ns1.other.example.", ["10:1 error: $AUTHORITY has no contact="]),
    ("$AUTHORITY contact=a.b.", ["10:1 error: $AUTHORITY names no name server"]),
    ("$AUTHORITY n.x. contact=a@b.c", ["10:25 error: the contact is written with \"@\""]),
    ("$AUTHORITY n.x. contact=a.b.\n$AUTHORITY n.x. contact=a.b.", ["11:1 error: $AUTHORITY is given twice"]),
    ("$NODE a!b 192.0.2.1", ["10:7 error: \"a!b\" cannot be the name of a node"]),
    ("$NODE", ["10:6 error: the name of the node is missing"]),
    ("$NODE ex3", ["10:7 error: the node \"ex3\" has no address"]),
    ("$NODE ex3 192.0.2", ["10:11 error: \"192.0.2\" is not an IP address"]),
    ("$NODE ex3 192.0.2.1/24", ["10:11 error: \"192.0.2.1/24\" is not an IP address"]),
    ("$NODE ex3 mail.example", ["10:11 error: \"mail.example\" is not an IP address"]),
    ("$NODE ex3 0.0.0.0", ["10:11 error: 0.0.0.0 cannot be the address of a node"]),
    ("$NODE ex3 239.1.1.1", ["10:11 error: 239.1.1.1 cannot be the address of a node"]),
    ("$NODE ex3 ::", ["10:11 error: :: cannot be the address of a node"]),
    ("$NODE ex3 ff02::1", ["10:11 error: ff02::1 cannot be the address of a node"]),
    ("$NODE ex3 ::ffff:192.0.2.1", ["10:11 error: ::ffff:c000:201 cannot be the address of a node"]),
    ("$NODE ex3 192.0.2.1 192.0.2.2", ["10:21 error: the node \"ex3\" has a second IPv4 address"]),
    ("$NODE ex3 192.0.2.1 site=a/b", ["10:26 error: \"a/b\" cannot be the name of a site"]),
    ("$NODE ex3 192.0.2.1 sit=a", ["10:21 error: $NODE has no option \"sit\""]),
    ("$NODE ex3 192.0.2.1 site=", ["10:26 error: the option site= has no value"]),
    ("$NODE ex3 192.0.2.1 site=a site=a", ["10:28 error: the option site= is given twice"]),
    (
      "$NODE ex3 site=a 192.0.2.1",
      [
        "10:7 error: the node \"ex3\" has no address", "10:18 error: \"192.0.2.1\" comes after an option",
      ]
    ),
    ("$NODE ex1 192.0.2.1", ["10:7 error: the node \"ex1\" is defined twice"]),
    ("$NODE access 192.0.2.1", ["10:7 error: the node \"access\" has the name of a pool"]),
    ("$CHECK c", ["10:8 error: the check \"c\" does not say what it tests"]),
    ("$CHECK none tcp:1", ["10:8 error: a check cannot be named \"none\""]),
    ("$CHECK mta tcp:1", ["10:8 error: the check \"mta\" is defined twice"]),
    ("$CHECK c tcp", ["10:13 error: the port is missing"]),
    ("$CHECK c tcp:0", ["10:14 error: \"0\" is not a port"]),
    ("$CHECK c tcp:65536", ["10:14 error: \"65536\" is not a port"]),
    ("$CHECK c tpc:25", ["10:10 error: \"tpc:25\" is not a check"]),
    ("$CHECK c tcp:25 tcp:26", ["10:17 error: a check tests one thing"]),
    ("$CHECK c tcp:25 every=99ms", ["10:23 error: every=99ms is out of range"]),
    ("$CHECK c tcp:25 every=61m", ["10:23 error: every=61m is out of range"]),
    ("$CHECK c tcp:25 every=1.5s", ["10:23 error: \"1.5s\" is not a time"]),
    ("$CHECK c tcp:25 timeout=0", ["10:25 error: timeout=0 is out of range"]),
    ("$CHECK c tcp:25 timeout=6s", ["10:25 error: the timeout is longer than every=5s"]),
    ("$CHECK c tcp:25 every=1s timeout=2s", ["10:34 error: the timeout is longer than every=1s"]),
    (
      "$CHECK c tcp:25 fall=0 rise=101",
      [
        "10:22 error: fall=0 is out of range", "10:29 error: rise=101 is out of range",
      ]
    ),
    ("$POOL p check=mta", ["10:7 error: the pool \"p\" has no member"]),
    ("$POOL p ex1 ex2", ["10:7 error: the pool \"p\" has no check="]),
    ("$POOL p ex1 ex1 check=mta", ["10:13 error: the node \"ex1\" is twice in the pool \"p\""]),
    ("$POOL p ex1 ex2 check=mta,", ["10:27 error: \"\" cannot be the name of a check"]),
    ("$POOL p ex1 ex2 check=none,mta", ["10:23 error: check=none is given together with a check"]),
    ("$POOL p ex1 ex2 check=mta,mta", ["10:27 error: the check \"mta\" is listed twice"]),
    ("$POOL access ex1 ex2 check=mta", ["10:7 error: the pool \"access\" is defined twice"]),
    ("$POOL ex1 ex1 ex2 check=mta", ["10:7 error: the pool \"ex1\" has the name of a node"]),
    ("x 60 ROTATE", ["10:12 error: ROTATE names no pool and no node"]),
    ("x 60 ROTATE ex1 ex2", ["10:6 error: ROTATE has no check="]),
  ])
func directives(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief.filter { $0.contains("error") } == expected)
}

@Test(
  "A program is named by its whole path, and is no port to watch",
  arguments: [
    ("exec:queue", "10:15 error: this is not the whole path of a program"),
    ("exec:", "10:15 error: this is not the whole path of a program"),
    ("exec:/x watch=off", "10:18 error: exec checks have no option watch="),
    ("exec:/x verify=none", "10:18 error: exec checks have no option verify="),
  ])
func programErrors(form: String, expected: String) {
  #expect(read(zone("$CHECK c \(form)")).brief.first { $0.contains("error") } == expected)
}

@Test("An entry has 65,536 words at most, $AUTHORITY thirteen name servers")
func countLimits() {
  #expect(
    read("x. 60 TXT " + String(repeating: "a ", count: 65_534)).brief
      == ["1:131077 error: this entry has more than 65536 words"])
  let servers = (1...14).map { "n\($0)." }.joined(separator: " ")
  #expect(
    read("$AUTHORITY \(servers) contact=a.").brief == ["1:68 error: $AUTHORITY names more than 13 name servers"])
}

@Test("Includes go no deeper than eight files")
func depth() {
  var files: [String: String] = [:]
  for level in 1...9 { files["f\(level)"] = "$INCLUDE f\(level + 1)" }
  let result = read(files: files, named: ["f1"])
  #expect(result.diagnostics.map(\.location.file) == ["f8"])
  #expect(result.brief == ["1:10 error: $INCLUDE goes deeper than 8 files"])
}

@Test("Files that include one another many times end at a limit")
func includeLimit() {
  var files: [String: String] = ["f8": ""]
  for level in 1...7 { files["f\(level)"] = String(repeating: "$INCLUDE f\(level + 1)\n", count: 10) }
  let result = read(files: files, named: ["f1"])
  #expect(result.brief.count == 1)
  #expect(result.brief.first?.contains("more than 4096 files are included") == true)
}

@Test("A file that cannot be read, is UTF-16 or is named twice is said of the file as a whole")
func wholeFile() {
  let result = read(files: ["b": zone("")], named: ["a", "b", "./b"])
  #expect(
    result.text == """
      a: error: cannot read "a"; no such file; check the path and the rights of the file.
      ./b: warning: the file is named twice; it is read once only.
      """)
  #expect(result.files == ["b"])
  #expect(read(octets: [0xFF, 0xFE, 0x61, 0]).brief == ["0:0 error: the file is saved as UTF-16"])
}

@Test("More than a hundred errors are counted, not shown")
func manyErrors() {
  let result = read(String(repeating: "x. A 1\n", count: 150))
  #expect(result.diagnostics.count == 101)
  #expect(
    result.diagnostics.last?.description
      == "mail.zone: note: 50 more errors are not shown; fix these first, then check again.")
  #expect(result.configuration == nil)
}

@Test("An error ends its entry only: all errors are found in one run")
func allErrors() {
  let result = read(
    zone("a A 1\nb MX x\n$NODE ex1 192.0.2.1\nc 60 ROTATE acess\nd 60 ROTATE acess\n$POOL q ex1 ex9 check=mtx"))
  #expect(
    result.brief == [
      "10:5 error: \"1\" is not an IP address", "11:6 error: the preference of this MX record is missing",
      "12:7 error: the node \"ex1\" is defined twice", "13:13 error: pool \"acess\" is not defined",
      "14:13 error: pool \"acess\" is not defined", "15:13 error: node \"ex9\" is not defined",
      "15:23 error: check \"mtx\" is not defined",
    ])
}

@Test("A broken SOA, $TTL or declaration is not blamed on what follows")
func noCascade() {
  #expect(read("a. 1h SOA ns.b. m.b. 1 1h\na. NS ns.b.\nx.a. A 192.0.2.1").brief.count == 1)
  #expect(read("a. 1h SOA (\n 1 2 3\na. 1h NS ns.b.\nx.a. 1h A 192.0.2.1").brief.count == 1)
  #expect(read("$TTL x\n$AUTHORITY n.y. m.y. contact=m.y.\n$ZONE b.\n@ TXT a\n@ TXT b").brief.count == 1)
  #expect(read(zone("$NODE ex3 1.2.3\n$POOL p ex1 ex3 check=mta\nx 60 ROTATE p")).brief.count == 1)
  #expect(read(zone("$CHECK c \"\n$POOL p ex1 ex2 check=c\nx 60 ROTATE p")).brief.count == 1)
}
