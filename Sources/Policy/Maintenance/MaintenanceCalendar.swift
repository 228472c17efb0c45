// What operators have decided and planned: one state machine over commands and the passing of time.
//
//   commands ──┐                                            ┌▶ events, for the log
//              ├─▶ MaintenanceCalendar ─(returned, not done)┤
//   the time ──┘    ▲ may a node go? do its checks pass?    └▶ admin states, for pools and the disk
//
// It is here and not in Health because whether a window may begin depends on the pools. It has no clock: times of day
// are passed in, in seconds since 1970, and may step. Therefore what has begun is recorded and never derived from them.

package import Health

/// The admin states of nodes, their planned windows, and those of the past fortnight.
package struct MaintenanceCalendar: Hashable, Sendable {
  package static let mostWindowsOfNode = 16
  package static let mostWindows = 1_024
  package static let mostFinished = 1_000
  /// For how long finished windows are kept, in seconds: a fortnight.
  package static let memory: Int64 = 14 * 86_400
  /// In seconds: 30 days.
  package static let longestWindow: Int64 = 30 * 86_400
  /// How far ahead a window may begin, in seconds: a year.
  package static let farthestStart: Int64 = 366 * 86_400
  /// The year 5138: what is read from disk or socket is not later, so that sums of times fit.
  package static let latestTime: Int64 = 99_999_999_999

  /// By the name of the node.
  package internal(set) var adminStates: [String: AdminState] = [:]
  /// By start, then by node.
  package internal(set) var planned: [PlannedWindow] = []
  /// The oldest first.
  package internal(set) var finished: [FinishedWindow] = []

  package init() {}

  package subscript(node: String) -> AdminState? { adminStates[node] }

  package func windows(of node: String) -> [PlannedWindow] { planned.filter { $0.node == node } }

  // MARK: Commands

  /// What a command makes of the end of an admin state.
  package enum End: Hashable, Sendable {
    /// As it is; for a new one, none.
    case unchanged
    case never
    /// In seconds since 1970.
    case at(Int64)
  }

  /// Drains or forces a node, or changes why and until when: what is not given stays, and so does the start.
  ///
  /// - Returns: nothing if that is how it is already.
  package mutating func set(
    _ kind: AdminState.Kind, for node: String, by author: String, because reason: String, end: End, at now: Int64
  ) -> [MaintenanceEvent] {
    let standing = adminStates[node]
    let same = standing?.kind == kind ? standing : nil
    let until: Int64? =
      switch end {
      case .unchanged: same?.until
      case .never: nil
      case .at(let time): time
      }
    let isEndChanged = until != same?.until
    let adminState = AdminState(
      kind, author: author, reason: reason.isEmpty ? same?.reason ?? "" : reason, since: same?.since ?? now,
      until: until, overdueSince: isEndChanged ? nil : same?.overdueSince)
    if let same, !isEndChanged, same.reason == adminState.reason { return [] }
    if let standing, standing.kind == .drained, kind != .drained {
      finish(FinishedWindow(standing, of: node, .ended, at: now, by: author))
    }
    adminStates[node] = adminState
    return [.set(adminState, node: node)]
  }

  /// Lets the checks of a node decide again. Its planned windows stay.
  package mutating func resume(_ node: String, by author: String, at now: Int64) -> [MaintenanceEvent] {
    guard let standing = adminStates[node] else { return [] }
    return [end(standing, of: node, by: author, at: now)]
  }

  /// Plans a window; one of the same node with the same start is replaced. Whether it may be planned is for
  /// `fault(planning:)` and `conflicts(of:)` to say.
  package mutating func plan(_ window: PlannedWindow) -> [MaintenanceEvent] {
    if planned.contains(window) { return [] }
    planned.removeAll { $0.node == window.node && $0.from == window.from }
    let index = planned.firstIndex { ($0.from, $0.node) > (window.from, window.node) } ?? planned.endIndex
    planned.insert(window, at: index)
    assert(planned.count <= MaintenanceCalendar.mostWindows, "fault(planning:) was asked")
    return [.planned(window)]
  }

  /// Cancels all planned windows of a node.
  package mutating func cancelWindows(of node: String, by author: String, at now: Int64) -> [MaintenanceEvent] {
    let cancelled = windows(of: node)
    planned.removeAll { $0.node == node }
    for window in cancelled { finish(FinishedWindow(window, .cancelled, at: now, by: author)) }
    return cancelled.map { .cancelled($0, by: author) }
  }

  /// Forgets the admin states and windows of nodes that are no more.
  package mutating func keep(nodes: some Sequence<String>, at now: Int64) -> [MaintenanceEvent] {
    if adminStates.isEmpty && planned.isEmpty { return [] }
    let known = Set(nodes)
    let gone = Set(adminStates.keys).union(planned.map(\.node)).subtracting(known).sorted()
    for node in gone {
      if let standing = adminStates.removeValue(forKey: node), standing.kind == .drained {
        finish(FinishedWindow(standing, of: node, .dropped, at: now, by: "the configuration"))
      }
      for window in windows(of: node) {
        finish(FinishedWindow(window, .dropped, at: now, by: "the configuration"))
      }
      planned.removeAll { $0.node == node }
    }
    return gone.map { .dropped(node: $0) }
  }

  // MARK: Ends

  mutating func end(_ standing: AdminState, of node: String, by author: String, at now: Int64) -> MaintenanceEvent {
    adminStates[node] = nil
    if standing.kind == .drained { finish(FinishedWindow(standing, of: node, .ended, at: now, by: author)) }
    return .ended(standing, node: node, by: author, at: now)
  }

  mutating func finish(_ window: FinishedWindow) {
    finished.append(window)
    finished.removeAll { $0.at < window.at - MaintenanceCalendar.memory }
    finished.removeFirst(max(0, finished.count - MaintenanceCalendar.mostFinished))
  }
}
