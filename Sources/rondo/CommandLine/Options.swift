// Which options each command has, in this version and in later ones.

/// An option by its name, and whether a value follows.
struct Option: Hashable {
  enum Form: Hashable {
    case flag
    case value
    /// With a value, and allowed several times.
    case list
  }

  /// With its two dashes.
  let name: String
  let form: Form
  /// How it is written elsewhere, which is understood too: `+short`, `-x`.
  let otherNames: [String]

  init(_ name: String, _ form: Form, also otherNames: String...) {
    self.name = name
    self.form = form
    self.otherNames = otherNames
  }

  func isNamed(_ word: String) -> Bool { name == word || otherNames.contains(word) }
}

extension Option {
  static let listen = Option("--listen", .list)
  static let status = Option("--status", .value)
  static let statusAllowHost = Option("--status-allow-host", .list)
  static let control = Option("--control", .value)
  static let startWait = Option("--start-wait", .value)
  static let force = Option("--force", .flag)
  static let threads = Option("--threads", .value)
  static let state = Option("--state", .value)
  static let user = Option("--user", .value)
  static let cookieSecrets = Option("--cookie-secrets", .value)
  static let rateLimit = Option("--rate-limit", .value)
  static let rateLimitSource = Option("--rate-limit-source", .value)
  static let rateLimitSlip = Option("--rate-limit-slip", .value)
  static let rateLimitExempt = Option("--rate-limit-exempt", .list)
  static let transferAllow = Option("--transfer-allow", .list)
  static let notify = Option("--notify", .list)
  static let transferKey = Option("--transfer-key", .value)
  static let identifier = Option("--nsid", .value)
  static let strict = Option("--strict", .flag)
  static let from = Option("--from", .value)
  static let json = Option("--json", .flag)
  static let watch = Option("--watch", .flag)
  static let reason = Option("--reason", .value)
  static let by = Option("--by", .value)
  static let evenIfLast = Option("--even-if-last", .flag)

  static let short = Option("--short", .flag, also: "+short")
  static let tcp = Option("--tcp", .flag, also: "+tcp", "+vc")
  static let ignore = Option("--ignore", .flag, also: "+ignore", "+ignoretc")
  static let noEDNS = Option("--noedns", .flag, also: "+noedns")
  static let dnssec = Option("--dnssec", .flag, also: "+dnssec", "+do")
  static let noRecursion = Option("--norecurse", .flag, also: "+norecurse", "+norec", "+nordflag")
  static let identity = Option("--nsid", .flag, also: "+nsid")
  static let subnet = Option("--subnet", .value, also: "+subnet", "+client")
  static let time = Option("--time", .value, also: "+time", "+timeout")
  static let tries = Option("--tries", .value, also: "+tries")
  static let reverse = Option("--reverse", .value, also: "-x")
  static let port = Option("--port", .value, also: "-p")
}

extension Command {
  var options: [Option] {
    switch self {
    case .serve:
      [
        .listen, .status, .statusAllowHost, .control, .startWait, .threads, .state, .user, .cookieSecrets, .identifier,
        .rateLimit,
        .rateLimitSource, .rateLimitSlip, .rateLimitExempt, .transferAllow, .transferKey, .notify,
      ]
    case .check: [.strict, .json]
    case .status: [.json, .watch, .status]
    case .reload: [.force, .control]
    case .timeline: [.json]
    case .explain: [.from, .control]
    case .query:
      [
        .short, .tcp, .ignore, .noEDNS, .dnssec, .noRecursion, .identity, .subnet, .time, .tries, .reverse, .port,
      ]
    case .drain: [.reason, .by, .evenIfLast, .control]
    case .force: [.reason, .by, .control]
    case .resume: [.by, .control]
    case .probe, .version, .help: []
    }
  }

  /// For suggestions.
  var optionNames: [String] { options.map(\.name) + ["--help"] }
}

/// What is planned, so that nobody takes a missing command for a spelling mistake.
enum LaterVersions {
  static let commands: Set<String> = [
    "events", "maintenance", "may-drain", "names", "plan", "simulate", "weight",
  ]

  static let options: [Command: Set<String>] = [
    .serve: ["--peer"]
  ]
}
