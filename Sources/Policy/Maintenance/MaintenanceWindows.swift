// The words of maintenance: a window that is planned, one that is over, and what happens to them.
//
//      planned ──from──▶ drained ──until, and the checks pass──▶ over: ended
//         │  ╲              │ ╲─until, and they do not──▶ overdue ──they pass──▶ over: ended
//         │   held back ────┘                                 ╲──rondo resume──▶ over: ended
//         │        ╲──until──▶ over: missed
//         ╰──rondo resume --planned──▶ over: cancelled

package import Health

/// A drain that begins by itself.
package struct PlannedWindow: Hashable, Sendable {
  /// Its time has come, but it would take a node from a pool that needs it.
  package struct HeldBack: Hashable, Sendable {
    /// In seconds since 1970.
    package let since: Int64
    /// `pool access would have 0 healthy nodes in IPv4 instead of 1, and needs 1`
    package let reason: String
  }

  /// With its start this is what identifies it: no two windows of a node begin at the same time.
  package let node: String
  /// In seconds since 1970; `until` is later.
  package let from: Int64
  package let until: Int64
  /// Who planned it, as `AdminAuthor` describes them.
  package let author: String
  /// Empty if none was given.
  package let reason: String
  /// Whether it begins although a pool loses a node that it needs.
  package let isForced: Bool
  /// Nil while its time has not come. Once it has, a clock that is set back does not take it back.
  package internal(set) var heldBack: HeldBack?

  package init(
    node: String, from: Int64, until: Int64, author: String, reason: String, isForced: Bool = false,
    heldBack: HeldBack? = nil
  ) {
    self.node = node
    self.from = from
    self.until = until
    self.author = AdminState.printable(author, atMost: AdminState.longestAuthor)
    self.reason = AdminState.printable(reason, atMost: AdminState.longestReason)
    self.isForced = isForced
    self.heldBack = heldBack
  }
}

/// A drain or a planned window that is over.
package struct FinishedWindow: Hashable, Sendable {
  package enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// It began and has ended.
    case ended
    /// It never began: it was held back all the time, or nobody was there to begin it.
    case missed
    /// Cancelled before it began.
    case cancelled
    /// The configuration no longer has the node.
    case dropped
  }

  /// What stands for a person where a window has ended by itself.
  package static let byItself = "the end of the window"

  package let node: String
  /// When it began, or should have; in seconds since 1970.
  package let from: Int64
  /// When it was to end; nil for a drain without an end.
  package let until: Int64?
  package let author: String
  package let reason: String
  package let outcome: Outcome
  /// When that was.
  package let at: Int64
  /// Who ended or cancelled it; for one that was missed the cause.
  package let by: String
  /// For how long it lasted beyond its end, in seconds.
  package let overdue: Int64

  package init(
    node: String, from: Int64, until: Int64?, author: String, reason: String, outcome: Outcome, at: Int64, by: String,
    overdue: Int64
  ) {
    self.node = node
    self.from = from
    self.until = until
    self.author = author
    self.reason = reason
    self.outcome = outcome
    self.at = at
    self.by = AdminState.printable(by, atMost: AdminState.longestAuthor)
    self.overdue = min(max(overdue, 0), MaintenanceCalendar.latestTime)
  }

  init(_ drain: AdminState, of node: String, _ outcome: Outcome, at: Int64, by: String) {
    self.init(
      node: node, from: drain.since, until: drain.until, author: drain.author, reason: drain.reason, outcome: outcome,
      at: at, by: by, overdue: drain.overdueSince.map { at - $0 } ?? 0)
  }

  init(_ window: PlannedWindow, _ outcome: Outcome, at: Int64, by: String) {
    self.init(
      node: window.node, from: window.from, until: window.until, author: window.author, reason: window.reason,
      outcome: outcome, at: at, by: by, overdue: 0)
  }
}

/// What happens to admin states and windows; the log tells each of them, and nothing else of them.
package enum MaintenanceEvent: Hashable, Sendable {
  /// An operator has drained or forced a node, or changed why and until when.
  case set(AdminState, node: String)
  /// A planned window has begun; `reason` and end may be those of a drain that it found.
  case began(AdminState, node: String)
  /// The checks of the node decide again.
  case ended(AdminState, node: String, by: String, at: Int64)
  /// A drain lasts longer than it should; nil for one without an end.
  case overdue(AdminState, node: String, because: String?)
  case planned(PlannedWindow)
  case cancelled(PlannedWindow, by: String)
  /// The time of a window has come, but a pool needs its node.
  case heldBack(PlannedWindow, because: String)
  case missed(PlannedWindow, because: String)
  /// The configuration no longer has the node.
  case dropped(node: String)
}
