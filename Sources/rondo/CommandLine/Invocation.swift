// What the operator asked for: the command line as a value, every default filled in.

import DNS
internal import Policy
internal import Reporting
import Server

/// One command with its options.
enum Invocation: Hashable {
  case serve(ServeOptions)
  case check(CheckCommandOptions)
  case initialize(InitOptions)
  case status(StatusOptions)
  case monitor(MonitorOptions)
  case events(EventsOptions)
  case reload(ReloadOptions)
  case timeline(TimelineOptions)
  case probe(ProbeOptions)
  case explain(ExplainOptions)
  case query(QueryOptions)
  case adminState(AdminStateOptions)
  case mayDrain(AdminStateOptions)
  case maintenance(MaintenanceOptions)
  case quiet(QuietOptions)
  case version
  case help(Command?)
}

/// The commands of this version.
enum Command: String, CaseIterable {
  case serve, check, status, monitor, events, reload, timeline, probe, explain, query, drain, force, resume, quiet
  case mayDrain = "may-drain"
  /// `init` is a word of Swift's own.
  case initialize = "init"
  case maintenance, version, help
}

/// `rondo serve`
struct ServeOptions: Hashable {
  /// At least one zone config file.
  var files: [String]
  /// Where DNS is answered, over UDP and TCP alike; nil for all addresses of this host.
  var listen: [SocketEndpoint]?
  /// Where the status is shown; nil for `none`.
  var status: SocketEndpoint? = Defaults.status
  /// Names by which the status port may be asked.
  var statusHosts = StatusHosts()
  /// The path of the control socket; nil for `none`.
  var control: String? = Defaults.control
  /// How many workers answer; nil for one on each core.
  var threads: Int?
  /// How long answers wait for the first results of checks, in seconds.
  var startWait = Defaults.startWait
  /// The directory that outlives a restart; nil for `none`.
  var state: String? = Defaults.state
  /// Who to become once the ports are open; nil to stay who we are.
  var user: String?
  /// The file with the secrets of server cookies; nil for one of this process alone.
  var cookieSecrets: String?
  /// The NSID that names this instance; nil for none.
  var identifier: String?
  /// What is kept of the askers that were handed a node's address.
  var ledger = LedgerDetail.full
  /// Nil for no limit.
  var rateLimit: RateLimitOptions?
  /// Who may transfer zones.
  var transferAllow = NetworkList()
  /// The file with the keys, one of which must sign transfers; nil for none.
  var transferKey: String?
  /// The secondaries that are notified when a zone has changed.
  var notify: [NoticeTarget] = []
}

extension ServeOptions {
  /// In seconds; supervisors wait longer for a start.
  static let longestStartWait = 3_600
}

/// Networks as they were written; they parse.
struct NetworkList: Hashable {
  var texts: [String] = []

  var prefixes: ClientPrefixes {
    var prefixes = ClientPrefixes()
    for text in texts { _ = prefixes.add(text) }
    return prefixes
  }
}

/// `--rate-limit` and what belongs to it
struct RateLimitOptions: Hashable {
  /// Answers a second of one kind for one network, at least 1.
  var rate: Int
  /// Answers a second for one network in all, at least 1; nil for the usual multiple of `rate`.
  var source: Int?
  /// Every how many-th limited answer goes out with TC; 0 for none.
  var slip = 2
  /// Networks without a limit.
  var exempt = NetworkList()
}

/// `rondo check`
struct CheckCommandOptions: Hashable {
  /// At least one zone config file.
  var files: [String]
  /// Whether warnings count as errors.
  var strict = false
  var output = OutputForm.text
}

/// `rondo status`
struct StatusOptions: Hashable {
  enum Repetition: Hashable {
    case once
    /// Prints anew until interrupted.
    case watch
  }

  var output = OutputForm.text
  var repetition = Repetition.once
  /// The status port of the daemon that is asked.
  var endpoint = Defaults.status
}

/// `rondo monitor`
struct MonitorOptions: Hashable {
  /// In whose words.
  enum System: Hashable {
    case nagios, checkmk, prtg
  }

  var system: System
  /// The status port of the daemon that is asked.
  var endpoint = Defaults.status
}

/// `rondo events`
struct EventsOptions: Hashable {
  enum Repetition: Hashable {
    case once
    /// Goes on with new ones until interrupted.
    case follow
  }

  /// `--since` as it was written: what it means depends on when and where the command runs.
  enum Since: Hashable {
    /// So many seconds ago.
    case ago(Int64)
    case at(WrittenTime)
  }

  var output = OutputForm.text
  var repetition = Repetition.once
  /// Those that happened then or later; nil for all.
  var since: Since?
  /// Those that concern this node; nil for all.
  var node: String?
  /// The status port of the daemon that is asked.
  var endpoint = Defaults.status
}

/// `rondo reload`
struct ReloadOptions: Hashable {
  /// Whether it is done although a pool loses its last healthy node.
  var force = false
  /// The control socket of the daemon.
  var control = Defaults.control
}

/// `rondo timeline`
struct TimelineOptions: Hashable {
  /// At least one zone config file.
  var files: [String]
  var output = OutputForm.text
}

/// `rondo probe`
struct ProbeOptions: Hashable {
  /// The name of a node or a pool.
  var subject: String
  /// At least one zone config file.
  var files: [String]
}

/// `rondo explain`
struct ExplainOptions: Hashable {
  var name: DomainName
  /// What clients ask for, unless said otherwise.
  var types: [RecordType] = [.a, .aaaa]
  /// For whom; nil for anybody.
  var asker: IPAddress?
  /// The control socket of the daemon that is asked.
  var control = Defaults.control
}

/// `rondo drain`, `rondo force`, `rondo resume`, `rondo may-drain`
struct AdminStateOptions: Hashable {
  var verb: AdminStateRequest.Verb
  /// At least one, none of them twice.
  var nodes: [String]
  var reason = ""
  var times = WrittenTimes()
  var caution = AdminStateRequest.Caution.refuseLosses
  var target = AdminStateRequest.Target.adminState
  /// Whether `drain` returns only once the nodes are quiet.
  var waits = false
  /// The name to show beside the user who runs the command; nil for the user alone.
  var author: String?
  /// The control socket of the daemon.
  var control = Defaults.control
}

/// `rondo quiet`
struct QuietOptions: Hashable {
  /// At least one, none of them twice.
  var nodes: [String]
  /// Whether to return only once they are quiet.
  var waits = false
  /// The control socket of the daemon.
  var control = Defaults.control
}

/// `--at`, `--until`, `--for` as they were written: what they mean depends on when and where the command runs.
struct WrittenTimes: Hashable {
  enum End: Hashable {
    /// As it is; for a new admin state, none.
    case unchanged
    /// `--until none`
    case never
    case until(WrittenTime)
    /// In seconds.
    case lasting(Int64)
  }

  /// When it begins; nil for at once.
  var start: WrittenTime?
  var end = End.unchanged
}

/// `rondo maintenance`
struct MaintenanceOptions: Hashable {
  var output = OutputForm.text
  /// The status port of the daemon that is asked.
  var endpoint = Defaults.status
}

enum OutputForm: Hashable {
  case text, json
}

/// What holds when an option is not given.
enum Defaults {
  static let dnsPort: UInt16 = 53
  static let dnsServer = SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: dnsPort)
  static let status = SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: 8053)
  static let startWait = 3
  static let control = "/run/rondo/control.sock"
  static let state = "/var/lib/rondo"
}
