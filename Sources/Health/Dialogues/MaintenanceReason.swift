// How a node said that it is in maintenance: out of the answers, yet nobody is to be woken for it.

/// What a node said of itself.
package enum MaintenanceReason: Hashable, Sendable {
  /// A reply that says so.
  case reply(PeerText, in: Stage)
  /// The agent's word, with its reason if it gave one.
  case agent(AgentReport.Administration, PeerText?)
}

extension MaintenanceReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .reply(let text, let stage): "\(stage.subject) was \(text)"
    case .agent(let word, let reason): "agent says \(word.rawValue)\(reason.map { ": \($0)" } ?? "")"
    }
  }
}

/// Whether a refusal says that the service was taken out on purpose, and not that it cannot cope.
///
/// `saysSo` is true where a code of the protocol says it already. Servers use the same codes for limits: sendmail and
/// Exchange say `421 4.3.2` of too many connections as well, so words of a limit or of overload count for more.
func speaksOfMaintenance(_ line: ArraySlice<UInt8>, saysSo: Bool = false) -> Bool {
  let text = words(of: line)
  func speaks(of phrases: [String]) -> Bool { phrases.contains { text.contains(" \($0)".utf8) } }
  if speaks(of: ["maintenance"]) { return true }
  if speaks(of: overloadPhrases) { return false }
  return saysSo || speaks(of: ["shutting down", "shutdown", "going down"])
}

/// The words of a reply in small letters, each after a space. The names of hosts are left out: servers begin replies
/// with their own (RFC 5321 §4.2), and `mail.corporate.example` speaks of no rate.
private func words(of line: ArraySlice<UInt8>) -> [UInt8] {
  var text: [UInt8] = [UInt8(ascii: " ")]
  for word in line.smallLetters.split(separator: UInt8(ascii: " ")) {
    let inner = word.dropLast().drop { !isLetterOrDigit($0) }
    if inner.contains(UInt8(ascii: ".")), word.contains(where: isLetter) { continue }
    // What joins words is a space to the phrases: `timed-out`, `(overload)`.
    text += word.map { isLetterOrDigit($0) ? $0 : UInt8(ascii: " ") }
    text.append(UInt8(ascii: " "))
  }
  return text
}

private func isLetter(_ octet: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) }

private func isLetterOrDigit(_ octet: UInt8) -> Bool {
  isLetter(octet) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
}

/// What servers say of limits, overload and clients they do not want: as words begin, or whole words with their space.
private let overloadPhrases = [
  "too many", "too much", "limit", "exceed", "maximum", "overload", "load average", "high load", "busy ", "resource",
  "memory ", "disk ", "timeout", "timed out", "time out", "idle ", "inactiv", "throttl", "rate ", "reputation",
  "blocked", "blacklist", "blocklist", "denied", "spam",
]

extension [UInt8] {
  fileprivate func contains(_ word: String.UTF8View) -> Bool {
    indices.contains { self[$0...].starts(with: word) }
  }
}
