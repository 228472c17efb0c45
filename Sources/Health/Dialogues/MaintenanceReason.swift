// How a node said that it is in maintenance: out of the answers, yet nobody is to be woken for it.

/// What a node said of itself.
package enum MaintenanceReason: Hashable, Sendable {
  /// A reply that means it, such as SMTP's 421.
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

/// Whether a refusal in words that no standard defines means planned work.
func speaksOfMaintenance(_ line: ArraySlice<UInt8>) -> Bool {
  let text = line.smallLetters
  return ["maintenance", "shutting down", "shutdown"].contains { word in
    text.indices.contains { text[$0...].starts(with: word.utf8) }
  }
}
