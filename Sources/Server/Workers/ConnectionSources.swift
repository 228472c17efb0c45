// How many TCP connections each source has open, over all workers.
//
// Touched when a connection opens or closes, never for a query; the lock is held for one look into a table.

internal import DNS
internal import Synchronization

/// Counts the connections of each IPv4 address and each IPv6 /56, which is what providers give to one customer.
final class ConnectionSources: Sendable {
  /// One source's share.
  static let limit = 50

  private let open = Mutex<[ClientAddress: Int]>([:])

  /// What counts as one source.
  static func source(of client: ClientAddress) -> ClientAddress { client.isIPv6 ? client.prefix(56) : client }

  /// Counts one more connection of the source; false, and nothing counted, when it has its share.
  func enter(_ source: ClientAddress) -> Bool {
    open.withLock { open in
      let count = open[source, default: 0]
      guard count < ConnectionSources.limit else { return false }
      open[source] = count + 1
      return true
    }
  }

  /// Counts one less.
  func leave(_ source: ClientAddress) {
    open.withLock { open in
      let count = open[source, default: 1]
      open[source] = count > 1 ? count - 1 : nil
    }
  }
}
