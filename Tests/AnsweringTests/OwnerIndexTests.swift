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
  // One for all, as a worker has it: what an earlier name left behind must not matter.
  var folded = FoldedName()
  for _ in 0..<600 {
    let name = randomName(&random)
    folded.fold(name)
    let known = model[name.canonicalWire]
    #expect(index.find(folded) == known, "seed \(seed), \(name)")
    guard random.chance(0.6) else { continue }
    let entered = index.insert(folded)
    #expect(entered.number == known ?? model.count && entered.isNew == (known == nil), "seed \(seed), \(name)")
    model[name.canonicalWire] = entered.number
    #expect(index.count == model.count, "seed \(seed)")
  }
  for (wire, number) in model {
    folded.fold(DomainName(uncheckedWire: wire))
    #expect(index.find(folded) == number, "seed \(seed)")
  }
}

@Test("Names that share hash bits are told apart")
func equalHashes() {
  var index = OwnerIndex(capacity: 4)
  var numbers: [Int] = []
  // The hash is set by hand: all in one slot with one tag, so that only the words decide.
  for label in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
    var folded = FoldedName()
    folded.fold(DomainName(uncheckedWire: [1] + Array(label.utf8) + [0]))
    folded.hash = 0x1234_5678_0000_0000
    if label == "j" {
      #expect(index.find(folded) == nil)
    } else if numbers.count < 7 {
      numbers.append(index.insert(folded).number)
      #expect(index.find(folded) == numbers.last)
    }
  }
  #expect(numbers == Array(0..<7))
}
