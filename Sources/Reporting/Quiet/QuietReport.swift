// What the ledger says of a node, in civil time: the one source of what command, page, JSON, metrics, explanation and log tell.

internal import DNS
package import Health
package import Policy

/// Whether anybody may still have a node's address, and until when.
package struct QuietReport: Hashable, Sendable {
  /// How far it is.
  package enum State: String, Hashable, Sendable {
    /// `--ledger off`.
    case unknown
    /// It is still handed out.
    case served
    /// A worker may still be sending an answer of before.
    case settling
    /// Secondaries have yet to fetch a newer zone.
    case held
    /// Cached copies have yet to expire.
    case waiting
    /// No cached copy is left.
    case quiet
  }

  package var state: State
  /// When the last copy expires, or has expired; nil unless it waits or is quiet.
  package var at: UnixTime?
  /// Seconds left, rounded up; zero unless it waits.
  package var secondsLeft: Int64 = 0
  /// When an answer with one of its addresses was last sent, and to whom if that is known.
  package var lastHandedOut: UnixTime?
  package var lastAsker: String?
  /// Nobody remembers when the process before handed it out last.
  package var isByStart = false
  /// What hands it out, in words.
  package var servers: [String] = []
  /// The secondaries that hold it, in words.
  package var secondaries: [String] = []
  /// Records that hand it out whatever its admin state is are among them: it does not become quiet by waiting.
  package var hasStaticRecords = false

  package init(_ state: State) { self.state = state }

  package init(_ quiet: NodeQuiet, at clock: DaemonView.ClockPair) {
    switch quiet.standing {
    case .unknown: state = .unknown
    case .settling: state = .settling
    case .servedStill(let servers):
      state = .served
      self.servers = servers.map(\.words)
      hasStaticRecords = servers.contains(where: \.isStatic)
    case .heldBySecondaries(let holds):
      state = .held
      secondaries = holds.map { "\($0.secondary) (\($0.zone.plain): serial \($0.serial), now \($0.newest))" }
    // The second that was announced is kept to, though the last copy expires within the one before it.
    case .notYet(let time), .quiet(let time):
      let second = clock.civilSecond(atOrAfter: time)
      at = second
      secondsLeft = max(0, (second.milliseconds - clock.civil.milliseconds + 999) / 1_000)
      state = secondsLeft > 0 ? .waiting : .quiet
    }
    lastHandedOut = quiet.lastHandedOut.map(clock.civil)
    isByStart = quiet.isByStart
  }
}

extension DaemonView.ClockPair {
  /// When a time is reported to have come: at the whole second of the time of day that was announced.
  package func announced(_ time: MonotonicTime) -> MonotonicTime {
    time + .milliseconds(civilSecond(atOrAfter: time).milliseconds - civil(time).milliseconds)
  }

  /// The whole second that is not before a time: what expires then is never said to expire earlier.
  fileprivate func civilSecond(atOrAfter time: MonotonicTime) -> UnixTime {
    UnixTime(seconds: UnixTime(milliseconds: civil(time).milliseconds + 999).seconds)
  }
}

extension NodeQuiet.Server {
  /// Whether neither health nor an admin state takes it away.
  fileprivate var isStatic: Bool {
    switch self {
    case .pool: false
    case .record, .moreRecords: true
    }
  }

  fileprivate var words: String {
    switch self {
    case .pool(let name, let ttl): "pool \(name) (TTL \(ttl) s)"
    case .record(let record): "\(record.owner.plain) \(record.type) (static record, \(record.place))"
    case .moreRecords(let count): counted(count, "more static record")
    }
  }
}

extension TimeWords {
  /// `last handed out 13:58:03 CET to 10.1.3.53; quiet at 13:59:03 CET`
  package func sentence(_ quiet: QuietReport) -> String {
    func moment(_ time: UnixTime) -> String { localTime.exact(time, now: now) }
    return QuietWords(
      last: quiet.lastHandedOut.map(moment), asker: quiet.lastAsker, isByStart: quiet.isByStart,
      at: quiet.at.map(moment), servers: quiet.servers.joined(separator: ", "),
      secondaries: quiet.secondaries.joined(separator: ", ")
    ).sentence(quiet.state)
  }
}

/// The only place that words how far a node is: in reports, and in past events, whose facts are text.
struct QuietWords {
  var last: String?
  var asker: String?
  var isByStart: Bool
  var at: String?
  var servers: String
  var secondaries: String

  func sentence(_ state: QuietReport.State) -> String {
    switch state {
    case .unknown: "not known who has its address (--ledger off)"
    case .served: "still handed out by \(servers)"
    case .settling: "its last answers are still being sent"
    case .held: "\(lastHandOut); held by \(secondaries)"
    case .waiting: "\(lastHandOut); quiet at \(at ?? "-")"
    case .quiet: "\(lastHandOut); quiet since \(at ?? "-")"
    }
  }

  private var lastHandOut: String {
    guard let last else {
      return isByStart ? "perhaps handed out until this process started" : "not handed out since the start"
    }
    return "last handed out \(last)" + (asker.map { " to \($0)" } ?? "")
  }
}
