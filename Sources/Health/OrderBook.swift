// All orders that stand, as written down for the next start.
//
//      rondo-orders 1
//      drained⇥ex1⇥1764035000⇥anna⇥patching                      order, node, since when (1970), author, reason
//      end 1                                                     how many; a torn file has no such line

/// Why a file of orders is not obeyed.
package enum OrderBookError: Error, Hashable, Sendable {
  /// Not of this version, or not a file of orders at all.
  case unknownVersion
  /// The line, from 1.
  case malformed(line: Int)
  /// No `end`, or with another number: the writer did not come to its end.
  case torn
}

/// At most one order for each node, by its name.
package struct OrderBook: Hashable, Sendable {
  package static let mostOctets = 16 << 20
  /// A line has four bounded texts, the scalars of which have four octets at most.
  private static let longestLine = 2_048

  package private(set) var orders: [String: Order] = [:]

  package init() {}

  package subscript(node: String) -> Order? {
    get { orders[node] }
    set { orders[node] = newValue }
  }

  /// Forgets the orders for nodes that are no more.
  ///
  /// - Returns: the names of these, sorted.
  package mutating func keep(nodes: some Sequence<String>) -> [String] {
    let known = Set(nodes)
    let gone = orders.keys.filter { !known.contains($0) }.sorted()
    for node in gone { orders[node] = nil }
    return gone
  }

  package var text: String {
    var text = "rondo-orders 1\n"
    for (node, order) in orders.sorted(by: { $0.key < $1.key }) {
      text +=
        [order.kind.rawValue, node, String(order.since), order.author, order.reason].joined(separator: "\t") + "\n"
    }
    return text + "end \(orders.count)\n"
  }

  /// Reads what `text` gave; all of it or nothing.
  package init(octets: [UInt8]) throws(OrderBookError) {
    var lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard lines.popFirst().map(Array.init) == Array("rondo-orders 1".utf8) else { throw .unknownVersion }
    guard lines.popLast()?.isEmpty == true, lines.popLast().map(Array.init) == Array("end \(lines.count)".utf8) else {
      throw .torn
    }
    for (index, line) in lines.enumerated() {
      guard line.count <= OrderBook.longestLine, let (node, order) = OrderBook.entry(line), orders[node] == nil else {
        throw .malformed(line: index + 2)
      }
      orders[node] = order
    }
  }

  private static func entry(_ line: ArraySlice<UInt8>) -> (node: String, order: Order)? {
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard fields.count == 5, let kind = Order.Kind(rawValue: fields[0]), !fields[1].isEmpty, !fields[3].isEmpty,
      (1...11).contains(fields[2].utf8.count), let since = Int64(fields[2]), since >= 0
    else { return nil }
    let order = Order(kind, author: fields[3], reason: fields[4], since: since)
    // What the writer would not have written is not its own.
    return order.author == fields[3] && order.reason == fields[4] ? (fields[1], order) : nil
  }
}
