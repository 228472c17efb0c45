// Names in a table keep their numbers and come back in lower case; finding them is tested beside the owner index.

import DNS
import Testing

@Test("A name keeps its number while the table grows, and comes back in lower case")
func nameTable() throws {
  var names = NameTable()
  let texts = (0..<1_000).map { "Host-\($0).Example." }
  for (number, text) in texts.enumerated() {
    let inserted = names.insert(try #require(DomainName(text)))
    #expect(inserted == number)
  }
  #expect(names.count == texts.count)
  for (number, text) in texts.enumerated() {
    let name = try #require(DomainName(text))
    let again = names.insert(name)
    #expect(names.find(name) == number && again == number)
    #expect(names.name(number).wire == name.canonicalWire)
    #expect(names.length(of: number) == name.wire.count)
  }
  #expect(names.count == texts.count)
}

@Test("The root and the longest name are names like others")
func extremeNames() throws {
  var names = NameTable()
  let label = String(repeating: "l", count: 63)
  let longest = try #require(DomainName("\(label).\(label).\(label).\(label.dropLast(2))."))
  #expect(names.find(.root) == nil && names.find(longest) == nil)
  let numbers = [names.insert(.root), names.insert(longest)]
  #expect(numbers == [0, 1])
  #expect(names.find(.root) == 0 && names.find(longest) == 1)
  #expect(names.length(of: 0) == 1 && names.length(of: 1) == 255)
}
