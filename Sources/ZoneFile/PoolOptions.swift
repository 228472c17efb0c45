// The options of `$POOL`, and of a ROTATE that lists its nodes: how many gates, which backups, how many answers and in
// which order, what to do in an emergency.

import Model

/// The options as written: names are not looked up yet.
struct PoolOptions: Sendable {
  var policy = PoolPolicy()
  /// One for each member, 1…1000.
  var weights: [Int] = []
  var warners: [NameUse] = []
  var observers: [NameUse] = []
  var backups: [[NameUse]] = []
  /// Where options are written whose sense depends on the rest of the file.
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
  mutating func readPoolOptions(_ options: [Option], weights: [Int]) -> PoolOptions {
    var draft = PoolOptions()
    draft.weights = weights
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

  private mutating func readPoolOption(_ option: Option, into draft: inout PoolOptions) throws(Problem) {
    switch option.key {
    case "need": draft.policy.need = try need(option)
    case "warn": draft.warners = names(option.value, of: "check", in: option)
    case "observe": draft.observers = names(option.value, of: "check", in: option)
    case "backup": draft.backups = backups(option)
    case "answers":
      draft.policy.answers =
        option.text.lowercased() == "all" ? PoolPolicy.mostAnswers : try number(option, 1...PoolPolicy.mostAnswers)
    case "order": draft.policy.order = try choice(option, AnswerOrder.self)
    case "prefer": draft.policy.preference = try choice(option, Preference.self)
    case "all-down": draft.policy.allDown = try choice(option, AllDown.self)
    case "min-live": draft.policy.minLive = try number(option, 1...ConfigurationReader.mostInPool)
    case "min-ttl":
      let range = Token(range: option.valueRange, isQuoted: false)
      let seconds = try readSeconds(range, entry, field: "min-ttl")
      guard (1...3600).contains(seconds) else {
        throw Problem(
          at: option.valueRange, "min-ttl=\(option.text) is out of range", mend: "write a time from 1s to 1h")
      }
      draft.policy.minTTL = seconds
    default: draft.policy.slowStart = try duration(option, from: .seconds(1), to: .seconds(3600), "1s to 1h")
    }
  }

  private func need(_ option: Option) throws(Problem) -> Need {
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

  /// A pool whose names have become indices; what cannot be together is reported.
  mutating func resolvedPool(
    _ name: String, isInline: Bool, members uses: [NameUse], _ gates: Gates, _ options: PoolOptions,
    at range: SourceRange
  ) -> Pool {
    let members = resolveMembers(uses)
    let checks = resolveGates(gates)
    var pool = Pool(
      name: name, isInline: isInline, members: members, weights: options.weights, backups: [], checks: checks,
      warners: resolveGates(.checks(options.warners)), observers: resolveGates(.checks(options.observers)),
      policy: options.policy, location: log.location(of: range))
    pool.backups = options.backups.map { resolveMembers($0) }
    checkRoles(options, gates)
    checkBackups(options, members)
    checkPreference(options, members: members)
    checkCounts(of: pool, options)
    return pool
  }

  private mutating func checkCounts(of pool: Pool, _ options: PoolOptions) {
    if case .atLeast(let count) = pool.policy.need, count > pool.checks.count, let range = options.ranges["need"] {
      report(
        Problem(
          at: range, "need=\(count) is more than the pool has checks", why: "no node could ever be well",
          mend: pool.checks.isEmpty ? "leave it out" : "write at most \(pool.checks.count)"))
    }
    let nodes = pool.allNodes.count
    if pool.policy.minLive > nodes, let range = options.ranges["min-live"] {
      report(
        Problem(
          at: range, "min-live=\(pool.policy.minLive) is more than the pool has nodes",
          why: "it would always be short of nodes", mend: "write at most \(nodes)"))
    }
    if pool.policy.allDown == .backupOnly, pool.backups.isEmpty, let range = options.ranges["all-down"] {
      report(
        Problem(at: range, "all-down=backup-only needs backup=, and there is none", mend: "add backup= with a node"))
    }
  }

  /// A check has one role in a pool.
  private mutating func checkRoles(_ options: PoolOptions, _ gates: Gates) {
    var roles: [String: String] = [:]
    if case .checks(let uses) = gates { for use in uses { roles[use.name] = "check=" } }
    for (uses, role) in [(options.warners, "warn="), (options.observers, "observe=")] {
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

  private mutating func checkBackups(_ options: PoolOptions, _ members: [Int]) {
    var seen = Set(members.map { draft.nodes[$0].name.name })
    let names = seen
    for use in options.backups.flatMap({ $0 }) where !seen.insert(use.name).inserted {
      report(
        Problem(
          at: use.range,
          names.contains(use.name)
            ? "the backup \"\(use.name)\" is a member of the pool" : "the backup \"\(use.name)\" is listed twice",
          why: "a backup is answered when the nodes before it are out", mend: "remove one of them"))
    }
  }
}
