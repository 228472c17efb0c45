// SIGTERM and SIGINT: taken by a thread that does nothing else, so that the process ends in time whatever hangs.
//
// The control thread ends in good order as soon as it hears of the signal. If it has not come to the end after the time
// limit, stuck with the rest, the process ends at once.

internal import Linux
internal import Synchronization

final class StopGuard: Sendable {
  /// From the signal to the end of the process.
  private static let limit = Duration.milliseconds(1_800)

  private final class Core: Sendable {
    let cause = Mutex<String?>(nil)
    let request: EventCounter
    /// With what the process ends when the time is over.
    let status = Atomic<Int32>(0)

    init() throws(Errno) { request = try EventCounter() }
  }

  private let core: Core

  /// Blocks the two signals in this thread and all that are started from it, and starts the guard.
  init() throws(Errno) {
    let core = try Core()
    self.core = core
    let signals = try SignalSource([.terminate, .interrupt])
    _ = try Thread.start(name: "stop", stackSize: 64 << 10, moving: signals) { signals in
      let cause = StopGuard.wait(for: signals)
      core.cause.withLock { $0 = cause }
      core.request.signal()
      sleep(for: StopGuard.limit)
      exitAtOnce(core.status.load(ordering: .acquiring))
    }
  }

  private static func wait(for signals: borrowing SignalSource) -> String {
    while true {
      signals.wait()
      switch try? signals.next() {
      case .terminate: return "SIGTERM"
      case .interrupt: return "SIGINT"
      case .hangUp, .childEnded, nil: continue
      }
    }
  }

  /// Has `epoll` tell of the signal.
  func watch(_ epoll: borrowing Epoll, token: UInt64) throws(Errno) {
    try epoll.add(core.request, token: token, for: .readable)
  }

  /// The signal that has come; nil while none has.
  var cause: String? { core.cause.withLock { $0 } }

  /// From now on, not to come to the end in time is a failure.
  func beginServing() { core.status.store(1, ordering: .releasing) }

  /// What had to be done before the end is done.
  func endServing() { core.status.store(0, ordering: .releasing) }
}
