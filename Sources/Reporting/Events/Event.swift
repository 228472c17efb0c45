// One change of state: when, what kind, about what, why. It is made from the line that the log has about it.

internal import DNS

package struct Event: Hashable, Sendable {
  /// A fact, by its key in the log line.
  package struct Field: Hashable, Sendable {
    /// Lower-case letters and `_`.
    package let key: String
    package let value: String

    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// The most octets of a value; what is cut off is replaced by `…`.
  static let longestValue = 512
  static let mostFields = 16

  /// Greater than that of every event before, also of those of earlier processes.
  package let id: UInt64
  /// The time of day when it happened: an earlier one than that of the event before if the clock was set back.
  package let time: UnixTime
  package let kind: EventKind
  package let level: LogLevel
  /// The states before and after, where they have names.
  package let from: String?
  package let to: String?
  package let fields: [Field]

  package init(
    id: UInt64, time: UnixTime, kind: EventKind, level: LogLevel, from: String? = nil, to: String? = nil,
    fields: [Field] = []
  ) {
    self.id = id
    self.time = time
    self.kind = kind
    self.level = level
    self.from = from
    self.to = to
    self.fields = fields
  }

  /// The event that a log line reports; nil for a line of the log alone.
  package init?(_ line: LogLine, id: UInt64, at time: UnixTime) {
    guard let change = line.change else { return nil }
    var fields: [Field] = []
    for field in line.fields.prefix(Event.mostFields) where !field.value.isEmpty {
      fields.append(Field(field.key, Event.bounded(field.value)))
    }
    self.init(
      id: id, time: time, kind: change.kind, level: line.level, from: change.from, to: change.to, fields: fields)
  }

  /// The same event under another number.
  package func numbered(_ id: UInt64) -> Event {
    Event(id: id, time: time, kind: kind, level: level, from: from, to: to, fields: fields)
  }

  /// The fact with that key; nil if there is none.
  package subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

  /// Whether it is about a node: one of its checks or addresses, what an operator decided of it, a pool that begins or
  /// ceases to hand it out.
  package func concerns(node: String) -> Bool {
    fields.contains { field in
      switch field.key {
      case "node": field.value == node
      case "in", "out": field.value.split(separator: ",").contains(Substring(node))
      // `owa of ex1 at 192.0.2.11`
      case "subject":
        field.value == node || field.value.split(separator: " ").dropFirst().prefix(2) == ["of", node[...]]
      default: false
      }
    }
  }

  private static func bounded(_ value: [UInt8]) -> String {
    guard value.count > longestValue else { return String(decoding: value, as: UTF8.self) }
    // Not in the middle of a character: its later octets begin with the bits 10.
    let end = value[..<(longestValue + 1)].lastIndex { $0 & 0xC0 != 0x80 } ?? longestValue
    return String(decoding: value[..<end], as: UTF8.self) + "…"
  }
}

// MARK: As a line of the file

extension Event {
  /// The longest line that is read: every octet of every value may be escaped.
  static let longestLine = 64 << 10

  /// `17⇥1764035000123⇥address-down⇥warning⇥up⇥down⇥node=ex1⇥reason=connection refused` and the line end.
  ///
  /// After the level the states before and after, `-` for one without a name; then the facts. Control characters and `\` in values are written as `\DDD`, as everywhere.
  package var line: [UInt8] {
    var line = Array(
      "\(id)\t\(time.milliseconds)\t\(kind.rawValue)\t\(level.word)\t\(from ?? "-")\t\(to ?? "-")".utf8)
    for field in fields {
      line += "\t\(field.key)=".utf8
      for octet in field.value.utf8 {
        if octet < 0x20 || octet == 0x7F || octet == UInt8(ascii: "\\") {
          line += decimalEscape(octet).utf8
        } else {
          line.append(octet)
        }
      }
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// What was read from a line.
  package enum Reading: Hashable, Sendable {
    case event(Event)
    /// A later version has written it.
    case unknownKind(id: UInt64)
    case malformed
  }

  /// - Parameter line: without its line end.
  package static func read(_ line: ArraySlice<UInt8>) -> Reading {
    guard line.count <= longestLine else { return .malformed }
    let parts = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard parts.count >= 6, parts.count <= 6 + mostFields, let id = UInt64(plain: parts[0]), id > 0,
      let milliseconds = Int64(plain: parts[1]), isWord(parts[2]),
      let level = LogLevel.allCases.first(where: { parts[3].elementsEqual($0.word.utf8) }), isWord(parts[4]),
      isWord(parts[5])
    else { return .malformed }
    var fields: [Field] = []
    for part in parts.dropFirst(6) {
      guard let field = Field(part) else { return .malformed }
      fields.append(field)
    }
    guard let kind = EventKind(rawValue: String(decoding: parts[2], as: UTF8.self)) else {
      return .unknownKind(id: id)
    }
    return .event(
      Event(
        id: id, time: UnixTime(milliseconds: milliseconds), kind: kind, level: level, from: state(parts[4]),
        to: state(parts[5]), fields: fields))
  }

  private static func state(_ octets: ArraySlice<UInt8>) -> String? {
    octets.elementsEqual("-".utf8) ? nil : String(decoding: octets, as: UTF8.self)
  }

  private static func isWord(_ octets: ArraySlice<UInt8>) -> Bool {
    (1...64).contains(octets.count) && octets.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
  }
}

extension Event.Field {
  /// Reads `key=value`; nil for what no line has.
  fileprivate init?(_ octets: ArraySlice<UInt8>) {
    guard let equals = octets.firstIndex(of: UInt8(ascii: "=")), equals > octets.startIndex,
      octets[..<equals].allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
    else { return nil }
    var value: [UInt8] = []
    var rest = octets[octets.index(after: equals)...]
    while let octet = rest.popFirst() {
      guard octet >= 0x20, octet != 0x7F else { return nil }
      guard octet == UInt8(ascii: "\\") else {
        value.append(octet)
        continue
      }
      guard rest.count >= 3, let escaped = UInt8(plain: rest.prefix(3)) else { return nil }
      value.append(escaped)
      rest = rest.dropFirst(3)
    }
    guard let text = String(validating: value, as: UTF8.self) else { return nil }
    self.init(String(decoding: octets[..<equals], as: UTF8.self), text)
  }
}

extension FixedWidthInteger {
  /// Reads decimal digits, up to 19 of them, with a `-` before them where the type has one.
  fileprivate init?(plain octets: ArraySlice<UInt8>) {
    let digits = Self.isSigned && octets.first == UInt8(ascii: "-") ? octets.dropFirst() : octets
    guard (1...19).contains(digits.count), digits.allSatisfy(isDigit),
      let number = Self(String(decoding: octets, as: UTF8.self))
    else { return nil }
    self = number
  }
}
