// What one worker notes of the addresses it has handed out, where the control thread can read it: no lock, and no store that
// another thread makes.

internal import Linux
internal import Policy
internal import Synchronization

/// The notes of one worker, for whoever keeps the ledger.
final class HandOutLink: Sendable {
  /// For each slot the millisecond, rounded up, at which a reply with its addresses was last sent, 0 for never.
  let marks: SharedWords
  let askers: AskerTable
  /// The oldest publication from which something may still be sent; 0 while nothing is under way.
  private let generation = Atomic<UInt64>(0)

  init(_ detail: AskerTable.Detail) throws(Errno) {
    marks = try SharedWords(count: HandOutLedger.slotCount)
    var random = SystemRandomNumberGenerator()
    askers = try AskerTable(detail, using: &random)
  }

  // MARK: For the worker

  /// Begins a batch with what the worker has adopted before it looks whether there is something newer.
  ///
  /// In the one order of all sequentially consistent accesses this comes before that look: so control, which publishes and
  /// then asks, either sees the batch, or the batch sees what was published.
  @inline(__always)
  func begin(_ generation: UInt64) { self.generation.store(generation, ordering: .sequentiallyConsistent) }

  /// Ends it, once all that was sent is noted.
  ///
  /// - Parameter held: the publication of the oldest reply that has not left yet; 0 for none.
  @inline(__always)
  func end(holding held: UInt64 = 0) { generation.store(held, ordering: .releasing) }

  // MARK: For control

  /// From which publication on the worker answers everything that is not sent yet.
  var passed: UInt64 {
    let generation = generation.load(ordering: .sequentiallyConsistent)
    return generation == 0 ? .max : generation
  }
}
