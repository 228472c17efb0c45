// What `rondo drain`, `force` and `resume` ask the daemon, as one line on the control socket:
//
//      drain ex1 patching⇥user=root⇥sudo=anna        what, of which node, why; after tabs what is said of the author

package import Health

package struct AdminStateRequest: Hashable, Sendable {
  package enum Verb: String, Hashable, Sendable {
    case drain
    /// Even if it leaves a pool without a healthy node.
    case drainEvenIfLast = "drain-even-if-last"
    case forceUp = "force-up"
    case forceDown = "force-down"
    case resume
  }

  package static let longestReason = AdminState.longestReason

  package let verb: Verb
  package let node: String
  /// Empty for none.
  package let reason: String
  /// What the command says of its author.
  package private(set) var author: AdminAuthor

  /// Nil if no node can have that name, or if the reason is longer than `AdminState.longestReason` or, for `resume`, given.
  package init?(_ verb: Verb, _ node: String, reason: String, by author: AdminAuthor = AdminAuthor()) {
    let isName = node.utf8.allSatisfy { octet in
      let letter = octet | 0x20
      return (0x61...0x7A).contains(letter) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x5F
    }
    self.reason = AdminState.printable(reason)
    guard isName, (1...63).contains(node.utf8.count), self.reason.unicodeScalars.count <= AdminState.longestReason,
      verb != .resume || reason.isEmpty
    else { return nil }
    self.verb = verb
    self.node = node
    self.author = author
  }

  /// The same request by somebody else.
  package func given(by author: AdminAuthor) -> AdminStateRequest {
    var request = self
    request.author = author
    return request
  }

  package var line: String {
    (["\(verb.rawValue) \(node)" + (reason.isEmpty ? "" : " \(reason)")] + author.fields).joined(separator: "\t")
  }

  /// Nil for a line that `line` would not have written.
  package init?(line: String) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    let words = fields[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard words.count >= 2, let verb = Verb(rawValue: words[0]),
      let author = AdminAuthor(fields: fields.dropFirst())
    else { return nil }
    self.init(verb, words[1], reason: words.count > 2 ? words[2] : "", by: author)
    guard self.line == line else { return nil }
  }
}
