// Which zone tables of before a reload still take memory: a worker moves on to the new one with its next query.

internal import Answering

/// The zone tables that are no longer published, held by others if at all.
struct FormerTables {
  private struct Former {
    weak var table: ZoneTable?
  }

  private var list: [Former] = []

  mutating func note(_ table: ZoneTable) { list.append(Former(table: table)) }

  /// Whether nobody answers from one of them any more.
  mutating func areGone() -> Bool {
    list.removeAll { $0.table == nil }
    return list.isEmpty
  }
}
