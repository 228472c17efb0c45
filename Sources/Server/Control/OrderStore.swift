// The orders that stand, in memory and on disk: an operator who drains a node means it, whoever restarts Rondo.
//
// Handed over to be written at once when one is given or withdrawn; read at the start.

internal import Health
internal import Reporting

/// The file `orders` in the state directory.
struct OrderStore {
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
  private(set) var book: OrderBook

  init(_ book: OrderBook = OrderBook(), keptBy writer: StateWriter?) {
    self.book = book
    self.writer = writer
  }

  /// Gives an order for a node, or withdraws it.
  mutating func set(_ order: Order?, for node: String) -> Keeping {
    guard book[node] != order else { return .unchanged }
    book[node] = order
    return save()
  }

  /// Drops the orders for nodes that the configuration no longer has, and says so.
  mutating func keep(nodes: [String], _ log: Log) {
    let gone = book.keep(nodes: nodes)
    for node in gone { log.write(.orderDropped(node: node)) }
    if !gone.isEmpty { _ = save() }
  }

  private func save() -> Keeping {
    guard let writer else { return .nowhere }
    let book = book
    return .underWay(writer.keep(as: .orders) { Array(book.text.utf8) })
  }
}
