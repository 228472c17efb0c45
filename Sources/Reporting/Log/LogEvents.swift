// Every event Rondo logs, with its level, its stable name and its fields. Nothing else is logged.
//
// A line is a `change:` of state, which the event history keeps too, or a `note:` of the log alone.

package import DNS
package import Health

// MARK: The daemon's own life

extension LogLine {
  /// The process begins its work.
  package static func start(version: String, processID: Int32, files: [String], threads: Int) -> LogLine {
    LogLine(
      .notice, change: .start,
      [
        LogField("version", version), LogField("pid", processID), LogField("files", list(files)),
        LogField("threads", threads),
      ])
  }

  /// A socket is open. `service` is `dns-udp`, `dns-tcp`, `status` or `control`.
  package static func listening(_ listener: Listener) -> LogLine {
    LogLine(
      .info, note: "listening",
      [
        LogField("service", listener.service.rawValue), LogField("address", listener.address),
      ])
  }

  /// What is listened at is not an address of this host; it is served as soon as it is.
  package static func addressMissing(_ address: String) -> LogLine {
    LogLine(
      .warning, change: .addressMissing,
      [
        LogField("address", address),
        LogField("message", "not an address of this host yet (`ip address` lists them); answered as soon as it is"),
      ])
  }

  /// An address that was missing is there.
  package static func addressPresent(_ address: String) -> LogLine {
    LogLine(.notice, change: .addressPresent, [LogField("address", address)])
  }

  /// Every check has given its first verdict, or the wait for it is over.
  package static func ready(zones: Int, pools: Int, nodes: Int, afterMilliseconds: Int64) -> LogLine {
    LogLine(
      .notice, change: .ready,
      [
        LogField("zones", zones), LogField("pools", pools), LogField("nodes", nodes),
        LogField("after_ms", afterMilliseconds),
      ])
  }

  /// The process ends on request; `cause` is a signal's name or `control`.
  package static func stopping(cause: String) -> LogLine {
    LogLine(.notice, change: .stopping, [LogField("cause", cause)])
  }

  /// The last line of a process.
  package static func stopped(uptimeSeconds: Int64, queries: UInt64) -> LogLine {
    LogLine(.notice, note: "stopped", [LogField("uptime_s", uptimeSeconds), LogField("queries", queries)])
  }

  /// What a restart would need is not on disk; everything else works. `reason` names the file.
  package static func stateNotKept(reason: String) -> LogLine {
    LogLine(.warning, change: .stateNotKept, [LogField("reason", reason)])
  }

  /// The last process was killed, or crashed: its events end without a stop. The last of them was at `last`.
  package static func endedWithoutStop(last: UnixTime) -> LogLine {
    LogLine(.warning, change: .endedWithoutStop, [LogField("last", last)])
  }

  /// The end of the event history was not written whole, and so many octets of it were dropped.
  package static func historyCut(octets: Int) -> LogLine {
    LogLine(.notice, change: .historyCut, [LogField("octets", octets)])
  }

  /// All that a restart needs is on disk again.
  package static func stateKeptAgain(_ file: StateFile, after seconds: Int64) -> LogLine {
    LogLine(.notice, change: .stateKeptAgain, [LogField("file", file.name), LogField("behind_s", seconds)])
  }

  /// A file of the state directory cannot be used: it gets another name, and its content is not obeyed.
  package static func stateSetAside(_ file: StateFile, as name: String, reason: String) -> LogLine {
    LogLine(
      .error, change: .stateSetAside,
      [LogField("file", file.name), LogField("renamed", name), LogField("reason", reason)])
  }

  /// So many lines are missing here: standard error did not take them.
  package static func logLinesLost(_ count: UInt64) -> LogLine {
    LogLine(.warning, note: "log-lines-lost", [LogField("lines", count)])
  }

  /// A worker met something it should not meet; it goes on. `fault` names the call: `recvmmsg`.
  package static func workerFault(worker: Int, fault: String, reason: String) -> LogLine {
    LogLine(
      .error, note: "worker-fault",
      [
        LogField("worker", worker), LogField("fault", fault), LogField("reason", reason),
      ])
  }
}

extension LogLine {
  /// A worker has not gone round for as long as WatchdogSec= allows: systemd will end the process.
  package static func workerStuck(_ worker: String) -> LogLine {
    LogLine(.error, note: "worker-stuck", [LogField("worker", worker)])
  }
}

// MARK: What needs attention

extension LogLine {
  /// Something needs attention that no other line tells of; `kind` is that of docs/status.md.
  package static func conditionBegan(_ condition: Condition) -> LogLine {
    LogLine(
      condition.severity == .critical ? .error : .warning, change: .attention,
      [LogField("kind", condition.kind.rawValue), LogField("subject", condition.subject)]
        + [LogField("text", condition.text)])
  }

  package static func conditionEnded(_ condition: Condition, lastedSeconds: Int64) -> LogLine {
    LogLine(
      .notice, change: .attentionOver,
      [
        LogField("kind", condition.kind.rawValue), LogField("subject", condition.subject),
        LogField("lasted_s", lastedSeconds),
      ])
  }

  /// The status has another word than before; `severity` is what `rondo status` exits with.
  package static func statusChanged(from before: StatusWord, to attention: Attention) -> LogLine {
    let level: LogLevel =
      switch attention.severity {
      case .ok, .unknown: .notice
      case .warning: .warning
      case .critical: .error
      }
    return LogLine(
      level, change: .status, from: before.token, to: attention.word.token,
      [
        LogField("word", attention.word.token), LogField("was", before.token),
        LogField("severity", attention.severity.rawValue), LogField("text", attention.headline),
      ])
  }
}

// MARK: Configuration

extension LogLine {
  /// - Parameters:
  ///   - forced: whether losses of pools were not looked at.
  ///   - author: who asked for it.
  package static func reloaded(
    zones: Int, pools: Int, nodes: Int, warnings: Int, forced: Bool = false, by author: String
  ) -> LogLine {
    LogLine(
      .notice, change: .reloadOk,
      [
        LogField("zones", zones), LogField("pools", pools), LogField("nodes", nodes), LogField("warnings", warnings),
      ] + (forced ? [LogField("forced", "yes")] : []) + [LogField("by", author)])
  }

  /// The configuration from before stays in use: the files have `errors`, each logged as `config-error`, or so many
  /// `pools` would lose their last healthy node, each logged as `reload-loss`; `reason` is the first of them.
  ///
  /// - Parameter author: who asked for the reload.
  package static func reloadRefused(_ refusal: StatusReport.Reload.Refusal, by author: String) -> LogLine {
    let count =
      switch refusal.cause {
      case .errors: LogField("errors", refusal.count)
      case .losses: LogField("pools", refusal.count)
      }
    return LogLine(
      .error, change: .reloadRefused, [count, LogField("by", author), LogField("reason", refusal.first)])
  }

  /// The files would leave a pool without a healthy node, of which it has one now; they are not loaded. `reasons` tells
  /// for each node why it is not healthy.
  package static func reloadLoss(pool: String, family: AddressFamily, reasons: [String]) -> LogLine {
    LogLine(
      .error, note: "reload-loss",
      [
        LogField("pool", pool), LogField("family", family.rawValue),
        LogField("reason", reasons.joined(separator: "; ")),
      ])
  }

  /// Answers begin although so many checks have no result yet; `first` names some of them.
  package static func firstRoundCut(missing: Int, of total: Int, first: [String]) -> LogLine {
    LogLine(
      .warning, note: "first-round-cut",
      [LogField("missing", missing), LogField("of", total), LogField("first", list(first))])
  }

  /// Every check that had no result when answers began has one now.
  package static func firstRoundOver(afterMilliseconds: Int64) -> LogLine {
    LogLine(.info, note: "first-round-over", [LogField("after_ms", afterMilliseconds)])
  }

  /// One diagnostic of a zone config file; `place` is `file:line:column`.
  package static func configurationError(place: String, message: String) -> LogLine {
    LogLine(.error, note: "config-error", [LogField("place", place), LogField("message", message)])
  }

  package static func configurationWarning(place: String, message: String) -> LogLine {
    LogLine(.warning, note: "config-warning", [LogField("place", place), LogField("message", message)])
  }
}

// MARK: Transfers

extension LogLine {
  /// A transfer over TCP has ended; a refused one, too.
  package static func transfer(_ report: TransferReport) -> LogLine {
    let fields = [LogField("zone", report.apex), LogField("client", report.client), LogField("serial", report.serial)]
    let amount = [LogField("octets", report.octets), LogField("ms", report.duration / 1_000_000)]
    return switch report.outcome {
    case .complete: LogLine(.info, note: "transfer-complete", fields + amount)
    case .broken: LogLine(.warning, note: "transfer-broken", fields + amount)
    case .refused: LogLine(.warning, note: "transfer-refused", fields)
    }
  }

  /// A secondary has heard that the zone has changed, and acts on it: NOERROR.
  package static func noticeAnswered(secondary: String, zone: DomainName, code: UInt8) -> LogLine {
    notice(.info, "notice-answered", secondary, zone, code)
  }

  /// An answer to a signed notice that is not signed, or wrongly: the notice is sent again.
  package static func noticeUnproven(secondary: String, zone: DomainName, code: UInt8) -> LogLine {
    notice(.warning, "notice-unproven", secondary, zone, code)
  }

  /// A secondary has answered with an error: it will not fetch the zone because of this notice.
  package static func noticeRejected(secondary: String, zone: DomainName, code: UInt8) -> LogLine {
    notice(.warning, "notice-rejected", secondary, zone, code)
  }

  /// No notice reaches a secondary, for this reason; logged when the reason is another than before.
  package static func noticeUndelivered(secondary: String, reason: String) -> LogLine {
    LogLine(.warning, note: "notice-undelivered", [LogField("secondary", secondary), LogField("reason", reason)])
  }

  /// Not heard after five attempts; the secondary finds out at its next refresh.
  package static func noticeUnanswered(secondary: String, zone: DomainName) -> LogLine {
    notice(.warning, "notice-unanswered", secondary, zone, nil)
  }

  private static func notice(
    _ level: LogLevel, _ event: String, _ secondary: String, _ zone: DomainName, _ code: UInt8?
  ) -> LogLine {
    LogLine(
      level, note: event,
      [LogField("secondary", secondary), LogField("zone", zone)] + (code.map { [LogField("rcode", $0)] } ?? []))
  }
}

// MARK: Health

extension LogLine {
  /// Checks by TLS tell nothing until this is fixed and the files are loaded again.
  package static func tlsUnavailable(reason: String) -> LogLine {
    LogLine(.warning, change: .tlsUnavailable, [LogField("reason", reason)])
  }

  /// A check has failed `fall` times in a row. `pools` are those whose answers the check decides on.
  package static func addressDown(
    node: String, address: IPAddress, check: String, from: HealthState = .up, to: HealthState = .down, reason: String,
    pools: [String]
  ) -> LogLine {
    LogLine(
      .warning, change: .addressDown, from: from.rawValue, to: to.rawValue,
      [
        LogField("node", node), LogField("address", address), LogField("check", check), LogField("reason", reason),
        LogField("pools", list(pools)),
      ])
  }

  /// A check has passed `rise` times in a row, or once if nothing was known of the address before; then
  /// `downSeconds` is nil. `pools` are those whose answers the check decides on.
  package static func addressUp(
    node: String, address: IPAddress, check: String, from: HealthState = .down, downSeconds: Int64?, pools: [String]
  ) -> LogLine {
    LogLine(
      .notice, change: .addressUp, from: from.rawValue, to: HealthState.up.rawValue,
      [LogField("node", node), LogField("address", address), LogField("check", check)]
        + (downSeconds.map { [LogField("down_s", $0)] } ?? []) + [LogField("pools", list(pools))])
  }

  /// The same line about a target of a reload that is still on trial: nothing is answered from it yet.
  package var onTrial: LogLine { LogLine(level, note: event, fields + [LogField("trial", "yes")]) }

  /// This host cannot probe the address; what was known of it stays.
  package static func checkCannotRun(node: String, address: IPAddress, check: String, reason: String) -> LogLine {
    LogLine(
      .error, change: .checkCannotRun,
      [LogField("node", node), LogField("address", address), LogField("check", check), LogField("reason", reason)])
  }

  package static func checkRunsAgain(node: String, address: IPAddress, check: String) -> LogLine {
    LogLine(
      .notice, change: .checkRunsAgain,
      [LogField("node", node), LogField("address", address), LogField("check", check)])
  }

  /// Verdicts from before the restart are not believed; all is checked first.
  package static func memoryNotUsed(reason: String) -> LogLine {
    LogLine(.notice, note: "memory-not-used", [LogField("reason", reason)])
  }

  /// A check has told nothing for three intervals, or tells something again; the last state goes on to count.
  package static func resultsMissing(
    node: String, address: IPAddress, check: String, isOver: Bool, reason: String
  ) -> LogLine {
    LogLine(
      isOver ? .notice : .warning, change: isOver ? .resultsBack : .resultsMissing,
      [
        LogField("node", node), LogField("address", address), LogField("check", check), LogField("reason", reason),
      ])
  }

  /// This host is cut off in this family: nodes are handed out as they were, whatever checks find.
  package static func isolated(family: AddressFamily, cause: String) -> LogLine {
    LogLine(
      .error, change: .isolated, from: "connected", to: "isolated",
      [LogField("family", family.rawValue), LogField("reason", cause)])
  }

  package static func isolationOver(family: AddressFamily) -> LogLine {
    LogLine(
      .notice, change: .isolationOver, from: "isolated", to: "connected", [LogField("family", family.rawValue)])
  }

  /// A check that only warns fails, or passes again; the answers stay.
  package static func checkWarning(
    node: String, address: IPAddress, check: String, isOver: Bool, reason: String?, pools: [String]
  ) -> LogLine {
    LogLine(
      isOver ? .notice : .warning, change: isOver ? .checkWarningOver : .checkWarning,
      [LogField("node", node), LogField("address", address), LogField("check", check)]
        + (reason.map { [LogField("reason", $0)] } ?? []) + [LogField("pools", list(pools))])
  }

  /// An operator has drained or forced a node, or a planned window of it has begun; `former` is how it was set before.
  package static func adminStateSet(
    _ adminState: AdminState, node: String, after former: AdminState.Kind? = nil, isPlanned: Bool = false
  ) -> LogLine {
    let state = adminState.kind.isForced ? [LogField("state", adminState.kind.isOut ? "down" : "up")] : []
    return LogLine(
      adminState.kind.isForced ? .warning : .notice,
      change: adminState.kind.isForced ? .nodeForced : .nodeDrained, from: AdminState.word(for: former),
      to: adminState.kind.rawValue,
      [LogField("node", node)] + state + [LogField("by", adminState.author), LogField("reason", adminState.reason)]
        + (adminState.until.map { [LogField("until", UnixTime(seconds: $0))] } ?? [])
        + (isPlanned ? [LogField("planned", "yes")] : []))
  }

  /// The checks of the node decide again.
  package static func resumed(_ adminState: AdminState, node: String, by author: String, after seconds: Int64)
    -> LogLine
  {
    LogLine(
      .notice, change: .nodeResumed, from: adminState.kind.rawValue, to: AdminState.word(for: nil),
      [
        LogField("node", node), LogField("was", adminState.kind.rawValue), LogField("by", author),
        LogField("reason", adminState.reason), LogField("lasted_s", seconds),
      ])
  }

  /// The configuration no longer has the node that an admin state is about.
  package static func adminStateDropped(node: String) -> LogLine {
    LogLine(.notice, change: .adminStateDropped, [LogField("node", node)])
  }

  /// Orders from before the restart cannot be read: nodes go by their checks.
  package static func adminStatesNotRead(reason: String) -> LogLine {
    LogLine(.warning, note: "admin-states-not-read", [LogField("reason", reason)])
  }

  /// Other nodes than before are handed out by pools.
  package static func members(pools: [String], family: AddressFamily, entered: [String], left: [String]) -> LogLine {
    LogLine(
      .info, change: .poolMembers,
      [LogField("pools", list(pools)), LogField("family", family.rawValue)]
        + (entered.isEmpty ? [] : [LogField("in", list(entered))])
        + (left.isEmpty ? [] : [LogField("out", list(left))]))
  }

  /// Other backups than before are handed out; none any more if `now` is empty.
  package static func backups(pool: String, family: AddressFamily, now: [String]) -> LogLine {
    LogLine(
      now.isEmpty ? .notice : .warning, change: now.isEmpty ? .backupsOut : .backupsIn,
      [LogField("pool", pool), LogField("family", family.rawValue)]
        + (now.isEmpty ? [] : [LogField("backups", list(now))]))
  }

  /// Too few addresses of the family are healthy; `answer` is what `all-down=` says.
  package static func failOpenEntered(pool: String, family: AddressFamily, answer: String) -> LogLine {
    LogLine(
      .error, change: .poolFailOpen,
      [LogField("pool", pool), LogField("family", family.rawValue), LogField("answer", answer)])
  }

  package static func failOpenLeft(pool: String, family: AddressFamily, healthy: Int, lastedSeconds: Int64) -> LogLine {
    LogLine(
      .notice, change: .poolFailOpenOver,
      [
        LogField("pool", pool), LogField("family", family.rawValue), LogField("healthy", healthy),
        LogField("lasted_s", lastedSeconds),
      ])
  }

  /// One node is left of several, or none in this family.
  package static func redundancyLost(pool: String, family: AddressFamily, left: [String]) -> LogLine {
    LogLine(
      .warning, change: .redundancyLost,
      [
        LogField("pool", pool), LogField("family", family.rawValue), LogField("left", list(left)),
      ])
  }

  package static func redundancyRegained(
    pool: String, family: AddressFamily, healthy: Int, lastedSeconds: Int64
  ) -> LogLine {
    LogLine(
      .notice, change: .redundancyRegained,
      [
        LogField("pool", pool), LogField("family", family.rawValue), LogField("healthy", healthy),
        LogField("lasted_s", lastedSeconds),
      ])
  }
}

/// Several words as one value: `access,relay`; `-` for none.
private func list(_ words: [String]) -> String { words.isEmpty ? "-" : words.joined(separator: ",") }
