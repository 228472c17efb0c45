// The last view of all targets on disk, so that a restart does not forget who is down.
//
// Written when a verdict has changed, at most once a second, every two minutes, and at the end; read at the start. What
// is written while nothing changes keeps the view young for a daemon that is killed.

internal import Health
internal import Linux

/// The file `health` in the state directory.
struct HealthStore {
  /// Between two writes.
  private static let gap = Duration.seconds(1)
  /// The most between two writes: a fifth of the age up to which a view is believed.
  private static let refresh = Duration.seconds(HealthMemory.longestAge / 5)

  /// Nil for `--state none`.
  private let path: String?
  private var isDirty = false
  private var lastWrite: MonotonicTime?
  /// A disk that is full is told of once, not every second.
  private var hasFailed = false

  init(directory: String?) { path = directory.map { $0 + "/health" } }

  /// What was written before the restart; nothing if it is too old, or cannot be read. The log tells why.
  func read(_ log: Log) -> HealthMemory {
    guard let path, fileExists(path) else { return HealthMemory() }
    do throws(FileFailure) {
      let octets = try readFile(path, limit: HealthMemory.mostOctets)
      do throws(HealthMemoryError) {
        return try HealthMemory(octets: octets, readAt: WallClock.now())
      } catch {
        log.write(.memoryNotUsed(reason: error.description))
      }
    } catch {
      log.write(.memoryNotUsed(reason: error.description))
    }
    return HealthMemory()
  }

  mutating func noteChange() { isDirty = path != nil }

  /// When the next write is due; nil while there is nothing to write.
  func nextDeadline(after now: MonotonicTime) -> MonotonicTime? {
    guard isDirty else { return lastWrite.map { $0 + HealthStore.refresh } }
    return lastWrite.map { $0 + HealthStore.gap } ?? now
  }

  /// Writes what has changed if it is time to.
  mutating func writeIfDue(_ monitor: HealthMonitor, at now: MonotonicTime, _ log: Log) {
    guard let due = nextDeadline(after: now), due <= now else { return }
    write(monitor, at: now, log)
  }

  mutating func write(_ monitor: HealthMonitor, at now: MonotonicTime, _ log: Log) {
    guard let path else { return }
    isDirty = false
    lastWrite = now
    let text = HealthMemory(of: monitor, at: now).text(savedAt: WallClock.now())
    do throws(Errno) {
      try writeFileAtomically(path, Array(text.utf8))
      hasFailed = false
    } catch {
      if !hasFailed { log.write(.stateNotKept(reason: error.description)) }
      hasFailed = true
    }
  }
}

extension HealthMemoryError {
  fileprivate var description: String {
    switch self {
    case .tooLong: "the file is too long"
    case .unknownVersion: "the file is of another version"
    case .malformed(let line): "line \(line) of the file is malformed"
    case .torn: "the file does not come to its end"
    case .tooOld(let seconds): "the file is \(seconds) s old"
    case .fromTheFuture(let seconds): "the file was written \(seconds) s in the future"
    }
  }
}
