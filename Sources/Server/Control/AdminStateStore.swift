// The calendar of admin states and windows, in memory and on disk: a drained node stays drained, whoever restarts Rondo.
//
// Handed over to be written at once when something changes; read at the start.

internal import Policy
internal import Reporting

/// The file `admin-states` in the state directory.
struct AdminStateStore {
  /// Whether a change outlives a restart.
  enum Keeping: Hashable, Sendable {
    /// There was nothing to change.
    case unchanged
    /// It does once this content is on disk.
    case underWay(StateTicket)
    /// There is no state directory.
    case nowhere
  }

  /// Nil for `--state none`.
  private let writer: StateWriter?
  private(set) var calendar: MaintenanceCalendar

  init(_ calendar: MaintenanceCalendar = MaintenanceCalendar(), keptBy writer: StateWriter?) {
    self.calendar = calendar
    self.writer = writer
  }

  /// Changes the calendar; it is written if anything has happened by that.
  mutating func change(
    _ change: (inout MaintenanceCalendar) -> [MaintenanceEvent]
  ) -> (events: [MaintenanceEvent], keeping: Keeping) {
    let events = change(&calendar)
    guard !events.isEmpty else { return ([], .unchanged) }
    guard let writer else { return (events, .nowhere) }
    let calendar = calendar
    return (events, .underWay(writer.keep(as: .adminStates) { Array(calendar.text.utf8) }))
  }
}
