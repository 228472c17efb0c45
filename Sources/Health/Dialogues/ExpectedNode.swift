// Whether a node says that it is the node we meant: behind an address may stand another machine than we think.
//
// A host name in the text counts as a node's when it is the node's name, or has it as its first label:
// `EX1` and `ex1.kreis.example` name ex1, `ex10` and `mail.ex1.example` do not.

/// Which node was meant, and which others there are to be mistaken for it.
package struct ExpectedNode: Hashable, Sendable {
  package let meant: String
  package let others: [String]

  package init(meant: String, others: [String] = []) {
    self.meant = meant
    self.others = others.filter { !$0.utf8.isSame(as: meant) }
  }
}

/// Reads a text octet by octet and notes which nodes it names.
struct NodeNameSearch: Sendable {
  /// More octets than a host name has.
  private static let wordLimit = 256

  let node: ExpectedNode
  private(set) var namesMeant = false
  private(set) var other: String?
  /// The word being read; no more of it than tells whose it is.
  private var word: [UInt8] = []

  init(for node: ExpectedNode) { self.node = node }

  mutating func feed(_ octet: UInt8) {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      if word.count < NodeNameSearch.wordLimit { word.append(octet) }
    default: endWord()
    }
  }

  /// The text, or the line of it, ends here.
  mutating func endWord() {
    guard !word.isEmpty else { return }
    defer { word.removeAll(keepingCapacity: true) }
    let label = word.prefix { $0 != UInt8(ascii: ".") }
    if label.isSame(as: node.meant) {
      namesMeant = true
    } else if other == nil {
      other = node.others.first { label.isSame(as: $0) }
    }
  }

  /// What is wrong once all of the text was read.
  func failure(in stage: Stage) -> FailureReason? {
    if namesMeant { return nil }
    if let other { return .wrongNode(named: other, meant: node.meant, in: stage) }
    return .nodeNotNamed(node.meant, in: stage)
  }
}
