// What a thread that writes and its owner have in common.

internal import Linux
internal import Synchronization

/// State under a lock, and the two signals about it. The thread keeps it alive, not the owner.
final class WorkerCore<State: Sendable>: Sendable {
  let state: Mutex<State>
  /// Signalled when there is something to do.
  let work: EventCounter
  /// Signalled when something has been done.
  let progress: EventCounter

  init(_ state: State) throws(Errno) {
    self.state = Mutex(state)
    work = try EventCounter()
    progress = try EventCounter()
  }
}
