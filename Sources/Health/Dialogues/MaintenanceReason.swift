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
  let text = line.smallLetters
  func speaks(of words: [String]) -> Bool { words.contains { text.contains($0.utf8) } }
  if speaks(of: ["maintenance"]) { return true }
  if speaks(of: overloadWords) { return false }
  return saysSo || speaks(of: ["shutting down", "shutdown", "going down"])
}

/// What servers say of limits, overload and clients they do not want.
private let overloadWords = [
  "too many", "too much", "limit", "exceed", "maximum", "overload", "load average", "high load", "busy", "resource",
  "memory", "disk", "timeout", "timed out", "time out", "idle", "inactiv", "throttl", "rate", "reputation", "blocked",
  "blacklist", "blocklist", "denied", "spam",
]

extension [UInt8] {
  fileprivate func contains(_ word: String.UTF8View) -> Bool {
    indices.contains { self[$0...].starts(with: word) }
  }
}
