// How zone transfers over TCP ended, handed from the workers to the control thread, which counts and logs them.

internal import Answering
internal import DNS
internal import Linux
internal import Synchronization

/// The end of one transfer.
struct TransferReport: Sendable {
  enum Outcome: Sendable {
    /// The whole zone was handed to the kernel.
    case complete
    /// The connection ended before.
    case broken
    case refused
  }

  var outcome: Outcome
  var apex: DomainName
  var serial: UInt32
  var client: IPAddress
  /// Of the messages, without their two octets of length.
  var octets: UInt64 = 0
  /// From the query to the end, in nanoseconds.
  var duration: Int64 = 0
}

/// The reports that control has not yet fetched. The lock is held for as long as an array is appended to or taken.
final class TransferReports: Sendable {
  /// Who asks for zones that he may not have could bring more than anybody would read.
  private static let mostWaiting = 256

  private let waiting = Mutex<[TransferReport]>([])
  /// Signalled when the first report waits.
  let arrival: EventCounter

  init() throws(Errno) { arrival = try EventCounter() }

  func add(_ report: TransferReport) {
    let isFirst = waiting.withLock { waiting in
      if waiting.count < TransferReports.mostWaiting { waiting.append(report) }
      return waiting.count == 1
    }
    if isFirst { arrival.signal() }
  }

  func takeAll() -> [TransferReport] {
    arrival.drain()
    return waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
