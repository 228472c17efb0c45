// Divides the words after a command into options and operands; what they mean is not its business.

/// The words of one command, sorted.
struct ArgumentReader {
  let command: Command
  private(set) var operands: [String] = []
  private var values: [CommandOption: [String]] = [:]
  /// How a flag or option was given, even without a value.
  private var given: Set<CommandOption> = []

  /// Takes `--option value`, `--option=value`, flags and operands in any order; after `--` all are operands.
  init(_ command: Command, _ arguments: some Sequence<String>) throws(UsageError) {
    self.command = command
    var rest = Array(arguments)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        return
      }
      // A lone dash is an operand, as everywhere. What dig's users know begins with a plus sign.
      guard word.hasPrefix("-") || command == .query && word.hasPrefix("+"), word.utf8.count > 1 else {
        operands.append(word)
        continue
      }
      try readOption(word, followedBy: &rest)
    }
  }

  private mutating func readOption(_ word: String, followedBy rest: inout ArraySlice<String>) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = command.options.first(where: { $0.isNamed(name) }) else {
      let isPlanned = LaterVersions.options[command]?.contains(name) ?? false
      throw isPlanned ? .laterOption(name, of: command) : .unknownOption(name, of: command)
    }
    if !given.insert(option).inserted && option.form != .list { throw .repeatedOption(option.name, of: command) }
    if option.form == .flag {
      if parts.count > 1 { throw .unexpectedValue(option: name, of: command) }
      return
    }
    let value = parts.count > 1 ? String(parts[1]) : ArgumentReader.nextValue(&rest)
    guard let value, !value.isEmpty else { throw .missingValue(option: name, of: command) }
    values[option, default: []].append(value)
  }

  /// The next word, unless it is an option itself: then a value has been forgotten.
  private static func nextValue(_ rest: inout ArraySlice<String>) -> String? {
    guard let next = rest.first, !next.hasPrefix("--") else { return nil }
    return rest.popFirst()
  }

  func has(_ flag: CommandOption) -> Bool { given.contains(flag) }

  /// All values of an option, in the order given.
  func values(_ option: CommandOption) -> [String] { values[option] ?? [] }

  func value(_ option: CommandOption) -> String? { values[option]?.first }

  /// The value of an option as a number in decimal digits.
  func number(_ option: CommandOption, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(option) else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else {
      throw .badValue(
        text, option: option.name, of: command, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The operands as zone config files.
  func files() throws(UsageError) -> [String] {
    guard !operands.isEmpty else { throw .missingFile(of: command) }
    return operands
  }

  func allowNoOperands() throws(UsageError) {
    if let first = operands.first { throw .unexpectedArgument(first, of: command) }
  }
}
