// The way of an event: from the line that is logged, into the history in memory, and on to the disk.
//
//   Log.write ─▶ record (memory, bounded) ─▶ wakes the state writer ─▶ output (all that the disk has not) ─▶ file
//                        └─▶ history, for reports
//
// The control thread only appends in memory. The writer takes as much as there is, each time its disk is ready: while the
// disk hangs events gather in memory, and what the memory has no room for is counted in the file as lost.

internal import Reporting
internal import Synchronization

final class EventRecorder: Sendable {
  /// What the writer is to do so that the file has all events.
  enum Output: Hashable, Sendable {
    case whole([UInt8])
    /// To be appended to so many octets.
    case more([UInt8], at: Int)
  }

  private struct State {
    var history: EventHistory
    /// Tells the writer that there is something to write; nil before `open`, and for `--state none`.
    var wake: (@Sendable () -> Void)?
    /// The number of the newest event on disk.
    var keptID: UInt64 = 0
    /// How many octets of the file are good; nil where it is to be written anew.
    var fileOctets: Int?
    /// What `output` has given out and `noteEnd` has not come for.
    var underWay: (lastID: UInt64, fileOctets: Int)?
  }

  private let state: Mutex<State>

  /// - Parameter now: the time of day.
  init(at now: UnixTime = .now) { state = Mutex(State(history: EventHistory(begun: now))) }

  /// Records what a log line reports; a line of the log alone is not for here.
  func record(_ line: LogLine, at time: UnixTime) {
    guard line.change != nil else { return }
    let wake = state.withLock { state in
      state.history.record(line, at: time)
      return state.wake
    }
    wake?()
  }

  /// Goes on with the history of the process before: what was recorded up to now comes after it.
  ///
  /// - Parameters:
  ///   - file: nil where there was none that can be used.
  ///   - now: the time of day.
  ///   - wake: has the writer ask for `output`; nil where nothing is kept.
  func open(after file: EventFile?, at now: UnixTime = .now, wake: (@Sendable () -> Void)?) {
    state.withLock { state in
      if let file {
        var history = EventHistory(file, at: now)
        // What was leapt over is not missing.
        state.keptID = history.lastID
        history.continueWith(state.history)
        state.history = history
        state.fileOctets = file.wholeOctets
      }
      state.history.isKept = wake != nil
      state.wake = wake
    }
    wake?()
  }

  /// The events up to now.
  var history: EventHistory { state.withLock { $0.history } }

  /// Whether the event of that number is on disk.
  func isKept(_ id: UInt64) -> Bool { state.withLock { $0.keptID >= id } }

  // MARK: For the writer

  /// What the file lacks; nil for nothing.
  func output() -> Output? {
    let (history, keptID, fileOctets) = state.withLock { ($0.history, $0.keptID, $0.fileOctets) }
    guard history.lastID > keptID else { return nil }
    var output: Output?
    if let fileOctets {
      let lines = EventFile.lines(of: history, after: keptID)
      if fileOctets + lines.count <= EventFile.mostOctets { output = .more(lines, at: fileOctets) }
    }
    let chosen =
      output
      ?? .whole(
        EventFile.head(begun: history.begun)
          + EventFile.lines(of: history, after: min(keptID, history.firstID - 1)))
    let total =
      switch chosen {
      case .whole(let octets): octets.count
      case .more(let octets, let start): start + octets.count
      }
    state.withLock { $0.underWay = (history.lastID, total) }
    return chosen
  }

  /// Takes note of how the writing of the last `output` ended.
  func noteEnd(isWritten: Bool) {
    state.withLock { state in
      guard let underWay = state.underWay else { return }
      state.underWay = nil
      // What a failed write has left is not known: the next one makes the file anew.
      state.fileOctets = isWritten ? underWay.fileOctets : nil
      if isWritten { state.keptID = underWay.lastID }
    }
  }
}
