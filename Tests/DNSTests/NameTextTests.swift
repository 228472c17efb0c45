// Names in presentation form, and back (RFC 1035 §5.1).

import DNS
import Testing

private let origin = DomainName("kreis.example.")

private func parse(_ text: String) throws(NameTextError) -> DomainName {
  try DomainName(text: Array(text.utf8)[...], origin: origin)
}

@Test(
  "A name written out is read back the same",
  arguments: [
    ".", "example.", "mail.kreis.example.", "*.kreis.example.", "_autodiscover._tcp.kreis.example.",
    "a\\.b.example.", "a\\\\b.example.", "\\000\\032\\255.example.", "\\@.example.", "\\$x.example.", "MiXeD.example.",
    String(repeating: "a", count: 63) + ".example.",
  ])
func roundTrip(text: String) throws {
  #expect(try parse(text).description == text)
}

@Test("All octets survive writing and reading")
func everyOctet() throws {
  for octet in UInt8.min...UInt8.max {
    let name = try #require(DomainName(labels: [[octet, 0x61], [0x62]]))
    #expect(try parse(name.description).wire == name.wire)
  }
}

@Test("A name without final dot is completed with the origin, @ is the origin")
func relative() throws {
  #expect(try parse("mail").description == "mail.kreis.example.")
  #expect(try parse("a.b").description == "a.b.kreis.example.")
  #expect(try parse("@").description == "kreis.example.")
}

@Test("\\DDD and \\X stand for the octet they name")
func escapes() throws {
  #expect(try parse("\\109ail\\.x.").wire == [6] + Array("mail.x".utf8) + [0])
}

@Test(
  "What is no name says why and where",
  arguments: [
    ("", NameTextError.Reason.empty, 0..<0),
    ("a..b.", .emptyLabel, 2..<3),
    (".a.", .emptyLabel, 0..<1),
    ("..", .emptyLabel, 0..<1),
    ("x." + String(repeating: "a", count: 64) + ".", .labelTooLong(octets: 64), 2..<66),
    (String(repeating: "a", count: 64), .labelTooLong(octets: 64), 0..<64),
    ("a\\", .badEscape, 1..<2),
    ("a\\25.", .badEscape, 1..<5),
    ("a\\256.", .badEscape, 1..<5),
    ("m\u{FC}ller.", .notASCII, 1..<2),
  ])
func refused(text: String, reason: NameTextError.Reason, range: Range<Int>) {
  #expect(throws: NameTextError(reason: reason, range: range)) { try parse(text) }
}

@Test("A name has 255 octets at most, its origin included")
func lengthLimit() throws {
  let label = String(repeating: "a", count: 59)
  let fits = [label, label, label, label].joined(separator: ".")  // 240 octets, and 15 for the origin
  #expect(try parse(fits).wire.count == 255)
  #expect(throws: NameTextError(reason: .nameTooLong(octets: 256), range: 0..<240)) { try parse(fits + "a") }
}

@Test("A relative name needs an origin")
func withoutOrigin() {
  #expect(throws: NameTextError(reason: .relativeWithoutOrigin, range: 0..<4)) {
    try DomainName(text: Array("mail".utf8)[...], origin: nil)
  }
  #expect(throws: NameTextError(reason: .relativeWithoutOrigin, range: 0..<1)) {
    try DomainName(text: Array("@".utf8)[...], origin: nil)
  }
}

@Test("Names are equal without regard to letter case, and keep theirs")
func letterCase() throws {
  #expect(try parse("MAIL") == parse("mail"))
  #expect(try parse("MAIL").hashValue == parse("mail").hashValue)
  #expect(try parse("MAIL").description == "MAIL.kreis.example.")
}
