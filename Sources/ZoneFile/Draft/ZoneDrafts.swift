// The zones as read: records and rotations where they were found, not yet where their names belong.

import DNS

struct RotationDraft: Sendable {
  enum Source: Sendable {
    case pool(NameUse)
    case members([NameUse], Gates)
  }

  var owner: DomainName
  /// In seconds; nil where none is written, until it lies in a zone whose SOA decides.
  var ttl: UInt32?
  /// The TTL where written, otherwise the word ROTATE.
  var ttlRange: SourceRange
  var source: Source
  /// Of a rotation that lists its nodes; otherwise the defaults.
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

/// All zones that were begun, and what lies in none of them so far.
struct ZoneDrafts: Sendable {
  var list: [ZoneDraft] = []
  /// Records and rotations that do not lie in the zone that is open above them.
  var strays: [WrittenRecord] = []
  var strayRotations: [RotationDraft] = []
  /// Where names are that seem to lack their final dot: what else is wrong with them follows from that.
  var forgottenDots: Set<SourceRange> = []
  /// Files in which relative names were read with the root for want of an origin: which zone they are in cannot be said.
  var filesWithoutOrigin: Set<Int32> = []
  /// The apexes, each by the number of its zone in `zonesByApex`.
  private var apexes = NameSet()
  private var zonesByApex: [Int] = []

  /// The zone with this apex; of several, the one that was begun first.
  func zone(at apex: DomainName) -> Int? { apexes.number(of: apex).map { zonesByApex[$0] } }

  mutating func append(_ zone: ZoneDraft, at apex: DomainName) {
    if apexes.insert(apex) == zonesByApex.count { zonesByApex.append(list.count) }
    list.append(zone)
  }

  /// The served zone that holds `name`: the one with the longest apex (RFC 1034 §4.3.2 step 2).
  func closestZone(to name: DomainName) -> Int? { apexes.closest(to: name).map { zonesByApex[$0] } }
}
