// Zone files that other servers wrote, or that people brought from them.

import DNS
import Testing
import ZoneFile

private let servers = "ns1.kreis.example. A 192.0.2.53\nns2.kreis.example. A 198.51.100.53\n"

@Test("The output of dig axfr is read: the SOA that closes it says the same as the first (RFC 5936 §2.2)")
func closingSOA() {
  let soa = "kreis.example.\t3600\tIN\tSOA\tns1.kreis.example. hostmaster.kreis.example. 7 3600 900 604800 60\n"
  let rest = "kreis.example. 3600 IN NS ns1.kreis.example.\nkreis.example. 3600 IN NS ns2.kreis.example.\n" + servers
  let result = read(
    "\n; <<>> DiG 9.18 <<>> axfr kreis.example\n;; global options: +cmd\n" + soa + rest + soa
      + ";; Query time: 0 msec\n")
  #expect(result.brief == ["9:24 warning: this SOA record is in the zone already"])
  #expect(result.configuration?.zones.first?.records.count == 4)
  let other = soa.replacing(" 7 ", with: " 8 ")
  #expect(read(soa + rest + other).brief == ["6:24 error: the zone \"kreis.example.\" has a second SOA"])
}

@Test("Transfers of several zones one after the other are read")
func severalTransfers() {
  func transfer(_ zone: String) -> String {
    let soa = "\(zone) 3600 SOA ns1.\(zone) h.\(zone) 7 3600 900 604800 60\n"
    return soa
      + "\(zone) 1h NS ns1.\(zone)\n\(zone) 1h NS ns2.\(zone)\nns1.\(zone) 1h A 192.0.2.1\nns2.\(zone) 1h A 192.0.2.2\n"
      + soa
  }
  let result = read(transfer("a.") + transfer("b.a.") + transfer("c."))
  #expect(result.configuration?.zones.map(\.records.count) == [4, 4, 4])
}

@Test("Records before the SOA, and with its TTL where none is written, are the zone's (RFC 1035 §5.2)")
func recordsBeforeSOA() {
  let result = read(
    "$ORIGIN .\nrouter.kreis.example A 192.0.2.1\n\tTXT x\nkreis.example 1h SOA ns1.kreis.example. h.kreis.example. 1 2 3 4 60\n\tNS ns1.kreis.example.\n\tNS ns2.kreis.example.\n"
      + servers)
  #expect(result.text == "")
  #expect(
    records(result).suffix(2) == ["router.kreis.example. 3600 A c0000201", "router.kreis.example. 3600 TXT 0178"])
}

@Test("What lies in another zone of the file belongs to it, wherever its line stands; glue stays above")
func interleavedZones() {
  let result = read(
    "$TTL 1h\nz.b.a. TXT early\na. SOA ns.x. h.x. 1 2 3 4 60\na. NS ns.x.\na. NS ns2.x.\nb.a. NS ns.b.a.\nb.a. NS ns2.x.\nns.b.a. A 192.0.2.1\n"
      + "y.b.a. TXT before\nb.a. SOA ns.b.a. h.x. 1 2 3 4 60\nb.a. NS ns.b.a.\nb.a. NS ns2.x.\nns.b.a. A 192.0.2.1\nw.a. TXT after\n"
  )
  #expect(result.text == "")
  let zones = result.configuration?.zones.map { $0.records.map { "\($0.owner) \($0.type)" }.sorted() }
  #expect(
    zones == [
      ["a. NS", "a. NS", "b.a. NS", "b.a. NS", "ns.b.a. A", "w.a. TXT"],
      ["b.a. NS", "b.a. NS", "ns.b.a. A", "y.b.a. TXT", "z.b.a. TXT"],
    ])
}

@Test("A signed zone is refused once, and not record by record")
func signedZone() {
  let result = read(
    zone(
      "@ RRSIG SOA 13 2 3600 20300101000000 20200101000000 1 kreis.example. AAAA\n@ NSEC mail A NS\nx NSEC3 1 0 0 - abc A"
    ))
  #expect(
    result.brief == [
      "10:3 error: RRSIG records belong to a signed zone, and this version of Rondo does not sign (and 2 more like it)"
    ])
}

@Test("A string may go on over line ends (RFC 1035 §5.1), which is not the same as a forgotten quotation mark")
func stringsOverLines() {
  let result = read(zone("x TXT \"a\nb\" \"c\n\nd\"\ny A 192.0.2.1"))
  #expect(result.text == "")
  #expect(
    records(result).suffix(2) == ["x.kreis.example. 3600 TXT 03610a6204630a0a64", "y.kreis.example. 3600 A c0000201"])
  #expect(
    read(zone("x TXT \"a\ny TXT \"b\"")).brief == [
      "10:7 error: the string that begins here has no closing quotation mark on its line"
    ])
  // Lines are counted through it.
  #expect(read(zone("x TXT \"a\nb\"\ny A z")).brief == ["12:5 error: \"z\" is not an IP address"])
}

@Test("A server without an address is a lame delegation, and an error where a zone has no other")
func lameDelegations() {
  #expect(
    read("$TTL 1h\na. SOA ns1 h 1 2 3 4 60\na. NS ns1.a.\na. NS ns2.a.\n".replacing("ns1 h", with: "ns1.a. h.a.")).brief
      == ["3:7 error: the name server \"ns1.a.\" has no address"])
  #expect(
    read(zone("sub NS gone\nsub NS ns.sub\nns.sub A 192.0.2.1")).brief
      == ["10:8 warning: the name server \"gone.kreis.example.\" has no address"])
}

@Test("A SOA in hexadecimal is one (RFC 3597 §5)")
func genericSOA() {
  let result = read(
    "a. 60 TYPE6 \\# 26 016e00016800 00000007 00000e10 00000384 00093a80 0000003c\na. 60 NS n.\na. 60 NS m.")
  #expect(result.text == "")
  #expect(result.configuration?.zones.first?.soa.serial == 7)
  #expect(result.configuration?.zones.first?.soa.contact.description == "h.")
  #expect(result.configuration?.zones.first?.soa.minimum == 60)
}

@Test("A port of 0 is a warning: RFC 2782 allows it")
func portZero() {
  #expect(read(zone("_x SRV 0 0 0 y.")).brief == ["10:12 warning: the port is 0"])
  #expect(read(zone("_x SRV 0 0 0 .")).brief == [])
}

@Test("A file without origin or SOA, or with a forgotten dot, gets one message for it")
func oneMessage() {
  let many = (0..<17).map { "h\($0) 60 A 192.0.2.1\n" }.joined()
  #expect(read("@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 NS ns1\n" + many).brief.count == 1)
  #expect(
    read("$ORIGIN kreis.example\n@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 NS ns1\nns1 60 A 192.0.2.9\n@ 60 NS x.\n" + many).brief
      == [
        "1:9 error: the origin \"kreis.example\" is not complete"
      ])
  #expect(read("$ORIGIN kreis.example.\n" + many).brief.count == 1)
  let dots = (0..<17).map { "h\($0).kreis.example 60 A 192.0.2.1\n" }.joined()
  #expect(
    read(zone(dots)).brief == [
      "10:1 warning: this name means \"h0.kreis.example.kreis.example.\" (and 16 more like it)"
    ])
}
