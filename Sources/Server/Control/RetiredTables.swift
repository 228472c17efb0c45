// Zone tables from before a reload: a worker of datagrams moves on to the new one with its next query.
//
// They are kept here until no worker uses them, so that none of these frees a million records between two answers.

internal import Answering
internal import Health
internal import ZoneFile

/// The zone tables that are no longer published.
struct RetiredTables {
  struct Retired: Sendable {
    fileprivate(set) var table: ZoneTable
    /// What snapshots of it hold besides.
    let configuration: Configuration
  }

  /// How often the list is checked for tables that are still used.
  private static let interval = Duration.seconds(10)

  private var list: [Retired] = []
  /// Nil when there is nothing to check.
  private(set) var nextCheck: MonotonicTime?

  mutating func add(_ table: ZoneTable, with configuration: Configuration, at now: MonotonicTime) {
    list.append(Retired(table: table, configuration: configuration))
    nextCheck = now + RetiredTables.interval
  }

  /// Those that nobody uses since the last check. Checks only when it is due.
  mutating func removeUnused(at now: MonotonicTime) -> [Retired] {
    guard let due = nextCheck, due <= now else { return [] }
    var unused: [Retired] = []
    for index in list.indices.reversed() where isKnownUniquelyReferenced(&list[index].table) {
      unused.append(list.remove(at: index))
    }
    nextCheck = list.isEmpty ? nil : now + RetiredTables.interval
    return unused
  }
}
