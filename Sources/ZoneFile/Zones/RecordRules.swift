// Where DNAME, DS, SVCB, HTTPS and NS records may be, and beside what (RFC 6672 §2, RFC 4035 §2.4, RFC 9460 §2.4,
// RFC 4592 §4.2).

import DNS

extension ZoneChecker {
  func checkRecordRules(zone: ZoneDraft, _ contents: ZoneContents) {
    guard let apex = zone.apex else { return }
    for record in zone.records.drafts(where: { $0 == .dname || $0 == .ds || $0 == .ns }) {
      switch record.type {
      case .dname: checkRenaming(record, zone, apex, contents)
      case .ds: checkSigner(record, apex, contents)
      case .ns where record.owner.isWildcard && record.owner != apex: warnOfWildcardServers(record)
      default: break
      }
    }
    checkRenamed(zone, apex, contents)
    checkBindings(zone)
  }

  // MARK: DNAME

  private func checkRenaming(
    _ record: RecordDraft, _ zone: ZoneDraft, _ apex: DomainName, _ contents: ZoneContents
  ) {
    if record.owner != apex, let server = contents[record.owner]?.nameServer.value {
      log.report(
        Problem(
          at: record.typeRange, "\"\(record.owner)\" has both DNAME and NS records",
          why:
            "the NS at \(log.position(of: zone.records[server].typeRange)) hands over the names that DNAME renames (RFC 6672 §2.3)",
          fix: "remove one of them"))
    }
    if record.owner.isWildcard {
      log.report(
        Problem(
          .warning, at: record.range, "there is a DNAME at the wildcard \"\(record.owner)\"",
          why: "resolvers differ in what they make of it (RFC 6672 §3.3)",
          fix: "write a DNAME at each name that is meant"))
    }
    if let target = record.data.name(0), target.isAtOrBelow(record.owner) {
      log.report(
        Problem(
          .warning, at: record.lastField, "the DNAME of \"\(record.owner)\" leads back below itself",
          why: "the name grows with each turn until resolvers give up", fix: "write a name outside of it"))
    }
  }

  private func warnOfWildcardServers(_ record: RecordDraft) {
    log.report(
      Problem(
        .warning, at: record.range, "there are name servers at the wildcard \"\(record.owner)\"",
        why: "they hand over that name alone, and what resolvers make of the others is not defined (RFC 4592 §4.2)",
        fix: "write NS records at each name that is to be handed over"))
  }

  /// Records below a DNAME must not exist (RFC 6672 §2.4): no client would ever be given them.
  private func checkRenamed(_ zone: ZoneDraft, _ apex: DomainName, _ contents: ZoneContents) {
    guard !contents.renamed.isEmpty else { return }
    let covering = contents.coveringNames(apex: apex)
    for position in zone.records.indices {
      let owner = zone.records.list.owner(at: position)
      guard let renaming = covering[owner].renaming.value else { continue }
      log.report(.error) { [self] in
        let record = zone.records[position]
        return renamed(record.owner, record.typeRange, below: contents.renamed.name(renaming))
      }
    }
    for rotation in zone.rotations {
      guard let owner = contents.number(of: rotation.owner), let renaming = covering[owner].renaming.value else {
        continue
      }
      log.report(.error) { [self] in renamed(rotation.owner, rotation.typeRange, below: contents.renamed.name(renaming))
      }
    }
  }

  private func renamed(_ owner: DomainName, _ range: SourceRange, below renaming: DomainName) -> Problem {
    Problem(
      at: range, "this record of \"\(owner)\" is below a DNAME",
      why: "all names below \"\(renaming)\" are renamed, and have no records of their own (RFC 6672 §2.4)",
      fix: "remove it, or the DNAME")
  }

  // MARK: DS

  private func checkSigner(_ record: RecordDraft, _ apex: DomainName, _ contents: ZoneContents) {
    guard !contents.cuts.contains(record.owner) else { return }
    log.report(
      Problem(
        record.owner == apex ? .error : .warning, at: record.typeRange,
        record.owner == apex
          ? "there is a DS at the name of the zone itself" : "\"\(record.owner)\" has a DS and no NS records",
        why: "DS speaks of a zone that is handed over, in the zone that hands it over (RFC 4035 §2.4)",
        fix: record.owner == apex ? "give it to the zone above" : "add the NS records of that zone, or remove the DS"))
  }

  // MARK: SVCB, HTTPS

  private struct BindingKey: Hashable {
    var owner: DomainName
    var type: RecordType
  }

  /// Beside an alias, records with a service are ignored (RFC 9460 §2.4.1).
  private func checkBindings(_ zone: ZoneDraft) {
    let bindings = zone.records.indices.filter { index in
      let type = zone.records.list.type(at: index)
      return (type == .svcb || type == .https) && !zone.records.duplicates.contains(index)
    }.map { zone.records[$0] }
    guard !bindings.isEmpty else { return }
    var aliases: [BindingKey: RecordDraft] = [:]
    for record in bindings where record.isAliasMode {
      let key = BindingKey(owner: record.owner, type: record.type)
      aliases[key] = aliases[key] ?? record
      if record.data.name(0) == record.owner {
        log.report(
          Problem(
            .warning, at: record.typeRange, "this \(record.type) record is an alias of its own name",
            why: "clients go round in a circle, and give up", fix: "write another name, or a priority from 1 on"))
      }
    }
    for record in bindings where !record.isAliasMode {
      guard let alias = aliases[BindingKey(owner: record.owner, type: record.type)] else { continue }
      log.report(
        Problem(
          .warning, at: record.typeRange, "this \(record.type) record of \"\(record.owner)\" is never used",
          why:
            "the one at \(log.position(of: alias.typeRange)) has priority 0, and then the others are ignored (RFC 9460 §2.4.1)",
          fix: "remove the alias, or this record"))
    }
  }
}

extension RecordDraft {
  /// SVCB and HTTPS: priority 0.
  fileprivate var isAliasMode: Bool { data.bytes.prefix(2).allSatisfy { $0 == 0 } }
}
