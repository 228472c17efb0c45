// When conditions began and ended, so that the log says each once, and the status word whenever it changes.

/// What was last found, for the log.
package struct AttentionLog {
  private struct Key: Hashable {
    let kind: Condition.Kind
    let subject: String
  }

  private var known: [Key: (condition: Condition, since: UnixTime)] = [:]
  private var word = StatusWord.starting

  package init() {}

  /// The lines that a list of conditions gives; none when it is what it was.
  package mutating func lines(for attention: Attention, at now: UnixTime) -> [LogLine] {
    var lines: [LogLine] = []
    var found: [Key: (condition: Condition, since: UnixTime)] = [:]
    for condition in attention.findings where !condition.kind.hasEventsOfItsOwn {
      let key = Key(kind: condition.kind, subject: condition.subject)
      if known[key] == nil, found[key] == nil { lines.append(.conditionBegan(condition)) }
      found[key] = (condition, known[key]?.since ?? now)
    }
    let ended = known.filter { found[$0.key] == nil }.values
    for (condition, since) in ended.sorted(by: { $0.condition.subject < $1.condition.subject }) {
      lines.append(.conditionEnded(condition, lastedSeconds: now.seconds(since: since)))
    }
    known = found
    if word != attention.word { lines.append(.statusChanged(from: word, to: attention)) }
    word = attention.word
    return lines
  }
}

extension Condition.Kind {
  /// Other lines of the log say already when it begins and ends, at the moment it happens.
  fileprivate var hasEventsOfItsOwn: Bool {
    switch self {
    case .starting, .serviceLost, .isolated, .redundancyLost, .resultsMissing, .checkWarning, .reloadRefused,
      .nodeForced, .drainOverdue, .windowHeldBack, .stateSetAside, .drained, .maintenance:
      true
    default: false
    }
  }
}
