// Golden packets: DNAME, what it makes of names, and where it ends (RFC 6672).

import Answering
import DNS
import TestSupport
import Testing

private let long = String(repeating: "a", count: 60)

private let house = """
  $ORIGIN kreis.example.
  $TTL 1h
  @ SOA ns1 hostmaster 7 1h 15m 1w 1m
  @ NS ns1
  @ NS ns2
  ns1 A 192.0.2.53
  ns2 A 198.51.100.53
  old 5m DNAME New
  old A 192.0.2.1
  mail.new A 192.0.2.25
  deep.new CNAME www.old
  www.new A 192.0.2.80
  far DNAME elsewhere.example.
  round DNAME in.round
  one DNAME two
  two DNAME one
  long DNAME \(long).\(long).\(long).example.
  * A 192.0.2.99
  """

@Test("RFC 6672 §3.1: a name below a DNAME gets the DNAME and a CNAME of its TTL, and what the new name has")
func renamed() throws {
  try Fixture(house).expect(
    "Mail.OLD.kreis.example. A",
    """
    ; NOERROR qr aa rd
    1234 8500 0001 0003 0000 0000
    ; question Mail.OLD.kreis.example. IN A
    044d61696c 034f4c44 056b72656973 076578616d706c65 00 0001 0001
    ; answer OLD.kreis.example. 300 IN DNAME New.kreis.example.
    c011 0027 0001 0000012c 0013 034e6577 056b72656973 076578616d706c65 00
    ; answer Mail.OLD.kreis.example. 300 IN CNAME Mail.New.kreis.example.
    c00c 0005 0001 0000012c 0018 044d61696c 034e6577 056b72656973 076578616d706c65 00
    ; answer Mail.New.kreis.example. 3600 IN A 192.0.2.25
    c053 0001 0001 00000e10 0004 c0000219
    """)
}

@Test("RFC 6672 §2.3: the owner of a DNAME is not renamed, and has other types")
func ownerItself() throws {
  let fixture = try Fixture(house)
  #expect(
    try fixture.lines("old.kreis.example. A") == ["NOERROR qr aa rd", "answer old.kreis.example. 3600 IN A 192.0.2.1"])
  #expect(
    try fixture.lines("old.kreis.example. DNAME") == [
      "NOERROR qr aa rd", "answer old.kreis.example. 300 IN DNAME New.kreis.example.",
    ])
  #expect(try fixture.lines("old.kreis.example. AAAA")[1].hasPrefix("authority kreis.example. 60 IN SOA"))
}

@Test("RFC 6604 §3: the code is that of the name at the end of the chain; out of our zones it ends")
func ends() throws {
  let fixture = try Fixture(house)
  #expect(try fixture.lines("no.such.old.kreis.example. A")[0] == "NXDOMAIN qr aa rd")
  #expect(
    try fixture.lines("x.far.kreis.example. A") == [
      "NOERROR qr aa rd", "answer far.kreis.example. 3600 IN DNAME elsewhere.example.",
      "answer x.far.kreis.example. 3600 IN CNAME x.elsewhere.example.",
    ])
  #expect(try fixture.lines("mail.old.kreis.example. AAAA").last?.hasPrefix("authority kreis.example. 60") == true)
}

@Test("RFC 2181 §5: a DNAME that a chain meets twice stands in the answer once")
func twice() throws {
  #expect(
    try Fixture(house).lines("deep.old.kreis.example. A") == [
      "NOERROR qr aa rd", "answer old.kreis.example. 300 IN DNAME New.kreis.example.",
      "answer deep.old.kreis.example. 300 IN CNAME deep.New.kreis.example.",
      "answer deep.New.kreis.example. 3600 IN CNAME www.old.kreis.example.",
      "answer www.old.kreis.example. 300 IN CNAME www.New.kreis.example.",
      "answer www.New.kreis.example. 3600 IN A 192.0.2.80",
    ])
}

@Test("RFC 6672 §2.2: a DNAME that leads below itself, or two that lead to each other, end after twelve links")
func renamingCircles() throws {
  let fixture = try Fixture(house)
  let inward = try fixture.ask(Query("x.round.kreis.example. A"), over: .tcp)
  #expect(
    inward.codeText == "NOERROR" && inward.answers.map(\.type) == ["DNAME"] + Array(repeating: "CNAME", count: 12))
  let circle = try fixture.ask(Query("x.one.kreis.example. A"), over: .tcp)
  #expect(circle.codeText == "NOERROR" && circle.answers.map(\.type) == ["DNAME", "CNAME", "DNAME", "CNAME"])
}

@Test("RFC 6672 §2.2: a new name over 255 octets is YXDOMAIN, with the DNAME that made it so")
func renamedTooLong() throws {
  let fixture = try Fixture(house)
  let name = "\(long).abcdef.long.kreis.example."
  let message = try fixture.ask(Query("\(name) A"))
  #expect(message.codeText == "YXDOMAIN" && message.isAuthoritative)
  #expect(message.answers.map(\.type) == ["DNAME"])
  #expect(try fixture.ask(Query("x.long.kreis.example. A")).codeText == "NOERROR")
  #expect(fixture.counts.responses(.nameExists) == 1)
}

@Test("A renaming that does not fit is truncated")
func renamingTruncated() throws {
  let fixture = try Fixture(
    """
    $ORIGIN x.
    $TTL 1h
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.
    d DNAME \(long).\(long).\(long).e.
    """)
  let name = "a.d.x."
  let whole = try fixture.ask(Query("\(name) A"), over: .tcp)
  #expect(whole.answers.map(\.type) == ["DNAME", "CNAME"])
  let labels = (0..<14).map { _ in "abc." }.joined()
  #expect(try fixture.lines("\(labels)d.x. A") == ["NOERROR qr aa tc rd"])
}

@Test("RFC 6672 §3.2: DNAME at an apex renames all names below it; a zone of ours further down is its own")
func atApex() throws {
  let fixture = try Fixture(
    """
    $TTL 1h
    $ORIGIN x.
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.
    @ DNAME z.
    $ORIGIN zone.in.x.
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.
    www A 192.0.2.1
    """)
  #expect(
    try fixture.lines("a.b.x. A") == [
      "NOERROR qr aa rd", "answer x. 3600 IN DNAME z.", "answer a.b.x. 3600 IN CNAME a.b.z.",
    ])
  // The name above a zone of ours exists for the table only.
  #expect(try fixture.lines("in.x. A").last == "answer in.x. 3600 IN CNAME in.z.")
  #expect(try fixture.lines("other.in.x. A").last == "answer other.in.x. 3600 IN CNAME other.in.z.")
  #expect(try fixture.firstRecord("www.zone.in.x. A") == "answer www.zone.in.x. 3600 IN A 192.0.2.1")
  #expect(try fixture.firstRecord("x. SOA").hasPrefix("answer x. 3600 IN SOA"))
}

@Test("RFC 4035 §3.1.4.1: DS of a cut, and of a zone of ours, is answered from the zone above")
func delegationSigners() throws {
  let fixture = try Fixture(
    """
    $TTL 1h
    $ORIGIN x.
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.
    cut NS ns.y.
    cut NS ns.z.
    cut DS 1 8 2 \(String(repeating: "ab", count: 32))
    own NS ns.y.
    own NS ns.z.
    own DS 2 8 2 \(String(repeating: "cd", count: 32))
    $ORIGIN own.x.
    @ SOA ns.y. h.y. 1 1h 15m 1w 1m
    @ NS ns.y.
    @ NS ns.z.
    """)
  for name in ["cut.x.", "own.x."] {
    let message = try fixture.ask(Query("\(name) DS"))
    #expect(message.isAuthoritative && message.answers.map(\.type) == ["DS"], "\(name)")
    #expect(message.authorities == [])
  }
  #expect(try fixture.ask(Query("a.cut.x. DS")).answers == [])
  #expect(try fixture.ask(Query("own.x. ANY"), over: .tcp).answers.map(\.type).sorted() == ["NS", "NS", "SOA"])
}
