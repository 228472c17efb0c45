// The admin states of nodes, in memory and on disk: a drained node stays drained, whoever restarts Rondo.
//
// Handed over to be written at once when one is given or withdrawn; read at the start.

internal import Health
internal import Reporting

/// The file `admin-states` in the state directory.
struct AdminStateStore {
  /// Whether a change outlives a restart.
  enum Keeping: Hashable, Sendable {
    /// There was nothing to change.
    case unchanged
    /// It does once this content is on disk.
    case underWay(StateTicket)
    /// There is no state directory.
    case nowhere
  }

  /// Nil for `--state none`.
  private let writer: StateWriter?
  private(set) var book: AdminStateBook

  init(_ book: AdminStateBook = AdminStateBook(), keptBy writer: StateWriter?) {
    self.book = book
    self.writer = writer
  }

  /// Sets the admin state of a node; nil for ready.
  mutating func set(_ adminState: AdminState?, for node: String) -> Keeping {
    guard book[node] != adminState else { return .unchanged }
    book[node] = adminState
    return save()
  }

  /// Drops the admin states of nodes that the configuration no longer has, and says so.
  mutating func keep(nodes: [String], _ log: Log) {
    let gone = book.keep(nodes: nodes)
    for node in gone { log.write(.adminStateDropped(node: node)) }
    if !gone.isEmpty { _ = save() }
  }

  private func save() -> Keeping {
    guard let writer else { return .nowhere }
    let book = book
    return .underWay(writer.keep(as: .adminStates) { Array(book.text.utf8) })
  }
}
