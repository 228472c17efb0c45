// Admin states and windows in words: every channel for people says them in the same sentences.
//
//   drained by anna (uid 1000) since 13:58:04 CET (patch day) until 16:00 CET, overdue for 12m

internal import DNS
package import Health
package import Policy

/// How times are worded in one report or reply: in local time, as seen from one moment.
package struct TimeWords: Hashable, Sendable {
  package let now: UnixTime
  package let localTime: LocalTime

  package init(now: UnixTime, localTime: LocalTime) {
    self.now = now
    self.localTime = localTime
  }

  /// `16:00 CET`, `2026-11-30 18:00 CET`
  package func time(_ seconds: Int64) -> String { localTime.short(UnixTime(seconds: seconds), now: now) }

  /// ` until 16:00 CET`; nothing for no end.
  package func end(_ until: Int64?) -> String { until.map { " until \(time($0))" } ?? "" }

  /// `from 2026-11-30 18:00 CET until 2026-11-30 20:00 CET`
  package func span(from: Int64, until: Int64?) -> String {
    "from \(time(from))" + (until.map { " until \(time($0))" } ?? ", without an end")
  }

  /// `drained by anna since 13:58:04 CET (patch day) until 16:00 CET`
  package func sentence(_ adminState: AdminState) -> String { "\(adminState.kind.words) \(clause(adminState))" }

  /// The same without what the node is, where a badge says that: `by anna since 13:58:04 CET (patch day) until 16:00 CET`
  package func clause(_ adminState: AdminState) -> String {
    let reason = adminState.reason.isEmpty ? "" : " (\(adminState.reason))"
    let overdue = adminState.overdueSince.map { ", overdue for \(spanText(seconds: now.seconds - $0))" } ?? ""
    return "by \(adminState.author) since \(time(adminState.since))\(reason)\(end(adminState.until))\(overdue)"
  }

  /// `from 18:00 CET until 20:00 CET by anna (patch day)`
  package func sentence(_ window: PlannedWindow) -> String {
    "\(span(from: window.from, until: window.until)) by \(window.author)"
      + (window.reason.isEmpty ? "" : " (\(window.reason))")
  }

  /// `pool access would have 0 nodes in IPv4 at 20:00 CET, and needs 1: ex2 is drained by bert from … until …`
  package func sentence(_ conflict: WindowConflict) -> String {
    let duty = conflict.duty
    let left = "pool \(duty.pool) would have \(counted(conflict.left, "node")) in \(duty.family.displayName)"
    let moment = conflict.at > now.seconds ? " from \(time(conflict.at)) on" : ""
    let others = conflict.others.map(clause)
    return "\(left)\(moment), and needs \(duty.needed): "
      + (others.isEmpty ? "it has no other node to spare" : others.joined(separator: "; "))
  }

  /// `ex2 has a window of bert from 18:00 CET until 20:00 CET`
  private func clause(_ absence: Absence) -> String {
    if absence.isPlanned {
      return "\(absence.node) has a window of \(absence.author) \(span(from: absence.from, until: absence.until))"
    }
    let end = absence.until.map { "until \(time($0))" } ?? "without an end"
    return "\(absence.node) is \(absence.kind.words) by \(absence.author) since \(time(absence.from)), \(end)"
  }

  /// Why a window cannot be planned, and what to do.
  package func sentence(_ fault: PlanningFault) -> String {
    let days = MaintenanceCalendar.longestWindow / 86_400
    switch fault {
    case .startIsPast: return "its start is past; to drain it now, leave out --at"
    case .startIsFar: return "a window begins within a year"
    case .endIsPast: return "its end is not after its start"
    case .tooLong: return "a window lasts at most \(days) days"
    case .isDrained(let node, let standing):
      return "\(node) is \(sentence(standing)): it would be drained then anyway. Give that drain another end with "
        + "rondo drain \(node) --until TIME, or end it with rondo resume \(node)"
    case .overlaps(let window):
      return "\(window.node) has a window at that time, \(sentence(window)). To cancel its windows: "
        + "rondo resume \(window.node) --planned"
    case .tooManyOfNode(let node):
      return "\(node) has \(MaintenanceCalendar.mostWindowsOfNode) planned windows, and more are not kept"
    case .tooMany: return "\(MaintenanceCalendar.mostWindows) windows are planned, and more are not kept"
    }
  }
}
