// The files that outlive a restart.

/// A file of the state directory.
package enum StateFile: Int, Sendable, CaseIterable {
  // In the order in which they are written when several wait.
  case adminStates, handOuts, serials, health, events

  package var name: String {
    switch self {
    case .adminStates: "admin-states"
    case .handOuts: "hand-outs"
    case .serials: "serials"
    case .health: "health"
    case .events: "events"
    }
  }

  /// Whether it is removed when it cannot be brought up to date: it would say that a node is quiet which has been handed out
  /// since, and without it the next process takes the latest time that can be.
  package var isWorseOldThanGone: Bool { self == .handOuts }
}
