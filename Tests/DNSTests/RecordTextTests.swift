// Record data in presentation form, from golden octets, and what happens to octets that are not whole.

import DNS
import TestSupport
import Testing

private func text(_ type: String, _ data: String) throws -> String {
  let message = hex(data)
  return RecordText.text(of: try #require(RecordType(queried: type)), in: message, 0..<message.count)
}

@Suite("Record data as text")
struct RecordTextTests {
  @Test(
    "Each type in the form of its RFC",
    arguments: [
      ("A", "c000020b", "192.0.2.11"),
      ("AAAA", "20010db8000000000000000000000011", "2001:db8::11"),
      ("NS", "036e7331 00", "ns1."), ("CNAME", "00", "."), ("PTR", "05612e625c63 00", #"a\.b\\c."#),
      ("MX", "000a 00", "10 ."),
      ("SOA", "01 61 00 01 62 00 00000001 00000e10 00000384 00093a80 ffffffff", "a. b. 1 3600 900 604800 4294967295"),
      ("TXT", "03 61 22 5c 00 02 0a ff", #""a\"\\" "" "\010\255""#),
      ("TXT", "01 3b", #"";""#),
      ("HINFO", "02 5043 00", #""PC" """#), ("RP", "01 61 00 00", "a. ."),
      ("SRV", "0000 0001 03e1 00", "0 1 993 ."),
      ("NAPTR", "0064 000a 01 53 07 5349502b443255 00 00", #"100 10 "S" "SIP+D2U" "" ."#),
      ("DS", "ec45 05 01 2bb183af", "60485 5 1 2BB183AF"), ("SSHFP", "04 02 00ff", "4 2 00FF"),
      ("TLSA", "03 01 01 0aff", "3 1 1 0AFF"), ("CAA", "80 05 6973737565 63613b78", #"128 issue "ca;x""#),
      ("URI", "000a 0001 68743a2f2f", #"10 1 "ht://""#),
      ("DNSKEY", "0101 03 0d 000102", "257 3 13 AAEC"), ("CDNSKEY", "0000 03 00 00", "0 3 0 AA=="),
      (
        "RRSIG", "0001 0d 03 0000003c 692c9b00 69053100 3039 01 61 00 ffff",
        "A 13 3 60 20251130192904 20251031215824 12345 a. //8="
      ),
      ("NSEC", "01 62 00 00 06 40 01 00 00 00 03 01 01 40", "b. A MX RRSIG NSEC CAA"), ("NSEC", "00", "."),
      (
        "NSEC3", "01 00 0000 00 14 2bb183af5f22588179a53b0a98631fad1a292118 00 01 40",
        "1 0 0 - 5EOO7BQV49C82UD57C59GOOVLKD2I88O A"
      ),
      ("NSEC3PARAM", "01 00 000a 02 abcd", "1 0 10 ABCD"),
      (
        "HTTPS", "0001 00 0000 0004 0001 0003 0001 0008 02 6832 04 61 2c 5c 62 0003 0002 20fb 0004 0004 c0000201",
        #"1 . mandatory=alpn,port alpn="h2,a\\,\\\\b" port=8443 ipv4hint=192.0.2.1"#
      ),
      ("SVCB", "0000 01 61 00", "0 a."), ("SVCB", "0001 00 029b 0003 61 22 00", #"1 . key667="a\"\000""#),
      ("SVCB", "0001 00 0002 0000", "1 . no-default-alpn"), ("SVCB", "0001 00 0005 0002 abcd", "1 . ech=q80="),
      ("SVCB", "0001 00 0003 0001 20", #"1 . key3=" ""#),
      ("LOC", "00 00 16 13 8b3cf018 810cbce0 009895b8", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"),
      ("AFSDB", "0001 00", "1 ."), ("OPENPGPKEY", "000102", "AAEC"), ("EUI48", "00005e0053ff", "00-00-5e-00-53-ff"),
      ("TYPE65280", "c0000201", "\\# 4 C0000201"), ("TYPE65280", "", "\\# 0"),
    ])
  func golden(type: String, data: String, expected: String) throws {
    #expect(try text(type, data) == expected)
  }

  @Test(
    "What is not whole for its type is shown as octets",
    arguments: [
      ("A", "c00002"), ("A", "c000020b00"), ("AAAA", ""), ("MX", "000a"), ("MX", "000a c000"), ("NS", "c000"),
      ("TXT", ""), ("TXT", "02 61"), ("SOA", "0000 00000001"), ("TLSA", "030101"), ("CAA", "00 00 61"),
      ("CAA", "00 01 20 61"), ("NSEC", "00 00 00"), ("NSEC", "00 00 01 40 00 01 40"), ("NSEC", "00 00 21"),
      ("NSEC3", "01 00 0000 00 00"), ("HTTPS", "0001 00 0001 0003 02 68"), ("LOC", "01000000"), ("HINFO", "0141"),
    ])
  func broken(type: String, data: String) throws {
    let count = hex(data).count
    let digits = hexadecimal(hex(data)).uppercased()
    #expect(try text(type, data) == "\\# \(count)" + (count == 0 ? "" : " \(digits)"))
  }

  @Test("Whatever the octets are, the text is printable and on one line")
  func anyOctets() {
    var generator = SeededGenerator(seed: 42)
    for round in 0..<20_000 {
      let type = RecordType(rawValue: UInt16.random(in: 1...110, using: &generator))
      let data = generator.octets(Int.random(in: 0...40, using: &generator))
      let text = RecordText.text(of: type, in: data, 0..<data.count)
      #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "round \(round), \(type): \(data)")
    }
  }

  @Test("Base64 is read back as it was written")
  func base64() {
    #expect((0...3).map { base64Text([UInt8](repeating: 0xFF, count: $0)) } == ["", "/w==", "//8=", "////"])
    var generator = SeededGenerator(seed: 7)
    for count in 0...60 {
      let data = generator.octets(count)
      #expect(DNS.base64(Array(base64Text(data).utf8)[...]) == data)
    }
  }
}
