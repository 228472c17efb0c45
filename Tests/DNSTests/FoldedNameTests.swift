// Names lower-cased and hashed by words, against octet-by-octet lower-casing (RFC 4343 §3).

import DNS
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
private func randomName(_ random: inout SplitMix64, isNarrow: Bool) -> DomainName {
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

@Test("A folded name is the lower-case wire form, wherever it stands in a message", arguments: 0..<50 as Range<UInt64>)
func folded(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var folded = FoldedName()
  var byItself = FoldedName()
  for _ in 0..<40 {
    let name = randomName(&random, isNarrow: random.chance(0.5))
    let start = Int.random(in: 8...30, using: &random)
    let junk = (0..<start + 20).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let message = junk[..<start] + name.wire + junk[start...]
    folded.fold(Array(message).span.octets, from: start, to: start + name.wire.count)
    let octets = (0..<folded.length).map { UInt8(truncatingIfNeeded: folded.words[$0 / 8] >> UInt64($0 % 8 * 8)) }
    #expect(octets == name.canonicalWire, "seed \(seed)")
    #expect(folded.wordCount == (name.wire.count + 7) / 8, "seed \(seed)")
    if name.wire.count % 8 != 0 {
      #expect(folded.words[folded.wordCount - 1] >> UInt64(name.wire.count % 8 * 8) == 0, "seed \(seed)")
    }
    byItself.fold(name)
    #expect(byItself.hash == folded.hash, "seed \(seed)")
    let words = (0..<folded.wordCount).map { folded.words[$0] }
    #expect(FoldedName.hash(of: words) == folded.hash, "seed \(seed)")
  }
}
