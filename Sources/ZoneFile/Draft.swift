// What the files say before names are looked up: declarations may stand below their use, and in another file.

import DNS
import Model

/// A declaration's or a pool's use of a name, with its place.
struct NameUse: Sendable {
  var name: String
  var range: SourceRange
}

/// What gates a pool: nothing, said aloud, or checks that must all pass.
enum Gates: Sendable {
  case none
  case checks([NameUse])
}

/// An address with its place.
struct AddressUse: Sendable {
  var address: IPAddress
  var range: SourceRange
}

struct NodeDraft: Sendable {
  var name: NameUse
  var addresses: [(address: IPAddress, range: SourceRange)] = []
  var site: String?
}

struct CheckDraft: Sendable {
  var name: NameUse
  var kind: CheckPlan.Kind?
  var kindRange: SourceRange?
  /// The value of `every=`.
  var everyRange: SourceRange?
  /// The value of `verify=`.
  var verifyRange: SourceRange?
  var timing = CheckTiming()
  /// What `source=` lists.
  var sources: [AddressUse] = []
}

/// The times of a check and what it does between them. The defaults are those of the manual: out after about 15 seconds,
/// back after 10.
struct CheckTiming: Sendable {
  var every: Duration = .seconds(5)
  var timeout: Duration = .seconds(2)
  var fall = 3
  var rise = 2
  var fast: Duration = .seconds(1)
  /// Where `fast=` is written.
  var fastRange: SourceRange?
  var jitter = 10
  var flaky: FlakyRule? = .standard
  var watch = CheckTuning.Watch.off

  func plan(of kind: CheckPlan.Kind) -> CheckPlan {
    CheckPlan(
      kind: kind, every: every, timeout: timeout, fall: fall, rise: rise,
      tuning: CheckTuning(fast: fast, jitter: jitter, flaky: flaky, watch: watch))
  }
}

struct PoolDraft: Sendable {
  var name: NameUse
  var members: [NameUse] = []
  var gates: Gates = .none
  var options = PoolOptions()
}

/// `$AUTHORITY`: what zones begun by `$ZONE` have in common.
struct AuthorityDraft: Sendable {
  var range: SourceRange
  var servers: [(name: DomainName, range: SourceRange)] = []
  var contact: DomainName?
}

/// Where the parts of a record stand.
struct RecordPlaces: Sendable {
  /// The first word of the entry.
  var range: SourceRange
  var typeRange: SourceRange
  /// The last field: in NS, MX, SRV, CNAME the target.
  var lastField: SourceRange
}

/// A record with its places.
struct RecordDraft: Sendable {
  /// Of a record before the SOA of its zone, for which no TTL is written; more than a TTL may be (RFC 2181 §8).
  static let undecidedTTL = UInt32.max

  var record: Record
  var places: RecordPlaces

  var owner: DomainName { record.owner }
  var ttl: UInt32 { record.ttl }
  var type: RecordType { record.type }
  var data: RecordData { record.data }
  var range: SourceRange { places.range }
  var typeRange: SourceRange { places.typeRange }
  var lastField: SourceRange { places.lastField }
}

/// The records of a zone with their places.
struct RecordDrafts: Sendable {
  private(set) var list = RecordList()
  private(set) var places: [RecordPlaces] = []
  /// Those that the zone has already, by index; they leave with the building of the zone.
  private(set) var duplicates: Set<Int> = []

  mutating func append(_ draft: RecordDraft) {
    list.append(draft.record)
    places.append(draft.places)
  }

  /// Appends an A record from a line without signs outside ASCII; owner in wire form, the file by its number.
  mutating func append(_ owner: [UInt8], ttl: UInt32, address: UInt32, file: Int, _ places: RecordPlaces) {
    let first = places.range
    let column = Int(first.start - first.lineStart) + 1
    list.append(owner, ttl: ttl, address: address, at: (file, Int(first.line), column))
    self.places.append(places)
  }

  /// The number that a file has here.
  mutating func number(ofFile path: String) -> Int { list.number(ofFile: path) }

  mutating func insert(_ draft: RecordDraft, at index: Int) {
    list.insert(draft.record, at: index)
    places.insert(draft.places, at: index)
  }

  mutating func setTTL(_ ttl: UInt32, at index: Int) { list.setTTL(ttl, at: index) }

  /// Leaves the records at these indices, which rise, and gives them back.
  mutating func removeAll(at indices: [Int]) -> [RecordDraft] {
    let removed = indices.map { self[$0] }
    let gone = Set(indices)
    list.removeAll(at: gone)
    var index = -1
    places.removeAll { _ in
      index += 1
      return gone.contains(index)
    }
    return removed
  }

  mutating func noteDuplicate(at index: Int) { duplicates.insert(index) }

  /// The records of some types, in their order.
  func drafts(where isWanted: (RecordType) -> Bool) -> [RecordDraft] {
    indices.filter { isWanted(list.type(at: $0)) }.map { self[$0] }
  }
}

extension RecordDrafts: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { places.count }

  subscript(index: Int) -> RecordDraft { RecordDraft(record: list[index], places: places[index]) }
}

struct RotationDraft: Sendable {
  enum Source: Sendable {
    case pool(NameUse)
    case members([NameUse], Gates)
  }

  var owner: DomainName
  var ttl: UInt32
  /// The TTL where written, else the word ROTATE.
  var ttlRange: SourceRange
  var source: Source
  /// Of a pool written out; else as good as none.
  var options = PoolOptions()
  /// The first word of the entry.
  var range: SourceRange
  var typeRange: SourceRange
}

struct ZoneDraft: Sendable {
  /// Nil where the beginning of the zone is wrong: its entries are read for their errors only.
  var apex: DomainName?
  var origin: Zone.Origin
  /// The entry that begins the zone.
  var range: SourceRange
  /// Nil for `$ZONE` until `$AUTHORITY` is known.
  var soa: StartOfAuthority?
  /// Where the negative TTL is written.
  var minimumRange: SourceRange
  /// TTL of SOA and NS of a zone begun by `$ZONE`, in seconds.
  var directiveTTL: UInt32 = 3600
  var records = RecordDrafts()
  var rotations: [RotationDraft] = []
  /// An entry of the zone could not be read: what seems to be missing may have been in it.
  var isIncomplete = false
}

struct Draft: Sendable {
  var nodes: [NodeDraft] = []
  var checks: [CheckDraft] = []
  var pools: [PoolDraft] = []
  var sites: [SiteDraft] = []
  var subnetSources: [(prefix: AddressPrefix, range: SourceRange)] = []
  var references: [ReferenceDraft] = []
  var zones: [ZoneDraft] = []
  /// Records and rotations that do not lie in the zone that is open above them.
  var strays = RecordDrafts()
  var strayRotations: [RotationDraft] = []
  /// Where names stand that seem to lack their final dot: what else is wrong with them follows from that.
  var forgottenDots: Set<SourceRange> = []
  /// Files in which relative names were read with the root for want of an origin: where they belong cannot be said.
  var filesWithoutOrigin: Set<Int32> = []
  /// An entry that stands before all zones could not be read.
  var isIncomplete = false
  var authority: AuthorityDraft?

  var nodeIndex: [String: Int] = [:]
  var checkIndex: [String: Int] = [:]
  var poolIndex: [String: Int] = [:]
  var siteIndex: [String: Int] = [:]
  /// Where networks and references are written, so that none is twice.
  var siteOfPrefix: [AddressPrefix: (site: String, range: SourceRange)] = [:]
  var subnetSourceRanges: [AddressPrefix: SourceRange] = [:]
  var referenceRanges: [IPAddress: SourceRange] = [:]
  /// The apexes, each by the number of its zone in `zonesByApex`.
  private var apexes = NameSet()
  private var zonesByApex: [Int] = []

  /// The zone with this apex; of several, the one that was begun first.
  func zone(at apex: DomainName) -> Int? { apexes.number(of: apex).map { zonesByApex[$0] } }

  mutating func append(_ zone: ZoneDraft, at apex: DomainName) {
    if apexes.insert(apex) == zonesByApex.count { zonesByApex.append(zones.count) }
    zones.append(zone)
  }

  /// The served zone that holds `name`: the one with the longest apex (RFC 1034 §4.3.2 step 2).
  func closestZone(to name: DomainName) -> Int? { apexes.closest(to: name).map { zonesByApex[$0] } }
}
