// What a set of zone config files says, once read: the value the rest of Rondo works from.
//
// Names have become indices, relative names complete ones, units plain numbers. A value of this type is
// consistent: every index is in range, every owner name lies in its zone, every zone has a SOA and an NS.

package import DNS
package import Model

/// Nodes, checks and pools of the server, and the zones it answers for.
package struct Configuration: Sendable {
  package var nodes: [Node] = []
  package var checks: [Check] = []
  package var pools: [Pool] = []
  package var sites: [Site] = []
  /// `$ECS`: the networks whose EDNS client subnets are believed.
  package var subnetSources: [AddressPrefix] = []
  package var references: [Reference] = []
  package var zones: [Zone] = []
  /// Distinguishes one content of the files from another.
  package var fingerprint: UInt64 = 0
  package private(set) var hasForgottenRecords = false

  package init() {}

  /// More records than this are not kept beside the table that is compiled from them.
  private static let mostKept = 10_000

  /// Gives back the memory of what big zones hold besides their rotations: once a zone table is compiled from it, only
  /// zone transfers and explanations have a use for it.
  package mutating func forgetManyRecords() {
    guard zones.reduce(0, { $0 + $1.records.count }) > Configuration.mostKept else { return }
    hasForgottenRecords = true
    for zone in zones.indices { zones[zone].records = RecordList() }
  }

  /// Takes the records of another reading of the same files; false when it is another content that they have now.
  package mutating func recallRecords(from other: Configuration) -> Bool {
    guard other.fingerprint == fingerprint, other.zones.count == zones.count else { return false }
    for zone in zones.indices { zones[zone].records = other.zones[zone].records }
    hasForgottenRecords = false
    return true
  }
}

/// A zone and all that it holds.
package struct Zone: Sendable {
  package enum Origin: Sendable {
    /// Begun by a SOA record: the file's author owns the serial.
    case soaRecord
    /// Begun by `$ZONE`: SOA and NS come from `$AUTHORITY`, and the serial is the server's to set.
    case zoneDirective
  }

  package var apex: DomainName
  package var origin: Origin
  package var soa: StartOfAuthority
  /// All records but the SOA; a `ROTATE` is not among them.
  package var records: RecordList
  package var rotations: [RotationRecord]
  /// How many owner names the zone has.
  package var nameCount: Int
  package var location: SourceLocation
}

/// The SOA of a zone (RFC 1035 §3.3.13); times in seconds.
package struct StartOfAuthority: Hashable, Sendable {
  package var ttl: UInt32
  package var primary: DomainName
  package var contact: DomainName
  package var serial: UInt32
  package var refresh: UInt32
  package var retry: UInt32
  package var expire: UInt32
  package var minimum: UInt32
}

/// A record of the zone as written.
package struct Record: Sendable {
  package var owner: DomainName
  package var ttl: UInt32
  package var type: RecordType
  package var data: RecordData
  package var location: SourceLocation

  package init(owner: DomainName, ttl: UInt32, type: RecordType, data: RecordData, location: SourceLocation) {
    self.owner = owner
    self.ttl = ttl
    self.type = type
    self.data = data
    self.location = location
  }
}

/// A `ROTATE` record: A and AAAA of the pool's healthy nodes.
package struct RotationRecord: Sendable {
  package var owner: DomainName
  package var ttl: UInt32
  /// Index into `Configuration.pools`.
  package var pool: Int
  package var location: SourceLocation
}
