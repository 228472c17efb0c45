// The log line of each change of admin states and windows: they are logged here and nowhere else.

internal import Health
package import Policy

extension LogLine {
  /// - Parameter former: the calendar before the event.
  package init(_ event: MaintenanceEvent, after former: MaintenanceCalendar) {
    self =
      switch event {
      case .set(let adminState, let node): .adminStateSet(adminState, node: node, after: former[node]?.kind)
      case .began(let adminState, let node):
        .adminStateSet(adminState, node: node, after: former[node]?.kind, isPlanned: true)
      case .ended(let adminState, let node, let author, let now):
        .resumed(adminState, node: node, by: author, after: max(0, now - adminState.since), at: now)
      case .overdue(let adminState, let node, let cause): .drainOverdue(adminState, node: node, because: cause)
      case .planned(let window): LogLine(.notice, change: .windowPlanned, windowFields(window))
      case .cancelled(let window, let author):
        LogLine(.notice, change: .windowCancelled, windowFields(window) + [LogField("cancelled_by", author)])
      case .heldBack(let window, let cause):
        LogLine(.warning, change: .windowHeldBack, windowFields(window) + [LogField("because", cause)])
      case .missed(let window, let cause):
        LogLine(.warning, change: .windowMissed, windowFields(window) + [LogField("because", cause)])
      case .dropped(let node): .adminStateDropped(node: node)
      }
  }

  private static func drainOverdue(_ adminState: AdminState, node: String, because cause: String?) -> LogLine {
    LogLine(
      .warning, change: .drainOverdue,
      [LogField("node", node), LogField("by", adminState.author), LogField("reason", adminState.reason)]
        + (adminState.until.map { [time("until", $0)] } ?? []) + (cause.map { [LogField("because", $0)] } ?? []))
  }

  private static func resumed(
    _ adminState: AdminState, node: String, by author: String, after seconds: Int64, at now: Int64
  ) -> LogLine {
    let line = resumed(adminState, node: node, by: author, after: seconds)
    guard let overdue = adminState.overdueSince else { return line }
    return line.adding(LogField("overdue_s", max(0, now - overdue)))
  }
}

private func windowFields(_ window: PlannedWindow) -> [LogField] {
  [
    LogField("node", window.node), time("from", window.from), time("until", window.until),
    LogField("by", window.author), LogField("reason", window.reason),
  ] + (window.isForced ? [LogField("force", "yes")] : [])
}

private func time(_ key: String, _ seconds: Int64) -> LogField { LogField(key, UnixTime(seconds: seconds)) }

extension LogLine {
  /// No cache has the address any more of a node that an operator has taken out, or why one still may.
  package static func quiet(_ node: String, _ quiet: QuietReport) -> LogLine {
    var fields = [LogField("node", node)]
    func add(_ key: String, _ value: String?) { if let value { fields.append(LogField(key, value)) } }
    let isQuiet = quiet.state == .quiet
    if !isQuiet { add("state", quiet.state.rawValue) }
    add(isQuiet ? "since" : "quiet_at", quiet.at?.description)
    add("last_handed_out", quiet.lastHandedOut?.description)
    if quiet.isByStart { add("by_start", "yes") }
    add("last_asker", quiet.lastAsker)
    if !quiet.servers.isEmpty { add("served_by", quiet.servers.joined(separator: ", ")) }
    if !quiet.secondaries.isEmpty { add("held_by", quiet.secondaries.joined(separator: ", ")) }
    return LogLine(.notice, change: isQuiet ? .nodeQuiet : .nodeNotQuiet, fields)
  }
}
