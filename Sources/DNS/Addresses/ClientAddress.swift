// The address of a client as two numbers, for what is computed from it with each query.

/// A client's address without its port. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is an IPv4 one.
public struct ClientAddress: Hashable, Sendable, BitwiseCopyable {
  /// The first eight octets of an IPv6 address as a number in network order; zero for IPv4.
  public let high: UInt64
  /// The last eight octets of an IPv6 address, or the four of an IPv4 one, likewise.
  public let low: UInt64
  public let isIPv6: Bool

  @inlinable
  public init(ipv4 octets: UInt32) {
    high = 0
    low = UInt64(octets)
    isIPv6 = false
  }

  @inlinable
  public init(ipv6High high: UInt64, low: UInt64) {
    let isMapped = high == 0 && low &>> 32 == 0xFFFF
    self.high = high
    self.low = isMapped ? low & 0xFFFF_FFFF : low
    isIPv6 = !isMapped
  }

  package init(_ address: IPAddress) {
    let number = address.octets.reduce((high: UInt64(0), low: UInt64(0))) { sum, octet in
      (sum.high << 8 | sum.low >> 56, sum.low << 8 | UInt64(octet))
    }
    switch address.family {
    case .ipv4: self.init(ipv4: UInt32(truncatingIfNeeded: number.low))
    case .ipv6: self.init(ipv6High: number.high, low: number.low)
    }
  }

  /// The address with all bits after the first `length` cleared; 0–32 for IPv4, 0–128 for IPv6.
  @inlinable
  public func prefix(_ length: Int) -> ClientAddress {
    guard isIPv6 else {
      // A shift by all the bits of a word or more gives zero.
      return ClientAddress(ipv4: UInt32(truncatingIfNeeded: low) & UInt32.max << max(0, 32 - length))
    }
    return ClientAddress(
      high: high & UInt64.max << max(0, 64 - length), low: low & UInt64.max << max(0, 128 - max(64, length)),
      isIPv6: true)
  }

  /// How many bits from the first on both have in common: at most 32 of IPv4, and 128 of IPv6. Of different families
  /// none.
  public func commonPrefix(with other: ClientAddress) -> Int {
    guard isIPv6 == other.isIPv6 else { return 0 }
    let (high, low) = (high ^ other.high, low ^ other.low)
    guard isIPv6 else { return low.leadingZeroBitCount &- 32 }
    return high == 0 ? 64 &+ low.leadingZeroBitCount : high.leadingZeroBitCount
  }

  @usableFromInline
  init(high: UInt64, low: UInt64, isIPv6: Bool) {
    self.high = high
    self.low = low
    self.isIPv6 = isIPv6
  }
}
