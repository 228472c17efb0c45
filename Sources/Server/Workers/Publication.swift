// Handing snapshots from the control thread to the workers.
//
// The writer stores the new snapshot and raises the generation. A worker looks at the generation once a batch, one
// acquire load; only when it has moved does it take the lock and a reference. An old snapshot is freed by reference
// counting when the last worker has moved on: nothing to reclaim by hand, nothing to get wrong.

internal import Synchronization

/// The latest snapshot, written by one thread and read by many.
final class Publication<Snapshot: AnyObject & Sendable>: Sendable {
  private let generation = Atomic<UInt64>(Publication.firstGeneration)
  private let latest: Mutex<Snapshot>

  init(_ first: Snapshot) {
    latest = Mutex(first)
  }

  /// The generation of the first snapshot.
  static var firstGeneration: UInt64 { 1 }

  /// - Returns: the snapshot's generation. All accesses to generations are in one order with those to `HandOutLink`.
  @discardableResult
  func publish(_ snapshot: Snapshot) -> UInt64 {
    latest.withLock { $0 = snapshot }
    return generation.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
  }

  var current: Snapshot { latest.withLock { $0 } }

  /// A worker's own hold on the snapshot it answers from.
  struct Reader: ~Copyable {
    private let publication: Publication
    /// Nothing is answered from an older one.
    private(set) var generation: UInt64
    private(set) var snapshot: Snapshot

    init(_ publication: Publication) {
      self.publication = publication
      // The generation first: a snapshot published in between is then taken a second time, never missed.
      generation = publication.generation.load(ordering: .acquiring)
      snapshot = publication.current
    }

    /// Moves on to the latest snapshot.
    @inline(__always)
    mutating func refresh() {
      let latest = publication.generation.load(ordering: .sequentiallyConsistent)
      if latest != generation { adopt(latest) }
    }

    @inline(never)
    private mutating func adopt(_ latest: UInt64) {
      generation = latest
      snapshot = publication.current
    }
  }
}
