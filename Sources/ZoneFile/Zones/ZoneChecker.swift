// What a zone may not be, and what in it is legal and useless: the rules of RFC 1034 and RFC 2181 for its records.

import DNS

/// Checks the zones when all their records are in place. Changes nothing.
struct ZoneChecker {
  let zones: ZoneDrafts
  /// By the index of the zone.
  let contents: [ZoneContents]
  let log: DiagnosticLog

  func check() {
    for (zone, contents) in zip(zones.list, contents) where zone.apex != nil {
      checkOwners(zone: zone, contents)
      checkOccluded(zone: zone, contents)
      checkRecordRules(zone: zone, contents)
      checkApex(zone: zone, contents)
    }
    checkTargets()
  }

  // MARK: One owner

  private func checkOwners(zone: ZoneDraft, _ contents: ZoneContents) {
    for owner in contents.owners {
      if let alias = owner.alias.value {
        checkAlias(alias, owner, zone)
      } else if let rotation = owner.rotation.value, let address = owner.address.value {
        log.report(.error) { [self] in
          Problem(
            at: zone.rotations[rotation].typeRange,
            "\"\(zone.rotations[rotation].owner)\" has both ROTATE and \(zone.records[address].type)",
            why:
              "the address at \(log.position(of: zone.records[address].typeRange)) would be answered in good and bad health",
            fix: "remove it, and make it a $NODE of the pool if clients shall use it")
        }
      }
    }
  }

  /// A CNAME is alone at its name (RFC 1034 §3.6.2). Other data beside it is an error, not a warning: a resolver that has
  /// cached the CNAME never asks for them, so that answers would depend on what was asked before.
  private func checkAlias(_ position: Int, _ owner: OwnerContents, _ zone: ZoneDraft) {
    let isAtApex = zone.apex.map { zone.records.list.isOwner(of: position, $0) } ?? false
    let record = [owner.address, owner.nameServer, owner.other].compactMap(\.value).min()
    guard isAtApex || record != nil || owner.rotation.value != nil else { return }
    let alias = zone.records[position]
    guard !isAtApex else {
      log.report(
        Problem(
          at: alias.typeRange, "the name of the zone itself, \"\(alias.owner)\", cannot be a CNAME",
          why: "it has SOA and NS records, and a CNAME must be alone at its name (RFC 1034 §3.6.2)",
          fix: "write ROTATE with a pool, or A and AAAA records"))
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
        why:
          "\(beside.type) is at \(log.position(of: beside.range)), and a CNAME must be alone at its name (RFC 1034 §3.6.2)",
        fix: "remove the CNAME or the others")
    }
  }

  // MARK: Below a zone cut

  /// Warns of records that are never answered, because another zone begins at or above their owner.
  private func checkOccluded(zone: ZoneDraft, _ contents: ZoneContents) {
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
      fix: "move it to the zone \"\(cut)\", or remove it")
  }

  // MARK: The apex

  private func checkApex(zone: ZoneDraft, _ contents: ZoneContents) {
    // An NS record may be among what could not be read.
    guard let apex = zone.apex, zone.origin == .soaRecord, !zone.isIncomplete, contents.nameServerCount == 0 else {
      return
    }
    log.report(
      Problem(
        at: zone.range, "the zone \"\(apex)\" has no NS record",
        why: "resolvers could not find the servers of the zone",
        fix: "write one for each name server at the zone's own name, for example @ NS ns1.kreis.example."))
  }
}
