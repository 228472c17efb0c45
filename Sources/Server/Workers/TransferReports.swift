// How zone transfers ended, handed from the workers to the control thread, which counts and logs them.

internal import Answering
internal import DNS
internal import Linux
internal import Policy
internal import Reporting
internal import Synchronization

/// The reports that control has not yet fetched. The lock is held for as long as something is added or all is
/// taken.
final class TransferReports: Sendable {
  /// A client without permission could cause more reports than anybody would read.
  private static let mostWaiting = 256
  fileprivate static let mostCopies = 4_096

  /// What has ended since control last looked.
  struct Ended: Sendable {
    var reports: [TransferReport] = []
    /// How often a zone was refused over UDP. Who asked so is not told: the address may be forged, and for a transfer
    /// one must come by TCP.
    var refusedDatagrams: [DomainName: UInt64] = [:]
    /// What has become of copies of zones, in the order in which it did.
    var copies: [ZoneCopy.Event] = []

    var isEmpty: Bool { reports.isEmpty && refusedDatagrams.isEmpty && copies.isEmpty }
  }

  private let waiting = Mutex(Ended())
  /// Signalled when the first report waits.
  let arrival: EventCounter

  init() throws(Errno) { arrival = try EventCounter() }

  func add(_ report: TransferReport) {
    add { ended in
      if ended.reports.count < TransferReports.mostWaiting { ended.reports.append(report) }
      let copy = ZoneCopy(zone: report.apex, secondary: report.client, serial: report.serial)
      switch report.outcome {
      case .complete: ended.add(.complete(copy))
      case .broken: ended.add(.broken(copy))
      case .refused: break
      }
    }
  }

  func add(begun copy: ZoneCopy) { add { $0.add(.begun(copy)) } }

  func add(refusedDatagrams counts: [DomainName: UInt64]) {
    add { ended in
      ended.refusedDatagrams.merge(counts, uniquingKeysWith: +)
    }
  }

  private func add(_ what: (inout Ended) -> Void) {
    let isFirst = waiting.withLock { waiting in
      let wasEmpty = waiting.isEmpty
      what(&waiting)
      return wasEmpty
    }
    if isFirst { arrival.signal() }
  }

  func removeAll() -> Ended {
    arrival.drain()
    return waiting.withLock { waiting in
      defer { waiting = Ended() }
      return waiting
    }
  }
}

extension TransferReports.Ended {
  /// Only clients that may have zones come so far.
  fileprivate mutating func add(_ event: ZoneCopy.Event) {
    if copies.count < TransferReports.mostCopies {
      copies.append(event)
    } else {
      copies[TransferReports.mostCopies - 1] = .lost
    }
  }
}
