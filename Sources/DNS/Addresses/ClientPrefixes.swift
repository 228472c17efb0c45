// Networks that are treated in a way of their own: those that may transfer zones, those that are not limited.

/// A list of address prefixes, asked whether it holds an address.
public struct ClientPrefixes: Sendable {
  private struct Prefix: Sendable {
    var address: ClientAddress
    var length: Int
  }

  private var prefixes: [Prefix] = []

  /// Holds no address.
  package init() {}

  @inlinable public var isEmpty: Bool { count == 0 }
  public var count: Int { prefixes.count }

  /// Adds the network of the first `length` bits of an address; the others are zero.
  package mutating func add(_ address: IPAddress, length: Int) {
    prefixes.append(Prefix(address: ClientAddress(address), length: length))
  }

  /// Adds `address/length`, or an address alone; false when the text is neither, or has bits after the prefix.
  package mutating func add(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let parsed = IPAddress(String(first)) else { return false }
    let address = ClientAddress(parsed)
    let width = address.isIPv6 ? 128 : 32
    var length = width
    if parts.count == 2 {
      guard let written = UInt8(parts[1]), parts[1].first != "+", Int(written) <= width else { return false }
      length = Int(written)
    }
    guard address.prefix(length) == address else { return false }
    prefixes.append(Prefix(address: address, length: length))
    return true
  }

  /// Whether one of the prefixes holds the address.
  public func contains(_ client: ClientAddress) -> Bool {
    var index = 0
    while index < prefixes.count {
      let prefix = prefixes[index]
      if prefix.address.isIPv6 == client.isIPv6, client.prefix(prefix.length) == prefix.address { return true }
      index &+= 1
    }
    return false
  }
}
