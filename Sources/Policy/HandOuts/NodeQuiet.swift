// What the ledger says of a node: whether anybody may still have its address, and until when.

package import Health

/// When the last cached copy of a node's addresses expires.
///
/// Times are of the clock that never steps: whoever shows them turns them into the time of day at the moment of showing.
package struct NodeQuiet: Sendable {
  package enum Standing: Sendable {
    /// Nobody keeps the ledger (`--ledger off`).
    case unknown
    /// It is in the answers of these, or in these static records: its time has not begun.
    case servedStill(by: [Server])
    /// It has just left the answers, and a worker may still be sending one of before.
    case settling
    /// Secondaries have copies of zones from before, and answer from them until they have fetched a newer one.
    case heldBySecondaries([SecondaryHold])
    /// The last copy expires at this time.
    case notYet(at: MonotonicTime)
    /// No copy is left since this time.
    case quiet(since: MonotonicTime)
  }

  /// What hands out an address of the node.
  package enum Server: Hashable, Sendable {
    /// The answers of a pool, at this TTL.
    case pool(String, ttl: UInt32)
    /// A static record; the first few of them.
    case record(StaticRecord)
    /// So many more static records.
    case moreRecords(Int)
  }

  package var standing: Standing
  /// When an answer with one of its addresses was last sent; nil if none was since the start of the process.
  package var lastHandedOut: MonotonicTime?
  /// The addresses may have been handed out before the start of the process, and that decides: nobody remembers when.
  package var isByStart = false

  package init(_ standing: Standing, lastHandedOut: MonotonicTime? = nil, isByStart: Bool = false) {
    self.standing = standing
    self.lastHandedOut = lastHandedOut
    self.isByStart = isByStart
  }
}
