// The index of owner names against a dictionary.

import DNS
import TestSupport
import Testing

@testable import Answering

/// A name of few letters, so that equal ones, and ones that differ in case only, are frequent.
private func randomName(_ random: inout SeededGenerator) -> DomainName {
  let labels = (0..<Int.random(in: 0...4, using: &random)).map { _ in
    let length = random.chance(0.9) ? Int.random(in: 1...3, using: &random) : Int.random(in: 1...63, using: &random)
    return (0..<length).map { _ in Array("abAB@[`{\u{0}".utf8).randomElement(using: &random) ?? 0 }
  }
  return DomainName(labels: labels) ?? .root
}

/// What the index knows of a name in a message, after some octets.
private func found(_ name: DomainName, in index: OwnerIndex) -> UInt32? {
  let message = [UInt8](repeating: 0xC0, count: 8) + name.wire
  return index.find(NameInMessage(start: 8, end: message.count), in: message.span.octets).map { index[$0].firstSet }
}

/// The index of the names, in which each owner's first set is its number.
private func index(of names: NameTable) -> OwnerIndex {
  OwnerIndex.build(
    names, (0..<names.count).map { Owner(firstSet: UInt32($0), nameLength: UInt8(names.length(of: $0))) }
  ).index
}

@Test(
  "Names are numbered and found as a dictionary does it, letter case ignored, while the table grows",
  arguments: 0..<20 as Range<UInt64>)
func ownerIndex(seed: UInt64) {
  var random = SeededGenerator(seed: seed)
  var names = NameTable()
  var model: [[UInt8]: Int] = [:]
  for _ in 0..<600 {
    let name = randomName(&random)
    let known = model[name.canonicalWire]
    #expect(names.find(name) == known, "seed \(seed), \(name)")
    guard random.chance(0.6) else { continue }
    let number = names.insert(name)
    #expect(number == known ?? model.count, "seed \(seed), \(name)")
    model[name.canonicalWire] = number
    #expect(names.count == model.count, "seed \(seed)")
  }
  let index = index(of: names)
  for (wire, number) in model {
    let name = DomainName(uncheckedWire: wire)
    #expect(names.find(name) == number, "seed \(seed)")
    #expect(found(name, in: index) == UInt32(number), "seed \(seed)")
  }
  for _ in 0..<600 {
    let name = randomName(&random)
    #expect(found(name, in: index) == model[name.canonicalWire].map { UInt32($0) }, "seed \(seed), \(name)")
  }
}

@Test("Names that hash alike, because only the bit of letter case differs, are distinguished")
func equalHashes() {
  var names = NameTable()
  // "@" and "`", "[" and "{" differ in that bit alone, and are no letters.
  let alike = ["@", "`", "[", "{", "@[", "`[", "@{", "`{"].map {
    DomainName(uncheckedWire: [UInt8($0.utf8.count)] + Array($0.utf8) + [0])
  }
  for (number, name) in alike.enumerated() {
    #expect(names.find(name) == nil)
    #expect(names.insert(name) == number)
  }
  let index = index(of: names)
  for (number, name) in alike.enumerated() { #expect(found(name, in: index) == UInt32(number)) }
}

@Test("Of names chosen so that all begin at one slot, all but a few are in the sorted list, and all are found")
func crowdedNames() {
  /// Octets 128 and 160 differ in the bit of letter case alone, and are no letters.
  func name(_ number: Int) -> DomainName {
    DomainName(uncheckedWire: [24] + (0..<24).map { number >> $0 & 1 == 0 ? 128 : 160 } + [1, UInt8(ascii: "z"), 0])
  }
  var names = NameTable()
  let misnumbered = (0..<5_000).filter { names.insert(name($0)) != $0 }
  let index = index(of: names)
  #expect(index.crowdedOut.count == 5_000 - OwnerIndex.longestProbe)
  let missed = (0..<5_000).filter { found(name($0), in: index) != UInt32($0) }
  let invented = (5_000..<10_000).filter { found(name($0), in: index) != nil || names.find(name($0)) != nil }
  #expect(misnumbered.isEmpty && missed.isEmpty && invented.isEmpty)
  // A shorter and a longer name than all others.
  #expect(found(.root, in: index) == nil)
  #expect(DomainName("\(String(repeating: "a.", count: 126))").map { found($0, in: index) } == .some(nil))
}

@Test("Letter case is ignored of a name that no slot has", arguments: [OwnerIndex.longestProbe + 3])
func crowdedLetters(count: Int) throws {
  var names = NameTable()
  // The letters are the same in all names, and the octet before them tells them apart.
  for number in 0..<count {
    let octets = (0..<7).map { UInt8(number >> $0 & 1 == 0 ? 128 : 160) }
    _ = names.insert(DomainName(uncheckedWire: [9] + octets + Array("ab".utf8) + [0]))
  }
  let index = index(of: names)
  #expect(index.crowdedOut.count > 0)
  for number in 0..<count {
    let octets = (0..<7).map { UInt8(number >> $0 & 1 == 0 ? 128 : 160) }
    #expect(found(DomainName(uncheckedWire: [9] + octets + Array("Ab".utf8) + [0]), in: index) == UInt32(number))
  }
}

@Test("What is known of an owner comes back as it went in, its links as identifiers")
func ownersInIndex() throws {
  var names = NameTable()
  for text in ["example.", "*.example.", "cut.example.", "below.cut.example."] {
    _ = names.insert(try #require(DomainName(text)))
  }
  let owners = [
    Owner(firstSet: 7, setCount: 65_535, nameLength: 9, apex: ApexIndex(3), link: .wildcard(OwnerID(1))),
    Owner(firstSet: .max, setCount: 1, nameLength: 11, apex: ApexIndex(UInt32.max)),
    Owner(firstSet: 0, setCount: 0, nameLength: 13, link: .cut(OwnerID(2))),
    Owner(nameLength: 255, link: .cut(OwnerID(2))),
  ]
  let (index, identifiers) = OwnerIndex.build(names, owners)
  for (owner, identifier) in zip(owners, identifiers) {
    let known = index[identifier]
    #expect(known.firstSet == owner.firstSet && known.setCount == owner.setCount)
    #expect(known.nameLength == owner.nameLength && known.apex == owner.apex)
    #expect(known.apex == owner.apex)
    #expect(known.cut == owner.cut.map { identifiers[$0.index] })
    #expect(known.wildcard == owner.wildcard.map { identifiers[$0.index] })
  }
}
