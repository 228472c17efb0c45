// The networks of `$SITE` and `$ECS`: which site an asker is in, and whose client subnets are believed.
//
// With a client subnet the reply says for how large a network it holds, so that resolvers keep it apart for others:
// SCOPE PREFIX-LENGTH (RFC 7871).

import DNS
import Model
import ZoneFile

/// The networks of `$SITE` and `$ECS`. Immutable.
struct AskerNetworks: Sendable {
  private struct Network: Sendable {
    var address: ClientAddress
    var length: Int
    /// From 1, in the order of the configuration.
    var site: Int
    /// The network next larger that holds this one, by its index in the list.
    var enclosing: Int?

    func holds(_ other: ClientAddress) -> Bool { address.commonPrefix(with: other) >= length }
  }

  /// By address, and where that is the same the larger network first: so each comes after those that hold it.
  private var ipv4: [Network] = []
  private var ipv6: [Network] = []
  /// Whose client subnets are believed.
  private var believed = ClientPrefixes()

  init(_ configuration: Configuration) {
    var networks: [Network] = []
    for (index, site) in configuration.sites.enumerated() {
      for prefix in site.prefixes {
        networks.append(Network(address: ClientAddress(prefix.address), length: prefix.length, site: index + 1))
      }
    }
    self.init(networks)
    for prefix in configuration.subnetSources { believed.add(prefix.address, length: prefix.length) }
  }

  /// Sites of one network each, no two of them the same, numbered from 1.
  init(_ networks: [(address: ClientAddress, length: Int)]) {
    self.init(networks.enumerated().map { Network(address: $1.address, length: $1.length, site: $0 + 1) })
  }

  private init(_ networks: [Network]) {
    ipv4 = AskerNetworks.sorted(networks.filter { !$0.address.isIPv6 })
    ipv6 = AskerNetworks.sorted(networks.filter { $0.address.isIPv6 })
  }

  private static func sorted(_ networks: [Network]) -> [Network] {
    var sorted = networks
    sorted.sort { isOrdered($0.address, before: $1.address) || $0.address == $1.address && $0.length < $1.length }
    for index in sorted.indices.dropFirst() {
      // Whatever holds this one holds the one before too, or is it: each step up is a shorter prefix.
      var candidate: Int? = index - 1
      while let larger = candidate, !sorted[larger].holds(sorted[index].address) {
        candidate = sorted[larger].enclosing
      }
      sorted[index].enclosing = candidate
    }
    return sorted
  }

  private static func isOrdered(_ one: ClientAddress, before other: ClientAddress) -> Bool {
    (one.high, one.low) < (other.high, other.low)
  }

  /// Whether a client subnet from there is taken for the asker's network.
  func believes(_ source: ClientAddress) -> Bool { believed.contains(source) }

  /// The number of the asker's site, 0 for none, and how many bits of the address decide that: the network that matched,
  /// and as much as it takes to leave out every other network that is listed (RFC 7871 §7.2.1 wants overlapping ones
  /// taken apart).
  ///
  /// A binary search, then at most as many steps as networks lie one in the other.
  func site(of asker: Asker) -> (number: Int, scope: Int) {
    let networks = asker.address.isIPv6 ? ipv6 : ipv4
    let next = AskerNetworks.firstIndex(in: networks, beyond: asker.address)
    var scope = 0
    // Of the networks that do not match, one of the two neighbours has most in common with the address.
    if next < networks.count { scope = AskerNetworks.distinguishingLength(asker.address, networks[next]) }
    var candidate = next > 0 ? next &- 1 : nil
    while let index = candidate {
      let network = networks[index]
      if network.holds(asker.address), asker.length >= network.length {
        return (network.site, max(scope, network.length))
      }
      scope = max(scope, AskerNetworks.distinguishingLength(asker.address, network))
      candidate = network.enclosing
    }
    return (0, scope)
  }

  /// The index of the first network whose address is beyond this one.
  private static func firstIndex(in networks: [Network], beyond address: ClientAddress) -> Int {
    var (low, high) = (0, networks.count)
    while low < high {
      let middle = (low &+ high) &>> 1
      if isOrdered(address, before: networks[middle].address) { high = middle } else { low = middle &+ 1 }
    }
    return low
  }

  /// How many bits of an address show that it is not in the network.
  private static func distinguishingLength(_ address: ClientAddress, _ network: Network) -> Int {
    min(address.commonPrefix(with: network.address) &+ 1, network.length)
  }
}
