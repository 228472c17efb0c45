// Which site an asker is in, and for how large a network that holds, against a comparison with each network in turn.

import DNS
import TestSupport
import Testing
import ZoneFile

@testable import Answering

/// A network of the configuration.
private struct Network: Hashable {
  var address: ClientAddress
  var length: Int
}

/// An address whose bits are few different ones, so that networks lie in one another and side by side.
private func randomAddress(_ random: inout SeededGenerator) -> ClientAddress {
  let bits = (0..<12).reduce(UInt64(0)) { bits, _ in bits << 1 | (random.chance(0.3) ? 1 : 0) }
  if random.chance(0.5) { return ClientAddress(ipv4: UInt32(bits << 20)) }
  return ClientAddress(ipv6High: bits << 52 | 1, low: random.chance(0.5) ? 0 : 1 << 63)
}

/// The longest network that holds the address, and the bits that tell it from all others (RFC 7871 §7.2.1).
private func expected(_ asker: Asker, _ networks: [Network]) -> (index: Int?, scope: Int) {
  var best: Int?
  var scope = 0
  for (index, network) in networks.enumerated() where network.address.isIPv6 == asker.address.isIPv6 {
    let common = asker.address.commonPrefix(with: network.address)
    if common >= network.length, asker.length >= network.length {
      if best.map({ networks[$0].length < network.length }) ?? true { best = index }
    } else {
      scope = max(scope, min(common + 1, network.length))
    }
  }
  return (best, max(scope, best.map { networks[$0].length } ?? 0))
}

@Test("The site of an asker is that of the longest network around it", arguments: 0..<60 as Range<UInt64>)
func sitesOfAskers(seed: UInt64) throws {
  var random = SeededGenerator(seed: seed)
  var networks: [Network] = []
  for _ in 0..<Int.random(in: 1...40, using: &random) {
    let address = randomAddress(&random)
    let length = Int.random(in: 0...(address.isIPv6 ? 66 : 14), using: &random)
    let network = Network(address: address.prefix(length), length: length)
    if !networks.contains(network) { networks.append(network) }
  }
  let sites = AskerNetworks(networks.map { (address: $0.address, length: $0.length) })
  for _ in 0..<300 {
    let address = randomAddress(&random)
    let length = Int.random(in: 1...(address.isIPv6 ? 70 : 32), using: &random)
    for asker in [Asker(address), Asker(address: address.prefix(length), sourceBits: UInt8(length))] {
      let (index, scope) = expected(asker, networks)
      let found = sites.site(of: asker)
      #expect(found.number == index.map { $0 + 1 } ?? 0, "seed \(seed), \(asker.address)/\(asker.length)")
      #expect(found.scope == scope, "seed \(seed), \(asker.address)/\(asker.length)")
    }
  }
}
