// One line of the log: a level, an event with a stable name, and its facts as key=value.
//
// `address-down node=ex1 address=192.0.2.11 check=owa reason="connection refused" pools=access`
// Programs may match on event and key names; they do not change. Which events there are: LogEvents.swift.

/// How much a line matters, in the numbers of syslog (RFC 5424 §6.2.1).
package enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  case error = 3
  case warning = 4
  case notice = 5
  case info = 6
  case debug = 7

  /// A level is less than another when it matters less.
  package static func < (one: LogLevel, other: LogLevel) -> Bool { one.rawValue > other.rawValue }

  package var word: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .info: "info"
    case .debug: "debug"
    }
  }
}

/// What stands before the event.
package enum LogStyle: Hashable, Sendable {
  /// `<4>`: the journal takes the level from it and adds the time itself (sd-daemon(3)).
  case journal
  /// `2026-11-24T10:03:21.042Z warning `: for a terminal or a file.
  case stamped(UnixTime)
}

/// A fact of an event.
package struct LogField: Hashable, Sendable {
  /// Lower-case letters and `_`.
  package let key: String
  /// Any octets; escaped when the line is rendered.
  package let value: [UInt8]

  package init(_ key: String, _ value: String) { self.init(key, octets: Array(value.utf8)) }
  package init(_ key: String, _ value: some CustomStringConvertible) { self.init(key, value.description) }

  /// Takes octets as they came, from a node or a client.
  package init(_ key: String, octets value: [UInt8]) {
    assert(key.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") })
    self.key = key
    self.value = value
  }
}

package struct LogLine: Hashable, Sendable {
  /// A change of state, as the event history keeps it.
  package struct Change: Hashable, Sendable {
    package let kind: EventKind
    /// The states before and after, where they have names.
    package let from: String?
    package let to: String?
  }

  package let level: LogLevel
  /// Lower-case words joined by `-`.
  package let event: String
  package let fields: [LogField]
  /// Nil for a line of the log alone.
  package let change: Change?

  /// A line that only the log has: `event` changes no state that anybody asks for later.
  package init(_ level: LogLevel, note event: String, _ fields: [LogField] = []) {
    self.level = level
    self.event = event
    self.fields = fields
    change = nil
  }

  /// A line about a change of state, which the event history keeps too.
  package init(
    _ level: LogLevel, change kind: EventKind, from: String? = nil, to: String? = nil, _ fields: [LogField] = []
  ) {
    self.level = level
    event = kind.rawValue
    self.fields = fields
    change = Change(kind: kind, from: from, to: to)
  }

  /// The same line with one more fact.
  package func adding(_ field: LogField) -> LogLine {
    guard let change else { return LogLine(level, note: event, fields + [field]) }
    return LogLine(level, change: change.kind, from: change.from, to: change.to, fields + [field])
  }

  /// The most octets of a value that are shown; what is cut off is replaced by `...`.
  package static let maximumValue = 1_024

  /// The line as printable ASCII with its line end.
  package func rendered(_ style: LogStyle) -> [UInt8] {
    var line: [UInt8] =
      switch style {
      case .journal: Array("<\(level.rawValue)>".utf8)
      case .stamped(let time): Array("\(time.withMilliseconds) \(level.word) ".utf8)
      }
    line += event.utf8
    for field in fields {
      line += " \(field.key)=".utf8
      appendValue(field.value, to: &line)
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }
}
