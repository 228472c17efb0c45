// `agent:`: one line in the words of HAProxy's agent-check.
//
//   80% ready up#all stores mounted
//   ───┬───── ─┬ ──────────┬──────
//    weight, administrative and operational state, in any order, apart by blanks or commas; the last of a kind counts
//                          └ the reason, for the operational state
//
// Unlike HAProxy, which keeps a state until the word that ends it, each line stands for itself, but for the weight.

/// What an agent said about its node.
package struct AgentReport: Hashable, Sendable {
  package enum Operation: String, Hashable, Sendable {
    case up, down, stopped, fail, failed
  }

  package enum Administration: String, Hashable, Sendable {
    case ready, drain, maint
  }

  /// Nil where the line does not speak of it.
  package var operation: Operation?
  package var administration: Administration?
  /// Percent of the weight in the configuration, at most 256.
  package var weight: Int?
  package var reason: PeerText?

  /// Reads the line; nil when no word of it is known. Unknown words beside known ones are passed over, as HAProxy does.
  package init?(line: ArraySlice<UInt8>) {
    let words = line.prefix { $0 != UInt8(ascii: "#") }
    var knowsAny = false
    for word in words.split(whereSeparator: { isBlank($0) || $0 == UInt8(ascii: ",") }) {
      let text = String(decoding: word.smallLetters, as: UTF8.self)
      if let operation = Operation(rawValue: text) {
        self.operation = operation
      } else if let administration = Administration(rawValue: text) {
        self.administration = administration
      } else if let weight = percentage(word) {
        self.weight = weight
        // Understood; the number of connections is nothing a DNS answer could limit.
      } else if !word.begins(with: "maxconn:") {
        continue
      }
      knowsAny = true
    }
    guard knowsAny else { return nil }
    let reason = PeerText(line.dropFirst(words.count + 1))
    self.reason = reason.isEmpty ? nil : reason
  }
}

/// `80%`; digits without overflow, cut to HAProxy's greatest weight.
private func percentage(_ word: ArraySlice<UInt8>) -> Int? {
  let digits = word.dropLast()
  guard word.last == UInt8(ascii: "%"), (1...9).contains(digits.count),
    digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
  else { return nil }
  return min(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }, 256)
}

extension AgentReport {
  /// What the words come to. Orders count before states: a node in maintenance may well say that it is down.
  var outcome: ProbeOutcome {
    switch (administration, operation) {
    case (.maint?, _): .maintenance(.agent(.maint, reason))
    case (.drain?, _): .maintenance(.agent(.drain, reason))
    case (_, let operation?) where operation != .up: .failure(.agent(operation, reason))
    // HAProxy sends a server of weight 0 no new clients: the word for that is drain.
    case _ where weight == 0: .maintenance(.agent(.drain, reason))
    default: .success
    }
  }
}

/// Waits for the agent's line.
struct AgentListener: LineProtocol {
  static let lineLimit = 2_048

  let stage = Stage.agentLine

  func receive(line: ArraySlice<UInt8>) -> Dialogue.Step {
    // A CR ends the line as well.
    let line = line.prefix { $0 != UInt8(ascii: "\r") }
    guard let report = AgentReport(line: line) else {
      return .conclude(.failure(.unexpected(.agentLine, PeerText(line))))
    }
    return .conclude(report.outcome, notes: ProbeNotes(agent: report))
  }

  /// An agent that closes without a line end has said all that it wants to say.
  func closed(after rest: ArraySlice<UInt8>) -> Dialogue.Step {
    rest.isEmpty ? .conclude(.failure(.closedBefore(.agentLine))) : receive(line: rest)
  }
}
