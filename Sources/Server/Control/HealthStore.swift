// The last view of all targets on disk, so that a restart does not forget who is down.
//
// Handed over to be written when a verdict has changed, at most once a second, every two minutes, and at the end. What is
// written while nothing changes keeps the view young for a daemon that is killed.

internal import Health
internal import Linux
internal import Reporting

/// The file `health` in the state directory.
struct HealthStore {
  /// Between two writes.
  private static let gap = Duration.seconds(1)
  /// The most between two writes: a fifth of the age up to which a view is believed.
  private static let refresh = Duration.seconds(HealthMemory.longestAge / 5)

  /// Nil for `--state none`.
  private let writer: StateWriter?
  private var isDirty = false
  private var lastWrite: MonotonicTime?

  init(keptBy writer: StateWriter?) { self.writer = writer }

  mutating func markDirty() { isDirty = writer != nil }

  /// When the next write is due; nil while there is nothing to write.
  func nextDeadline(after now: MonotonicTime) -> MonotonicTime? {
    guard isDirty else { return lastWrite.map { $0 + HealthStore.refresh } }
    return lastWrite.map { $0 + HealthStore.gap } ?? now
  }

  /// Writes what has changed if it is time to.
  mutating func writeIfDue(_ monitor: HealthMonitor, at now: MonotonicTime) {
    guard let due = nextDeadline(after: now), due <= now else { return }
    write(monitor, at: now)
  }

  mutating func write(_ monitor: HealthMonitor, at now: MonotonicTime) {
    guard let writer else { return }
    isDirty = false
    lastWrite = now
    let civil = WallClock.now()
    writer.keep(as: .health) { Array(HealthMemory(of: monitor, at: now).text(savedAt: civil).utf8) }
  }
}
