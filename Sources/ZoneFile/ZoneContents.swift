// A zone's records ordered by owner: what the checks of a zone look things up in.

import DNS

/// What one owner name has. Numbers are indices into the zone's records or rotations; the first of each kind.
struct OwnerContents {
  var address: Int?
  var alias: Int?
  var nameServer: Int?
  var other: Int?
  var rotation: Int?
}

/// Records of one owner and type (RFC 2181 §5).
private struct RRsetKey: Hashable {
  /// The owner's number above, the type's below.
  private let value: UInt64

  init(owner: Int, type: RecordType) { value = UInt64(owner) << 16 | UInt64(type.rawValue) }
}

private struct RRset {
  var first: Int
  var lowestTTL: UInt32
  var hasDifferingTTL = false
  /// Of its records in a reply, where pointers stand for their owner.
  var octets = 0
  /// Filled from the second record on: most sets have one.
  var seen: Set<[UInt8]> = []
}

struct ZoneContents {
  private(set) var owners: [OwnerContents] = []
  private var ownerIndex: [DomainName: Int] = [:]
  /// Owners of NS records below the apex, and apexes of served child zones: where authority ends (RFC 1034 §4.2.1).
  var cuts: Set<DomainName> = []
  /// Owners of DNAME records: the names below them are all renamed (RFC 6672 §2.3).
  private(set) var renamed: Set<DomainName> = []
  /// Apexes of child zones that this server answers for.
  var servedChildren: Set<DomainName> = []
  private(set) var nameServerCount = 0
  private var rrsets: [RRset] = []
  private var rrsetIndex: [RRsetKey: Int] = [:]
  private var lastOwner: (name: DomainName, index: Int)?

  /// - Parameter capacity: how many records are to come.
  init(capacity: Int) {
    ownerIndex.reserveCapacity(capacity)
    rrsetIndex.reserveCapacity(capacity)
    rrsets.reserveCapacity(capacity)
    owners.reserveCapacity(capacity)
  }

  subscript(_ owner: DomainName) -> OwnerContents? { ownerIndex[owner].map { owners[$0] } }

  private mutating func index(of owner: DomainName) -> Int {
    if let lastOwner, lastOwner.name == owner { return lastOwner.index }
    let index = ownerIndex[owner] ?? owners.count
    if index == owners.count {
      ownerIndex[owner] = index
      owners.append(OwnerContents())
    }
    lastOwner = (owner, index)
    return index
  }

  /// What adding a record brought to light.
  enum Finding {
    case fine
    /// The same record stands at this index already.
    case duplicate(of: Int)
    /// The RRset began with another TTL at this index; said once for each set.
    case differingTTL(from: Int)
    /// There is another CNAME, or DNAME, at this index.
    case secondAlias(of: Int)
    /// With this record the RRset, which began at this index, fits into no message; said once for each set.
    case tooLong(from: Int)
  }

  /// What header, question and OPT leave of the longest message for records, in octets (RFC 1035 §4.2.2).
  private static func room(beside owner: DomainName) -> Int { 65_535 - 12 - (owner.wire.count + 4) - 11 }

  mutating func add(_ record: RecordDraft, at position: Int, of records: [RecordDraft], apex: DomainName) -> Finding {
    let owner = index(of: record.owner)
    let key = RRsetKey(owner: owner, type: record.type)
    let octets = 12 + record.data.bytes.count
    let room = ZoneContents.room(beside: record.owner)
    guard let set = rrsetIndex[key] else {
      note(record.type, at: position, owner)
      rrsetIndex[key] = rrsets.count
      rrsets.append(RRset(first: position, lowestTTL: record.ttl, octets: octets))
      if record.type == .ns { addNameServer(record.owner, apex) }
      if record.type == .dname { renamed.insert(record.owner) }
      return octets > room ? .tooLong(from: position) : .fine
    }
    let first = rrsets[set].first
    if rrsets[set].seen.isEmpty { rrsets[set].seen.insert(records[first].data.canonicalBytes) }
    guard rrsets[set].seen.insert(record.data.canonicalBytes).inserted else { return .duplicate(of: first) }
    if record.type == .cname || record.type == .dname { return .secondAlias(of: first) }
    if record.type == .ns { addNameServer(record.owner, apex) }
    rrsets[set].octets += octets
    if rrsets[set].octets > room, rrsets[set].octets - octets <= room { return .tooLong(from: first) }
    guard record.ttl != records[first].ttl else { return .fine }
    rrsets[set].lowestTTL = min(rrsets[set].lowestTTL, record.ttl)
    if rrsets[set].hasDifferingTTL { return .fine }
    rrsets[set].hasDifferingTTL = true
    return .differingTTL(from: first)
  }

  private mutating func note(_ type: RecordType, at position: Int, _ owner: Int) {
    switch type {
    case .a, .aaaa: owners[owner].address = owners[owner].address ?? position
    case .cname: owners[owner].alias = position
    case .ns: owners[owner].nameServer = position
    default: owners[owner].other = owners[owner].other ?? position
    }
  }

  private mutating func addNameServer(_ owner: DomainName, _ apex: DomainName) {
    if owner == apex { nameServerCount += 1 } else { cuts.insert(owner) }
  }

  /// - Returns: the index of the rotation that the owner has already.
  mutating func add(_ rotation: RotationDraft, at position: Int) -> Int? {
    let owner = index(of: rotation.owner)
    if let first = owners[owner].rotation { return first }
    owners[owner].rotation = position
    return nil
  }

  /// The TTL that all records of a set are given: the lowest (RFC 2181 §5.2). Nil where they agree.
  func unifiedTTL(of record: RecordDraft) -> UInt32? {
    guard let owner = ownerIndex[record.owner], let set = rrsetIndex[RRsetKey(owner: owner, type: record.type)],
      rrsets[set].hasDifferingTTL
    else { return nil }
    return rrsets[set].lowestTTL
  }

  var hasDifferingTTLs: Bool { rrsets.contains { $0.hasDifferingTTL } }

  /// The owner of a DNAME above `name`, which then does not exist; the uppermost when there are several.
  func renaming(above name: DomainName, apex: DomainName) -> DomainName? {
    guard !renamed.isEmpty else { return nil }
    var found: DomainName?
    var ancestor = name
    while ancestor.wire.count > apex.wire.count, let parent = ancestor.parent {
      if renamed.contains(parent) { found = parent }
      ancestor = parent
    }
    return found
  }

  /// The cut at or above `name`, below `apex`; the uppermost when there are several.
  func cut(above name: DomainName, apex: DomainName) -> DomainName? {
    guard !cuts.isEmpty else { return nil }
    var found: DomainName?
    var ancestor = name
    while ancestor.wire.count > apex.wire.count {
      if cuts.contains(ancestor) { found = ancestor }
      guard let parent = ancestor.parent else { break }
      ancestor = parent
    }
    return found
  }
}
