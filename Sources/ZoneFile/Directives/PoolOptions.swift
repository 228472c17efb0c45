// The options of `$POOL`, and of a ROTATE that lists its nodes: how many gates, which backups, how many answers and in
// which order, what to do in an emergency.

import Model

extension EntryReader {
  static let poolOptions = [
    "check", "need", "warn", "observe", "backup", "answers", "order", "prefer", "all-down", "min-live", "min-ttl",
    "slow-start",
  ]
  /// Groups of backups, and what else is counted in a pool, where more would be a mistake.
  private static let mostInPool = 100

  /// Reads all options but `check=`; what is wrong with one is reported, and the default holds.
  mutating func poolOptions(_ options: [Option], weights: [Int]) -> PoolOptions {
    var pool = PoolOptions()
    pool.weights = weights
    for option in options where option.key != "check" {
      pool.ranges[option.key] = option.valueRange
      do throws(Problem) {
        try readPoolOption(option, into: &pool)
      } catch {
        report(error)
      }
    }
    return pool
  }

  private mutating func readPoolOption(_ option: Option, into pool: inout PoolOptions) throws(Problem) {
    switch option.key {
    case "need": pool.policy.need = try need(option)
    case "warn": pool.warners = names(option, of: "check")
    case "observe": pool.observers = names(option, of: "check")
    // `a,b/c`: groups between slashes.
    case "backup": pool.backups = option.parts(separatedBy: UInt8(ascii: "/")).map { names($0, of: "node") }
    case "answers":
      pool.policy.answers =
        option.text.lowercased() == "all" ? PoolPolicy.mostAnswers : try number(option, 1...PoolPolicy.mostAnswers)
    case "order": pool.policy.order = try choice(option, AnswerOrder.self)
    case "prefer": pool.policy.preference = try choice(option, Preference.self)
    case "all-down": pool.policy.allDown = try choice(option, AllDown.self)
    case "min-live": pool.policy.minLive = try number(option, 1...EntryReader.mostInPool)
    case "min-ttl":
      let seconds = try entry.seconds(option.token, field: "min-ttl")
      guard (1...3600).contains(seconds) else {
        throw Problem(
          at: option.valueRange, "min-ttl=\(option.text) is out of range", fix: "write a time from 1s to 1h")
      }
      pool.policy.minTTL = seconds
    default: pool.policy.slowStart = try duration(option, from: .seconds(1), to: .seconds(3600), "1s to 1h")
    }
  }

  private func need(_ option: Option) throws(Problem) -> Need {
    switch option.text.lowercased() {
    case "all": return .all
    case "any": return .any
    default:
      guard let count = wholeNumber(option.value), (1...EntryReader.mostInPool).contains(count) else {
        throw Problem(
          at: option.valueRange, "need= cannot be \"\(option.text)\"",
          fix: "write all, any, or how many of the checks a node must pass")
      }
      return .atLeast(count)
    }
  }
}
