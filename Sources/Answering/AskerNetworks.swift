// Where an asker is: what `prefer=site` and `order=hash` go by.
//
// The address is that of the packet, or of the client subnet in it if the packet comes from a network that is believed
// (RFC 7871). In the latter case the reply says for how large a network it holds, so that resolvers keep it apart for
// others: SCOPE PREFIX-LENGTH.

public import DNS
import ZoneFile

/// Whose network an answer is made for.
@usableFromInline
package struct Asker: BitwiseCopyable {
  @usableFromInline let address: ClientAddress
  /// How many bits of the address a client subnet option has told; 0 where the address is that of the packet.
  @usableFromInline let toldBits: UInt8

  @inlinable @inline(__always)
  init(_ client: ClientAddress) {
    address = client
    toldBits = 0
  }

  /// The client for whom a resolver asks; nil when the option does not tell (RFC 7871 §7.1.2).
  init?(_ subnet: ClientSubnet) {
    guard subnet.sourcePrefix > 0 else { return nil }
    address = subnet.address
    toldBits = subnet.sourcePrefix
  }

  var isClientSubnet: Bool { toldBits > 0 }
  /// How many bits of the address are known.
  var length: Int { isClientSubnet ? Int(toldBits) : 128 }

  /// The same number for all askers of a /24, or a /56 of IPv6, so that neighbours and privacy addresses share a row; the
  /// same on every server, so that it does not matter which one is asked. And how many bits of the address it hangs on.
  var group: (number: UInt64, scope: Int) {
    let scope = address.isIPv6 ? 56 : 24
    let network = address.prefix(scope)
    return (Asker.mix(network.high ^ Asker.mix(network.low ^ (address.isIPv6 ? 1 : 0))), scope)
  }

  /// The finishing step of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output.
  private static func mix(_ word: UInt64) -> UInt64 {
    var mixed = word &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed &>> 31)
  }
}

/// The networks of `$SITE` and `$ECS`. Immutable.
struct AskerNetworks: Sendable {
  private struct Network: Sendable {
    var address: ClientAddress
    var length: Int
    /// From 1, in the order of the configuration.
    var site: Int
  }

  /// The longest first, so that the first match is the longest.
  private var networks: [Network] = []
  /// Whose client subnets are believed.
  private var believed = ClientPrefixes()

  init(_ configuration: Configuration) {
    for (index, site) in configuration.sites.enumerated() {
      for prefix in site.prefixes {
        networks.append(
          Network(address: ClientAddress(prefix.address), length: prefix.length, site: index + 1))
      }
    }
    networks.sort { $0.length > $1.length }
    for prefix in configuration.subnetSources { believed.add(prefix.address, length: prefix.length) }
  }

  /// Whether a client subnet from there is taken for the asker's network.
  func believes(_ source: ClientAddress) -> Bool { believed.contains(source) }

  /// The number of the asker's site, 0 for none, and how many bits of the address that hangs on: the network that
  /// matched, and as much as it takes to leave out every other network that is listed (RFC 7871 §7.2.1 wants
  /// overlapping ones taken apart).
  func site(of asker: Asker) -> (number: Int, scope: Int) {
    let address = asker.address
    var (site, scope) = (0, 0)
    var index = 0
    while index < networks.count {
      let network = networks[index]
      index &+= 1
      guard network.address.isIPv6 == address.isIPv6 else { continue }
      let common = address.commonPrefix(with: network.address)
      if common >= network.length, asker.length >= network.length {
        if site == 0 {
          site = network.site
          scope = max(scope, network.length)
        }
      } else {
        scope = max(scope, min(common &+ 1, network.length))
      }
    }
    return (site, scope)
  }
}
