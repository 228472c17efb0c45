// What `rondo drain`, `force`, `resume` and `may-drain` ask the daemon, as one line on the control socket:
//
//      drain ex1,ex2 patching⇥from=1764121400⇥until=1764128600⇥force=yes⇥user=root⇥sudo=anna
//
// What, of which nodes, why; after tabs when, how, and what is said of the author. Times are seconds since 1970: only the
// command knows the operator's time zone.

package import Health

package struct AdminStateRequest: Hashable, Sendable {
  package enum Verb: String, Hashable, Sendable {
    case drain
    case forceUp = "force-up"
    case forceDown = "force-down"
    case resume
    /// Changes nothing: asks whether the nodes may be drained.
    case mayDrain = "may-drain"
  }

  package enum Caution: Hashable, Sendable {
    /// A drain is refused that takes a node from a pool that needs it, now or later.
    case refuseLosses
    case force
  }

  /// What `resume` ends.
  package enum Target: Hashable, Sendable {
    case adminState
    case plannedWindows
  }

  /// When and how.
  package struct Options: Hashable, Sendable {
    /// When it is to begin, for a planned window; nil for now.
    package var from: Int64?
    package var end = MaintenanceCalendar.End.unchanged
    package var caution = Caution.refuseLosses
    package var target = Target.adminState

    package init() {}
  }

  package static let longestReason = AdminState.longestReason
  package static let mostNodes = 64

  package let verb: Verb
  /// At least one, none of them twice.
  package let nodes: [String]
  /// Empty for none.
  package let reason: String
  package let options: Options
  /// What the command says of its author.
  package private(set) var author: AdminAuthor

  /// Nil if no node can have one of the names, if one is given twice, if the reason is longer than
  /// `AdminState.longestReason`, or if something is given that the verb has no use for.
  package init?(
    _ verb: Verb, _ nodes: [String], reason: String = "", _ options: Options = Options(),
    by author: AdminAuthor = AdminAuthor()
  ) {
    self.reason = AdminState.printable(reason)
    guard (1...AdminStateRequest.mostNodes).contains(nodes.count), nodes.allSatisfy(AdminStateRequest.isName),
      Set(nodes).count == nodes.count, self.reason.unicodeScalars.count <= AdminState.longestReason,
      reason.isEmpty || verb.hasReason, verb.takes(options)
    else { return nil }
    self.verb = verb
    self.nodes = nodes
    self.options = options
    self.author = author
  }

  package static func isName(_ node: String) -> Bool {
    (1...63).contains(node.utf8.count)
      && node.utf8.allSatisfy { octet in
        let letter = octet | 0x20
        return (0x61...0x7A).contains(letter) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x5F
      }
  }

  /// The same request by somebody else.
  package func given(by author: AdminAuthor) -> AdminStateRequest {
    var request = self
    request.author = author
    return request
  }

  // MARK: As a line

  package var line: String {
    let what = "\(verb.rawValue) \(nodes.joined(separator: ","))" + (reason.isEmpty ? "" : " \(reason)")
    return ([what] + options.fields + author.fields).joined(separator: "\t")
  }

  /// Nil for a line that `line` would not have written.
  package init?(line: String) {
    var fields = line.split(separator: "\t", omittingEmptySubsequences: false)[...]
    let words = (fields.popFirst() ?? "").split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, let verb = Verb(rawValue: String(words[0])), let options = Options(takenFrom: &fields),
      let author = AdminAuthor(fields: fields)
    else { return nil }
    self.init(
      verb, words[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init),
      reason: words.count > 2 ? String(words[2]) : "", options, by: author)
    guard self.line == line else { return nil }
  }
}

extension AdminStateRequest.Verb {
  fileprivate var hasReason: Bool {
    switch self {
    case .drain, .forceUp, .forceDown: true
    case .resume, .mayDrain: false
    }
  }

  /// Whether the options mean something to it.
  fileprivate func takes(_ options: AdminStateRequest.Options) -> Bool {
    let isForced = options.caution == .force
    let isOfWindows = options.target == .plannedWindows
    switch self {
    case .drain, .mayDrain:
      // A window that begins by itself has to end by itself.
      if options.from != nil { guard case .at = options.end else { return false } }
      return !isOfWindows && (self == .drain || !isForced)
    case .forceUp, .forceDown: return options.from == nil && !isForced && !isOfWindows
    case .resume: return options.from == nil && options.end == .unchanged && !isForced
    }
  }
}

extension AdminStateRequest.Options {
  fileprivate var fields: [String] {
    var fields: [String] = []
    if let from { fields.append("from=\(from)") }
    switch end {
    case .unchanged: break
    case .never: fields.append("until=never")
    case .at(let time): fields.append("until=\(time)")
    }
    if caution == .force { fields.append("force=yes") }
    if target == .plannedWindows { fields.append("planned=yes") }
    return fields
  }

  /// Takes the fields that are options from the front; nil if one of them is malformed.
  fileprivate init?(takenFrom fields: inout ArraySlice<Substring>) {
    func time(_ text: Substring) -> Int64? {
      guard (1...11).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      return Int64(text)
    }
    while let field = fields.first, let equals = field.firstIndex(of: "=") {
      let value = field[field.index(after: equals)...]
      switch field[..<equals] {
      case "from":
        guard let time = time(value) else { return nil }
        from = time
      case "until":
        guard let end = value == "never" ? .never : time(value).map(MaintenanceCalendar.End.at) else { return nil }
        self.end = end
      case "force": caution = .force
      case "planned": target = .plannedWindows
      default: return
      }
      fields.removeFirst()
    }
  }
}
