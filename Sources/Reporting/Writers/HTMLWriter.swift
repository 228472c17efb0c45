// Writes HTML in which text cannot become markup: markup comes from literals alone, all else is escaped.

internal import Health

/// An HTML document in the making.
package struct HTMLWriter {
  package private(set) var bytes: [UInt8] = []
  private let localTime: LocalTime

  package init(localTime: LocalTime = .utc) { self.localTime = localTime }

  /// Writes markup as it stands; only a literal in our own source can be passed.
  package mutating func markup(_ literal: StaticString) { bytes += literal.description.utf8 }

  /// Writes text, escaped for content and for quoted attribute values alike.
  package mutating func text(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\"": bytes += "&quot;".utf8
      case "'": bytes += "&#39;".utf8
      default: bytes += terminalSafe(scalar)
      }
    }
  }

  /// Writes `opening`, the text, `closing`.
  package mutating func element(_ opening: StaticString, _ text: String, _ closing: StaticString) {
    markup(opening)
    self.text(text)
    markup(closing)
  }

  /// Writes an instant as an age for people, with the exact time for machines and on hovering.
  package mutating func time(_ time: UnixTime, age: String) {
    markup("<time datetime=\"")
    text(time.description)
    markup("\" title=\"")
    text(localTime == .utc ? time.description : "\(localTime.text(time)), \(time)")
    element("\">", age, "</time>")
  }

  /// Writes an instant itself, in local time and in UTC.
  package mutating func time(_ time: UnixTime) {
    markup("<time datetime=\"")
    text(time.description)
    markup("\">")
    text(localTime == .utc ? LocalTime.utc.text(time) : "\(localTime.text(time)) (\(LocalTime.utc.text(time)))")
    markup("</time>")
  }

  /// Writes a cell of a table with the heading of its column, which is shown where there is no room for columns.
  package mutating func cell(_ heading: String, _ content: (inout HTMLWriter) -> Void) {
    element("<td data-label=\"", heading, "\">")
    content(&self)
    markup("</td>")
  }

  /// Writes a row of column headings.
  package mutating func columns(_ headings: String...) {
    markup("<thead><tr>")
    for heading in headings { element("<th scope=\"col\">", heading, "</th>") }
    markup("</tr></thead>\n")
  }

  /// Writes a mark for a state: its symbol and word say it, the colour only repeats it.
  package mutating func badge(_ badge: StatusBadge) {
    markup("<span class=\"badge ")
    text(badge.tone.rawValue)
    element("\"><span aria-hidden=\"true\">", badge.symbol, "</span> ")
    element("", badge.word, "</span>")
  }
}

/// How a state is shown.
package struct StatusBadge {
  /// The class of the style sheet that colours it.
  package enum Tone: String {
    case good, warning, bad, neutral
  }

  package let tone: Tone
  package let symbol: String
  package let word: String

  package init(_ tone: Tone, _ symbol: String, _ word: String) {
    self.tone = tone
    self.symbol = symbol
    self.word = word
  }
}

extension StatusBadge {
  package init(_ severity: Severity, word: String? = nil) {
    let word = word ?? severity.token
    switch severity {
    case .ok: self.init(.good, "✔", word)
    case .warning: self.init(.warning, "▲", word)
    case .critical: self.init(.bad, "✖", word)
    case .unknown: self.init(.neutral, "…", word)
    }
  }

  package init(_ word: StatusWord) { self.init(word.severity, word: word.rawValue) }

  package init(_ state: StatusReport.PoolState) {
    switch state {
    case .ok: self.init(.good, "✔", "ok")
    case .redundancyLost: self.init(.warning, "▲", "redundancy lost")
    case .allDownAnsweringAll: self.init(.bad, "✖", "all down, answering all")
    case .allDownLastGood: self.init(.bad, "✖", "all down, answering the last good")
    case .allDownBackupOnly: self.init(.bad, "✖", "all down, answering backups")
    case .allDownNoData: self.init(.bad, "✖", "all down, no such record")
    case .allDownServerFailure: self.init(.bad, "✖", "all down, SERVFAIL")
    case .allDownDrained: self.init(.bad, "✖", "all down but drained ones")
    case .unchecked: self.init(.neutral, "–", "unchecked")
    }
  }

  package init(_ state: StatusReport.NodeState) {
    switch state {
    case .up: self.init(.good, "✔", "up")
    case .down: self.init(.bad, "✖", "down")
    case .maintenance: self.init(.warning, "▲", "maintenance")
    case .forcedUp: self.init(.warning, "▲", "forced up")
    case .forcedDown: self.init(.warning, "▲", "forced down")
    case .partial: self.init(.warning, "▲", "partly down")
    case .unknown: self.init(.neutral, "…", "unknown")
    case .unchecked: self.init(.neutral, "–", "unchecked")
    }
  }

  /// A drained node is out on purpose: no alarm until it has been out for longer than it should.
  package init(_ node: StatusReport.Node) {
    if node.adminState?.overdueSince != nil {
      self.init(.warning, "▲", "drained, overdue")
    } else if node.adminState?.kind == .drained {
      self.init(.neutral, "–", "drained")
    } else {
      self.init(node.state)
    }
  }

  /// A check that decides nothing is no alarm either.
  package init(_ check: StatusReport.Check) {
    switch check.state {
    case .down where check.role == .warn: self.init(.warning, "▲", "warning")
    case .down where check.role == .observe: self.init(.neutral, "–", "failing, observed")
    case .up: self.init(StatusReport.NodeState.up)
    case .down: self.init(StatusReport.NodeState.down)
    case .maintenance: self.init(StatusReport.NodeState.maintenance)
    case .unknown: self.init(StatusReport.NodeState.unknown)
    }
  }
}
