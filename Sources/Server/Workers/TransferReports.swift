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
  private static let mostCopies = 4_096

  /// What has ended since control last looked.
  struct Ended: Sendable {
    var reports: [TransferReport] = []
    /// How often a zone was refused over UDP. Who asked so is not told: the address may be forged, and for a transfer
    /// one must come by TCP.
    var refusedDatagrams: [DomainName: UInt64] = [:]
    /// Transfers that have begun, and those that are complete, each zone and client once.
    var begun: Set<ZoneCopy> = []
    var complete: [ZoneCopy] = []

    var isEmpty: Bool { reports.isEmpty && refusedDatagrams.isEmpty && begun.isEmpty }
  }

  private let waiting = Mutex(Ended())
  /// Signalled when the first report waits.
  let arrival: EventCounter

  init() throws(Errno) { arrival = try EventCounter() }

  func add(_ report: TransferReport) {
    add { ended in
      if ended.reports.count < TransferReports.mostWaiting { ended.reports.append(report) }
      // Only clients that may have zones come so far.
      if report.outcome == .complete, ended.complete.count < TransferReports.mostCopies {
        ended.complete.append(ZoneCopy(zone: report.apex, secondary: report.client, serial: report.serial))
      }
    }
  }

  func add(begun copy: ZoneCopy) {
    add { ended in
      if ended.begun.count < TransferReports.mostCopies { ended.begun.insert(copy) }
    }
  }

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
