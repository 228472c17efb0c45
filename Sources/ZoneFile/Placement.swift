// Which zone a record belongs to: the open one where the owner lies in it, otherwise the one that its name says.
//
// Lines of a master file have no order: files printed from a database or sorted by name begin with whatever comes first
// (RFC 1035 §5.2 asks for a SOA at the apex, not at the top). So names are asked when all has been read.

import DNS

extension ConfigurationReader {
  mutating func placeByName() {
    if draft.isIncomplete {
      for zone in draft.zones.indices { draft.zones[zone].isIncomplete = true }
    }
    moveToChildren()
    placeStrays()
    placeStrayRotations()
  }

  /// The served zone of a name whose SOA or `$ZONE` could be read.
  private func zone(of owner: DomainName) -> Int? {
    draft.closestZone(to: owner).flatMap { draft.zones[$0].apex == nil ? nil : $0 }
  }

  private mutating func placeStrays() {
    let strays = draft.strays
    draft.strays = RecordDrafts()
    // Neighbours often belong to the same zone, and to the same owner.
    var last: (owner: Int, zone: Int?)?
    for position in strays.indices {
      let number = strays.list.owner(at: position)
      if last?.owner != number { last = (number, zone(of: strays.list.ownerName(at: position))) }
      guard let zone = last?.zone else {
        reportOutside(strays, position)
        continue
      }
      var record = strays[position]
      if record.ttl == RecordDraft.undecidedTTL {
        guard let soa = draft.zones[zone].soa else {
          report(missingTTL(at: record.typeRange))
          continue
        }
        record.record.ttl = soa.ttl
      }
      draft.zones[zone].records.append(record)
    }
  }

  private mutating func placeStrayRotations() {
    let strays = draft.strayRotations
    draft.strayRotations = []
    for var rotation in strays {
      guard let zone = zone(of: rotation.owner) else {
        var unused = Configuration()
        _ = resolvePool(of: rotation, into: &unused)
        reportOutside(rotation)
        // Its pool and nodes are used all the same.
        draft.strayRotations.append(rotation)
        continue
      }
      if rotation.ttl == RecordDraft.undecidedTTL {
        guard let soa = draft.zones[zone].soa else {
          report(missingTTL(at: rotation.typeRange))
          continue
        }
        rotation.ttl = soa.ttl
      }
      draft.zones[zone].rotations.append(rotation)
    }
  }

  // MARK: In no zone

  /// A record that lies in no zone is never asked for, and left out with a warning, as other servers do; but a ROTATE is a
  /// name that clients are to use, so leaving it out would take the service off the net: an error.
  private mutating func reportOutside(_ strays: RecordDrafts, _ position: Int) {
    guard !draft.filesWithoutOrigin.contains(strays.places[position].range.file) else { return }
    guard !draft.zones.isEmpty else {
      log.report(.withoutZone) {
        Problem(
          at: strays[position].range, "no zone begins in what was read, and this record belongs to none",
          why: "a SOA record or $ZONE begins a zone", mend: "add the SOA record of the zone, or $ZONE with its name")
      }
      return
    }
    log.report(.outsideZones) {
      Problem(
        .warning, at: strays[position].range, "\"\(strays[position].owner)\" is outside every zone",
        why: "nobody is ever given this record, it is left out",
        mend: "check the name and its final dot, or begin a zone for it with $ZONE")
    }
  }

  private mutating func reportOutside(_ rotation: RotationDraft) {
    guard !draft.filesWithoutOrigin.contains(rotation.range.file) else { return }
    guard !draft.zones.isEmpty else {
      log.report(.withoutZone) {
        Problem(
          at: rotation.range, "no zone begins in what was read, and this ROTATE belongs to none",
          why: "a SOA record or $ZONE begins a zone", mend: "add the SOA record of the zone, or $ZONE with its name")
      }
      return
    }
    log.report(.error) {
      Problem(
        at: rotation.range, "\"\(rotation.owner)\" is outside every zone", why: "clients could not find this name",
        mend: "check the name and its final dot, or begin a zone for it with $ZONE")
    }
  }

  // MARK: Zones below zones

  /// Moves what a file says below the SOA of one zone to the zone further down that has its name, if the same file begins
  /// that one with a SOA too. What hands the zone over, NS, DS and glue, stays above.
  private mutating func moveToChildren() {
    var parents: Set<Int> = []
    for child in draft.zones where child.origin == .soaRecord {
      guard let above = child.apex?.parent, let parent = draft.closestZone(to: above),
        draft.zones[parent].range.file == child.range.file
      else { continue }
      parents.insert(parent)
    }
    for parent in parents.sorted() { moveToChildren(of: parent) }
  }

  private mutating func moveToChildren(of parent: Int) {
    guard let apex = draft.zones[parent].apex else { return }
    let file = draft.zones[parent].range.file
    func child(of owner: DomainName) -> Int? {
      guard let child = draft.closestZone(to: owner), child != parent, draft.zones[child].origin == .soaRecord,
        draft.zones[child].range.file == file
      else { return nil }
      return child
    }
    let rotations = draft.zones[parent].rotations
    draft.zones[parent].rotations = rotations.filter { child(of: $0.owner) == nil }
    for rotation in rotations {
      if let child = child(of: rotation.owner) { draft.zones[child].rotations.append(rotation) }
    }
    let records = draft.zones[parent].records
    let children = (0..<records.list.owners.count).map { child(of: records.list.owners.name($0)) }
    guard children.contains(where: { $0 != nil }) else { return }
    let glue = Set(records.drafts { $0 == .ns }.compactMap { $0.owner == apex ? nil : $0.data.name(0) })
    let moving = records.indices.filter { position in
      guard let child = children[records.list.owner(at: position)], records.places[position].range.file == file else {
        return false
      }
      switch records.list.type(at: position) {
      case .ns, .ds: return draft.zones[child].apex != records.list.ownerName(at: position)
      case .a, .aaaa: return !glue.contains(records.list.ownerName(at: position))
      default: return true
      }
    }
    guard !moving.isEmpty else { return }
    for record in draft.zones[parent].records.removeAll(at: moving) {
      if let child = child(of: record.owner) { draft.zones[child].records.append(record) }
    }
  }
}
