// The zones as the wire needs them: compiled once when a configuration is loaded, never changed after.
//
// Everything is a number into a flat array, so that answering follows indices and allocates nothing:
//
//   name ─OwnerIndex─▶ Owner ─▶ RecordSet, RecordSet, …  ─▶ octets (records ready to be copied)
//                        │                             └──▶ a published run, for ROTATE (AddressRuns.swift)
//                        └─▶ Apex: the zone's SOA for negative answers
//
// Owners are numbered by the compiler as they come, and in the finished table named by their place in the index.

package import DNS

/// The compiled zones of the server; immutable, shared by all workers.
package final class ZoneTable: Sendable {
  /// What stands at each name. Every name of a zone is in it, empty non-terminals too (RFC 8020).
  let owners: OwnerIndex
  let sets: [RecordSet]
  let apexes: [Apex]
  /// Names of other owners whose addresses belong into the additional section.
  let additionals: [Additional]
  /// Records ready to be copied, and where the pointers in them stand.
  let octets: [UInt8]
  let pointers: [UInt16]
  /// The serial of each zone, in the order of `apexes`. It goes into each SOA that is written, over what `octets` has: so
  /// it can change without another table being compiled.
  let serials: [UInt32]
  /// The labels of the longest name; no suffix longer than that need be looked up.
  let maximumLabels: Int

  /// The address runs that health publishes for this table; `RecordSet.place` counts them.
  package let rotations: [RotationKey]
  /// Where askers are, for rotations that hang on it.
  let networks: AskerNetworks
  /// One counter per rotating set, carried by the table so that a health change does not reset it.
  let counters: RotationCounters

  init(_ parts: consuming ZoneTableParts) {
    let (index, places) = OwnerIndex.build(parts.names, parts.owners)
    owners = index
    // Into an array of just this size: one that has grown takes up to twice as much.
    var sets: [RecordSet] = []
    sets.reserveCapacity(parts.sets.count)
    sets += parts.sets
    self.sets = sets
    apexes = parts.apexes.map { apex in
      var apex = apex
      apex.nameLength = parts.owners[Int(apex.owner)].nameLength
      apex.owner = places[Int(apex.owner)]
      return apex
    }
    additionals = parts.additionals.map { additional in
      var additional = additional
      additional.owner = places[Int(additional.owner)]
      return additional
    }
    octets = parts.octets
    pointers = parts.pointers
    maximumLabels = parts.maximumLabels
    rotations = parts.rotations
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

  /// The same table with counters of its own that stand as these do now: what is answered from it takes nobody's turn.
  package func withOwnCounters() -> ZoneTable { ZoneTable(copying: self, RotationCounters(copying: counters), serials) }
}

/// What a pool answers at one TTL in one family: all owners that use it so share the run.
package struct RotationKey: Hashable, Sendable {
  /// Index into `Configuration.pools`.
  package let pool: Int
  package let family: AddressFamily
  package let ttl: UInt32
}

/// What stands at one owner name.
struct Owner: Sendable {
  /// "No such owner" in the fields that name one.
  static let none = UInt32.max

  /// First of this owner's sets in `ZoneTable.sets`.
  var firstSet: UInt32 = 0
  /// Zero for an empty non-terminal.
  var setCount: UInt16 = 0
  /// The length of the name in octets.
  var nameLength: UInt8 = 0
  /// The zone the name belongs to, in `ZoneTable.apexes`.
  var apex: UInt32 = 0
  /// The zone cut at or above the name: what lies there is another server's, and all we say is a referral. Or the
  /// DNAME above the name, which then does not exist (RFC 6672 §2.4).
  var cut: UInt32 = Owner.none
  /// The owner `*` directly below this one (RFC 4592 §2.1.1).
  var wildcard: UInt32 = Owner.none
}

/// One RRset of one owner.
///
/// Its records are stored as though their owner name began at offset 12 of the message, where QNAME stands; see
/// `ReplyWriter.append`.
struct RecordSet: Sendable {
  enum Storage: UInt8, Sendable {
    /// Records that are not addresses; `place` is an offset into `ZoneTable.octets`.
    case fixed
    /// The SOA of a zone; `place` as for `fixed`. Its serial is the one in `ZoneTable.serials`.
    case startOfAuthority
    /// Addresses in the zone; consecutive answers begin with the next one each. `place` as for `fixed`.
    case rotating
    /// `place` is an index into the published address runs.
    case published
  }

  var type: RecordType
  var storage: Storage
  /// The length of each record in octets if the set is of addresses, else zero.
  var recordLength: UInt8
  var recordCount: UInt16
  /// All records together, in octets; zero for a published set. A set that is longer than this can say fits nowhere.
  var length: UInt16
  var innerPointerCount: UInt16
  /// The names in the set whose addresses are worth adding, in `ZoneTable.additionals`, and how many.
  var additionalCount: UInt16
  var place: UInt32
  /// Of a SOA, which has none of them, the zone in `ZoneTable.apexes`.
  var firstAdditional: UInt32
  /// A set has either pointers or a counter, and a hundred thousand of them are to be small.
  private var firstPointerOrCounter: UInt32

  /// Where pointers stand, as offsets from the start of the set, in `ZoneTable.pointers`: the inner ones, then the
  /// owner pointers (see CompiledSet.swift). Not for sets of addresses.
  var firstPointer: UInt32 { firstPointerOrCounter }
  var ownerPointerCount: UInt16 { recordCount }
  /// The set's counter among `ZoneTable.counters`; for sets of addresses only. With `prefer=site` the first of as many
  /// as there are sites, and one for askers in none.
  var counter: UInt32 { firstPointerOrCounter }

  /// A set of addresses, which take turns.
  init(
    rotating storage: Storage, _ type: RecordType, recordLength: UInt8, recordCount: UInt16, place: UInt32,
    length: UInt16, counter: UInt32
  ) {
    self.type = type
    self.storage = storage
    self.recordLength = recordLength
    self.recordCount = recordCount
    self.length = length
    innerPointerCount = 0
    additionalCount = 0
    self.place = place
    firstAdditional = 0
    firstPointerOrCounter = counter
  }

  /// The SOA of a zone, the number of which is its place in `ZoneTable.apexes`.
  init(startOfAuthorityOf apex: UInt32, place: UInt32, length: UInt16, firstPointer: UInt32, innerPointerCount: UInt16)
  {
    self.init(
      fixed: .soa, recordCount: 1, place: place, length: length, firstPointer: firstPointer,
      innerPointerCount: innerPointerCount, firstAdditional: apex)
    storage = .startOfAuthority
  }

  /// A set of other records.
  init(
    fixed type: RecordType, recordCount: UInt16, place: UInt32, length: UInt16, firstPointer: UInt32,
    innerPointerCount: UInt16, firstAdditional: UInt32
  ) {
    self.type = type
    storage = .fixed
    recordLength = 0
    self.recordCount = recordCount
    self.length = length
    self.innerPointerCount = innerPointerCount
    additionalCount = 0
    self.place = place
    self.firstAdditional = firstAdditional
    firstPointerOrCounter = firstPointer
  }
}

/// A zone: its apex and what its negative answers carry.
struct Apex: Sendable {
  var owner: UInt32
  /// The length of its name in octets: negative answers need no more of the owner.
  var nameLength: UInt8 = 0
  /// The SOA with the negative TTL min(SOA TTL, MINIMUM) (RFC 2308 §3), in `ZoneTable.sets`.
  var negative: UInt32
  /// The zone of ours directly above, whose DS answers are (RFC 4035 §3.1.4.1); `Owner.none` when there is none.
  var parent: UInt32
}

/// A name inside a record set whose addresses are worth adding.
struct Additional: Sendable {
  /// Where the name begins, in octets from the start of the set.
  var nameOffset: UInt16
  var owner: UInt32
  /// Glue without which the referral cannot be followed: it fits, or TC is set (RFC 9471 §2.1).
  var isMandatory: Bool
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
  var counterCount = 0
}
