// Writes HTML in which text cannot become markup: markup comes from literals alone, all else is escaped.

internal import Health

/// An HTML document in the making.
struct HTMLWriter {
  private(set) var bytes: [UInt8] = []

  /// Writes markup as it stands; only a literal in our own source can be passed.
  mutating func markup(_ literal: StaticString) { bytes += literal.description.utf8 }

  /// Writes text, escaped for content and for quoted attribute values alike.
  mutating func text(_ text: String) {
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
  mutating func element(_ opening: StaticString, _ text: String, _ closing: StaticString) {
    markup(opening)
    self.text(text)
    markup(closing)
  }

  /// Writes an instant as an age for people, with the exact time for machines and on hovering.
  mutating func time(_ time: UnixTime, age: String) {
    markup("<time datetime=\"")
    text(time.description)
    markup("\" title=\"")
    text(time.description)
    element("\">", age, "</time>")
  }

  /// Writes a row of column headings.
  mutating func columns(_ headings: String...) {
    markup("<thead><tr>")
    for heading in headings { element("<th scope=\"col\">", heading, "</th>") }
    markup("</tr></thead>\n")
  }

  /// Writes a mark for a state: its symbol and word say it, the colour only repeats it.
  mutating func badge(_ badge: StatusBadge) {
    markup("<span class=\"badge ")
    text(badge.tone.rawValue)
    element("\"><span aria-hidden=\"true\">", badge.symbol, "</span> ")
    element("", badge.word, "</span>")
  }
}

/// How a state is shown.
struct StatusBadge {
  /// The class of the style sheet that colours it.
  enum Tone: String {
    case good, warning, bad, neutral
  }

  let tone: Tone
  let symbol: String
  let word: String

  init(_ tone: Tone, _ symbol: String, _ word: String) {
    self.tone = tone
    self.symbol = symbol
    self.word = word
  }
}

extension StatusBadge {
  init(_ word: StatusWord) {
    switch word.severity {
    case .ok: self.init(.good, "✔", word.rawValue)
    case .warning: self.init(.warning, "▲", word.rawValue)
    case .critical: self.init(.bad, "✖", word.rawValue)
    case .unknown: self.init(.neutral, "…", word.rawValue)
    }
  }

  init(_ state: StatusReport.PoolState) {
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

  init(_ state: StatusReport.NodeState) {
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

  /// Who is drained is out on purpose: no alarm.
  init(_ node: StatusReport.Node) {
    if node.order?.kind == .drained {
      self.init(.neutral, "–", "drained")
    } else {
      self.init(node.state)
    }
  }

  /// A check that decides nothing is no alarm either.
  init(_ check: StatusReport.Check) {
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
