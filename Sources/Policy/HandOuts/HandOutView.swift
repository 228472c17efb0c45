// The ledger of one moment together with what workers have noted: what commands, page and metrics ask.

package import DNS
package import Health

/// The ledger, to be asked by any thread. What workers note is read when it is asked.
package struct HandOutView: Sendable {
  private let ledger: HandOutLedger
  private let marks: @Sendable (UInt32) -> UInt32

  package init(_ ledger: HandOutLedger, _ marks: @escaping @Sendable (UInt32) -> UInt32) {
    self.ledger = ledger
    self.marks = marks
  }

  /// When the last cached copy of a node's addresses expires; nil if there is no such node. Costs as many look-ups as there
  /// are contents of late with its addresses, for each worker: fit for the control thread.
  package func quiet(ofNode node: String, at now: MonotonicTime) -> NodeQuiet? {
    ledger.addresses(ofNode: node).map { ledger.quiet(of: $0, marks: marks, at: now) }
  }

  /// The same of some addresses.
  package func quiet(of addresses: [IPAddress], at now: MonotonicTime) -> NodeQuiet {
    ledger.quiet(of: addresses, marks: marks, at: now)
  }

  /// Whether there were more contents at a time than the ledger has slots for, so that quiet times are later than need be.
  package var hasRunOut: Bool { ledger.hasRunOut }
}
