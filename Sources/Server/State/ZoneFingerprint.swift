// What a zone holds, as a number: two contents of a zone have the same one only by chance.

internal import DNS
internal import Model
internal import ZoneFile

/// 64 bits of FNV-1a: enough to notice an edit.
struct Fingerprint: Hashable, Sendable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ octets: [UInt8]) {
    // The length too, so that two neighbours cannot trade an octet unnoticed.
    add(UInt32(truncatingIfNeeded: octets.count))
    for octet in octets { add(octet) }
  }

  mutating func add(_ number: UInt32) {
    for shift in [24, 16, 8, 0] as [UInt32] { add(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func add(_ octet: UInt8) { value = (value ^ UInt64(octet)) &* 0x0000_0100_0000_01B3 }
}

extension Fingerprint {
  /// Of all that the zone can answer but its serial. Takes a pass over the whole zone.
  init(of zone: Zone, in configuration: Configuration) {
    add(zone.apex.canonicalWire)
    add(zone.soa.primary.wire + zone.soa.contact.wire)
    for value in [zone.soa.ttl, zone.soa.refresh, zone.soa.retry, zone.soa.expire, zone.soa.minimum] { add(value) }
    for record in zone.records {
      add(record.owner.canonicalWire)
      add(UInt32(record.type.rawValue))
      add(record.ttl)
      add(record.data.bytes)
    }
    for rotation in zone.rotations {
      add(rotation.owner.canonicalWire)
      add(rotation.ttl)
      for member in configuration.pools[rotation.pool].allNodes {
        for address in configuration.nodes[member].addresses { add(address.octets) }
      }
    }
  }

  /// The same with the addresses that each of its rotations hands out, for a zone that may be transferred.
  func handingOut(_ addresses: [[IPAddress]]) -> Fingerprint {
    var fingerprint = self
    for rotation in addresses {
      fingerprint.add(UInt32(truncatingIfNeeded: rotation.count))
      for address in rotation { fingerprint.add(address.octets) }
    }
    return fingerprint
  }
}
