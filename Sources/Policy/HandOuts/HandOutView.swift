// The ledger of one moment together with what workers have noted: what commands, page and metrics ask.

internal import DNS
package import Health

/// The ledger, to be asked by any thread. What workers note is read when it is asked.
package struct HandOutView: Sendable {
  private let ledger: HandOutLedger
  private let marks: @Sendable (UInt32) -> UInt64
  private let askers: AskerNotes
  private let detail: AskerDetail

  package init(
    _ ledger: HandOutLedger, _ marks: @escaping @Sendable (UInt32) -> UInt64, _ askers: @escaping AskerNotes,
    _ detail: AskerDetail
  ) {
    self.ledger = ledger
    self.marks = marks
    self.askers = askers
    self.detail = detail
  }

  /// When the last cached copy of a node's addresses expires; nil if there is no such node. Costs as many look-ups as there
  /// are contents of late with its addresses, for each worker: fit for the control thread.
  package func quiet(ofNode node: String, at now: MonotonicTime) -> NodeQuiet? {
    ledger.addresses(ofNode: node).map { ledger.quiet(of: $0, marks: marks, at: now) }
  }

  /// Who may still have an address of a node; nil if there is no such node. Goes through what all workers remember, some
  /// milliseconds each: not for the control thread.
  ///
  /// - Parameter limit: how many are listed, `AddressHolders.most` at most.
  package func holders(ofNode node: String, limit: Int, at now: MonotonicTime) -> AddressHolders? {
    ledger.addresses(ofNode: node).map {
      AddressHolders(of: $0, in: ledger, askers, detail, limit: limit, at: now)
    }
  }

  /// Who was answered last with an address of each node, `10.1.3.53` or `10.1.3.0/24`; nothing of one of which nobody is
  /// remembered. Costs as much for all nodes as for one: one pass through what all workers remember.
  package func lastAskers(ofNodes nodes: [String]) -> [String: String] {
    let addresses = Dictionary(nodes.map { ($0, ledger.addresses(ofNode: $0) ?? []) }) { first, _ in first }
    return addresses.isEmpty ? [:] : LastAskers(of: addresses, in: ledger, askers, detail).names
  }
}
