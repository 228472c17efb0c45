// The zones as the wire needs them: compiled once when a configuration is loaded, never changed after.
//
// Everything is a number into a flat array, so that answering follows indices and allocates nothing:
//
//   name ─OwnerIndex─▶ Owner ─▶ RecordSet, RecordSet, …  ─▶ octets (records ready to be copied)
//                        │                             └──▶ a published run, for ROTATE (AddressRuns.swift)
//                        └─▶ Apex: the zone's SOA for negative answers
//
// Owners are numbered by the compiler as they come, and in the finished table named by their offset in the index
// (Indices.swift).

package import DNS

/// The compiled zones of the server; immutable, shared by all workers.
package final class ZoneTable: Sendable {
  /// What exists at each name. Every name of a zone is in it, empty non-terminals too (RFC 8020).
  let owners: OwnerIndex
  let sets: [RecordSet]
  let apexes: [Apex]
  /// Names of other owners whose addresses belong in the additional section.
  let additionals: [Additional]
  /// Records ready to be copied, and the offsets of the pointers in them.
  let octets: [UInt8]
  let pointers: [UInt16]
  /// The serial of each zone, in the order of `apexes`. It goes into each SOA that is written, over what `octets` has: so
  /// it can change without another table being compiled.
  package let serials: [UInt32]
  /// The labels of the longest name; no suffix longer than that need be looked up.
  let maximumLabels: Int

  /// The address runs that health publishes for this table; a `RunIndex` counts them.
  package let rotations: [RotationKey]
  /// The nodes' addresses that the zones hand out themselves, whatever health says; `RecordSet.handOut` counts them from 1.
  package let handOuts: [FixedHandOut]
  /// Where askers are, for rotations that depend on it.
  let networks: AskerNetworks
  /// One counter per rotating set, carried by the table so that a health change does not reset it.
  let counters: RotationCounters

  init(_ parts: consuming ZoneTableParts) {
    let (index, identifiers) = OwnerIndex.build(parts.names, parts.owners)
    owners = index
    // Into an array of just this size: one that has grown takes up to twice as much.
    var sets: [RecordSet] = []
    sets.reserveCapacity(parts.sets.count)
    sets += parts.sets
    self.sets = sets
    apexes = parts.apexes.map { apex in
      var apex = apex
      apex.nameLength = parts.owners[apex.owner.index].nameLength
      apex.owner = identifiers[apex.owner.index]
      return apex
    }
    additionals = parts.additionals.map { additional in
      var additional = additional
      additional.owner = identifiers[additional.owner.index]
      return additional
    }
    octets = parts.octets
    pointers = parts.pointers
    maximumLabels = parts.maximumLabels
    rotations = parts.rotations
    handOuts = parts.handOuts
    networks = parts.networks
    counters = RotationCounters(count: parts.counterCount)
    serials = parts.serials
  }

  private init(copying table: ZoneTable, _ counters: RotationCounters, _ serials: [UInt32]) {
    owners = table.owners
    sets = table.sets
    apexes = table.apexes
    additionals = table.additionals
    octets = table.octets
    pointers = table.pointers
    maximumLabels = table.maximumLabels
    rotations = table.rotations
    handOuts = table.handOuts
    networks = table.networks
    self.counters = counters
    self.serials = serials
  }

  /// The same table, rotations in their turn, with other serials: those of its zones in their order. Costs nothing for
  /// each name.
  package func withSerials(_ serials: [UInt32]) -> ZoneTable {
    precondition(serials.count == apexes.count)
    return ZoneTable(copying: self, counters, serials)
  }

  /// The same table with counters of its own, which begin where these are now: what is answered from it moves no other
  /// turn.
  package func withOwnCounters() -> ZoneTable { ZoneTable(copying: self, RotationCounters(copying: counters), serials) }
}

/// What a pool answers at one TTL in one family: all owners that use it in this way share the run.
package struct RotationKey: Hashable, Sendable {
  /// Index into `Configuration.pools`.
  package let pool: Int
  package let family: AddressFamily
  package let ttl: UInt32
}

/// Addresses of nodes in A and AAAA records of the zones. All sets that hold the same of them at the same TTL share one.
package struct FixedHandOut: Hashable, Sendable {
  /// Sorted.
  package var addresses: [IPAddress]
  package var ttl: UInt32

  package init(_ addresses: [IPAddress], ttl: UInt32) {
    self.addresses = addresses
    self.ttl = ttl
  }
}

/// What the compiler hands to `ZoneTable`.
struct ZoneTableParts {
  var names = NameTable()
  var owners: [Owner] = []
  var sets: [RecordSet] = []
  var apexes: [Apex] = []
  var serials: [UInt32] = []
  var additionals: [Additional] = []
  var octets: [UInt8] = []
  var pointers: [UInt16] = []
  var maximumLabels = 0
  var networks: AskerNetworks
  var rotations: [RotationKey] = []
  var handOuts: [FixedHandOut] = []
  var counterCount = 0
}
