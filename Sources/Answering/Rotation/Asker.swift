// Where an asker is: what `prefer=site` and `order=hash` go by.
//
// The address is that of the packet, or of the client subnet in it if the packet comes from a network that is believed
// (RFC 7871).

public import DNS

/// Whose network an answer is made for.
@usableFromInline
package struct Asker: BitwiseCopyable {
  @usableFromInline let address: ClientAddress
  /// SOURCE PREFIX-LENGTH: how many bits of the address a client subnet option has; 0 where the address is that of the packet.
  @usableFromInline let sourceBits: UInt8

  @inlinable @inline(__always)
  init(_ client: ClientAddress) { self.init(address: client, sourceBits: 0) }

  @inlinable @inline(__always)
  init(address: ClientAddress, sourceBits: UInt8) {
    self.address = address
    self.sourceBits = sourceBits
  }

  /// The client for whom a resolver asks; nil when the option does not say (RFC 7871 §7.1.2).
  init?(_ subnet: ClientSubnet) {
    guard subnet.sourcePrefix > 0 else { return nil }
    address = subnet.address
    sourceBits = subnet.sourcePrefix
  }

  var isClientSubnet: Bool { sourceBits > 0 }
  /// How many bits of the address are known.
  var length: Int { isClientSubnet ? Int(sourceBits) : 128 }

  /// The same number for all askers of a /24, or a /56 of IPv6, so that neighbours and privacy addresses share a row; the
  /// same on every server, so that it does not matter which one is asked. And how many bits of the address it depends on.
  var group: (number: UInt64, scope: Int) {
    let scope = address.isIPv6 ? 56 : 24
    let network = address.prefix(scope)
    return (
      SplitMix64.first(from: network.high ^ SplitMix64.first(from: network.low ^ (address.isIPv6 ? 1 : 0))), scope
    )
  }
}
