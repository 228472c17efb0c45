// What the ledger says of a node: whether anybody may still have its address, and until when.

internal import DNS
package import Health

/// When the last cached copy of a node's addresses expires.
///
/// Times are of the clock that never steps: whoever shows them turns them into the time of day at the moment of showing.
package struct NodeQuiet: Sendable {
  package enum Standing: Hashable, Sendable {
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

/// What hands out the addresses of a node: pools by name and TTL, then records in the order of the files.
struct HandOutServers {
  private struct PoolUse: Hashable {
    var name: String
    var ttl: UInt32
  }

  private var pools: Set<PoolUse> = []
  private var records: [NodeQuiet.Server] = []
  private var counted: Set<IPAddress> = []

  mutating func add(_ slot: HandOutLedger.Slot, _ address: IPAddress, of sources: HandOutSources) {
    switch slot.source {
    case .pool(let name): pools.insert(PoolUse(name: name, ttl: slot.ttl))
    case .records, .hints:
      guard counted.insert(address).inserted else { return }
      let found = sources.records[address] ?? HandOutSources.Records()
      for record in found.first where !records.contains(.record(record)) { records.append(.record(record)) }
      if found.count > found.first.count { records.append(.moreRecords(found.count - found.first.count)) }
    }
  }

  var all: [NodeQuiet.Server] {
    pools.sorted { ($0.name, $0.ttl) < ($1.name, $1.ttl) }.map { .pool($0.name, ttl: $0.ttl) } + records
  }
}
