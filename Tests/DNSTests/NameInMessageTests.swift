// Names lower-cased and hashed by words, against octet-by-octet lower-casing (RFC 4343 §3).

import DNS
import TestSupport
import Testing

@Test("Every octet folds in every place of a word as it does alone")
func everyOctetFolds() {
  for place in 0..<8 {
    for octet in UInt8.min...UInt8.max {
      // The neighbours are the octets most likely to carry over.
      for filler: UInt64 in [0, 0x7F7F_7F7F_7F7F_7F7F, 0x5A5A_5A5A_5A5A_5A5A, 0xFFFF_FFFF_FFFF_FFFF] {
        let hole = ~(UInt64(0xFF) << UInt64(place * 8))
        let folded = foldCase(filler & hole | UInt64(octet) << UInt64(place * 8))
        let upper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet)
        #expect(UInt8(truncatingIfNeeded: folded >> UInt64(place * 8)) == (upper ? octet + 32 : octet))
        #expect(folded & hole == foldCase(filler) & hole)
      }
    }
  }
}

/// Labels of random octets, or of few letters when `isNarrow`.
private func randomName(_ random: inout SeededGenerator, isNarrow: Bool) -> DomainName {
  var name = DomainName.root
  for _ in 0..<Int.random(in: 0...12, using: &random) {
    let length = isNarrow ? 1 : Int.random(in: 1...63, using: &random)
    let label = (0..<length).map { _ in
      isNarrow ? Array("aAbB".utf8).randomElement(using: &random) ?? 0 : UInt8.random(in: .min ... .max, using: &random)
    }
    guard let longer = name.prepending(label) else { break }
    name = longer
  }
  return name
}

@Test(
  "A name in a message, in any letter case, is the octets of its lower-case form", arguments: 0..<50 as Range<UInt64>)
func folded(seed: UInt64) {
  var random = SeededGenerator(seed: seed)
  for _ in 0..<40 {
    let name = randomName(&random, isNarrow: random.chance(0.5))
    let start = Int.random(in: 8...30, using: &random)
    let junk = (0..<start + 20).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let message = Array(junk[..<start] + name.wire + junk[start...])
    let place = NameInMessage(start: start, end: start + name.wire.count)

    let octets = name.canonicalWire.span.octets
    let words = [0] + (0..<NameWords.count(forLength: octets.byteCount)).map { NameWords.word($0, of: octets) }
    #expect(
      message.span.octets.hash(of: place) == NameWords.hash(of: octets), "seed \(seed)")
    #expect(message.span.octets.hash(of: place) == NameWords.hash(of: name.wire.span.octets), "seed \(seed)")
    let isFound = message.span.octets.name(place, isAt: 1, of: words.span)
    #expect(isFound, "seed \(seed)")

    // One octet changed, it is another name unless only letter case changed.
    var other = message
    let at = Int.random(in: start..<place.end, using: &random)
    other[at] ^= UInt8(1) << UInt8.random(in: 0...7, using: &random)
    let isSame = other[start..<place.end].map(lowercased) == name.canonicalWire
    let isStillFound = other.span.octets.name(place, isAt: 1, of: words.span)
    #expect(isStillFound == isSame, "seed \(seed)")
  }
}
