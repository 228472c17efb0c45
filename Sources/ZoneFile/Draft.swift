// What the files say before names are looked up: declarations may stand below their use, and in another file.

import DNS

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
  var kind: Check.Kind?
  var kindRange: SourceRange?
  /// The value of `verify=`.
  var verifyRange: SourceRange?
  var timing = CheckTiming()
  /// What `source=` lists.
  var sources: [AddressUse] = []
}

/// The defaults are those of the manual: out after about 15 seconds, back after 10.
struct CheckTiming: Sendable {
  var every: Duration = .seconds(5)
  var timeout: Duration = .seconds(2)
  var fall = 3
  var rise = 2
  var vigilance = CheckVigilance()
}

struct PoolDraft: Sendable {
  var name: NameUse
  var members: [NameUse] = []
  var gates: Gates = .none
  var options = PoolOptionsDraft()
}

/// `$AUTHORITY`: what zones begun by `$ZONE` have in common.
struct AuthorityDraft: Sendable {
  var range: SourceRange
  var servers: [(name: DomainName, range: SourceRange)] = []
  var contact: DomainName?
}

struct RecordDraft: Sendable {
  var owner: DomainName
  var ttl: UInt32
  var type: RecordType
  var data: RecordData
  /// The first word of the entry.
  var range: SourceRange
  var typeRange: SourceRange
  /// The last field: in NS, MX, SRV, CNAME the target.
  var lastField: SourceRange
  /// The zone has the same record already; this one is left out.
  var isDuplicate = false
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
  var options = PoolOptionsDraft()
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
  var records: [RecordDraft] = []
  var rotations: [RotationDraft] = []
  /// An entry of the zone could not be read: what seems to be missing may have been in it.
  var isIncomplete = false
}

/// A record that does not lie in the zone open above it.
enum Stray: Sendable {
  case record(RecordDraft)
  case rotation(RotationDraft)
}

struct Draft: Sendable {
  var nodes: [NodeDraft] = []
  var checks: [CheckDraft] = []
  var pools: [PoolDraft] = []
  var sites: [SiteDraft] = []
  var subnetSources: [(prefix: AddressPrefix, range: SourceRange)] = []
  var references: [ReferenceDraft] = []
  var zones: [ZoneDraft] = []
  var strays: [Stray] = []
  var authority: AuthorityDraft?

  var nodeIndex: [String: Int] = [:]
  var checkIndex: [String: Int] = [:]
  var poolIndex: [String: Int] = [:]
  var zoneIndex: [DomainName: Int] = [:]

  /// The served zone that holds `name`: the one with the longest apex (RFC 1034 §4.3.2 step 2).
  func closestZone(to name: DomainName) -> Int? {
    var ancestor: DomainName? = name
    while let apex = ancestor {
      if let zone = zoneIndex[apex] { return zone }
      ancestor = apex.parent
    }
    return nil
  }
}
