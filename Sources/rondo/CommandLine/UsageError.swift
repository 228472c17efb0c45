// What can be wrong with a command line, and how it is said: one line, with the way to the help.

/// A command line that cannot be followed; the process ends with `exitStatus`.
enum UsageError: Error, Hashable {
  case noCommand
  case unknownCommand(String)
  /// A command that a later version will have.
  case laterCommand(String)
  case unknownOption(String, of: Command)
  /// An option that a later version will have.
  case laterOption(String, of: Command)
  case missingValue(option: String, of: Command)
  case unexpectedValue(option: String, of: Command)
  case repeatedOption(String, of: Command)
  case badValue(String, option: String, of: Command, expected: String)
  /// A time that cannot be used, although it is one; with the sentence that says why.
  case badTime(String, option: String, of: Command)
  case conflict(String, String, of: Command)
  /// An option that means nothing without another.
  case missingCompanion(String, needs: String, of: Command)
  case missingFile(of: Command)
  /// A word that must come before the others.
  case missingOperand(String, of: Command)
  case badOperand(String, of: Command, expected: String)
  case unexpectedArgument(String, of: Command)

  static let exitStatus: Int32 = 2

  /// The line for standard error, without its line end.
  var message: String { "rondo: \(what)\(what.hasSuffix("?") ? "" : ".") See \"\(helpCommand)\"." }

  private var what: String {
    switch self {
    case .noCommand: "no command given"
    case .unknownCommand(let name):
      "there is no command \(quoted(name))" + suggestion(for: name, among: Command.allCases.map(\.rawValue))
    case .laterCommand(let name): "this version does not have the command \(quoted(name)) yet"
    case .unknownOption(let name, let command):
      "\(command.rawValue) has no option \(quoted(name))" + suggestion(for: name, among: command.optionNames)
    case .laterOption(let name, let command): "\(command.rawValue) does not have \(quoted(name)) in this version yet"
    case .missingValue(let option, let command): "\(command.rawValue): \(quoted(option)) needs a value"
    case .unexpectedValue(let option, let command): "\(command.rawValue): \(quoted(option)) takes no value"
    case .repeatedOption(let option, let command): "\(command.rawValue): \(quoted(option)) is given twice"
    case .badValue(let value, let option, let command, let expected):
      "\(command.rawValue): invalid value \(quoted(value)) for \(quoted(option)); it takes \(expected)"
    case .badTime(let sentence, let option, let command): "\(command.rawValue): \(quoted(option)): \(sentence)"
    case .conflict(let one, let other, let command):
      "\(command.rawValue): \(quoted(one)) and \(quoted(other)) exclude each other"
    case .missingCompanion(let option, let other, let command):
      "\(command.rawValue): \(quoted(option)) needs \(quoted(other)) too"
    case .missingFile(let command): "\(command.rawValue) needs at least one zone config file"
    case .missingOperand(let what, let command): "\(command.rawValue) needs \(what)"
    case .badOperand(let text, let command, let expected):
      "\(command.rawValue): unexpected \(quoted(text)); expected \(expected)"
    case .unexpectedArgument(let argument, let command):
      "\(command.rawValue) does not know what to do with \(quoted(argument))"
    }
  }

  private var helpCommand: String {
    switch self {
    case .noCommand, .unknownCommand, .laterCommand: "rondo --help"
    case .unknownOption(_, let command), .laterOption(_, let command), .missingValue(_, let command),
      .unexpectedValue(_, let command), .repeatedOption(_, let command), .badValue(_, _, let command, _),
      .badTime(_, _, let command), .conflict(_, _, let command),
      .missingCompanion(_, _, let command), .missingFile(let command), .missingOperand(_, let command),
      .badOperand(_, let command, _),
      .unexpectedArgument(_, let command):
      "rondo \(command.rawValue) --help"
    }
  }
}

/// The text in quotation marks, its control characters replaced so that the message stays one line.
func quoted(_ text: String) -> String {
  let shown = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
  return "\"" + String(String.UnicodeScalarView(shown)) + "\""
}

/// `; did you mean "serve"?`, or nothing when no candidate is near.
private func suggestion(for word: String, among candidates: [String]) -> String {
  nearest(to: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
}
