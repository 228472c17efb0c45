// What background threads have done, on its way to the control thread.

internal import Linux
internal import Reporting
internal import Synchronization

/// Messages that the reader has not yet fetched. There are as many as there is work under way, which is bounded.
final class Mailbox<Message: Sendable>: Sendable {
  private let waiting = Mutex<[Message]>([])
  /// Readable while messages wait.
  let arrival: EventCounter

  init() throws(Errno) { arrival = try EventCounter() }

  func post(_ message: Message) {
    waiting.withLock { $0.append(message) }
    arrival.signal()
  }

  /// All that waits, in the order in which it came.
  func removeAll() -> [Message] {
    arrival.drain()
    return waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}

/// What work in the background has come to.
enum BackgroundResult: Sendable {
  case loaded(LoadRequest.Outcome)
  case rendered(RenderedReports)
  case watched(Attention)
  /// A question on the control socket.
  case answered(ControlResponse, forClient: UInt64)
  case explained(ControlResponse, forClient: UInt64, afterReading: Bool)
}
