// Finds a text in octets that go by one at a time (Knuth, Morris, Pratt): nothing that went by is looked at twice.

struct TextSearch: Sendable {
  let wanted: [UInt8]
  /// For each length of a match the next shorter one that could also be going on.
  private let shorter: [Int]
  private var matched = 0
  private(set) var isFound: Bool

  init(for wanted: [UInt8]) {
    self.wanted = wanted
    isFound = wanted.isEmpty
    var shorter = [0]
    for octet in wanted.dropFirst() {
      var length = shorter[shorter.count - 1]
      while length > 0, wanted[length] != octet { length = shorter[length - 1] }
      shorter.append(wanted[length] == octet ? length + 1 : 0)
    }
    self.shorter = shorter
  }

  mutating func feed(_ octet: UInt8) {
    guard !isFound else { return }
    while matched > 0, wanted[matched] != octet { matched = shorter[matched - 1] }
    if wanted[matched] == octet { matched += 1 }
    isFound = matched == wanted.count
  }
}
