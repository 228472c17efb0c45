// What an event says to people, in one line; the facts come from its fields, and one that is missing is left out.

extension Event {
  /// `check owa of ex1 at 192.0.2.11 is down: connection refused (pools access)`; no full stop.
  ///
  /// - Parameter localTime: the zone of the times in it.
  package func sentence(in localTime: LocalTime = .utc) -> String {
    func time(_ key: String) -> String? {
      self[key].map { text in UnixTime(rfc3339: text).map { localTime.text($0) } ?? text }
    }
    let until = time("until").map { " until \($0)" } ?? ""
    let window = "the window of \(text("node"))" + (time("from").map { " from \($0)" } ?? "") + until
    return switch kind {
    case .start: "Rondo \(text("version")) starts (process \(text("pid")))"
    case .ready:
      "answers begin: \(counted("zones", "zone")), \(counted("pools", "pool")), \(counted("nodes", "node"))"
    case .stopping: "Rondo stops (\(text("cause")))"
    case .endedWithoutStop:
      "the process before ended without a stop: killed, crashed, or the host lost power; its last event was at "
        + (time("last") ?? "?")
    case .addressMissing: "\(text("address")) is not an address of this host; it is answered at as soon as it is"
    case .addressPresent: "\(text("address")) is an address of this host again"
    case .tlsUnavailable: "checks by TLS cannot run\(reason)"

    case .addressDown:
      if to == "maintenance" {
        "\(target) says that it is in maintenance\(reason)\(pools)"
      } else {
        "\(target) is down\(reason)\(pools)"
      }
    case .addressUp: "\(target) is up\(span("down_s", "after being down for"))\(pools)"
    case .checkWarning: "\(target), which only warns, fails\(reason)\(pools)"
    case .checkWarningOver: "\(target), which only warns, passes again\(pools)"
    case .checkCannotRun: "\(target) cannot be run by this host\(reason)"
    case .checkRunsAgain: "\(target) can be run again"
    case .resultsMissing: "\(target) has no new results\(reason)"
    case .resultsBack: "\(target) has results again"
    case .isolated: "this host is cut off in \(family)\(reason)"
    case .isolationOver: "this host is no longer cut off in \(family)"

    case .poolMembers: "\(poolNames) in \(family): \(membership)"
    case .backupsIn: "pool \(text("pool")) in \(family): backups are handed out: \(spaced("backups"))"
    case .backupsOut: "pool \(text("pool")) in \(family): backups are no longer handed out"
    case .poolFailOpen:
      if self["answer"] == "drained" {
        "pool \(text("pool")) in \(family): only drained nodes are left, they are answered"
      } else {
        "pool \(text("pool")) in \(family): too few nodes pass, all-down=\(text("answer")) decides"
      }
    case .poolFailOpenOver:
      "pool \(text("pool")) in \(family): enough nodes pass again (\(text("healthy")))\(span("lasted_s", "after"))"
    case .redundancyLost:
      if self["left"] == "-" {
        "pool \(text("pool")) in \(family): redundancy lost, no node left"
      } else {
        "pool \(text("pool")) in \(family): redundancy lost, only \(spaced("left")) left"
      }
    case .redundancyRegained: "pool \(text("pool")) in \(family): redundancy regained\(span("lasted_s", "after"))"

    case .nodeDrained: "\(text("node")) is drained\(until)\(planned)\(author)\(reason)"
    case .nodeForced: "\(text("node")) is forced \(text("state"))\(until)\(planned)\(author)\(reason)"
    case .nodeResumed:
      "\(text("node")) is no longer \(words("was"))\(author)\(span("lasted_s", "after"))\(wasReason)"
    case .nodeQuiet, .nodeNotQuiet:
      "\(text("node")): "
        + QuietWords(
          last: time("last_handed_out"), asker: self["last_asker"], isByStart: self["by_start"] != nil,
          at: time("quiet_at") ?? time("since"), servers: text("served_by"), secondaries: text("held_by")
        ).sentence(self["state"].flatMap { QuietReport.State(rawValue: $0) } ?? .quiet)
    case .drainOverdue: "the drain of \(text("node"))\(until) is overdue\(because)\(wasReason)"
    case .windowPlanned: "\(window) is planned\(author)\(reason)"
    case .windowCancelled:
      "\(window) is cancelled" + (self["cancelled_by"].map { " by \($0)" } ?? "") + wasReason
    case .windowHeldBack: "\(window) does not begin\(because)"
    case .windowMissed: "\(window) was missed\(because)"
    case .adminStateDropped:
      "the admin state of \(text("node")) is dropped: the configuration no longer has the node"
    case .reloadOk:
      "configuration loaded\(self["forced"] == nil ? "" : " (forced)")\(author): \(counted("zones", "zone")), "
        + "\(counted("pools", "pool")), \(counted("nodes", "node")), \(counted("warnings", "warning"))"
    case .reloadRefused:
      if self["pools"] == nil {
        "reload\(author) refused, \(counted("errors", "error"))\(reason)"
      } else {
        "reload\(author) refused, \(counted("pools", "pool")) would lose the last healthy node\(reason)"
      }

    case .attention: "needs attention: \(text("text"))"
    case .attentionOver: "no longer needs attention: \(words("kind"))\(subject)\(span("lasted_s", "after"))"
    case .status: "status \(words("word")) (before: \(words("was")))" + (self["text"].map { ": \($0)" } ?? "")

    case .stateNotKept: "state is not kept\(reason)"
    case .stateKeptAgain: "the state file \(text("file")) is kept again\(span("behind_s", "after"))"
    case .stateSetAside: "the state file \(text("file")) was unusable and is now \(text("renamed"))\(reason)"
    case .historyCut: "the end of the event history was not written whole: \(text("octets")) octets dropped"
    case .eventsLost: "\(counted("count", "event")) lost here: the disk did not take them in time"
    }
  }

  private func text(_ key: String) -> String { self[key] ?? "?" }

  /// `forced up` for `forced-up`.
  private func words(_ key: String) -> String { text(key).split(separator: "-").joined(separator: " ") }

  /// `ex1 ex2` for `ex1,ex2`.
  private func spaced(_ key: String) -> String { text(key).split(separator: ",").joined(separator: " ") }

  private func counted(_ key: String, _ noun: String) -> String {
    self[key].flatMap { Int($0) }.map { Reporting.counted($0, noun) } ?? "? \(noun)s"
  }

  private func span(_ key: String, _ words: String) -> String {
    self[key].flatMap { Int64($0) }.map { " \(words) \(spanText(seconds: $0))" } ?? ""
  }

  private var target: String { "check \(text("check")) of \(text("node")) at \(text("address"))" }
  private var reason: String { self["reason"].map { ": \($0)" } ?? "" }
  private var wasReason: String { self["reason"].map { " (\($0))" } ?? "" }
  private var author: String { self["by"].map { " by \($0)" } ?? "" }
  private var because: String { self["because"].map { ": \($0)" } ?? "" }
  private var planned: String { self["planned"] == nil ? "" : ", as planned," }
  private var subject: String { self["subject"].map { " (\($0))" } ?? "" }
  private var pools: String {
    self["pools"].flatMap { $0 == "-" ? nil : " (\(poolWord($0)) \(spaced("pools")))" } ?? ""
  }
  private var poolNames: String { "\(poolWord(text("pools"))) \(spaced("pools"))" }
  private func poolWord(_ list: String) -> String { list.contains(",") ? "pools" : "pool" }

  private var family: String {
    switch self["family"] {
    case "ipv4": "IPv4"
    case "ipv6": "IPv6"
    default: text("family")
    }
  }

  private var membership: String {
    [
      self["in"].map { _ in "\(spaced("in")) in" }, self["out"].map { _ in "\(spaced("out")) out" },
    ].compactMap { $0 }.joined(separator: ", ")
  }
}
