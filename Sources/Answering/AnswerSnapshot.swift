// The one value that answers are made from: whoever has it needs nothing else, and it never changes.

package import ZoneFile

/// All that answering needs at one moment: the table, the runs that belong to it, and the settings. Immutable.
package final class AnswerSnapshot: Sendable {
  package let table: ZoneTable
  package let runs: AddressRuns
  package let settings: AnswerSettings
  /// What the table was compiled from, for transfers; in the order of its apexes, or empty.
  package let zones: [Zone]

  package init(
    table: ZoneTable, runs: AddressRuns, settings: AnswerSettings = AnswerSettings(), zones: [Zone] = []
  ) {
    precondition(runs.runs.count == table.rotations.count)
    self.table = table
    self.runs = runs
    self.settings = settings
    self.zones = zones
  }
}
