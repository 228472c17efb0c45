// RDATA of each type as octets. The octets were made by two other implementations from the same lines, BIND's
// named-compilezone and dnspython, which agreed on all of them.

import DNS
import Testing
import ZoneFile

/// A zone file line, and below it the type and RDATA that it comes to.
private let golden = ##"""
  d DNAME target.other.example.
  = DNAME 06746172676574056f74686572076578616d706c6500
  s1 SVCB 0 foo.example.com.
  = SVCB 000003666f6f076578616d706c6503636f6d00
  s2 SVCB 1 .
  = SVCB 000100
  s3 SVCB 16 foo.example.com. port=53
  = SVCB 001003666f6f076578616d706c6503636f6d00000300020035
  s4 SVCB 1 foo.example.com. key667=hello
  = SVCB 000103666f6f076578616d706c6503636f6d00029b000568656c6c6f
  s5 SVCB 1 foo.example.com. key667="hello\210qoo"
  = SVCB 000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f
  s6 SVCB 1 foo.example.com. ipv6hint="2001:db8::1,2001:db8::53:1"
  = SVCB 000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db8000000000000000000530001
  s7 SVCB 1 example.com. ipv6hint="2001:db8:122:344::192.0.2.33"
  = SVCB 0001076578616d706c6503636f6d000006001020010db80122034400000000c0000221
  s8 SVCB 16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )
  = SVCB 001003666f6f076578616d706c65036f7267000000000400010004000100090268320568332d313900040004c0000201
  s9 SVCB 16 foo.example.org. alpn="f\\\\oo\\,bar,h2"
  = SVCB 001003666f6f076578616d706c65036f7267000001000c08665c6f6f2c626172026832
  s10 SVCB 16 foo.example.org. alpn=f\\\092oo\092,bar,h2
  = SVCB 001003666f6f076578616d706c65036f7267000001000c08665c6f6f2c626172026832
  h1 HTTPS 1 . alpn=h3,h2 no-default-alpn port=8443 ech="AEj+DQBEAQAgACAdd+scUi0IYFsXnUIU7ko2Nd9+F8M26pAGZVpz/KrWPgAEAAEAAWQVZWNoLXNpdGVzLmV4YW1wbGUubmV0AAA="
  = HTTPS 00010000010006026833026832000200000003000220fb0005004a0048fe0d004401002000201d77eb1c522d08605b179d4214ee4a3635df7e17c336ea9006655a73fcaad63e00040001000164156563682d73697465732e6578616d706c652e6e65740000
  h2 HTTPS 0 Target.Other.example.
  = HTTPS 000006546172676574054f74686572076578616d706c6500
  _443._tcp TLSA 3 1 1 ( 92003ba34942dc74152e2f2c408d29ec a5a520e7f2e06bb944f4dca346baf63c )
  = TLSA 03010192003ba34942dc74152e2f2c408d29eca5a520e7f2e06bb944f4dca346baf63c
  _25._tcp TLSA 2 0 0 30820122
  = TLSA 02000030820122
  ssh SSHFP 4 2 123456789ABCDEF67890123456789ABCDEF67890123456789ABCDEF123456789
  = SSHFP 0402123456789abcdef67890123456789abcdef67890123456789abcdef123456789
  ssh1 SSHFP 2 1 123456789abcdef67890123456789abcdef67890
  = SSHFP 0201123456789abcdef67890123456789abcdef67890
  n1 NAPTR 100 50 "s" "http+I2L+I2C+I2R" "" _http._tcp.Foo.example.
  = NAPTR 00640032017310687474702b49324c2b4932432b49325200055f68747470045f74637003466f6f076578616d706c6500
  n2 NAPTR 100 10 "u" "sip+E2U" "!^.*$!sip:information@foo.se!i" .
  = NAPTR 0064000a0175077369702b4532551e215e2e2a24217369703a696e666f726d6174696f6e40666f6f2e7365216900
  l1 LOC 42 21 54 N 71 06 18 W -24m 30m
  = LOC 0033161389172dd070be15f000988d20
  l2 LOC 42 21 43.952 N 71 5 6.344 W -24.00m 1m 200m 10m
  = LOC 001224138917069070bf2dd800988d20
  l3 LOC 52 14 05 N 00 08 50 E 10m
  = LOC 001216138b3556c88008165000989a68
  l4 LOC 32 7 19 S 116 2 25 E 10m
  = LOC 00121613791b7d2898e6486800989a68
  l5 LOC 42 N 71 W 42849672.95m 90000000m 0m 0.05m
  = LOC 009900508903210070c3da80ffffffff
  _ftp._tcp URI 10 1 "ftp://ftp1.example.com/public"
  = URI 000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963
  hi HINFO "INTEL-386" LINUX
  = HINFO 09494e54454c2d333836054c494e5558
  rp RP hostmaster.Other.example. txt.other.example.
  = RP 0a686f73746d6173746572054f74686572076578616d706c650003747874056f74686572076578616d706c6500
  sub NS ns1.other.example.
  = NS 036e7331056f74686572076578616d706c6500
  sub DS 60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )
  = DS ec4505012bb183af5f22588179a53b0a98631fad1a292118
  sub DS 60485 RSASHA256 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
  = DS ec450802d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a
  g1 CLASS1 TYPE731 \# 6 abcdef ( 01 23 45 )
  = TYPE731 abcdef012345
  g2 IN TYPE62347 \# 0
  = TYPE62347 -
  g3 A \# 4 0A000001
  = A 0a000001
  g4 TYPE1 10.0.0.2
  = A 0a000002
  g5 TYPE15 \# 7 000a 036d783100
  = MX 000a036d783100
  sm SMIMEA 3 1 0 abcd
  = SMIMEA 030100abcd
  """##

struct GoldenRecord: Sendable, CustomTestStringConvertible {
  var line: String
  var expected: String

  var testDescription: String { line }
}

private func goldenRecords() -> [GoldenRecord] {
  let lines = golden.split(separator: "\n").map(String.init)
  return stride(from: 0, to: lines.count - 1, by: 2).map {
    GoldenRecord(line: lines[$0], expected: String(lines[$0 + 1].dropFirst(2)).replacing("-", with: ""))
  }
}

@Test("Every record type comes to the same octets as in BIND and dnspython", arguments: goldenRecords())
func goldenData(golden: GoldenRecord) throws {
  let delegation = golden.line.contains(" DS ") ? "sub NS ns1.other.example.\n" : ""
  let result = read(zone(delegation + golden.line))
  #expect(result.brief.filter { !$0.hasSuffix("this TLSA record has no effect") } == [])
  let record = try #require(records(result).last)
  #expect(
    record.split(separator: " ", omittingEmptySubsequences: false)[2...].joined(separator: " ") == golden.expected)
}

@Test("What is written by number and in hexadecimal is the same record as written by name (RFC 3597 §5)")
func genericForm() throws {
  for golden in goldenRecords() {
    let parts = golden.expected.split(separator: " ", omittingEmptySubsequences: false)
    let type = try #require(RecordType(mnemonic: String(parts[0])) ?? RecordType(numbered: String(parts[0])))
    let owner = type == .ds ? "sub NS ns1.other.example.\nsub" : type == .ns ? "sub" : "x"
    let result = read(zone("\(owner) TYPE\(type.rawValue) \\# \(parts[1].count / 2) \(parts[1])"))
    #expect(result.brief.filter { !$0.hasSuffix("this TLSA record has no effect") } == [], "\(golden.line)")
    let direct = read(zone((type == .ds ? "sub NS ns1.other.example.\n" : "") + golden.line))
    #expect(result.configuration?.zones[0].records.last?.data == direct.configuration?.zones[0].records.last?.data)
  }
}

@Test("RDATA cut short, or longer than its fields, is refused for every type that has fields")
func incompleteData() throws {
  for golden in goldenRecords() {
    let parts = golden.expected.split(separator: " ", omittingEmptySubsequences: false)
    guard let type = RecordType(mnemonic: String(parts[0])) else { continue }
    let octets = try #require(
      read(zone((type == .ds ? "sub NS ns1.other.example.\n" : "") + golden.line)).configuration?.zones[0].records.last
    ).data.bytes
    #expect(RecordData(type, octets: octets)?.bytes == octets)
    #expect(RecordData(type, octets: []) == nil, "\(golden.line)")
    let endsOpen: [RecordType] = [.ds, .sshfp, .tlsa, .smimea, .uri]
    guard !endsOpen.contains(type) else { continue }
    if type != .svcb, type != .https { #expect(RecordData(type, octets: Array(octets.dropLast())) == nil) }
    #expect(RecordData(type, octets: octets + [9]) == nil, "\(golden.line)")
  }
}

@Test("Only the types of RFC 1035 have names that a reply may compress (RFC 3597 §4)")
func compressibleTypes() throws {
  var compressible: Set<String> = []
  for golden in goldenRecords() + [
    GoldenRecord(line: "x PTR a.", expected: ""), GoldenRecord(line: "x CNAME a.", expected: ""),
  ] {
    let text = (golden.line.contains(" DS ") ? "sub NS ns1.other.example.\n" : "") + golden.line
    let record = try #require(read(zone(text)).configuration?.zones[0].records.last)
    if record.data.names.contains(where: \.isCompressible) { compressible.insert(record.type.description) }
  }
  #expect(compressible == ["CNAME", "MX", "NS", "PTR"])
}

@Test(
  "What is wrong with the newer types is pointed at",
  arguments: [
    ("x SVCB 1 . port=1 port=2", ["10:19 error: the parameter port is given twice"]),
    ("x SVCB 1 . prt=1", ["10:12 error: \"prt\" is not a parameter"]),
    ("x SVCB 1 . key01=1", ["10:12 error: \"key01\" is not a parameter"]),
    ("x SVCB 1 . key65535=1", ["10:12 error: \"key65535\" is not a parameter"]),
    ("x SVCB 1 . port=65536", ["10:17 error: \"65536\" is not a port"]),
    ("x SVCB 1 . port=", ["10:17 error: the parameter port has no value"]),
    ("x SVCB 1 . alpn", ["10:16 error: the parameter alpn has no value"]),
    ("x SVCB 1 . alpn=h2,,h3", ["10:17 error: \"h2,,h3\" is not a list of protocols"]),
    ("x SVCB 1 . alpn=h2\\\\x", ["10:17 error: \"h2\\x\" has a backslash that protects nothing"]),
    ("x SVCB 1 . no-default-alpn", ["10:12 error: no-default-alpn is given without alpn"]),
    ("x SVCB 1 . alpn=h2 no-default-alpn=1", ["10:36 error: no-default-alpn has a value"]),
    ("x SVCB 1 . mandatory=alpn", ["10:12 error: a parameter that is said to be mandatory is missing"]),
    ("x SVCB 1 . alpn=h2 mandatory=alpn,alpn", ["10:30 error: \"alpn,alpn\" is not a list of parameters"]),
    ("x SVCB 1 . alpn=h2 mandatory=mandatory", ["10:30 error: \"mandatory\" is not a list of parameters"]),
    ("x SVCB 1 . ipv4hint=192.0.2.1,::1", ["10:21 error: \"192.0.2.1,::1\" is not a list of IPv4 addresses"]),
    ("x SVCB 1 . ech=AAA", ["10:16 error: \"AAA\" is not base64"]),
    ("x SVCB 1 . ech=AAB=", ["10:16 error: \"AAB=\" is not base64"]),
    ("x SVCB 1 . key3=1", ["10:12 error: these octets are no value of the parameter key3"]),
    ("x SVCB 1 . alpn=\"h2\"port=1", ["10:12 error: something follows the closing quotation mark of a value"]),
    ("x TXT a=\"b\"", ["10:9 error: there is a quotation mark inside a word"]),
    ("$NODE ex3 192.0.2.9 site=\"b\"", ["10:26 error: there is a quotation mark inside a word"]),
    ("x TLSA 3 1 1 abcd", ["10:14 error: the association data has 2 octets"]),
    ("x TLSA 3 1 0 abc", ["10:14 error: the association data has an odd number of hexadecimal digits"]),
    ("x TLSA 3 1 0 ab cg", ["10:18 error: the association data has a character that is not a hexadecimal digit"]),
    ("x TLSA 3 1 0", ["10:13 error: the association data is missing"]),
    ("x SSHFP 4 2 abcd", ["10:13 error: the fingerprint has 2 octets"]),
    ("x NAPTR 1 1 S! \"\" \"\" .", ["10:13 error: the flags \"S!\" are not letters and digits"]),
    ("x NAPTR 1 1 S \"\" a y.", ["10:18 warning: this NAPTR record has both a regular expression and a replacement"]),
    ("x LOC 91 N 1 E 0", ["10:7 error: \"91\" cannot be the degrees of the latitude"]),
    ("x LOC 90 1 N 1 E 0", ["10:7 error: the latitude is over 90 degrees"]),
    ("x LOC 1 60 N 1 E 0", ["10:9 error: \"60\" cannot be the minutes of the latitude"]),
    ("x LOC 1 1 60.000 N 1 E 0", ["10:11 error: \"60.000\" cannot be the seconds of the latitude"]),
    ("x LOC 1 E 1 E 0", ["10:9 error: \"E\" cannot be the minutes of the latitude"]),
    ("x LOC 1.5 N 1 E 0", ["10:7 error: \"1.5\" cannot be the degrees of the latitude"]),
    ("x LOC 1 N 1 E -100001m", ["10:15 error: \"-100001m\" cannot be the altitude"]),
    ("x LOC 1 N 1 E 0 1.234m", ["10:17 error: \"1.234m\" cannot be the size"]),
    ("x URI 1 1 \"\"", ["10:11 error: the URI is empty"]),
    ("x TYPE65280 192.0.2.1", ["10:13 error: the data of a TYPE65280 record must be written in hexadecimal"]),
    ("x TYPE65280 \\# 3 abcd", ["10:16 error: 3 octets are announced, and 2 follow"]),
    ("x TYPE65280 \\# 0 abcd", ["10:16 error: 0 octets are announced, and 2 follow"]),
    ("x TYPE65280 \\# 1", ["10:17 error: the data is missing"]),
    ("x A \\# 3 c00002", ["10:5 error: these octets are not the data of an A record"]),
    ("x MX \\# 4 000ac00c", ["10:6 error: these octets are not the data of an MX record"]),
    ("x TYPE41 \\# 0", ["10:3 error: TYPE41 is not a type of records"]),
    ("x TYPE255 \\# 0", ["10:3 error: TYPE255 is not a type of records"]),
    ("x TYPE0 \\# 0", ["10:3 error: TYPE0 is not a type of records"]),
    (
      "x TYPE46 \\# 1 00",
      ["10:3 error: RRSIG records belong to a signed zone, and this version of Rondo does not sign"]
    ),
    ("x TYPE65536 \\# 0", ["10:3 error: \"TYPE65536\" is not a record type"]),
    ("x CLASS3 A 192.0.2.1", ["10:3 error: the class CLASS3 is not served"]),
    ("sub.x. SOA \\# 0", ["10:12 error: these octets are not the data of an SOA record"]),
  ])
func newTypes(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief.filter { !$0.contains("is not used") } == expected)
}

@Test("A set that no message can carry is an error, said once, at the record with which it grows too long")
func longestSets() {
  func texts(_ count: Int, _ length: Int) -> String {
    (0..<count).map { "x TXT \(($0 + 100))\(String(repeating: "t", count: length - 3))" }.joined(separator: "\n")
  }
  // 255 octets of text, their length, twelve of head: 244 of these are 65,392 octets, and 65,491 is what fits.
  #expect(read(zone(texts(244, 255))).brief == [])
  #expect(
    read(zone(texts(250, 255))).brief == ["254:3 error: the TXT records of \"x.kreis.example.\" fit into no answer"])
  // One record of 65,000 octets leaves room for one of 467.
  func generic(_ count: Int, _ digits: String) -> String {
    "x TYPE65280 \\# \(count) \(String(repeating: digits, count: count))\n"
  }
  #expect(read(zone(generic(65_000, "ab") + generic(467, "cd"))).brief == [])
  #expect(
    read(zone(generic(65_000, "ab") + generic(468, "cd"))).brief == [
      "11:3 error: the TYPE65280 records of \"x.kreis.example.\" fit into no answer"
    ])
}

@Test(
  "DNAME, DS, SVCB and HTTPS stand where they may, and beside what they may",
  arguments: [
    ("x DNAME y.", []),
    ("x DNAME y.\nx TXT a\nx A 192.0.2.1", []),
    ("x DNAME y.\nx DNAME z.", ["11:3 error: \"x.kreis.example.\" has a second DNAME"]),
    ("x DNAME y.\nx CNAME z.", ["11:3 error: \"x.kreis.example.\" has a CNAME and other records"]),
    (
      "x DNAME y.\nx NS ns1.other.example.",
      [
        "10:3 warning: this record of \"x.kreis.example.\" is never answered",
        "10:3 error: \"x.kreis.example.\" has both DNAME and NS records",
      ]
    ),
    ("x DNAME y.\na.b.x TXT a", ["11:7 error: this record of \"a.b.x.kreis.example.\" is below a DNAME"]),
    ("x DNAME y.\na.x 60 ROTATE access", ["11:8 error: this record of \"a.x.kreis.example.\" is below a DNAME"]),
    ("x DNAME y.\nm MX 1 a.x", []),
    ("*.x DNAME y.", ["10:1 warning: there is a DNAME at the wildcard \"*.x.kreis.example.\""]),
    ("*.x NS y.", ["10:1 warning: there are name servers at the wildcard \"*.x.kreis.example.\""]),
    ("x DNAME y.x", ["10:9 warning: the DNAME of \"x.kreis.example.\" leads back below itself"]),
    (
      "x DS 1 8 1 \(String(repeating: "ab", count: 20))",
      ["10:3 warning: \"x.kreis.example.\" has a DS and no NS records"]
    ),
    ("@ DS 1 8 1 \(String(repeating: "ab", count: 20))", ["10:3 error: there is a DS at the name of the zone itself"]),
    ("x NS n.\nx DS 1 8 1 \(String(repeating: "ab", count: 20))", []),
    ("x HTTPS 0 y.\nx HTTPS 1 .", ["11:3 warning: this HTTPS record of \"x.kreis.example.\" is never used"]),
    ("x HTTPS 0 y.\nx SVCB 1 .", []),
    ("x HTTPS 0 x", ["10:3 warning: this HTTPS record is an alias of its own name"]),
    ("x HTTPS 0 y. port=1", ["10:14 warning: the parameters of this record are ignored"]),
    ("x HTTPS 1 . alpn=h2\nx HTTPS 1 . alpn=H2", []),
    ("x HTTPS 1 Y. alpn=h2\nx HTTPS 1 y. alpn=h2", ["11:3 warning: this HTTPS record is in the zone already"]),
  ])
func placement(fixture: String, expected: [String]) {
  #expect(read(zone(fixture)).brief == expected)
}
