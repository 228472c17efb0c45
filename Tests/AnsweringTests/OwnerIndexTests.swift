// The index of owner names against a dictionary.

import DNS
import Testing

@testable import Answering

/// A name of few letters, so that equal ones, and ones that differ in case only, are frequent.
private func randomName(_ random: inout SplitMix64) -> DomainName {
  let labels = (0..<Int.random(in: 0...4, using: &random)).map { _ in
    let length = random.chance(0.9) ? Int.random(in: 1...3, using: &random) : Int.random(in: 1...63, using: &random)
    return (0..<length).map { _ in Array("abAB@[`{\u{0}".utf8).randomElement(using: &random) ?? 0 }
  }
  return DomainName(labels: labels) ?? .root
}

@Test(
  "The index numbers names as a dictionary does, letter case ignored, while it grows",
  arguments: 0..<20 as Range<UInt64>)
func ownerIndex(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var index = OwnerIndex(capacity: Int.random(in: 0...40, using: &random))
  var model: [[UInt8]: Int] = [:]
  for _ in 0..<600 {
    let name = randomName(&random)
    let known = model[name.canonicalWire]
    #expect(index.find(name) == known, "seed \(seed), \(name)")
    guard random.chance(0.6) else { continue }
    let number = index.insert(name)
    #expect(number == known ?? model.count, "seed \(seed), \(name)")
    model[name.canonicalWire] = number
    #expect(index.count == model.count, "seed \(seed)")
  }
  for (wire, number) in model { #expect(index.find(DomainName(uncheckedWire: wire)) == number, "seed \(seed)") }
}

@Test("Names that hash alike, because only the bit of letter case tells them apart, are told apart")
func equalHashes() {
  var index = OwnerIndex(capacity: 4)
  // "@" and "`", "[" and "{" differ in that bit alone, and are no letters.
  let names = ["@", "`", "[", "{", "@[", "`[", "@{", "`{"].map {
    DomainName(uncheckedWire: [UInt8($0.utf8.count)] + Array($0.utf8) + [0])
  }
  for (number, name) in names.enumerated() {
    #expect(index.find(name) == nil)
    #expect(index.insert(name) == number)
  }
  for (number, name) in names.enumerated() { #expect(index.find(name) == number) }
}
