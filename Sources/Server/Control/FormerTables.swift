// Which zone tables of before a reload still take memory: a worker of datagrams moves on to the new one with its next
// query.

internal import Answering
internal import Health

/// The zone tables that are no longer published, held by others if at all.
struct FormerTables {
  private struct Former {
    weak var table: ZoneTable?
  }

  /// How often is looked whether they have gone.
  private static let interval = Duration.seconds(10)

  private var list: [Former] = []
  /// Nil when there is nothing to look for.
  private(set) var nextLook: MonotonicTime?

  mutating func note(_ table: ZoneTable, at now: MonotonicTime) {
    list.append(Former(table: table))
    nextLook = now + FormerTables.interval
  }

  /// Whether some have gone since the last look, so that there is memory to give back. Looks only when it is due.
  mutating func haveGone(at now: MonotonicTime) -> Bool {
    guard let due = nextLook, due <= now else { return false }
    let before = list.count
    list.removeAll { $0.table == nil }
    nextLook = list.isEmpty ? nil : now + FormerTables.interval
    return list.count < before
  }
}
