// A set of names that finds the ancestors of a name in it, without making a name of each of them.
//
// A name has up to 127 ancestors, and every record of a file may ask. So only ancestors are looked up whose length some
// name of the set has.

import DNS

struct NameSet: Sendable {
  private var names = NameTable()
  /// By length in octets: whether the set has a name of that length.
  private var lengths = Array(repeating: false, count: DomainName.maximumLength + 1)

  var isEmpty: Bool { names.count == 0 }

  func contains(_ name: DomainName) -> Bool { number(of: name) != nil }

  /// Names are numbered from 0 on in the order in which they came.
  func number(of name: DomainName) -> Int? { lengths[name.wire.count] ? names.find(name) : nil }

  /// The name with this number, in lower case.
  func name(_ number: Int) -> DomainName { names.name(number) }

  /// - Returns: the number of the name.
  @discardableResult
  mutating func insert(_ name: DomainName) -> Int {
    lengths[name.wire.count] = true
    return names.insert(name)
  }

  /// The number of the longest name in the set that is `name` or an ancestor of it.
  func closest(to name: DomainName) -> Int? {
    isEmpty ? nil : number(atOrAbove: name.wire.span.octets, longerThan: 0, .closest)
  }

  /// The number of the shortest name in the set that is `name`, in wire form, or an ancestor of it, and longer than so many
  /// octets.
  func uppermost(atOrAbove name: RawSpan, longerThan least: Int) -> Int? {
    isEmpty ? nil : number(atOrAbove: name, longerThan: least, .uppermost)
  }

  private enum Choice {
    case closest, uppermost
  }

  private func number(atOrAbove name: RawSpan, longerThan least: Int, _ choice: Choice) -> Int? {
    var found: Int?
    var at = 0
    while name.byteCount - at > least {
      if lengths[name.byteCount - at], let number = names.find(name.extracting(at..<name.byteCount)) {
        if choice == .closest { return number }
        found = number
      }
      let length = Int(name.octet(at: at))
      guard length > 0 else { break }
      at += 1 + length
    }
    return found
  }
}
