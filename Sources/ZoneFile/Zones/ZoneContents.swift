// What each owner of a zone has: the index in which the checks of a zone look names up.

import DNS
import Model

/// An index that may be missing, in four octets: a zone has a hundred thousand owners.
struct OptionalIndex: Sendable {
  private var stored = UInt32.max

  var value: Int? {
    get { stored == .max ? nil : Int(stored) }
    set { stored = newValue.map { UInt32($0) } ?? .max }
  }
}

/// What one owner name has. Numbers are indices into the zone's records or rotations; the first of each kind.
struct OwnerContents {
  fileprivate(set) var address = OptionalIndex()
  fileprivate(set) var alias = OptionalIndex()
  fileprivate(set) var nameServer = OptionalIndex()
  fileprivate(set) var other = OptionalIndex()
  fileprivate(set) var rotation = OptionalIndex()
  /// The RRset of this owner that was found last.
  fileprivate var newestSet = OptionalIndex()
  fileprivate var setCount: UInt32 = 0
}

/// Records of one owner and type (RFC 2181 §5).
private struct RRset {
  /// From so many records on, duplicates are found by a set of their data, not by comparing each with each.
  static let mostCompared = 8

  var type: RecordType
  var hasDifferingTTL = false
  var lowestTTL: UInt32
  var first: UInt32
  var newest: UInt32
  var count: UInt32 = 1
  /// Of its records in a reply, where a pointer takes the place of each owner.
  var octets: UInt32
  /// The RRset of the same owner that was found before.
  var earlierSet: OptionalIndex
}

struct ZoneContents {
  private(set) var owners: [OwnerContents] = []
  private var names: NameTable
  /// Owners of NS records below the apex, and apexes of served child zones: where authority ends (RFC 1034 §4.2.1).
  var cuts = NameSet()
  /// Owners of DNAME records: the names below them are all renamed (RFC 6672 §2.3).
  private(set) var renamed = NameSet()
  /// Apexes of child zones that this server answers for.
  var servedChildren = NameSet()
  private(set) var nameServerCount = 0
  private var rrsets: [RRset] = []
  /// The RRsets of owners with many of them.
  private var crowded: [SetKey: Int] = [:]
  /// For each record the one before it in its RRset.
  private var earlierRecord: [OptionalIndex] = []
  /// The data of the records of RRsets with many of them.
  private var said: [Int: Set<[UInt8]>] = [:]
  private(set) var hasDifferingTTLs = false

  init(of records: RecordList) {
    names = records.owners
    owners = Array(repeating: OwnerContents(), count: names.count)
    earlierRecord = Array(repeating: OptionalIndex(), count: records.count)
    rrsets.reserveCapacity(names.count)
  }

  subscript(_ owner: DomainName) -> OwnerContents? { names.find(owner).map { owners[$0] } }

  private struct SetKey: Hashable {
    var owner: Int
    var type: RecordType
  }

  /// Beyond so many RRsets at one owner they are found by a table, not one after the other.
  private static let mostWalked = 16

  /// What adding a record has shown.
  enum Finding {
    case fine
    /// The same record is in the RRset that begins at this index already.
    case duplicate(of: Int)
    /// The RRset began with another TTL at this index; reported once for each set.
    case differingTTL(from: Int)
    /// There is another CNAME, or DNAME, at this index.
    case secondAlias(of: Int)
    /// With this record the RRset, which began at this index, fits into no message; reported once for each set.
    case tooLong(from: Int)
  }

  /// What header, question and OPT leave of the longest message for records, in octets (RFC 1035 §4.2.2).
  private static func room(beside ownerLength: Int) -> UInt32 { 65_535 - 12 - (UInt32(ownerLength) + 4) - 11 }

  /// Adds the record at `position`; they come in their order.
  mutating func add(at position: Int, of records: RecordList, apex: DomainName) -> Finding {
    let type = records.type(at: position)
    let owner = records.owner(at: position)
    let ttl = records.ttl(at: position)
    let octets = 12 + UInt32(records.dataLength(at: position))
    let room = ZoneContents.room(beside: records.owners.length(of: owner))
    guard let set = set(type, of: owner) else {
      setFirst(type, at: position, owner)
      rrsets.append(
        RRset(
          type: type, lowestTTL: ttl, first: UInt32(position), newest: UInt32(position), octets: octets,
          earlierSet: owners[owner].newestSet))
      addSet(of: owner)
      if type == .ns { addNameServer(records.ownerName(at: position), apex) }
      if type == .dname { renamed.insert(records.ownerName(at: position)) }
      return octets > room ? .tooLong(from: position) : .fine
    }
    let first = Int(rrsets[set].first)
    if isSaid(at: position, in: set, of: records) { return .duplicate(of: first) }
    earlierRecord[position].value = Int(rrsets[set].newest)
    rrsets[set].newest = UInt32(position)
    rrsets[set].count += 1
    if type == .cname || type == .dname { return .secondAlias(of: first) }
    if type == .ns { addNameServer(records.ownerName(at: position), apex) }
    rrsets[set].octets += octets
    if rrsets[set].octets > room, rrsets[set].octets - octets <= room { return .tooLong(from: first) }
    guard ttl != records.ttl(at: first) else { return .fine }
    rrsets[set].lowestTTL = min(rrsets[set].lowestTTL, ttl)
    if rrsets[set].hasDifferingTTL { return .fine }
    rrsets[set].hasDifferingTTL = true
    hasDifferingTTLs = true
    return .differingTTL(from: first)
  }

  /// Makes the RRset that was appended last the owner's newest.
  private mutating func addSet(of owner: Int) {
    owners[owner].newestSet.value = rrsets.count - 1
    owners[owner].setCount += 1
    guard owners[owner].setCount >= ZoneContents.mostWalked else { return }
    guard owners[owner].setCount == ZoneContents.mostWalked else {
      crowded[SetKey(owner: owner, type: rrsets[rrsets.count - 1].type)] = rrsets.count - 1
      return
    }
    var candidate = owners[owner].newestSet
    while let set = candidate.value {
      crowded[SetKey(owner: owner, type: rrsets[set].type)] = set
      candidate = rrsets[set].earlierSet
    }
  }

  private func set(_ type: RecordType, of owner: Int) -> Int? {
    guard owners[owner].setCount < ZoneContents.mostWalked else { return crowded[SetKey(owner: owner, type: type)] }
    var candidate = owners[owner].newestSet
    while let set = candidate.value {
      if rrsets[set].type == type { return set }
      candidate = rrsets[set].earlierSet
    }
    return nil
  }

  /// Whether the RRset has a record with the same data as the one at `position`.
  private mutating func isSaid(at position: Int, in set: Int, of records: RecordList) -> Bool {
    if said[set] != nil {
      return said[set]?.insert(records.data(at: position).canonicalBytes).inserted == false
    }
    var all: Set<[UInt8]> = []
    var other: Int? = Int(rrsets[set].newest)
    while let record = other {
      if records.isSameData(at: record, position) { return true }
      if rrsets[set].count >= RRset.mostCompared { all.insert(records.data(at: record).canonicalBytes) }
      other = earlierRecord[record].value
    }
    if rrsets[set].count >= RRset.mostCompared {
      all.insert(records.data(at: position).canonicalBytes)
      said[set] = all
    }
    return false
  }

  private mutating func setFirst(_ type: RecordType, at position: Int, _ owner: Int) {
    switch type {
    case .a, .aaaa: if owners[owner].address.value == nil { owners[owner].address.value = position }
    case .cname: owners[owner].alias.value = position
    case .ns: owners[owner].nameServer.value = position
    default: if owners[owner].other.value == nil { owners[owner].other.value = position }
    }
  }

  private mutating func addNameServer(_ owner: DomainName, _ apex: DomainName) {
    if owner == apex { nameServerCount += 1 } else { cuts.insert(owner) }
  }

  /// - Returns: the index of the rotation that the owner has already.
  mutating func add(_ rotation: RotationDraft, at position: Int) -> Int? {
    let owner = names.insert(rotation.owner)
    if owner == owners.count { owners.append(OwnerContents()) }
    if let first = owners[owner].rotation.value { return first }
    owners[owner].rotation.value = position
    return nil
  }

  /// The TTL that all records of a set are given: the lowest (RFC 2181 §5.2). Nil where they agree.
  func unifiedTTL(at position: Int, of records: RecordList) -> UInt32? {
    guard let set = set(records.type(at: position), of: records.owner(at: position)), rrsets[set].hasDifferingTTL
    else { return nil }
    return rrsets[set].lowestTTL
  }

  /// The number of an owner among `owners`.
  func number(of owner: DomainName) -> Int? { names.find(owner) }

  /// The owner of a DNAME above `name`, which then does not exist; the uppermost when there are several.
  func renaming(above name: DomainName, apex: DomainName) -> DomainName? {
    renaming(above: name.wire.span.octets, apex: apex).map(renamed.name)
  }

  private func renaming(above name: RawSpan, apex: DomainName) -> Int? {
    guard !renamed.isEmpty, name.byteCount > apex.wire.count else { return nil }
    let parent = name.extracting(1 + Int(name.octet(at: 0))..<name.byteCount)
    return renamed.uppermost(atOrAbove: parent, longerThan: apex.wire.count - 1)
  }

  /// The cut at or above `name`, below `apex`; the uppermost when there are several.
  func cut(above name: DomainName, apex: DomainName) -> DomainName? {
    cuts.uppermost(atOrAbove: name.wire.span.octets, longerThan: apex.wire.count).map(cuts.name)
  }

  /// For each owner the number of the cut at or above it, and of the DNAME above it: asked once, and not for each record.
  func coveringNames(apex: DomainName) -> [(cut: OptionalIndex, renaming: OptionalIndex)] {
    owners.indices.map { owner in
      var covering = (cut: OptionalIndex(), renaming: OptionalIndex())
      let name = names.wire(of: owner)
      covering.cut.value = cuts.uppermost(atOrAbove: name, longerThan: apex.wire.count)
      covering.renaming.value = renaming(above: name, apex: apex)
      return covering
    }
  }
}
