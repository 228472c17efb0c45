// What a client asks of the event history: the query of `/events.json?since=2026-11-28T13:00:00Z&node=ex1`.
//
// Strict: a key that is not known, is given twice or has a value of the wrong form is an error, so that a slip never
// looks like a quiet night.

package struct EventQuery: Hashable, Sendable {
  /// The most events that one response holds, and how many it holds unless asked.
  package static let mostEvents = 1_000
  package static let usualEvents = 500

  /// Only those with a greater number; nil for the newest ones.
  package var after: UInt64?
  /// Only those that happened at that time of day or later.
  package var since: UnixTime?
  /// Only those that concern this node.
  package var node: String?
  package var limit = usualEvents

  package init(after: UInt64? = nil, since: UnixTime? = nil, node: String? = nil, limit: Int = usualEvents) {
    self.after = after
    self.since = since
    self.node = node
    self.limit = limit
  }
}

/// What is wrong with a query, and how it is written.
package struct EventQueryError: Error, Hashable, Sendable {
  package let message: String
}

extension EventQuery {
  /// Reads what comes after the `?` of a path; nothing for everything as usual.
  package init(_ text: String) throws(EventQueryError) {
    var given: Set<String> = []
    for part in text.split(separator: "&") {
      guard let equals = part.firstIndex(of: "="), let value = decoded(part[part.index(after: equals)...]) else {
        throw EventQueryError(message: "\"\(part)\" is no key=value of printable characters")
      }
      let key = String(part[..<equals])
      guard given.insert(key).inserted else { throw EventQueryError(message: "\(key) is given twice") }
      try takeValue(value, of: key)
    }
  }

  private mutating func takeValue(_ value: String, of key: String) throws(EventQueryError) {
    switch key {
    case "after":
      guard isNumber(value), let number = UInt64(value) else {
        throw EventQueryError(message: "after= takes the number of an event, such as after=512")
      }
      after = number
    case "since":
      guard let time = UnixTime(rfc3339: value) else {
        throw EventQueryError(
          message: "since= takes a time such as 2026-11-28T14:00:00Z or 2026-11-28T15:00:00%2B01:00")
      }
      since = time
    case "node":
      guard (1...63).contains(value.utf8.count) else {
        throw EventQueryError(message: "node= takes the name of a node, such as node=ex1")
      }
      node = value
    case "limit":
      guard isNumber(value), let number = Int(value), (1...EventQuery.mostEvents).contains(number) else {
        throw EventQueryError(message: "limit= takes a number from 1 to \(EventQuery.mostEvents)")
      }
      limit = number
    default: throw EventQueryError(message: "there is no \(key)=; there are after= since= node= limit=")
    }
  }

  /// As it is written after the `?`.
  package var text: String {
    var parts: [String] = []
    if let after { parts.append("after=\(after)") }
    if let since { parts.append("since=\(since)") }
    if let node { parts.append("node=\(node)") }
    if limit != EventQuery.usualEvents { parts.append("limit=\(limit)") }
    return parts.joined(separator: "&")
  }
}

private func isNumber(_ text: String) -> Bool { (1...20).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit) }

/// The value with `%2B` and the like in clear; nil where that is no printable ASCII.
private func decoded(_ value: Substring) -> String? {
  var octets: [UInt8] = []
  var rest = Array(value.utf8)[...]
  while let octet = rest.popFirst() {
    guard octet == UInt8(ascii: "%") else {
      octets.append(octet)
      continue
    }
    let digits = String(decoding: rest.prefix(2), as: UTF8.self)
    guard rest.count >= 2, digits.utf8.allSatisfy({ isDigit($0) || (0x41...0x46).contains($0 & 0xDF) }),
      let escaped = UInt8(digits, radix: 16)
    else { return nil }
    octets.append(escaped)
    rest = rest.dropFirst(2)
  }
  return octets.allSatisfy { (0x20...0x7E).contains($0) } ? String(decoding: octets, as: UTF8.self) : nil
}
