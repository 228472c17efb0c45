// The files that outlive a restart.

/// A file of the state directory.
package enum StateFile: Int, Sendable, CaseIterable {
  // In the order in which they are written when several wait.
  case orders, serials, health

  package var name: String {
    switch self {
    case .orders: "orders"
    case .serials: "serials"
    case .health: "health"
    }
  }
}
