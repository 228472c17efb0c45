// What a node said, made fit for a log line, a status page and a terminal: short, printable, unmistakably quoted.

/// Text from the wire: at most 120 octets of it, whatever is not printable ASCII as `\DDD`.
package struct PeerText: Hashable, Sendable, CustomStringConvertible {
  static let limit = 120

  package let description: String

  /// Spaces and line ends at both ends are left out.
  package init(_ octets: some Sequence<UInt8>) {
    // One octet more than is shown tells whether something was cut off; leading spaces must not cost unbounded time.
    var shown = Array(octets.prefix(2 * PeerText.limit).drop(while: isBlank).prefix(PeerText.limit + 1))
    let isCut = shown.count > PeerText.limit
    if isCut { shown.removeLast() }
    while let last = shown.last, isBlank(last) { shown.removeLast() }
    var text = ""
    for octet in shown { text += escaped(octet) }
    description = isCut ? text + "…" : text
  }

  package init(_ text: String) { self.init(text.utf8) }

  package var isEmpty: Bool { description.isEmpty }
}

/// The backslash is escaped too, so that a node cannot write an escape that looks like ours.
private func escaped(_ octet: UInt8) -> String {
  if (0x20...0x7E).contains(octet), octet != UInt8(ascii: "\\") { return String(UnicodeScalar(octet)) }
  let digits = String(octet)
  return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
}

/// Space, tab, CR or LF.
func isBlank(_ octet: UInt8) -> Bool {
  octet == UInt8(ascii: " ") || (9...10).contains(octet) || octet == 13
}

/// Letters A–Z made small; every other octet as it is.
func smallLetter(_ octet: UInt8) -> UInt8 {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
}

extension Sequence<UInt8> {
  var smallLetters: [UInt8] { map(smallLetter) }

  /// Whether the octets are these, letter case ignored.
  func isSame(as text: String) -> Bool { smallLetters.elementsEqual(text.utf8.smallLetters) }

  /// Whether the octets begin with these, letter case ignored.
  func begins(with text: String) -> Bool { starts(with: text.utf8) { smallLetter($0) == smallLetter($1) } }
}
