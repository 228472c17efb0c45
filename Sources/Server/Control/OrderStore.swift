// The orders that stand, in memory and on disk: an operator who drains a node means it, whoever restarts Rondo.
//
// Written at once when one is given or withdrawn; read at the start.

internal import Health
internal import Linux

/// The file `orders` in the state directory.
struct OrderStore {
  /// Nil for `--state none`.
  private let path: String?
  private(set) var book = OrderBook()

  /// A file that cannot be read is told of in the log, and obeyed by nobody.
  init(directory: String?, _ log: Log) {
    path = directory.map { $0 + "/orders" }
    guard let path, fileExists(path) else { return }
    do throws(FileFailure) {
      let octets = try readFile(path, limit: OrderBook.mostOctets)
      do throws(OrderBookError) {
        book = try OrderBook(octets: octets)
      } catch {
        log.write(.ordersNotRead(reason: error.description))
      }
    } catch {
      log.write(.ordersNotRead(reason: error.description))
    }
  }

  /// Gives an order for a node, or withdraws it.
  ///
  /// - Returns: why that will not outlive a restart; nil if it will.
  mutating func set(_ order: Order?, for node: String) -> String? {
    guard book[node] != order else { return nil }
    book[node] = order
    return save()
  }

  /// Drops the orders for nodes that the configuration no longer has, and says so.
  mutating func keep(nodes: [String], _ log: Log) {
    let gone = book.keep(nodes: nodes)
    for node in gone { log.write(.orderDropped(node: node)) }
    if !gone.isEmpty, let fault = save() { log.write(.stateNotKept(reason: fault)) }
  }

  private func save() -> String? {
    guard let path else { return "there is no state directory (--state none)" }
    do throws(Errno) {
      try writeFileAtomically(path, Array(book.text.utf8))
      return nil
    } catch {
      return "\(path): \(error)"
    }
  }
}

extension OrderBookError {
  fileprivate var description: String {
    switch self {
    case .unknownVersion: "the file is of another version"
    case .malformed(let line): "line \(line) of the file is malformed"
    case .torn: "the file does not come to its end"
    }
  }
}
