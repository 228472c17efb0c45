// Where an asker is: what `prefer=site` and `order=hash` go by.
//
// The address is that of the packet, or of the client subnet in it if the packet comes from a network that is believed
// (RFC 7871). In the latter case the reply says for how large a network it holds, so that resolvers keep it apart for
// others: SCOPE PREFIX-LENGTH.

import DNS
import ZoneFile

/// Whose network an answer is made for.
///
/// Two fields and no more: with one more, the compiler destroys a `ReplyWriter` by way of its witness table, at thirty
/// instructions a query. Hence the vector.
struct Asker {
  /// Of the address, the high part and the low.
  private var parts: SIMD2<UInt64>
  /// From the lowest octet on: whether the address is an IPv6 one; how many bits of it are known, or 0 if it is that of
  /// the packet; how many bits of it the answers so far hang on.
  private var marks: UInt64

  @inline(__always)
  init(_ client: ClientAddress) {
    parts = SIMD2(client.high, client.low)
    marks = client.isIPv6 ? 1 : 0
  }

  /// The client for whom a resolver asks; nil when the option does not tell (RFC 7871 §7.1.2).
  init?(_ subnet: ClientSubnet) {
    guard subnet.sourcePrefix > 0 else { return nil }
    self.init(subnet.address)
    marks |= UInt64(subnet.sourcePrefix) &<< 8
  }

  var address: ClientAddress {
    marks & 1 == 1
      ? ClientAddress(literalIPv6High: parts.x, low: parts.y)
      : ClientAddress(ipv4: UInt32(truncatingIfNeeded: parts.y))
  }

  private var isClientSubnet: Bool { marks & 0xFF00 != 0 }
  /// How many bits of the address are known.
  var length: Int { isClientSubnet ? Int(marks &>> 8 & 0xFF) : 128 }
  private var scope: UInt8 { UInt8(truncatingIfNeeded: marks &>> 16) }

  /// SCOPE PREFIX-LENGTH: what was not told in the option holds for all whom the resolver serves (RFC 7871 §7.2.1).
  var subnetScope: UInt8 { isClientSubnet ? scope : 0 }

  /// Notes that an answer hangs on so many bits.
  mutating func note(scope bits: Int) {
    marks = marks & 0xFFFF | UInt64(max(scope, UInt8(truncatingIfNeeded: bits))) &<< 16
  }

  /// The same number for all askers of a /24, or a /56 of IPv6, so that neighbours and privacy addresses share a row; the
  /// same on every server, so that it does not matter which one is asked.
  mutating func networkNumber() -> UInt64 {
    let address = address
    let bits = address.isIPv6 ? 56 : 24
    note(scope: bits)
    let network = address.prefix(bits)
    return Asker.mix(network.high ^ Asker.mix(network.low ^ (address.isIPv6 ? 1 : 0)))
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

  /// The number of the asker's site; 0 for none.
  ///
  /// The answer then holds for the longest of: the network that matched; and as much of the asker's own as it takes to
  /// leave out every other network that is listed (RFC 7871 §7.2.1 wants overlapping ones taken apart).
  func site(of asker: inout Asker) -> Int {
    let address = asker.address
    var site = 0
    var index = 0
    while index < networks.count {
      let network = networks[index]
      index &+= 1
      guard network.address.isIPv6 == address.isIPv6 else { continue }
      let common = address.commonPrefix(with: network.address)
      if common >= network.length, asker.length >= network.length {
        if site == 0 {
          site = network.site
          asker.note(scope: network.length)
        }
      } else {
        asker.note(scope: min(common &+ 1, network.length))
      }
    }
    return site
  }
}
