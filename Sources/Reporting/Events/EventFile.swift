// The file `events`: a line for each event, to which new ones are appended.
//
//      rondo-events 1 1764035000123                              version, when the numbering began
//      17⇥1764035003042⇥address-down⇥warning⇥up⇥down⇥node=ex1⇥…
//
// In a line: number, milliseconds since 1970, kind, level, the states before and after, facts (see `Event.line`).
//
// A process that is killed, or a power cut, may leave a last line that is not whole: it is dropped. A line in the middle
// that is none makes the whole file unusable. Numbers grow from line to line; where some are missing, the events never
// reached the disk, and the line after the gap is `events-lost`.

/// Why a file of events is not used.
package enum EventFileError: Error, Hashable, Sendable {
  /// Not of this version, or not a file of events at all.
  case unknownVersion
  /// The line, from 1.
  case malformed(line: Int)
}

/// What was read of a file of events.
package struct EventFile: Hashable, Sendable {
  /// A file that grows beyond this is written anew with what the history has in memory.
  package static let mostOctets = 2 << 20

  package let begun: UnixTime
  package private(set) var events: [Event] = []
  /// The number of the last line.
  package private(set) var lastID: UInt64 = 0
  /// How many octets from the start are whole lines.
  package private(set) var wholeOctets: Int
  /// How many octets after them are not.
  package private(set) var tornOctets = 0

  package init(octets: [UInt8]) throws(EventFileError) {
    guard let headEnd = octets.prefix(64).firstIndex(of: UInt8(ascii: "\n")),
      let begun = EventFile.begun(octets[..<headEnd])
    else { throw .unknownVersion }
    self.begun = begun
    wholeOctets = headEnd + 1
    var lineNumber = 2
    while let lineEnd = octets[wholeOctets...].firstIndex(of: UInt8(ascii: "\n")) {
      guard enter(octets[wholeOctets..<lineEnd]) else {
        guard EventFile.isTorn(octets[(lineEnd + 1)...]) else { throw .malformed(line: lineNumber) }
        break
      }
      wholeOctets = lineEnd + 1
      lineNumber += 1
    }
    tornOctets = octets.count - wholeOctets
  }

  /// Whether the process that wrote it last has not said that it stops.
  package var isOpenEnded: Bool {
    guard let newest = events.last(where: { $0.kind == .start || $0.kind == .stopping }) else { return !events.isEmpty }
    return newest.kind == .start
  }

  private mutating func enter(_ line: ArraySlice<UInt8>) -> Bool {
    switch Event.read(line) {
    case .event(let event) where event.id > lastID:
      lastID = event.id
      events.append(event)
    case .unknownKind(let id) where id > lastID: lastID = id
    default: return false
    }
    return true
  }

  /// Whether nothing after a line that is none is a line: a write that did not come to its end, not another's file.
  private static func isTorn(_ rest: ArraySlice<UInt8>) -> Bool {
    !rest.split(separator: UInt8(ascii: "\n")).contains { Event.read($0) != .malformed }
  }

  private static func begun(_ line: ArraySlice<UInt8>) -> UnixTime? {
    let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "rondo-events", words[1] == "1", words[2].utf8.allSatisfy(isDigit),
      let milliseconds = Int64(words[2])
    else { return nil }
    return UnixTime(milliseconds: milliseconds)
  }

  // MARK: Writing

  /// The first line.
  package static func head(begun: UnixTime) -> [UInt8] { Array("rondo-events 1 \(max(0, begun.milliseconds))\n".utf8) }

  /// The lines of all events after `id`; where the history no longer has some of them, a line says how many are lost.
  package static func lines(of history: EventHistory, after id: UInt64) -> [UInt8] {
    var octets: [UInt8] = []
    for event in history.events(after: id) {
      if octets.isEmpty, event.id > id + 1 {
        let lost = Event(
          id: event.id - 1, time: event.time, kind: .eventsLost, level: .warning,
          fields: [Event.Field("count", "\(event.id - 1 - id)")])
        octets += lost.line
      }
      octets += event.line
    }
    return octets
  }
}
