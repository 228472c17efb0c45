// The options of `$POOL`, and of a ROTATE that lists its nodes: how many gates, which backups, how many answers and in
// which order, what to do in an emergency.

/// What a pool makes of the verdicts on its nodes, besides `check=`.
package struct PoolOptions: Hashable, Sendable {
  /// How many of the gates a node must pass.
  package enum Need: Hashable, Sendable {
    case all, any
    /// At most as many as there are gates.
    case atLeast(Int)
  }

  package enum Order: String, Hashable, Sendable, CaseIterable { case rotate, shuffle, hash, fixed }

  /// Which nodes stand first.
  package enum Preference: String, Hashable, Sendable, CaseIterable {
    /// Those at the asker's site.
    case site
  }

  package enum AllDown: String, Hashable, Sendable, CaseIterable {
    case answerAll = "answer-all"
    case lastGood = "last-good"
    case backupOnly = "backup-only"
    case nodata, servfail
  }

  /// One for each member, 1…1000.
  package var weights: [Int] = []
  package var need = Need.all
  /// Indices into `Configuration.checks`: a failure is shown and takes nobody out.
  package var warn: [Int] = []
  /// Indices into `Configuration.checks`: results are counted, and nothing else.
  package var observe: [Int] = []
  /// Groups in their order, as indices into `Configuration.nodes`; no node twice, none of them a member.
  package var backups: [[Int]] = []
  /// Addresses in one answer, 1…8.
  package var answers = 8
  package var order = Order.rotate
  package var preference: Preference?
  package var allDown = AllDown.answerAll
  /// With fewer nodes well than this, backups come in, and then `allDown` holds.
  package var minLive = 1
  /// The TTL while a change is near, in seconds; nil for the record's own.
  package var minTTL: UInt32?
  /// How long a node that comes back takes to its full share; zero for at once.
  package var slowStart: Duration = .zero
}

/// The options as written: names are not looked up yet.
struct PoolOptionsDraft: Sendable {
  var options = PoolOptions()
  var warn: [NameUse] = []
  var observe: [NameUse] = []
  var backups: [[NameUse]] = []
  /// Where options are written whose sense hangs on the rest of the file.
  var ranges: [String: SourceRange] = [:]
}

extension ConfigurationReader {
  static let poolOptions = [
    "check", "need", "warn", "observe", "backup", "answers", "order", "prefer", "all-down", "min-live", "min-ttl",
    "slow-start",
  ]
  /// Groups of backups, and what else is counted in a pool, for which more would be a slip.
  private static let mostInPool = 100

  /// Reads all options but `check=`; what is wrong with one is reported and the default stands.
  mutating func readPoolOptions(_ options: [Option], weights: [Int]) -> PoolOptionsDraft {
    var draft = PoolOptionsDraft()
    draft.options.weights = weights
    for option in options where option.key != "check" {
      draft.ranges[option.key] = option.valueRange
      do throws(Problem) {
        try readPoolOption(option, into: &draft)
      } catch {
        report(error)
      }
    }
    return draft
  }

  private mutating func readPoolOption(_ option: Option, into draft: inout PoolOptionsDraft) throws(Problem) {
    switch option.key {
    case "need": draft.options.need = try need(option)
    case "warn": draft.warn = names(option.value, of: "check", in: option)
    case "observe": draft.observe = names(option.value, of: "check", in: option)
    case "backup": draft.backups = backups(option)
    case "answers": draft.options.answers = option.text.lowercased() == "all" ? 8 : try number(option, 1...8)
    case "order": draft.options.order = try choice(option, PoolOptions.Order.self)
    case "prefer": draft.options.preference = try choice(option, PoolOptions.Preference.self)
    case "all-down": draft.options.allDown = try choice(option, PoolOptions.AllDown.self)
    case "min-live": draft.options.minLive = try number(option, 1...ConfigurationReader.mostInPool)
    case "min-ttl":
      let range = Token(range: option.valueRange, isQuoted: false)
      let seconds = try readSeconds(range, entry, field: "min-ttl")
      guard (1...3600).contains(seconds) else {
        throw Problem(
          at: option.valueRange, "min-ttl=\(option.text) is out of range", mend: "write a time from 1s to 1h")
      }
      draft.options.minTTL = seconds
    default: draft.options.slowStart = try duration(option, from: .seconds(1), to: .seconds(3600), "1s to 1h")
    }
  }

  private func need(_ option: Option) throws(Problem) -> PoolOptions.Need {
    switch option.text.lowercased() {
    case "all": return .all
    case "any": return .any
    default:
      guard let count = smallNumber(option.value), (1...ConfigurationReader.mostInPool).contains(count) else {
        throw Problem(
          at: option.valueRange, "need= cannot be \"\(option.text)\"",
          mend: "write all, any, or how many of the checks a node must pass")
      }
      return .atLeast(count)
    }
  }

  /// `a,b/c`: groups between slashes.
  private mutating func backups(_ option: Option) -> [[NameUse]] {
    var groups: [[NameUse]] = []
    for group in option.value.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      groups.append(names(group, of: "node", in: option))
    }
    return groups
  }

  /// `node`, or `node*weight`.
  mutating func weightedMembers(_ words: [Token], of subject: String) -> (members: [NameUse], weights: [Int]) {
    var names: [Token] = []
    var weights: [Int] = []
    for token in words {
      let text = entry.text(token)
      guard let star = text.firstIndex(of: UInt8(ascii: "*")) else {
        names.append(token)
        weights.append(1)
        continue
      }
      let length = star - text.startIndex
      guard let weight = smallNumber(text[(star + 1)...]), (1...1000).contains(weight) else {
        report(
          Problem(
            at: token.range.part(length + 1..<text.count), "\"\(printable(text[(star + 1)...]))\" is not a weight",
            mend: "write a whole number from 1 to 1000 behind the \"*\", for example ex1*3"))
        continue
      }
      names.append(Token(range: token.range.part(0..<length), isQuoted: token.isQuoted))
      weights.append(weight)
    }
    let members = members(names, of: subject)
    // Fewer members than names means an error was reported, and nobody looks at the weights.
    return (members, weights)
  }

  // MARK: Looking up

  /// Names become indices, and what cannot be together is reported.
  mutating func resolve(_ draft: PoolOptionsDraft, members: [Int], checks: [Int], gates: Gates) -> PoolOptions {
    var options = draft.options
    options.warn = resolveGates(.checks(draft.warn))
    options.observe = resolveGates(.checks(draft.observe))
    options.backups = draft.backups.map { resolveMembers($0) }
    checkRoles(draft, gates)
    checkBackups(draft, options, members)
    checkPreference(draft, members: members)
    if case .atLeast(let count) = options.need, count > checks.count, let range = draft.ranges["need"] {
      report(
        Problem(
          at: range, "need=\(count) is more than the pool has checks", why: "no node could ever be well",
          mend: checks.isEmpty ? "leave it out" : "write at most \(checks.count)"))
    }
    let nodes = members.count + options.backups.reduce(0) { $0 + $1.count }
    if options.minLive > nodes, let range = draft.ranges["min-live"] {
      report(
        Problem(
          at: range, "min-live=\(options.minLive) is more than the pool has nodes",
          why: "it would always be short of nodes", mend: "write at most \(nodes)"))
    }
    if options.allDown == .backupOnly, options.backups.isEmpty, let range = draft.ranges["all-down"] {
      report(
        Problem(at: range, "all-down=backup-only needs backup=, and there is none", mend: "add backup= with a node"))
    }
    return options
  }

  /// A check has one role in a pool.
  private mutating func checkRoles(_ draft: PoolOptionsDraft, _ gates: Gates) {
    var roles: [String: String] = [:]
    if case .checks(let uses) = gates { for use in uses { roles[use.name] = "check=" } }
    for (uses, role) in [(draft.warn, "warn="), (draft.observe, "observe=")] {
      for use in uses {
        if let other = roles[use.name] {
          report(
            Problem(
              at: use.range, "the check \"\(use.name)\" stands in \(other) as well",
              why: "a check has one role in a pool", mend: "remove it from one of them"))
        }
        roles[use.name] = role
      }
    }
  }

  private mutating func checkBackups(_ draft: PoolOptionsDraft, _ options: PoolOptions, _ members: [Int]) {
    var seen = Set(members.map { self.draft.nodes[$0].name.name })
    let names = seen
    for use in draft.backups.flatMap({ $0 }) where !seen.insert(use.name).inserted {
      report(
        Problem(
          at: use.range,
          names.contains(use.name)
            ? "the backup \"\(use.name)\" is a member of the pool" : "the backup \"\(use.name)\" is listed twice",
          why: "a backup is answered when the nodes before it are out", mend: "remove one of them"))
    }
  }
}
