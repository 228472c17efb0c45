// All admin states, as written down for the next start.
//
//      rondo-admin-states 1
//      drained⇥ex1⇥1764035000⇥anna⇥patching                      state, node, since when (1970), author, reason
//      end 1                                                     how many; a torn file has no such line

/// Why a file of admin states is not used.
package enum AdminStateBookError: Error, Hashable, Sendable {
  /// Not of this version, or not a file of admin states at all.
  case unknownVersion
  /// The line, from 1.
  case malformed(line: Int)
  /// No `end`, or with another number: the writer did not come to its end.
  case torn
}

/// At most one admin state for each node, by its name.
package struct AdminStateBook: Hashable, Sendable {
  package static let mostOctets = 16 << 20
  /// A line has four bounded texts, the scalars of which have four octets at most.
  private static let longestLine = 2_048

  package private(set) var adminStates: [String: AdminState] = [:]

  package init() {}

  package subscript(node: String) -> AdminState? {
    get { adminStates[node] }
    set { adminStates[node] = newValue }
  }

  /// Forgets the admin states for nodes that are no more.
  ///
  /// - Returns: the names of these, sorted.
  package mutating func keep(nodes: some Sequence<String>) -> [String] {
    let known = Set(nodes)
    let gone = adminStates.keys.filter { !known.contains($0) }.sorted()
    for node in gone { adminStates[node] = nil }
    return gone
  }

  package var text: String {
    var text = "rondo-admin-states 1\n"
    for (node, adminState) in adminStates.sorted(by: { $0.key < $1.key }) {
      text +=
        [adminState.kind.rawValue, node, String(adminState.since), adminState.author, adminState.reason].joined(
          separator: "\t") + "\n"
    }
    return text + "end \(adminStates.count)\n"
  }

  /// Reads what `text` gave; all of it or nothing.
  package init(octets: [UInt8]) throws(AdminStateBookError) {
    var lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard lines.popFirst().map(Array.init) == Array("rondo-admin-states 1".utf8) else { throw .unknownVersion }
    guard lines.popLast()?.isEmpty == true, lines.popLast().map(Array.init) == Array("end \(lines.count)".utf8) else {
      throw .torn
    }
    for (index, line) in lines.enumerated() {
      guard line.count <= AdminStateBook.longestLine, let (node, adminState) = AdminStateBook.entry(line),
        adminStates[node] == nil
      else {
        throw .malformed(line: index + 2)
      }
      adminStates[node] = adminState
    }
  }

  private static func entry(_ line: ArraySlice<UInt8>) -> (node: String, adminState: AdminState)? {
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard fields.count == 5, let kind = AdminState.Kind(rawValue: fields[0]), !fields[1].isEmpty, !fields[3].isEmpty,
      (1...11).contains(fields[2].utf8.count), let since = Int64(fields[2]), since >= 0
    else { return nil }
    let adminState = AdminState(kind, author: fields[3], reason: fields[4], since: since)
    // What the writer would not have written is not its own.
    return adminState.author == fields[3] && adminState.reason == fields[4] ? (fields[1], adminState) : nil
  }
}
