// Which zone a record belongs to: the open one where the owner lies in it, otherwise the one that its name says.
//
// Lines of a master file have no order: files printed from a database or sorted by name begin with whatever comes first
// (RFC 1035 §5.2 asks for a SOA at the apex, not at the top). So the zone is chosen by name, when all has been read.

import DNS

struct Placement {
  let resolver: Resolver
  let log: DiagnosticLog

  func place(_ zones: inout ZoneDrafts) {
    moveToChildren(&zones)
    placeStrays(&zones)
    placeStrayRotations(&zones)
  }

  /// The served zone of a name whose SOA or `$ZONE` could be read.
  private func zone(of owner: DomainName, _ zones: ZoneDrafts) -> Int? {
    zones.closestZone(to: owner).flatMap { zones.list[$0].apex == nil ? nil : $0 }
  }

  private func placeStrays(_ zones: inout ZoneDrafts) {
    let strays = zones.strays
    zones.strays = []
    // Neighbours often have the same owner.
    var last: (owner: DomainName, zone: Int?)?
    for stray in strays {
      if last?.owner != stray.owner { last = (stray.owner, zone(of: stray.owner, zones)) }
      guard let zone = last?.zone else {
        reportOutside(stray, zones)
        continue
      }
      guard let ttl = stray.ttl ?? zones.list[zone].soa?.ttl else {
        log.report(.missingTTL(at: stray.ranges.typeRange))
        zones.list[zone].isIncomplete = true
        continue
      }
      zones.list[zone].records.append(stray.placed(ttl: ttl, log))
    }
  }

  private func placeStrayRotations(_ zones: inout ZoneDrafts) {
    let strays = zones.strayRotations
    zones.strayRotations = []
    for var rotation in strays {
      guard let zone = zone(of: rotation.owner, zones) else {
        _ = resolver.source(of: rotation)
        reportOutside(rotation, zones)
        // Its pool and nodes are used all the same.
        zones.strayRotations.append(rotation)
        continue
      }
      guard let ttl = rotation.ttl ?? zones.list[zone].soa?.ttl else {
        log.report(.missingTTL(at: rotation.typeRange))
        zones.list[zone].isIncomplete = true
        continue
      }
      rotation.ttl = ttl
      zones.list[zone].rotations.append(rotation)
    }
  }

  // MARK: In no zone

  /// A record that lies in no zone is never asked for, and left out with a warning, as other servers do; but a ROTATE is a
  /// name that clients are to use, so leaving it out would take the service off the net: an error.
  private func reportOutside(_ stray: WrittenRecord, _ zones: ZoneDrafts) {
    guard !zones.filesWithoutOrigin.contains(stray.ranges.range.file) else { return }
    guard !zones.list.isEmpty else {
      log.report(.withoutZone) {
        Problem(
          at: stray.ranges.range, "no zone begins in what was read, and this record belongs to none",
          why: "a SOA record or $ZONE begins a zone", fix: "add the SOA record of the zone, or $ZONE with its name")
      }
      return
    }
    log.report(.outsideZones) {
      Problem(
        .warning, at: stray.ranges.range, "\"\(stray.owner)\" is outside every zone",
        why: "no client is ever given this record, so it is left out",
        fix: "check the name and its final dot, or begin a zone for it with $ZONE")
    }
  }

  private func reportOutside(_ rotation: RotationDraft, _ zones: ZoneDrafts) {
    guard !zones.filesWithoutOrigin.contains(rotation.range.file) else { return }
    guard !zones.list.isEmpty else {
      log.report(.withoutZone) {
        Problem(
          at: rotation.range, "no zone begins in what was read, and this ROTATE belongs to none",
          why: "a SOA record or $ZONE begins a zone", fix: "add the SOA record of the zone, or $ZONE with its name")
      }
      return
    }
    log.report(.error) {
      Problem(
        at: rotation.range, "\"\(rotation.owner)\" is outside every zone", why: "clients could not find this name",
        fix: "check the name and its final dot, or begin a zone for it with $ZONE")
    }
  }

  // MARK: Zones below zones

  /// Moves what a file says below the SOA of one zone to the zone further down that has its name, if the same file begins
  /// that one with a SOA too. What hands the zone over, NS, DS and glue, stays above.
  private func moveToChildren(_ zones: inout ZoneDrafts) {
    var parents: Set<Int> = []
    for child in zones.list where child.origin == .soaRecord {
      guard let above = child.apex?.parent, let parent = zones.closestZone(to: above),
        zones.list[parent].range.file == child.range.file
      else { continue }
      parents.insert(parent)
    }
    for parent in parents.sorted() { moveToChildren(of: parent, &zones) }
  }

  private func moveToChildren(of parent: Int, _ zones: inout ZoneDrafts) {
    guard let apex = zones.list[parent].apex else { return }
    let file = zones.list[parent].range.file
    func child(of owner: DomainName) -> Int? {
      guard let child = zones.closestZone(to: owner), child != parent, zones.list[child].origin == .soaRecord,
        zones.list[child].range.file == file
      else { return nil }
      return child
    }
    let rotations = zones.list[parent].rotations
    zones.list[parent].rotations = rotations.filter { child(of: $0.owner) == nil }
    for rotation in rotations {
      if let child = child(of: rotation.owner) { zones.list[child].rotations.append(rotation) }
    }
    let records = zones.list[parent].records
    let children = (0..<records.list.owners.count).map { child(of: records.list.owners.name($0)) }
    guard children.contains(where: { $0 != nil }) else { return }
    let glue = Set(records.drafts { $0 == .ns }.compactMap { $0.owner == apex ? nil : $0.data.name(0) })
    let moving = records.indices.filter { position in
      guard let child = children[records.list.owner(at: position)], records.ranges[position].range.file == file else {
        return false
      }
      switch records.list.type(at: position) {
      case .ns, .ds: return zones.list[child].apex != records.list.ownerName(at: position)
      case .a, .aaaa: return !glue.contains(records.list.ownerName(at: position))
      default: return true
      }
    }
    guard !moving.isEmpty else { return }
    for record in zones.list[parent].records.removeAll(at: moving) {
      if let child = child(of: record.owner) { zones.list[child].records.append(record) }
    }
  }
}
