// Zone model → zone table: numbers every name, finds zone cuts and wildcards, lays out the record sets.
//
// Names come first (all zones' apexes, then each zone's owners with the empty non-terminals above them), so that
// every ancestor has a lower number than its descendants in the same zone, and one pass in number order suffices
// for whatever is inherited from above.

import DNS
import Model
package import ZoneFile

extension ZoneTable {
  /// Compiles all zones of a configuration.
  package static func compile(_ configuration: Configuration) -> ZoneTable {
    var compiler = ZoneTableCompiler(configuration)
    compiler.insertApexes()
    compiler.insertOwners()
    compiler.groupByOwner()
    compiler.findCuts()
    compiler.layOutSets()
    let table = ZoneTable(compiler.parts)
    assert(table.checkInvariants())
    return table
  }
}

struct ZoneTableCompiler {
  /// A record or a rotation of a zone, with its owner.
  private struct Item {
    var owner: OwnerID
    var zone: ApexIndex
    /// Index into the zone's records or rotations.
    var index: UInt32
    /// Nil for a rotation.
    var type: RecordType?
  }

  let configuration: Configuration
  private(set) var parts: ZoneTableParts
  /// For each owner the owner one label up, in the same zone; for an apex itself.
  private var parents: [OwnerID] = []
  private var isWildcard: [Bool] = []
  private var items: [Item] = []
  /// Where each owner's items begin once they are grouped; one more entry than owners.
  private var firstItem: [Int] = []
  private var runs: [RotationKey: RunIndex] = [:]
  /// The families that the nodes of a pool have.
  private var poolFamilies: [Int: Set<AddressFamily>] = [:]
  /// Which addresses of the zones are nodes'.
  private var handOuts: HandOutNumbers
  /// Lays out the sets, one after the other.
  private var set = CompiledSet()

  init(_ configuration: Configuration) {
    self.configuration = configuration
    parts = ZoneTableParts(networks: AskerNetworks(configuration))
    handOuts = HandOutNumbers(of: configuration.nodes)
    items.reserveCapacity(configuration.zones.reduce(0) { $0 + $1.records.count + $1.rotations.count })
  }

  // MARK: Names

  /// Gives every zone its apex, then the names between it and the zone of ours above it.
  mutating func insertApexes() {
    for (number, zone) in configuration.zones.enumerated() {
      let owner = add(zone.apex.wire.span.octets, apex: ApexIndex(number), parent: nil)
      parts.apexes.append(Apex(owner: owner, negative: 0))
    }
    for (number, zone) in configuration.zones.enumerated() {
      guard let above = zone.apex.parent, let parent = enclosingZone(of: above) else { continue }
      parts.apexes[number].parent = parent
      _ = insert(above.wire.span.octets, in: parent)
    }
  }

  private func enclosingZone(of name: DomainName) -> ApexIndex? {
    var candidate: DomainName? = name
    while let name = candidate {
      if let owner = parts.names.find(name) { return parts.owners[owner].apex }
      candidate = name.parent
    }
    return nil
  }

  mutating func insertOwners() {
    for (number, zone) in configuration.zones.enumerated() {
      let (apex, records) = (ApexIndex(number), zone.records)
      let owners = (0..<records.owners.count).map { insert(records.owners.wire(of: $0), in: apex) }
      for index in records.indices {
        guard let owner = owners[records.owner(at: index)] ?? delegatedApex(records, index, in: apex)
        else { continue }
        items.append(Item(owner: owner, zone: apex, index: UInt32(index), type: records.type(at: index)))
      }
      for (index, rotation) in zone.rotations.enumerated() {
        guard let owner = insert(rotation.owner.wire.span.octets, in: apex) else { continue }
        items.append(Item(owner: owner, zone: apex, index: UInt32(index), type: nil))
      }
    }
  }

  /// The owner of a name of the zone; nil when the name belongs to another zone of ours further down, which
  /// hides what this zone says of it.
  private mutating func insert(_ name: RawSpan, in zone: ApexIndex) -> OwnerID? {
    if let known = parts.names.find(name) { return parts.owners[known].apex == zone ? OwnerID(known) : nil }
    guard name.byteCount > 1 else { return nil }
    let above = name.extracting(1 + Int(name.octet(at: 0))..<name.byteCount)
    guard let parent = insert(above, in: zone) else { return nil }
    let owner = add(name, apex: zone, parent: parent)
    if isWildcard[owner.index] { parts.owners[parent.index].link = .wildcard(owner) }
    return owner
  }

  /// The apex of a zone of ours at which the zone directly above it, `zone`, has this DS record: it is answered there,
  /// with the authority of the zone above (RFC 4035 §3.1.4.1).
  private func delegatedApex(_ records: RecordList, _ index: Int, in zone: ApexIndex) -> OwnerID? {
    guard records.type(at: index) == .ds, let owner = parts.names.find(records.ownerName(at: index)) else { return nil }
    let apex = parts.apexes[parts.owners[owner].apex]
    return apex.owner == OwnerID(owner) && apex.parent == zone ? OwnerID(owner) : nil
  }

  private mutating func add(_ name: RawSpan, apex: ApexIndex, parent: OwnerID?) -> OwnerID {
    let owner = OwnerID(parts.names.insert(name))
    parts.owners.append(Owner(nameLength: UInt8(name.byteCount), apex: apex))
    parents.append(parent ?? owner)
    isWildcard.append(name.byteCount > 2 && name.octet(at: 0) == 1 && name.octet(at: 1) == UInt8(ascii: "*"))
    parts.maximumLabels = max(parts.maximumLabels, ZoneTableCompiler.labelCount(of: name))
    return owner
  }

  private static func labelCount(of name: RawSpan) -> Int {
    var labels = 0
    var at = 0
    while name.octet(at: at) != 0 {
      labels += 1
      at += 1 + Int(name.octet(at: at))
    }
    return labels
  }

  // MARK: Grouping

  /// Brings each owner's items together, their order kept: a counting sort.
  mutating func groupByOwner() {
    firstItem = Array(repeating: 0, count: parts.owners.count + 1)
    for item in items { firstItem[item.owner.index + 1] += 1 }
    for owner in parts.owners.indices { firstItem[owner + 1] += firstItem[owner] }
    var next = firstItem
    var grouped = items
    for item in items {
      grouped[next[item.owner.index]] = item
      next[item.owner.index] += 1
    }
    items = grouped
  }

  private func items(of owner: Int) -> Range<Int> { firstItem[owner]..<firstItem[owner + 1] }

  /// For each owner whether it has a record of the type: asked for once, and not for every name below.
  private func owners(with type: RecordType) -> [Bool] {
    var owners = Array(repeating: false, count: parts.owners.count)
    for item in items where item.type == type { owners[item.owner.index] = true }
    return owners
  }

  /// The items of an owner type by type, types and items in the order of the file; those that rotate are not among them.
  ///
  /// An owner may have tens of thousands of types.
  private func itemsByType(in range: Range<Int>) -> [[Int]] {
    var sets: [[Int]] = []
    var numbers: [RecordType: Int] = [:]
    for item in range {
      guard let type = items[item].type else { continue }
      if let number = numbers[type] {
        sets[number].append(item)
      } else {
        numbers[type] = sets.count
        sets.append([item])
      }
    }
    return sets
  }

  /// Marks the owners at and below an NS set that is not at an apex (RFC 1034 §4.2.1), and those below a DNAME.
  mutating func findCuts() {
    let (hasServers, hasRenaming) = (owners(with: .ns), owners(with: .dname))
    for owner in parts.owners.indices where parents[owner] != OwnerID(owner) {
      let parent = parents[owner].index
      if let above = parts.owners[parent].cut {
        parts.owners[owner].link = .cut(above)
      } else if !isWildcard[owner], hasServers[owner] {
        parts.owners[owner].link = .cut(OwnerID(owner))
      } else if hasRenaming[parent] {
        parts.owners[owner].link = .cut(parents[owner])
      }
    }
    removeParentsBeyondCuts(hasRenaming)
  }

  /// A zone below a cut of ours has its parent on another server, which alone knows its DS (RFC 4035 §3.1.4.1); one
  /// below a DNAME has none at all.
  private mutating func removeParentsBeyondCuts(_ hasRenaming: [Bool]) {
    for (number, zone) in configuration.zones.enumerated() where parts.apexes[number].parent != nil {
      guard let above = zone.apex.parent, let owner = parts.names.find(above),
        parts.owners[owner].cut != nil || hasRenaming[owner]
      else { continue }
      parts.apexes[number].parent = nil
    }
  }

  // MARK: Record sets

  /// The records of the zone at hand, held apart: what is reached through the configuration is copied for each record.
  private struct Source {
    var zone: ApexIndex?
    var records = RecordList()
  }

  mutating func layOutSets() {
    for (number, zone) in configuration.zones.enumerated() {
      parts.apexes[number].negative = UInt32(parts.sets.count)
      appendStartOfAuthority(zone.soa, ttl: min(zone.soa.ttl, zone.soa.minimum), of: ApexIndex(number))
      parts.serials.append(zone.soa.serial)
    }
    // What all sets take at most, for an array that has to grow takes up to twice as much: no record is longer than in
    // the zone, and the SOA comes twice.
    parts.octets.reserveCapacity(
      configuration.zones.reduce(0) { sum, zone in
        let startOfAuthority = 2 * (RecordLayout.fixedLength + zone.soa.data.bytes.count)
        return sum + startOfAuthority + RecordLayout.fixedLength * zone.records.count + zone.records.octetCount
      })
    var source = Source()
    for owner in parts.owners.indices {
      parts.owners[owner].firstSet = UInt32(parts.sets.count)
      let apex = parts.owners[owner].apex
      if parts.apexes[apex].owner == OwnerID(owner) {
        let soa = configuration.zones[apex.index].soa
        appendStartOfAuthority(soa, ttl: soa.ttl, of: apex)
      }
      appendRecordSets(of: owner, from: &source)
      parts.owners[owner].setCount = UInt16(clamping: parts.sets.count - Int(parts.owners[owner].firstSet))
    }
  }

  private mutating func appendStartOfAuthority(_ soa: StartOfAuthority, ttl: UInt32, of apex: ApexIndex) {
    set.begin(.soa)
    set.append(ttl: ttl, soa.data.bytes[...], soa.data.names[...])
    parts.sets.append(
      RecordSet(
        startOfAuthorityOf: apex, offset: UInt32(parts.octets.count), length: UInt16(clamping: set.octets.count),
        firstPointer: UInt32(parts.pointers.count), innerPointerCount: UInt16(clamping: set.innerPointers.count)))
    parts.octets += set.octets
    parts.pointers += set.innerPointers
    parts.pointers += set.ownerPointers
  }

  /// The owner's records by type, types and records in the order of the file; then what rotates.
  private mutating func appendRecordSets(of owner: Int, from source: inout Source) {
    let range = items(of: owner)
    if range.count == 1 {
      appendSet(Array(range), at: owner, from: &source)
    } else {
      for set in itemsByType(in: range) { appendSet(set, at: owner, from: &source) }
    }
    for item in range where items[item].type == nil {
      append(configuration.zones[items[item].zone.index].rotations[Int(items[item].index)])
    }
  }

  private mutating func appendSet(_ records: [Int], at owner: Int, from source: inout Source) {
    guard let first = records.first, let type = items[first].type else { return }
    var ttl = UInt32.max
    for item in records {
      select(items[item].zone, of: &source)
      ttl = min(ttl, source.records.ttl(at: Int(items[item].index)))
    }
    set.begin(type)
    for item in records {
      let index = Int(items[item].index)
      select(items[item].zone, of: &source)
      set.append(ttl: ttl, source.records.octets(at: index), source.records.names(at: index))
    }
    appendSet(ttl: ttl)
    addAdditionals(at: owner)
  }

  private func select(_ zone: ApexIndex, of source: inout Source) {
    guard source.zone != zone else { return }
    source = Source(zone: zone, records: configuration.zones[zone.index].records)
  }

  private mutating func appendSet(ttl: UInt32) {
    let offset = UInt32(parts.octets.count)
    let length = UInt16(clamping: set.octets.count)
    parts.octets += set.octets
    guard !set.rotates else {
      parts.sets.append(
        RecordSet(
          rotating: set.type, recordLength: set.recordLength, recordCount: UInt16(clamping: set.recordCount),
          offset: offset, length: length, counter: nextCounters(1),
          handOut: handOuts.number(of: set, ttl: ttl, in: &parts.handOuts)))
      return
    }
    parts.sets.append(
      RecordSet(
        fixed: set.type, recordCount: UInt16(clamping: set.recordCount), offset: offset, length: length,
        firstPointer: UInt32(parts.pointers.count), innerPointerCount: UInt16(clamping: set.innerPointers.count),
        firstAdditional: UInt32(parts.additionals.count)))
    parts.pointers += set.innerPointers
    parts.pointers += set.ownerPointers
  }

  /// One set of each family that the pool's nodes have; a family that none has is NODATA.
  private mutating func append(_ rotation: RotationRecord) {
    let pool = configuration.pools[rotation.pool]
    let families = families(of: rotation.pool)
    let counters = pool.policy.preference == .site ? RotationCounters.count(forSites: configuration.sites.count) : 1
    for family in AddressFamily.allCases where families.contains(family) {
      let key = RotationKey(pool: rotation.pool, family: family, ttl: rotation.ttl)
      parts.sets.append(
        RecordSet(
          published: family.recordType, recordLength: UInt8(RecordLayout.length(of: family)), run: run(of: key),
          counter: nextCounters(counters)))
    }
  }

  private mutating func families(of pool: Int) -> Set<AddressFamily> {
    if let known = poolFamilies[pool] { return known }
    let nodes = configuration.pools[pool].allNodes
    let families = Set(nodes.lazy.flatMap { [nodes = configuration.nodes] in nodes[$0].addresses.map(\.family) })
    poolFamilies[pool] = families
    return families
  }

  private mutating func run(of key: RotationKey) -> RunIndex {
    if let known = runs[key] { return known }
    let run = RunIndex(UInt32(parts.rotations.count))
    parts.rotations.append(key)
    runs[key] = run
    return run
  }

  /// The first of so many counters in a row.
  private mutating func nextCounters(_ count: Int) -> CounterIndex {
    defer { parts.counterCount += count }
    return CounterIndex(UInt32(parts.counterCount))
  }

  /// Lists for the set just appended which names in it have addresses here (RFC 1035 §3.3, RFC 2782, RFC 9460 §4.1,
  /// RFC 9471).
  private mutating func addAdditionals(at owner: Int) {
    guard !set.firstNames.isEmpty, [.ns, .mx, .srv, .svcb, .https].contains(set.type) else { return }
    let isReferral = set.type == .ns && parts.owners[owner].cut == OwnerID(owner)
    var seen: Set<Int> = []
    for first in set.firstNames {
      guard !first.name.isRoot, let number = parts.names.find(first.name), let offset = UInt16(exactly: first.offset)
      else { continue }
      let targetCut = parts.owners[number].cut
      guard isReferral || targetCut == nil, seen.insert(number).inserted else { continue }
      parts.additionals.append(
        Additional(
          nameOffset: offset, owner: OwnerID(number), isMandatory: isReferral && targetCut == OwnerID(owner)))
      parts.sets[parts.sets.count - 1].additionalCount += 1
    }
  }
}

extension StartOfAuthority {
  /// How far before the end of its RDATA the serial is: five numbers of four octets (RFC 1035 §3.3.13).
  @inline(__always)
  static var serialFromEnd: Int { 20 }

  var data: RecordData {
    RecordData(
      soaPrimary: primary, contact: contact, serial: serial, refresh: refresh, retry: retry, expire: expire,
      minimum: minimum)
  }
}
