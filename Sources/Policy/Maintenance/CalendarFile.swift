// Admin states and windows, as written down for the next start.
//
//      rondo-admin-states 2
//      state⇥drained⇥ex1⇥1764035000⇥1764042200⇥-⇥anna⇥patching     state, node, since, until, overdue since, author, reason
//      planned⇥ex2⇥1764121400⇥1764128600⇥-⇥-⇥anna⇥patching⇥        node, from, until, forced, held back since, author,
//                                                                  reason, why it is held back
//      finished⇥ex1⇥1763⇥1764⇥ended⇥1764⇥0⇥anna⇥patching⇥bert      node, from, until, outcome, at, seconds overdue, author,
//                                                                  reason, by whom or why
//      end 3                                                       how many; a torn file has no such line
//
// Times are seconds since 1970, `-` for none. All is in one file because it belongs together: a window that has begun
// is a drain. Version 1 had lines of five fields for admin states alone, and is still read.

internal import Health

/// Why a file of admin states is not used.
package enum CalendarFileError: Error, Hashable, Sendable {
  /// Of neither version, or not a file of admin states at all.
  case unknownVersion
  /// The line, from 1.
  case malformed(line: Int)
  /// No `end`, or with another number: the writer did not come to its end.
  case torn
}

extension MaintenanceCalendar {
  package static let mostOctets = 16 << 20
  /// A line has at most four bounded texts, the scalars of which have four octets at most.
  private static let longestLine = 4_096

  package var text: String {
    var lines: [[String]] = []
    for (node, state) in adminStates.sorted(by: { $0.key < $1.key }) {
      lines.append([
        "state", state.kind.rawValue, node, String(state.since), field(state.until), field(state.overdueSince),
        state.author, state.reason,
      ])
    }
    for window in planned {
      lines.append([
        "planned", window.node, String(window.from), String(window.until), window.isForced ? "forced" : "-",
        field(window.heldBack?.since), window.author, window.reason, window.heldBack?.reason ?? "",
      ])
    }
    for window in finished {
      lines.append([
        "finished", window.node, String(window.from), field(window.until), window.outcome.rawValue,
        String(window.at), String(window.overdue), window.author, window.reason, window.by,
      ])
    }
    let body = lines.map { $0.joined(separator: "\t") + "\n" }.joined()
    return "rondo-admin-states 2\n" + body + "end \(lines.count)\n"
  }

  private func field(_ time: Int64?) -> String { time.map(String.init) ?? "-" }

  /// Reads what `text` gave, of this version or the one before; all of it or nothing.
  package init(octets: [UInt8]) throws(CalendarFileError) {
    self.init()
    var lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    let first = lines.popFirst().map(Array.init) ?? []
    let isFormer = first == Array("rondo-admin-states 1".utf8)
    guard isFormer || first == Array("rondo-admin-states 2".utf8) else { throw .unknownVersion }
    guard lines.popLast()?.isEmpty == true, lines.popLast().map(Array.init) == Array("end \(lines.count)".utf8) else {
      throw .torn
    }
    for (index, line) in lines.enumerated() {
      guard line.count <= MaintenanceCalendar.longestLine, let fields = Fields(line, isFormer: isFormer), read(fields)
      else { throw .malformed(line: index + 2) }
    }
    // What the writer would not have written is not its own.
    guard isFormer || Array(text.utf8) == octets else { throw .malformed(line: 2) }
  }

  /// Takes one line over; false if the writer would not have written it.
  private mutating func read(_ fields: Fields) -> Bool {
    switch fields.kind {
    case "state":
      guard let (node, state) = fields.adminState, adminStates.updateValue(state, forKey: node) == nil else {
        return false
      }
    case "planned":
      guard planned.count < MaintenanceCalendar.mostWindows, let window = fields.plannedWindow,
        planned.last.map({ ($0.from, $0.node) < (window.from, window.node) }) ?? true
      else { return false }
      planned.append(window)
    case "finished":
      guard finished.count < MaintenanceCalendar.mostFinished, let window = fields.finishedWindow else { return false }
      finished.append(window)
    default: return false
    }
    return true
  }
}

/// The fields of a line.
private struct Fields {
  let kind: String
  private let fields: [String]

  /// A line of version 1 as one of version 2.
  init?(_ line: ArraySlice<UInt8>, isFormer: Bool) {
    var fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    if isFormer {
      guard fields.count == 5 else { return nil }
      fields = ["state", fields[0], fields[1], fields[2], "-", "-", fields[3], fields[4]]
    }
    kind = fields[0]
    self.fields = fields
  }

  var adminState: (node: String, AdminState)? {
    guard fields.count == 8, let kind = AdminState.Kind(rawValue: fields[1]), let since = time(3),
      let until = optionalTime(4), let overdue = optionalTime(5), isName(2), !fields[6].isEmpty
    else { return nil }
    let state = AdminState(
      kind, author: fields[6], reason: fields[7], since: since, until: until.time, overdueSince: overdue.time)
    return state.author == fields[6] && state.reason == fields[7] ? (fields[2], state) : nil
  }

  var plannedWindow: PlannedWindow? {
    guard fields.count == 9, isName(1), let from = time(2), let until = time(3), from < until,
      ["-", "forced"].contains(fields[4]), let held = optionalTime(5), !fields[6].isEmpty
    else { return nil }
    let window = PlannedWindow(
      node: fields[1], from: from, until: until, author: fields[6], reason: fields[7], isForced: fields[4] == "forced",
      heldBack: held.time.map { PlannedWindow.HeldBack(since: $0, reason: fields[8]) })
    return isPrintable(8, atMost: MaintenanceCalendar.longestCause) && (held.time != nil || fields[8].isEmpty)
      ? window : nil
  }

  var finishedWindow: FinishedWindow? {
    guard fields.count == 10, isName(1), let from = time(2), let until = optionalTime(3),
      let outcome = FinishedWindow.Outcome(rawValue: fields[4]), let at = time(5), let overdue = time(6),
      !fields[7].isEmpty, isPrintable(9, atMost: AdminState.longestAuthor)
    else { return nil }
    return FinishedWindow(
      node: fields[1], from: from, until: until.time, author: fields[7], reason: fields[8], outcome: outcome, at: at,
      by: fields[9], overdue: overdue)
  }

  private func isName(_ index: Int) -> Bool { !fields[index].isEmpty }

  private func isPrintable(_ index: Int, atMost limit: Int) -> Bool {
    AdminState.printable(fields[index], atMost: limit) == fields[index]
  }

  /// Up to eleven digits.
  private func time(_ index: Int) -> Int64? {
    let text = fields[index]
    guard (1...11).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text)
  }

  /// Nil if it is neither a time nor `-`.
  private func optionalTime(_ index: Int) -> (time: Int64?, Void)? {
    if fields[index] == "-" { return (nil, ()) }
    return time(index).map { ($0, ()) }
  }
}
