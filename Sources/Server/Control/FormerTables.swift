// Zone tables of before a reload: a worker of datagrams moves on to the new one with its next query.
//
// They are kept here until no worker uses them, so that none of these frees a million records between two answers.

internal import Answering
internal import Health
internal import ZoneFile

/// The zone tables that are no longer published.
struct FormerTables {
  struct Former: Sendable {
    fileprivate(set) var table: ZoneTable
    /// What snapshots of it hold besides.
    let configuration: Configuration
  }

  /// How often is looked whether they are used.
  private static let interval = Duration.seconds(10)

  private var list: [Former] = []
  /// Nil when there is nothing to look for.
  private(set) var nextLook: MonotonicTime?

  mutating func note(_ table: ZoneTable, with configuration: Configuration, at now: MonotonicTime) {
    list.append(Former(table: table, configuration: configuration))
    nextLook = now + FormerTables.interval
  }

  /// Those that nobody uses since the last look. Looks only when it is due.
  mutating func removeUnused(at now: MonotonicTime) -> [Former] {
    guard let due = nextLook, due <= now else { return [] }
    var unused: [Former] = []
    for index in list.indices.reversed() where isKnownUniquelyReferenced(&list[index].table) {
      unused.append(list.remove(at: index))
    }
    nextLook = list.isEmpty ? nil : now + FormerTables.interval
    return unused
  }
}
