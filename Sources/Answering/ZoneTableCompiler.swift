// Zone model → zone table: enters every name, finds zone cuts and wildcards, lays out the record sets.
//
// Names come first (all zones' apexes, then each zone's owners with the empty non-terminals above them), so that
// every ancestor has a lower number than its descendants in the same zone, and one pass in number order suffices
// for whatever is inherited from above.

import DNS
package import ZoneFile

extension ZoneTable {
  /// Compiles all zones of a configuration.
  package static func compile(_ configuration: Configuration) -> ZoneTable {
    var compiler = ZoneTableCompiler(configuration)
    compiler.enterApexes()
    compiler.enterOwners()
    compiler.groupByOwner()
    compiler.findCuts()
    compiler.layOutSets()
    return ZoneTable(compiler.parts)
  }
}

struct ZoneTableCompiler {
  /// A record or a rotation of a zone, with the owner it stands at.
  private struct Item {
    enum Content {
      case record(Int)
      case rotation(Int)
    }
    var owner: UInt32
    var zone: Int
    var content: Content
  }

  let configuration: Configuration
  private(set) var parts: ZoneTableParts
  /// For each owner the owner one label up, in the same zone; for an apex itself.
  private var parents: [UInt32] = []
  private var isWildcard: [Bool] = []
  private var items: [Item] = []
  /// Where each owner's items begin once they are grouped; one more entry than owners.
  private var firstItem: [Int] = []
  private var rotationNumbers: [RotationKey: UInt32] = [:]

  init(_ configuration: Configuration) {
    self.configuration = configuration
    let records = configuration.zones.reduce(0) { $0 + $1.records.count + $1.rotations.count }
    parts = ZoneTableParts(
      index: OwnerIndex(capacity: records + configuration.zones.count), networks: AskerNetworks(configuration))
    items.reserveCapacity(records)
  }

  // MARK: Names

  /// Gives every zone its apex, then the names between it and the zone of ours above it.
  mutating func enterApexes() {
    for (number, zone) in configuration.zones.enumerated() {
      let owner = add(zone.apex, apex: UInt32(number), parent: nil)
      parts.apexes.append(Apex(owner: owner, negative: 0, parent: Owner.none))
    }
    for (number, zone) in configuration.zones.enumerated() {
      guard let above = zone.apex.parent, let parent = enclosingZone(of: above) else { continue }
      parts.apexes[number].parent = parent
      _ = enter(above, in: parent)
    }
  }

  private mutating func enclosingZone(of name: DomainName) -> UInt32? {
    var candidate: DomainName? = name
    while let name = candidate {
      if let owner = find(name) { return parts.owners[owner].apex }
      candidate = name.parent
    }
    return nil
  }

  mutating func enterOwners() {
    for (number, zone) in configuration.zones.enumerated() {
      var last: (name: DomainName, owner: UInt32?)?
      func entered(_ name: DomainName) -> UInt32? {
        if let last, last.name == name { return last.owner }
        let owner = enter(name, in: UInt32(number))
        last = (name, owner)
        return owner
      }
      for (index, record) in zone.records.enumerated() {
        guard let owner = entered(record.owner) ?? delegatedApex(record, in: UInt32(number)) else { continue }
        items.append(Item(owner: owner, zone: number, content: .record(index)))
      }
      for (index, rotation) in zone.rotations.enumerated() {
        guard let owner = entered(rotation.owner) else { continue }
        items.append(Item(owner: owner, zone: number, content: .rotation(index)))
      }
    }
  }

  /// The owner number of a name of the zone; nil when the name belongs to another zone of ours further down, which
  /// hides what this zone says of it.
  private mutating func enter(_ name: DomainName, in zone: UInt32) -> UInt32? {
    if let known = find(name) { return parts.owners[known].apex == zone ? UInt32(known) : nil }
    guard let above = name.parent, let parent = enter(above, in: zone) else { return nil }
    let owner = add(name, apex: zone, parent: parent)
    if name.isWildcard { parts.owners[Int(parent)].wildcard = owner }
    return owner
  }

  /// The apex of a zone of ours at which the zone directly above it, `zone`, has this DS record: it is answered there,
  /// with the authority of the zone above (RFC 4035 §3.1.4.1).
  private func delegatedApex(_ record: Record, in zone: UInt32) -> UInt32? {
    guard record.type == .ds, let owner = find(record.owner) else { return nil }
    let apex = parts.apexes[Int(parts.owners[owner].apex)]
    return apex.owner == UInt32(owner) && apex.parent == zone ? UInt32(owner) : nil
  }

  private func find(_ name: DomainName) -> Int? { parts.index.find(name) }

  private mutating func add(_ name: DomainName, apex: UInt32, parent: UInt32?) -> UInt32 {
    let owner = UInt32(parts.index.insert(name))
    parts.owners.append(Owner(nameLength: UInt8(name.wire.count), apex: apex))
    parents.append(parent ?? owner)
    isWildcard.append(name.isWildcard)
    parts.maximumLabels = max(parts.maximumLabels, name.labelCount)
    return owner
  }

  // MARK: Grouping

  /// Brings each owner's items together, their order kept: a counting sort.
  mutating func groupByOwner() {
    firstItem = Array(repeating: 0, count: parts.owners.count + 1)
    for item in items { firstItem[Int(item.owner) + 1] += 1 }
    for owner in parts.owners.indices { firstItem[owner + 1] += firstItem[owner] }
    var next = firstItem
    var grouped = items
    for item in items {
      grouped[next[Int(item.owner)]] = item
      next[Int(item.owner)] += 1
    }
    items = grouped
  }

  private func items(of owner: Int) -> ArraySlice<Item> { items[firstItem[owner]..<firstItem[owner + 1]] }

  private func record(_ item: Item) -> Record? {
    guard case .record(let index) = item.content else { return nil }
    return configuration.zones[item.zone].records[index]
  }

  /// Marks the owners at and below an NS set that is not at an apex (RFC 1034 §4.2.1), and those below a DNAME.
  mutating func findCuts() {
    for owner in parts.owners.indices where parents[owner] != UInt32(owner) {
      let above = parts.owners[Int(parents[owner])].cut
      if above != Owner.none {
        parts.owners[owner].cut = above
      } else if !isWildcard[owner], items(of: owner).contains(where: { record($0)?.type == .ns }) {
        parts.owners[owner].cut = UInt32(owner)
      } else if isRenaming(Int(parents[owner])) {
        parts.owners[owner].cut = parents[owner]
      }
    }
    forgetParentsBeyondCuts()
  }

  private func isRenaming(_ owner: Int) -> Bool { items(of: owner).contains { record($0)?.type == .dname } }

  /// A zone below a cut of ours has its parent on another server, which alone knows its DS (RFC 4035 §3.1.4.1); one
  /// below a DNAME has none at all.
  private mutating func forgetParentsBeyondCuts() {
    for (number, zone) in configuration.zones.enumerated() where parts.apexes[number].parent != Owner.none {
      guard let above = zone.apex.parent, let owner = find(above),
        parts.owners[owner].cut != Owner.none || isRenaming(owner)
      else { continue }
      parts.apexes[number].parent = Owner.none
    }
  }

  // MARK: Record sets

  mutating func layOutSets() {
    for (number, zone) in configuration.zones.enumerated() {
      parts.apexes[number].negative = UInt32(parts.sets.count)
      var soa = zone.soa
      soa.ttl = min(soa.ttl, soa.minimum)
      append(CompiledSet(type: .soa, ttl: soa.ttl, data: [soa.data]))
    }
    for owner in parts.owners.indices {
      parts.owners[owner].firstSet = UInt32(parts.sets.count)
      let apex = parts.apexes[Int(parts.owners[owner].apex)]
      if apex.owner == UInt32(owner) {
        let soa = configuration.zones[Int(parts.owners[owner].apex)].soa
        append(CompiledSet(type: .soa, ttl: soa.ttl, data: [soa.data]))
      }
      for set in recordSets(of: owner) {
        append(set)
        addAdditionals(of: set, at: owner)
      }
      for item in items(of: owner) {
        if case .rotation(let index) = item.content { append(configuration.zones[item.zone].rotations[index]) }
      }
      parts.owners[owner].setCount = UInt16(clamping: parts.sets.count - Int(parts.owners[owner].firstSet))
    }
  }

  /// The owner's records by type, types and records in the order of the file.
  private func recordSets(of owner: Int) -> [CompiledSet] {
    var grouped: [(type: RecordType, ttl: UInt32, data: [RecordData])] = []
    for item in items(of: owner) {
      guard let record = record(item) else { continue }
      if let known = grouped.firstIndex(where: { $0.type == record.type }) {
        grouped[known].ttl = min(grouped[known].ttl, record.ttl)
        grouped[known].data.append(record.data)
      } else {
        grouped.append((record.type, record.ttl, [record.data]))
      }
    }
    return grouped.map { CompiledSet(type: $0.type, ttl: $0.ttl, data: $0.data) }
  }

  private mutating func append(_ set: CompiledSet) {
    let rotates = set.recordLength != 0
    parts.sets.append(
      RecordSet(
        type: set.type, storage: rotates ? .rotating : .fixed, recordCount: UInt16(clamping: set.data.count),
        recordLength: set.recordLength, place: UInt32(parts.octets.count), length: UInt32(set.octets.count),
        firstPointer: UInt32(parts.pointers.count), innerPointerCount: UInt16(clamping: set.innerPointers.count),
        ownerPointerCount: UInt16(clamping: set.ownerPointers.count),
        firstAdditional: UInt32(parts.additionals.count), additionalCount: 0, counter: rotates ? nextCounters(1) : 0))
    parts.octets += set.octets
    parts.pointers += set.innerPointers + set.ownerPointers
  }

  /// One set of each family that the pool's nodes have; a family that none has is NODATA.
  private mutating func append(_ rotation: RotationRecord) {
    let pool = configuration.pools[rotation.pool]
    let addresses = pool.allNodes.flatMap { configuration.nodes[$0].addresses }
    let counters = pool.options.preference == .site ? 1 + configuration.sites.count : 1
    for family in AddressFamily.allCases where addresses.contains(where: { $0.family == family }) {
      let key = RotationKey(pool: rotation.pool, family: family, ttl: rotation.ttl)
      parts.sets.append(
        RecordSet(
          type: family.recordType, storage: .published, recordCount: 0,
          recordLength: RecordLayout.length(of: family), place: number(of: key),
          length: 0, firstPointer: 0, innerPointerCount: 0, ownerPointerCount: 0, firstAdditional: 0,
          additionalCount: 0, counter: nextCounters(counters)))
    }
  }

  private mutating func number(of key: RotationKey) -> UInt32 {
    if let known = rotationNumbers[key] { return known }
    let number = UInt32(parts.rotations.count)
    parts.rotations.append(key)
    rotationNumbers[key] = number
    return number
  }

  /// The first of so many counters in a row.
  private mutating func nextCounters(_ count: Int) -> UInt32 {
    defer { parts.counterCount += count }
    return UInt32(parts.counterCount)
  }

  /// Notes for the set just appended which names in it have addresses here (RFC 1035 §3.3, RFC 2782, RFC 9460 §4.1,
  /// RFC 9471).
  private mutating func addAdditionals(of set: CompiledSet, at owner: Int) {
    guard [.ns, .mx, .srv, .svcb, .https].contains(set.type) else { return }
    let isReferral = set.type == .ns && parts.owners[owner].cut == UInt32(owner)
    var seen: Set<UInt32> = []
    for (data, offset) in zip(set.data, set.firstNameOffsets) {
      guard let target = data.name(0), !target.isRoot, let number = find(target), let offset = UInt16(exactly: offset)
      else { continue }
      let targetCut = parts.owners[number].cut
      guard isReferral || targetCut == Owner.none, seen.insert(UInt32(number)).inserted else { continue }
      parts.additionals.append(
        Additional(
          nameOffset: offset, owner: UInt32(number), isMandatory: isReferral && targetCut == UInt32(owner)))
      parts.sets[parts.sets.count - 1].additionalCount += 1
    }
  }
}

extension StartOfAuthority {
  var data: RecordData {
    RecordData(
      soaPrimary: primary, contact: contact, serial: serial, refresh: refresh, retry: retry, expire: expire,
      minimum: minimum)
  }
}
