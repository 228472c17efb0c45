// How many TCP connections each source has open with one worker.
//
// The kernel spreads connections over the workers by chance, so each worker counts its own: who comes to it can always
// be made room for among those it has, and never is turned away for what another worker holds.
//
// Sources are distinguished by a hash, so the counts are never too low, and too high where two meet. That is known before
// anybody is treated by it: where a count reaches the share, the connections themselves are looked through.

internal import DNS

/// Counts the connections of each IPv4 address and each IPv6 /56, which is what providers give to one customer.
struct ConnectionSources {
  /// The most connections of one source.
  let share: Int
  private var counts = [UInt32](repeating: 0, count: 1 << ConnectionSources.indexBits)
  /// Drawn anew at each start, so that nobody can choose addresses that meet.
  private let key: (UInt64, UInt64)

  private static let indexBits: UInt64 = 12

  /// - Parameter workerCount: how many workers the connections of a source are spread over.
  init(workerCount: Int) {
    share = max(16, 50 / max(workerCount, 1))
    key = (UInt64.random(in: 0 ... .max) | 1, UInt64.random(in: 0 ... .max) | 1)
  }

  /// What counts as one source.
  static func source(of client: ClientAddress) -> ClientAddress { client.isIPv6 ? client.prefix(56) : client }

  /// Whether the source can have its share.
  func mayBeFull(_ source: ClientAddress) -> Bool { counts[index(of: source)] >= share }

  /// Counts one more connection of the source.
  mutating func enter(_ source: ClientAddress) { counts[index(of: source)] += 1 }

  /// Counts one less, of a source that was entered.
  mutating func leave(_ source: ClientAddress) { counts[index(of: source)] -= 1 }

  /// The high bits of products with odd numbers depend on all bits of the address.
  private func index(of source: ClientAddress) -> Int {
    let mixed = ((source.high &* key.0) ^ (source.low &* key.1)) &* key.0
    return Int(mixed >> (64 - ConnectionSources.indexBits))
  }
}
