// How many TCP connections each source has open with one worker.
//
// The kernel spreads connections over the workers by chance, so each worker counts its own: who comes to it can always
// be made room for among those it has, and never is turned away for what another worker holds.

internal import DNS

/// Counts the connections of each IPv4 address and each IPv6 /56, which is what providers give to one customer.
struct ConnectionSources {
  /// The most connections of one source.
  let share: Int
  private var open: [ClientAddress: Int] = [:]

  /// - Parameter workerCount: how many workers the connections of a source are spread over.
  init(workerCount: Int) { share = max(16, 50 / max(workerCount, 1)) }

  /// What counts as one source.
  static func source(of client: ClientAddress) -> ClientAddress { client.isIPv6 ? client.prefix(56) : client }

  /// Whether the source has its share.
  func isFull(_ source: ClientAddress) -> Bool { open[source, default: 0] >= share }

  /// Counts one more connection of the source.
  mutating func enter(_ source: ClientAddress) { open[source, default: 0] += 1 }

  /// Counts one less.
  mutating func leave(_ source: ClientAddress) {
    let count = open[source, default: 1]
    open[source] = count > 1 ? count - 1 : nil
  }
}
