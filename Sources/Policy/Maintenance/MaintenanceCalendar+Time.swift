// The passing of time: windows begin, are held back or missed; drains end by themselves or are overdue.
//
// One event a call: what it changes, the next decision already sees. Two windows that begin in the same second are thus
// looked at one after the other, and the second finds the first one's node out.

internal import Health

/// What the calendar has to know of the world to let time pass.
package struct MaintenanceOutlook {
  /// Why a node must not be drained now: a pool would lose a node that it needs. Nil if it may.
  package let obstacle: (String) -> String?
  /// Why the checks of a node do not pass: `owa at 192.0.2.11: connection refused`. Nil if they do.
  package let failure: (String) -> String?

  package init(obstacle: @escaping (String) -> String?, failure: @escaping (String) -> String?) {
    self.obstacle = obstacle
    self.failure = failure
  }
}

extension MaintenanceCalendar {
  /// Lets time pass up to `now`; to be called again until nothing happens.
  package mutating func advance(to now: Int64, _ outlook: MaintenanceOutlook) -> MaintenanceEvent? {
    for (node, standing) in adminStates.sorted(by: { $0.key < $1.key }) {
      if let event = advance(standing, of: node, to: now, outlook) { return event }
    }
    for index in planned.indices where planned[index].from <= now || planned[index].heldBack != nil {
      if let event = advance(windowAt: index, to: now, outlook) { return event }
    }
    return nil
  }

  private mutating func advance(
    _ standing: AdminState, of node: String, to now: Int64, _ outlook: MaintenanceOutlook
  ) -> MaintenanceEvent? {
    guard let due = standing.dueAt, due <= now || standing.overdueSince != nil else { return nil }
    guard standing.kind == .drained else { return end(standing, of: node, by: FinishedWindow.byItself, at: now) }
    var failure: String?
    if standing.until != nil {
      failure = outlook.failure(node)
      if failure == nil { return end(standing, of: node, by: FinishedWindow.byItself, at: now) }
    }
    guard standing.overdueSince == nil else { return nil }
    let overdue = standing.asOverdue
    adminStates[node] = overdue
    return .overdue(overdue, node: node, because: failure)
  }

  private mutating func advance(
    windowAt index: Int, to now: Int64, _ outlook: MaintenanceOutlook
  ) -> MaintenanceEvent? {
    let window = planned[index]
    let standing = adminStates[window.node]
    guard now < window.until else {
      let cause = window.heldBack?.reason ?? "Rondo did not run at the time, or the clock was set past it"
      planned.remove(at: index)
      finish(FinishedWindow(window, .missed, at: now, by: cause))
      return .missed(window, because: cause)
    }
    if let standing, standing.kind == .drained {
      planned.remove(at: index)
      let joined = standing.joined(by: window)
      adminStates[window.node] = joined
      return .began(joined, node: window.node)
    }
    if let obstacle = window.isForced ? nil : standing?.description ?? outlook.obstacle(window.node) {
      let isNew = window.heldBack == nil
      if isNew || window.heldBack?.reason != obstacle {
        planned[index].heldBack = PlannedWindow.HeldBack(
          since: window.heldBack?.since ?? now,
          reason: AdminState.printable(obstacle, atMost: MaintenanceCalendar.longestCause))
      }
      return isNew ? .heldBack(planned[index], because: obstacle) : nil
    }
    planned.remove(at: index)
    let drained = AdminState(
      .drained, author: window.author, reason: window.reason, since: now, until: window.until)
    adminStates[window.node] = drained
    return .began(drained, node: window.node)
  }

  /// In Unicode scalars, of the words that say why a window is held back.
  static let longestCause = 256

  /// When something is next due by the clock, in seconds since 1970; nil if nothing is.
  package var nextDue: Int64? {
    let ends = adminStates.values.compactMap { $0.overdueSince == nil ? $0.dueAt : nil }
    return (ends + planned.lazy.filter { $0.heldBack == nil }.map(\.from)).min()
  }

  /// Whether something waits for nodes to change, and not for the clock: a window that is held back, or a drain that is
  /// past its end.
  package var awaitsNodes: Bool {
    adminStates.values.contains { $0.overdueSince != nil && $0.until != nil } || planned.contains { $0.heldBack != nil }
  }
}

extension AdminState {
  /// The drain that a planned window of the same node finds when it begins: the start stays, the later end counts, and
  /// a drain without an end keeps having none.
  fileprivate func joined(by window: PlannedWindow) -> AdminState {
    let later = until.map { max($0, window.until) }
    return AdminState(
      kind, author: window.author, reason: window.reason.isEmpty ? reason : window.reason, since: since, until: later,
      overdueSince: later == until ? overdueSince : nil)
  }
}
