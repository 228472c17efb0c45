// Which options each command has, in this version and in later ones.

/// An option by its name, and whether a value follows.
struct CommandOption: Hashable {
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

extension CommandOption {
  static let listen = CommandOption("--listen", .list)
  static let status = CommandOption("--status", .value)
  static let statusAllowHost = CommandOption("--status-allow-host", .list)
  static let control = CommandOption("--control", .value)
  static let startWait = CommandOption("--start-wait", .value)
  static let force = CommandOption("--force", .flag)
  static let threads = CommandOption("--threads", .value)
  static let state = CommandOption("--state", .value)
  static let user = CommandOption("--user", .value)
  static let cookieSecrets = CommandOption("--cookie-secrets", .value)
  static let ledger = CommandOption("--ledger", .value)
  static let rateLimit = CommandOption("--rate-limit", .value)
  static let rateLimitSource = CommandOption("--rate-limit-source", .value)
  static let rateLimitSlip = CommandOption("--rate-limit-slip", .value)
  static let rateLimitExempt = CommandOption("--rate-limit-exempt", .list)
  static let transferAllow = CommandOption("--transfer-allow", .list)
  static let notify = CommandOption("--notify", .list)
  static let transferKey = CommandOption("--transfer-key", .value)
  static let identifier = CommandOption("--nsid", .value)
  static let name = CommandOption("--name", .list)
  static let nodes = CommandOption("--node", .list)
  static let check = CommandOption("--check", .list)
  static let profile = CommandOption("--profile", .value)
  static let server = CommandOption("--server", .list)
  static let strict = CommandOption("--strict", .flag)
  static let from = CommandOption("--from", .value)
  static let json = CommandOption("--json", .flag)
  static let nagios = CommandOption("--nagios", .flag)
  static let checkmk = CommandOption("--checkmk", .flag)
  static let prtg = CommandOption("--prtg", .flag)
  static let watch = CommandOption("--watch", .flag)
  static let follow = CommandOption("--follow", .flag, also: "-f")
  static let since = CommandOption("--since", .value)
  static let node = CommandOption("--node", .value)
  static let reason = CommandOption("--reason", .value)
  static let by = CommandOption("--by", .value)
  /// Formerly `--even-if-last`.
  static let forceDrain = CommandOption("--force", .flag, also: "--even-if-last")
  static let until = CommandOption("--until", .value)
  static let lasting = CommandOption("--for", .value)
  static let at = CommandOption("--at", .value)
  static let wait = CommandOption("--wait", .flag)
  static let planned = CommandOption("--planned", .flag)

  static let short = CommandOption("--short", .flag, also: "+short")
  static let tcp = CommandOption("--tcp", .flag, also: "+tcp", "+vc")
  static let ignore = CommandOption("--ignore", .flag, also: "+ignore", "+ignoretc")
  static let noEDNS = CommandOption("--noedns", .flag, also: "+noedns")
  static let dnssec = CommandOption("--dnssec", .flag, also: "+dnssec", "+do")
  static let noRecursion = CommandOption("--norecurse", .flag, also: "+norecurse", "+norec", "+nordflag")
  static let identity = CommandOption("--nsid", .flag, also: "+nsid")
  static let subnet = CommandOption("--subnet", .value, also: "+subnet", "+client")
  static let time = CommandOption("--time", .value, also: "+time", "+timeout")
  static let tries = CommandOption("--tries", .value, also: "+tries")
  static let reverse = CommandOption("--reverse", .value, also: "-x")
  static let port = CommandOption("--port", .value, also: "-p")
}

extension Command {
  var options: [CommandOption] {
    switch self {
    case .serve:
      [
        .listen, .status, .statusAllowHost, .control, .startWait, .threads, .state, .user, .cookieSecrets, .identifier,
        .ledger, .rateLimit,
        .rateLimitSource, .rateLimitSlip, .rateLimitExempt, .transferAllow, .transferKey, .notify,
      ]
    case .check: [.strict, .json]
    case .initialize: [.name, .nodes, .check, .profile, .server]
    case .status: [.json, .watch, .status]
    case .monitor: [.nagios, .checkmk, .prtg, .status]
    case .events: [.since, .node, .follow, .json, .status]
    case .reload: [.force, .control]
    case .timeline: [.json]
    case .explain: [.from, .control]
    case .query:
      [
        .short, .tcp, .ignore, .noEDNS, .dnssec, .noRecursion, .identity, .subnet, .time, .tries, .reverse, .port,
      ]
    case .drain: [.reason, .by, .until, .lasting, .at, .wait, .forceDrain, .control]
    case .force: [.reason, .by, .until, .lasting, .control]
    case .resume: [.planned, .by, .control]
    case .mayDrain: [.until, .lasting, .at, .control]
    case .maintenance: [.json, .status]
    case .quiet: [.wait, .control]
    case .probe, .version, .help: []
    }
  }

  /// For suggestions.
  var optionNames: [String] { options.map(\.name) + ["--help"] }
}

/// What is planned, so that nobody takes a missing command for a spelling mistake.
enum LaterVersions {
  static let commands: Set<String> = [
    "names", "plan", "simulate", "weight",
  ]

  static let options: [Command: Set<String>] = [
    .serve: ["--peer"]
  ]
}
