// What `rondo drain`, `force` and `resume` ask the daemon, as one line on the control socket: `drain ex1 patching`

internal import Health

package struct OrderRequest: Hashable, Sendable {
  package enum Verb: String, Hashable, Sendable {
    case drain
    /// Although it leaves a pool without a node that is well.
    case drainEvenIfLast = "drain-even-if-last"
    case forceUp = "force-up"
    case forceDown = "force-down"
    case resume
  }

  package static let longestReason = Order.longestReason

  package let verb: Verb
  package let node: String
  /// Empty for none.
  package let reason: String

  /// Nil if no node can have that name, or if the reason is longer than `Order.longestReason` or, for `resume`, given.
  package init?(_ verb: Verb, _ node: String, reason: String) {
    let isName = node.utf8.allSatisfy { octet in
      let letter = octet | 0x20
      return (0x61...0x7A).contains(letter) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x5F
    }
    self.reason = Order.printable(reason)
    guard isName, (1...63).contains(node.utf8.count), self.reason.unicodeScalars.count <= Order.longestReason,
      verb != .resume || reason.isEmpty
    else { return nil }
    self.verb = verb
    self.node = node
  }

  var line: String { "\(verb.rawValue) \(node)" + (reason.isEmpty ? "" : " \(reason)") }

  /// Nil for a line that `line` would not have written.
  init?(line: String) {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard words.count >= 2, let verb = Verb(rawValue: words[0]) else { return nil }
    self.init(verb, words[1], reason: words.count > 2 ? words[2] : "")
    guard self.line == line else { return nil }
  }
}
