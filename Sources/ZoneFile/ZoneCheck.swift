// What a zone may not be, and what in it is legal and useless: the rules of RFC 1034 and RFC 2181 for its records.

import DNS

extension ConfigurationReader {
  /// Checks every zone, drops duplicate records and brings each RRset to one TTL.
  ///
  /// - Returns: the contents of each zone, by the index of the zone.
  mutating func checkZones() -> [ZoneContents] {
    var contents = draft.zones.indices.map { collect(zone: $0) }
    for (index, zone) in draft.zones.enumerated() {
      guard let apex = zone.apex, draft.zone(at: apex) == index, let above = apex.parent,
        let parent = draft.closestZone(to: above)
      else { continue }
      contents[parent].cuts.insert(apex)
      contents[parent].servedChildren.insert(apex)
    }
    for index in draft.zones.indices where draft.zones[index].apex != nil {
      checkOwners(zone: index, contents[index])
      checkOccluded(zone: index, contents[index])
      checkRecordRules(zone: index, contents[index])
      checkApex(zone: index, contents[index])
    }
    checkTargets(contents)
    return contents
  }

  /// Orders the records of a zone by owner.
  private mutating func collect(zone index: Int) -> ZoneContents {
    let zone = draft.zones[index]
    let records = zone.records.list
    var contents = ZoneContents(of: records)
    guard let apex = zone.apex else { return contents }
    for position in records.indices {
      switch contents.add(at: position, of: records, apex: apex) {
      case .fine: break
      case .duplicate(let first):
        draft.zones[index].records.noteDuplicate(at: position)
        log.report(.warning) { [self] in duplicate(zone.records[position], of: zone.records[first]) }
      case .differingTTL(let first):
        log.report(.warning) { [self] in differingTTL(zone.records[position], from: zone.records[first]) }
      case .tooLong(let first):
        log.report(.error) { [self] in tooLong(zone.records[position], from: zone.records[first]) }
      case .secondAlias(let first):
        log.report(.error) { [self] in secondAlias(zone.records[position], after: zone.records[first]) }
      }
    }
    for (position, rotation) in zone.rotations.enumerated() {
      guard let first = contents.add(rotation, at: position) else { continue }
      log.report(.error) { [self] in
        Problem(
          at: rotation.typeRange, "\"\(rotation.owner)\" has a second ROTATE",
          why: "the first is at \(log.place(of: zone.rotations[first].typeRange))",
          mend: "keep one, with a pool that holds all the nodes")
      }
    }
    if contents.hasDifferingTTLs {
      for position in records.indices {
        guard let ttl = contents.unifiedTTL(at: position, of: records) else { continue }
        draft.zones[index].records.setTTL(ttl, at: position)
      }
    }
    return contents
  }

  private func tooLong(_ record: RecordDraft, from first: RecordDraft) -> Problem {
    Problem(
      at: record.typeRange, "the \(record.type) records of \"\(record.owner)\" fit into no answer",
      why:
        "from \(log.place(of: first.typeRange)) to here they are more than 65,535 octets, the longest message (RFC 1035 §4.2.2)",
      mend: "leave some out, or divide them among several names")
  }

  private func secondAlias(_ record: RecordDraft, after first: RecordDraft) -> Problem {
    Problem(
      at: record.typeRange, "\"\(record.owner)\" has a second \(record.type)",
      why: "the first is at \(log.place(of: first.typeRange)), and a name can stand for one other name only",
      mend: "remove one of them")
  }

  private func duplicate(_ record: RecordDraft, of first: RecordDraft) -> Problem {
    Problem(
      .warning, at: record.typeRange, "this \(record.type) record is in the zone already",
      why: "it is the same as the one at \(log.place(of: first.typeRange)), and left out", mend: "remove it")
  }

  private func differingTTL(_ record: RecordDraft, from first: RecordDraft) -> Problem {
    Problem(
      .warning, at: record.typeRange, "the \(record.type) records of \"\(record.owner)\" have different TTLs",
      why:
        "\(record.ttl) here and \(first.ttl) at \(log.place(of: first.typeRange)); the lowest is used for all (RFC 2181 §5.2)",
      mend: "give them the same TTL")
  }

  // MARK: One owner

  private mutating func checkOwners(zone index: Int, _ contents: ZoneContents) {
    let zone = draft.zones[index]
    for owner in contents.owners {
      if let alias = owner.alias.value {
        checkAlias(alias, owner, zone)
      } else if let rotation = owner.rotation.value, let address = owner.address.value {
        log.report(.error) { [self] in
          Problem(
            at: zone.rotations[rotation].typeRange,
            "\"\(zone.rotations[rotation].owner)\" has both ROTATE and \(zone.records[address].type)",
            why:
              "the address at \(log.place(of: zone.records[address].typeRange)) would be answered in good and bad health",
            mend: "remove it, and make it a $NODE of the pool if clients shall use it")
        }
      }
    }
  }

  /// A CNAME stands alone (RFC 1034 §3.6.2). Other data beside it is an error and no warning: a resolver that has
  /// cached the CNAME never asks for them, so that answers would depend on who asked before.
  private mutating func checkAlias(_ position: Int, _ owner: OwnerContents, _ zone: ZoneDraft) {
    let isAtApex = zone.apex.map { zone.records.list.isOwner(of: position, $0) } ?? false
    let record = [owner.address, owner.nameServer, owner.other].compactMap(\.value).min()
    guard isAtApex || record != nil || owner.rotation.value != nil else { return }
    let alias = zone.records[position]
    guard !isAtApex else {
      log.report(
        Problem(
          at: alias.typeRange, "the name of the zone itself, \"\(alias.owner)\", cannot be a CNAME",
          why: "it has SOA and NS records, and a CNAME stands alone (RFC 1034 §3.6.2)",
          mend: "write ROTATE with a pool, or A and AAAA records"))
      return
    }
    let beside: (type: String, range: SourceRange)
    if let rotation = owner.rotation.value {
      beside = ("ROTATE", zone.rotations[rotation].typeRange)
    } else if let record {
      beside = (zone.records[record].type.description, zone.records[record].typeRange)
    } else {
      return
    }
    log.report(.error) { [self] in
      Problem(
        at: alias.typeRange, "\"\(alias.owner)\" has a CNAME and other records",
        why: "\(beside.type) is at \(log.place(of: beside.range)), and a CNAME stands alone (RFC 1034 §3.6.2)",
        mend: "remove the CNAME or the others")
    }
  }

  // MARK: Below a zone cut

  /// Warns of records that are never answered, because another zone begins at or above their owner.
  private mutating func checkOccluded(zone index: Int, _ contents: ZoneContents) {
    let zone = draft.zones[index]
    guard let apex = zone.apex, !contents.cuts.isEmpty else { return }
    let list = zone.records.list
    let glue = Set(zone.records.drafts { $0 == .ns }.compactMap { $0.owner == apex ? nil : $0.data.name(0) })
    let covering = contents.coveringNames(apex: apex)
    for position in zone.records.indices {
      let owner = list.owner(at: position)
      guard let number = covering[owner].cut.value else { continue }
      let type = list.type(at: position)
      if type == .ns || type == .ds, contents.cuts.number(of: list.owners.name(owner)) == number { continue }
      if type == .a || type == .aaaa, glue.contains(list.owners.name(owner)) { continue }
      log.report(.warning) { [self] in
        let record = zone.records[position]
        return occluded(record.typeRange, record.owner, below: contents.cuts.name(number), contents)
      }
    }
    for rotation in zone.rotations {
      guard let owner = contents.number(of: rotation.owner), let number = covering[owner].cut.value else { continue }
      log.report(.warning) { [self] in
        occluded(rotation.typeRange, rotation.owner, below: contents.cuts.name(number), contents)
      }
    }
  }

  private func occluded(_ range: SourceRange, _ owner: DomainName, below cut: DomainName, _ contents: ZoneContents)
    -> Problem
  {
    Problem(
      .warning, at: range, "this record of \"\(owner)\" is never answered",
      why: contents.servedChildren.contains(cut)
        ? "the name belongs to the zone \"\(cut)\"" : "NS records hand \"\(cut)\" over to other name servers",
      mend: "move it to the zone \"\(cut)\", or remove it")
  }

  // MARK: The apex

  private mutating func checkApex(zone index: Int, _ contents: ZoneContents) {
    let zone = draft.zones[index]
    // An NS record may be among what could not be read.
    guard let apex = zone.apex, zone.origin == .soaRecord, !zone.isIncomplete, contents.nameServerCount == 0 else {
      return
    }
    log.report(
      Problem(
        at: zone.range, "the zone \"\(apex)\" has no NS record", why: "resolvers could not tell who answers for it",
        mend: "write one for each name server at the zone's own name, for example @ NS ns1.kreis.example."))
  }
}
