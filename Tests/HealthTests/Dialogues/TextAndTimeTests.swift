// The two small machines below pages and certificates: finding a text as it goes by, and reading a date.

import TestSupport
import Testing

@testable import Health

@Test("A text is found where a search through the whole would find it", arguments: 1...200 as ClosedRange<UInt64>)
func textSearch(seed: UInt64) {
  var random = SeededGenerator(seed: seed)
  let letters = Array("ab".utf8)
  let wanted = (0..<Int.random(in: 0...5, using: &random)).map { _ in letters[Int.random(in: 0...1, using: &random)] }
  let text = (0..<40).map { _ in letters[Int.random(in: 0...1, using: &random)] }
  var search = TextSearch(for: wanted)
  for (index, octet) in text.enumerated() {
    search.feed(octet)
    let seen = text[...index]
    #expect(search.isFound == (wanted.isEmpty || seen.contains(wanted)), "seed \(seed), at \(index)")
  }
}

@Test(
  "Times of certificates are Unix seconds, whatever the century",
  arguments: [
    (0x17, "700101000000Z", 0), (0x17, "491231235959Z", 2_524_607_999), (0x17, "500101000000Z", -631_152_000),
    (0x17, "000229120000Z", 951_825_600), (0x18, "20500101000000Z", 2_524_608_000),
    (0x18, "20000301000000Z", 951_868_800), (0x18, "99991231235959Z", 253_402_300_799),
    (0x18, "00000101000000Z", -62_167_219_200), (0x17, "7001010000Z", nil), (0x17, "20500101000000Z", nil),
    (0x18, "500101000000Z", nil), (0x17, "700101000000", nil), (0x17, "701301000000Z", nil),
    (0x17, "700100000000Z", nil), (0x17, "700101240000Z", nil), (0x17, "70010100000xZ", nil), (0x17, "Z", nil),
    (0x17, "", nil), (0x04, "700101000000Z", nil),
  ] as [(UInt8, String, Int64?)])
func civilTime(tag: UInt8, text: String, seconds: Int64?) {
  #expect(CertificateTime.seconds(DERReader.Element(tag: tag, content: Array(text.utf8)[...])) == seconds)
}
