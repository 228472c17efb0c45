// From the words of the command line to an Invocation, or to the one thing that is wrong with them.

import Answering
import DNS
import Health
internal import Policy
internal import Reporting
import Server

extension Invocation {
  /// Reads the arguments without the program's own name.
  init(arguments: [String]) throws(UsageError) {
    guard let first = arguments.first else { throw .noCommand }
    let rest = arguments.dropFirst()
    switch first {
    case "--help", "-h": self = .help(nil)
    case "--version": self = .version
    default: self = try Invocation.parse(try Command(word: first), rest)
    }
  }

  private static func parse(_ command: Command, _ arguments: ArraySlice<String>) throws(UsageError) -> Invocation {
    // A request for help is answered, whatever else is on the line.
    if arguments.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
      return .help(command)
    }
    let reader = try ArgumentReader(command, arguments)
    switch command {
    case .serve: return .serve(try ServeOptions(reader))
    case .check: return .check(try CheckCommandOptions(reader))
    case .initialize: return .initialize(try InitOptions(reader))
    case .status: return .status(try StatusOptions(reader))
    case .monitor: return .monitor(try MonitorOptions(reader))
    case .events: return .events(try EventsOptions(reader))
    case .reload: return .reload(try ReloadOptions(reader))
    case .timeline: return .timeline(try TimelineOptions(reader))
    case .probe: return .probe(try ProbeOptions(reader))
    case .explain: return .explain(try ExplainOptions(reader))
    case .query: return .query(try QueryOptions(reader))
    case .drain: return .adminState(try AdminStateOptions(reader, .drain))
    case .force: return .adminState(try AdminStateOptions(reader, try AdminStateRequest.Verb(force: reader)))
    case .resume: return .adminState(try AdminStateOptions(reader, .resume))
    case .mayDrain: return .mayDrain(try AdminStateOptions(reader, .mayDrain))
    case .maintenance: return .maintenance(try MaintenanceOptions(reader))
    case .quiet: return .quiet(try QuietOptions(reader))
    case .version:
      try reader.allowNoOperands()
      return .version
    case .help: return try help(reader.operands)
    }
  }

  /// `rondo help`, or `rondo help serve`.
  private static func help(_ words: [String]) throws(UsageError) -> Invocation {
    guard let word = words.first else { return .help(nil) }
    if words.count > 1 { throw .unexpectedArgument(words[1], of: .help) }
    return .help(try Command(word: word))
  }
}

extension Command {
  init(word: String) throws(UsageError) {
    guard let command = Command(rawValue: word) else {
      throw LaterVersions.commands.contains(word) ? .laterCommand(word) : .unknownCommand(word)
    }
    self = command
  }
}

extension ServeOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    self.init(files: try reader.files())
    let addresses = reader.values(.listen)
    if !addresses.isEmpty { listen = try ServeOptions.endpoints(addresses, for: .listen) }
    if let text = reader.value(.status) {
      status = text == "none" ? nil : try SocketEndpoint(text, for: .status, of: .serve)
    }
    statusHosts = try ServeOptions.statusHosts(reader.values(.statusAllowHost))
    if status == nil, statusHosts != StatusHosts() {
      throw .conflict(CommandOption.statusAllowHost.name, "\(CommandOption.status.name) none", of: .serve)
    }
    if let path = reader.value(.control) { control = path == "none" ? nil : path }
    if let path = reader.value(.state) { state = path == "none" ? nil : path }
    startWait = try reader.number(.startWait, in: 0...ServeOptions.longestStartWait) ?? Defaults.startWait
    threads = try reader.number(.threads, in: 1...256)
    user = reader.value(.user)
    cookieSecrets = reader.value(.cookieSecrets)
    if let text = reader.value(.identifier) {
      guard text.utf8.count <= AnswerSettings.longestIdentifier else {
        throw .badValue(
          text, option: CommandOption.identifier.name, of: .serve,
          expected: "a text of at most \(AnswerSettings.longestIdentifier) octets")
      }
      identifier = text
    }
    if let text = reader.value(.ledger) {
      guard let detail = LedgerDetail(rawValue: text) else {
        throw .badValue(
          text, option: CommandOption.ledger.name, of: .serve, expected: "off, prefixes or full")
      }
      ledger = detail
    }
    rateLimit = try RateLimitOptions(reader)
    transferAllow = try NetworkList(reader, .transferAllow)
    transferKey = reader.value(.transferKey)
    notify = try ServeOptions.noticeTargets(reader.values(.notify), hasKeys: transferKey != nil)
    if !notify.isEmpty, transferAllow.texts.isEmpty, transferKey == nil {
      throw .missingCompanion(
        CommandOption.notify.name, needs: CommandOption.transferAllow.name, of: .serve)
    }
  }

  private static func statusHosts(_ names: [String]) throws(UsageError) -> StatusHosts {
    var hosts = StatusHosts()
    for name in names where !hosts.allow(name) {
      throw .badValue(
        name, option: CommandOption.statusAllowHost.name, of: .serve,
        expected: "a host name without a port, such as ns1.example; addresses are always allowed")
    }
    return hosts
  }

  private static func endpoints(_ texts: [String], for option: CommandOption) throws(UsageError) -> [SocketEndpoint] {
    var endpoints: [SocketEndpoint] = []
    for text in texts {
      let endpoint = try SocketEndpoint(text, defaultPort: Defaults.dnsPort, for: option, of: .serve)
      if endpoints.contains(endpoint) { throw .repeatedOption("\(option.name) \(text)", of: .serve) }
      endpoints.append(endpoint)
    }
    return endpoints
  }

  /// Reads `ADDR[:PORT][,key=NAME][,source=ADDR]`; the key's name `none` is for no key.
  private static func noticeTargets(_ texts: [String], hasKeys: Bool) throws(UsageError) -> [NoticeTarget] {
    var targets: [NoticeTarget] = []
    for text in texts {
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      var target = NoticeTarget(
        try SocketEndpoint(String(parts[0]), defaultPort: Defaults.dnsPort, for: .notify, of: .serve))
      if targets.contains(where: { $0.endpoint == target.endpoint }) {
        throw .repeatedOption("\(CommandOption.notify.name) \(parts[0])", of: .serve)
      }
      for part in parts.dropFirst() { try target.add(part, of: text) }
      if target.key != .first, target.key != .unsigned, !hasKeys {
        throw .missingCompanion(
          "\(CommandOption.notify.name) \(text)", needs: CommandOption.transferKey.name, of: .serve)
      }
      targets.append(target)
    }
    return targets
  }
}

extension NoticeTarget {
  /// Adds what follows the address: `key=NAME` or `source=ADDR`.
  fileprivate mutating func add(_ part: Substring, of text: String) throws(UsageError) {
    if part.hasPrefix("source=") {
      guard source == nil, let address = IPAddress(String(part.dropFirst(7))), address.family == endpoint.address.family
      else {
        throw .badValue(
          text, option: CommandOption.notify.name, of: .serve,
          expected: "an address of this host and of the secondary's family, such as 192.0.2.53,source=198.51.100.53")
      }
      source = address
    } else {
      guard key == .first, let key = Key(option: part) else {
        throw .badValue(
          text, option: CommandOption.notify.name, of: .serve,
          expected: "the name of a key after the address, such as 192.0.2.53,key=backup, or key=none")
      }
      self.key = key
    }
  }
}

extension NoticeTarget.Key {
  /// Reads `key=NAME`, with or without the last dot; nil for anything else.
  fileprivate init?(option: Substring) {
    guard option.hasPrefix("key=") else { return nil }
    let text = String(option.dropFirst(4))
    if text == "none" {
      self = .unsigned
    } else if !text.isEmpty, let name = DomainName(text) {
      self = .named(name)
    } else {
      return nil
    }
  }
}

extension RateLimitOptions {
  /// Nil when no limit is given.
  init?(_ reader: ArgumentReader) throws(UsageError) {
    guard let rate = try reader.number(.rateLimit, in: 1...1_000_000) else {
      for option in [CommandOption.rateLimitSource, .rateLimitSlip, .rateLimitExempt]
      where !reader.values(option).isEmpty {
        throw .missingCompanion(option.name, needs: CommandOption.rateLimit.name, of: .serve)
      }
      return nil
    }
    self.init(rate: rate)
    source = try reader.number(.rateLimitSource, in: 1...1_000_000)
    if let number = try reader.number(.rateLimitSlip, in: 0...100) { slip = number }
    exempt = try NetworkList(reader, .rateLimitExempt)
  }
}

extension NetworkList {
  init(_ reader: ArgumentReader, _ option: CommandOption) throws(UsageError) {
    var prefixes = ClientPrefixes()
    for text in reader.values(option) {
      guard prefixes.add(text) else {
        throw .badValue(
          text, option: option.name, of: .serve,
          expected: "an address or a network without bits after its prefix, such as 192.0.2.0/24 or 2001:db8::/32")
      }
      texts.append(text)
    }
  }
}

extension CheckCommandOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    self.init(files: try reader.files(), strict: reader.has(.strict), output: reader.has(.json) ? .json : .text)
  }
}

extension TimelineOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    self.init(files: try reader.files(), output: reader.has(.json) ? .json : .text)
  }
}

extension ProbeOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    guard let subject = reader.operands.first else { throw .missingOperand("the name of a node or pool", of: .probe) }
    guard reader.operands.count > 1 else { throw .missingFile(of: .probe) }
    self.init(subject: subject, files: Array(reader.operands.dropFirst()))
  }
}

extension ExplainOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    guard let text = reader.operands.first else { throw .missingOperand("a domain name", of: .explain) }
    guard let name = DomainName(text) else {
      throw .badOperand(text, of: .explain, expected: "a domain name such as mail.kreis.example")
    }
    self.init(name: name)
    if reader.operands.count > 1 {
      guard let type = RecordType(asked: reader.operands[1]) else {
        throw .badOperand(
          reader.operands[1], of: .explain, expected: "a record type such as A, AAAA, MX or TYPE65 after the name")
      }
      types = [type]
    }
    if reader.operands.count > 2 { throw .unexpectedArgument(reader.operands[2], of: .explain) }
    if let text = reader.value(.from) {
      guard let address = IPAddress(text) else {
        throw .badValue(
          text, option: CommandOption.from.name, of: .explain, expected: "an address, such as 192.0.2.7 or 2001:db8::7")
      }
      asker = address
    }
    if let path = reader.value(.control) { control = path }
  }
}

extension AdminStateRequest.Verb {
  /// `up` or `down` after the name of the node.
  init(force reader: ArgumentReader) throws(UsageError) {
    guard reader.operands.count > 1 else {
      throw .missingOperand("the name of a node, followed by up or down", of: .force)
    }
    switch reader.operands[1] {
    case "up": self = .forceUp
    case "down": self = .forceDown
    default: throw .badOperand(reader.operands[1], of: .force, expected: "up or down after the name of a node")
    }
  }
}

extension AdminStateOptions {
  init(_ reader: ArgumentReader, _ verb: AdminStateRequest.Verb) throws(UsageError) {
    let command = reader.command
    if command == .force, reader.operands.count > 2 { throw .unexpectedArgument(reader.operands[2], of: command) }
    self.init(
      verb: verb, nodes: try reader.nodes(among: command == .force ? reader.operands.prefix(1) : reader.operands[...]))
    reason = reader.value(.reason) ?? ""
    guard AdminState.printable(reason).unicodeScalars.count <= AdminStateRequest.longestReason else {
      throw .badValue(
        reason, option: CommandOption.reason.name, of: command,
        expected: "a text of at most \(AdminStateRequest.longestReason) characters")
    }
    reason = AdminState.printable(reason)
    times = try WrittenTimes(reader)
    if reader.has(.forceDrain) { caution = .force }
    if reader.has(.planned) { target = .plannedWindows }
    if reader.has(.wait) {
      if times.start != nil { throw .conflict(CommandOption.wait.name, CommandOption.at.name, of: command) }
      waits = true
    }
    if let text = reader.value(.by) {
      guard AdminAuthor.isName(text) else {
        throw .badValue(
          text, option: CommandOption.by.name, of: command,
          expected: "a name of at most \(AdminAuthor.longestName) characters without parentheses, such as patch-job-7")
      }
      author = text
    }
    if let path = reader.value(.control) { control = path }
  }
}

extension QuietOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    self.init(nodes: try reader.nodes(among: reader.operands[...]), waits: reader.has(.wait))
    if let path = reader.value(.control) { control = path }
  }
}

extension ArgumentReader {
  /// The names of nodes; at least one, none of them twice.
  fileprivate func nodes(among operands: ArraySlice<String>) throws(UsageError) -> [String] {
    if operands.isEmpty { throw .missingOperand("the name of a node", of: command) }
    var nodes: [String] = []
    for node in operands {
      guard AdminStateRequest.isName(node) else {
        throw .badOperand(
          node, of: command, expected: "the name of a node, up to 63 letters, digits, \"-\" and \"_\"")
      }
      if nodes.contains(node) { throw .badOperand(node, of: command, expected: "each node once") }
      if nodes.count == AdminStateRequest.mostNodes {
        throw .badOperand(node, of: command, expected: "at most \(AdminStateRequest.mostNodes) nodes")
      }
      nodes.append(node)
    }
    return nodes
  }
}

extension WrittenTimes {
  init(_ reader: ArgumentReader) throws(UsageError) {
    let command = reader.command
    self.init()
    if let text = reader.value(.until) {
      if reader.value(.lasting) != nil {
        throw .conflict(CommandOption.until.name, CommandOption.lasting.name, of: command)
      }
      guard let end = text == "none" ? End.never : WrittenTime(text).map(End.until) else {
        throw .badValue(
          text, option: CommandOption.until.name, of: command, expected: "\(WrittenTime.expected), or none")
      }
      self.end = end
    }
    if let text = reader.value(.lasting) {
      guard let seconds = spanSeconds(text), seconds <= MaintenanceCalendar.longestWindow else {
        throw .badValue(
          text, option: CommandOption.lasting.name, of: command,
          expected: "a time such as 2h, 90m or 1h30m, at most \(MaintenanceCalendar.longestWindow / 86_400)d")
      }
      end = .lasting(seconds)
    }
    if let text = reader.value(.at) {
      guard let start = WrittenTime(text) else {
        throw .badValue(text, option: CommandOption.at.name, of: command, expected: WrittenTime.expected)
      }
      self.start = start
      // A window that begins by itself has to end by itself.
      switch end {
      case .until, .lasting: break
      case .unchanged, .never:
        throw .badTime(
          "a drain that begins later needs an end: --until TIME or --for SPAN", option: CommandOption.at.name,
          of: command)
      }
    }
  }

  /// What they mean now, here.
  ///
  /// - Parameter zone: the offset of the host's zone from UTC at a moment.
  func resolve(
    at now: Int64, in zone: (Int64) -> LocalTime.Offset, of command: Command
  ) throws(UsageError) -> (from: Int64?, end: MaintenanceCalendar.End) {
    func moment(_ time: WrittenTime, _ option: CommandOption, after start: Int64) throws(UsageError) -> Int64 {
      do throws(WrittenTimeError) {
        return try time.seconds(after: start, in: zone)
      } catch {
        throw .badTime(error.sentence, option: option.name, of: command)
      }
    }
    let from: Int64?
    if let start { from = try moment(start, .at, after: now) } else { from = nil }
    switch end {
    case .unchanged: return (from, .unchanged)
    case .never: return (from, .never)
    case .lasting(let seconds): return (from, .at((from ?? now) + seconds))
    case .until(let time): return (from, .at(try moment(time, .until, after: from ?? now)))
    }
  }
}

extension StatusOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    try reader.allowNoOperands()
    if reader.has(.json) && reader.has(.watch) {
      throw .conflict(CommandOption.json.name, CommandOption.watch.name, of: .status)
    }
    self.init(output: reader.has(.json) ? .json : .text, repetition: reader.has(.watch) ? .watch : .once)
    if let text = reader.value(.status) { endpoint = try SocketEndpoint(text, for: .status, of: .status) }
  }
}

extension MonitorOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    try reader.allowNoOperands()
    let systems: [(option: CommandOption, system: System)] = [
      (.nagios, .nagios), (.checkmk, .checkmk), (.prtg, .prtg),
    ]
    let given = systems.filter { reader.has($0.option) }
    guard let first = given.first else { throw .missingOperand("--nagios, --checkmk or --prtg", of: .monitor) }
    if given.count > 1 { throw .conflict(first.option.name, given[1].option.name, of: .monitor) }
    self.init(system: first.system)
    if let text = reader.value(.status) { endpoint = try SocketEndpoint(text, for: .status, of: .monitor) }
  }
}

extension MaintenanceOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    try reader.allowNoOperands()
    self.init(output: reader.has(.json) ? .json : .text)
    if let text = reader.value(.status) { endpoint = try SocketEndpoint(text, for: .status, of: .maintenance) }
  }
}

extension EventsOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    try reader.allowNoOperands()
    output = reader.has(.json) ? .json : .text
    repetition = reader.has(.follow) ? .follow : .once
    if let text = reader.value(.since) {
      guard let since = spanSeconds(text).map(Since.ago) ?? WrittenTime(text).map(Since.at) else {
        throw .badValue(
          text, option: CommandOption.since.name, of: .events, expected: "a span such as 2h, or \(WrittenTime.expected)"
        )
      }
      self.since = since
    }
    if let name = reader.value(.node) {
      guard AdminStateRequest(.drain, [name], reason: "") != nil else {
        throw .badValue(
          name, option: CommandOption.node.name, of: .events,
          expected: "the name of a node, up to 63 letters, digits, \"-\" and \"_\"")
      }
      node = name
    }
    if let text = reader.value(.status) { endpoint = try SocketEndpoint(text, for: .status, of: .events) }
  }
}

extension EventsOptions.Since {
  /// What it means now, here, in seconds since 1970.
  ///
  /// - Parameter zone: the offset of the host's zone from UTC at a moment.
  func resolve(at now: Int64, in zone: (Int64) -> LocalTime.Offset) throws(UsageError) -> Int64 {
    switch self {
    case .ago(let seconds): return now - seconds
    case .at(let time):
      do throws(WrittenTimeError) {
        return try time.seconds(upTo: now, in: zone)
      } catch {
        throw .badTime(error.sentence, option: CommandOption.since.name, of: .events)
      }
    }
  }
}

extension ReloadOptions {
  init(_ reader: ArgumentReader) throws(UsageError) {
    try reader.allowNoOperands()
    force = reader.has(.force)
    if let path = reader.value(.control) { control = path }
  }
}
