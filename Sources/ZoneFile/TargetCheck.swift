// Where NS, MX, SRV and CNAME records point to: to a name that has what is looked for there, as far as we can see.

import DNS

/// What the served zones know of a name.
private enum TargetFinding {
  /// In no served zone, in one handed over to others, or in one with errors: nothing can be said.
  case unknown
  case address
  case rotation
  case alias(RecordDraft)
  /// Records, but no address.
  case otherData
  case nothing
}

extension ConfigurationReader {
  mutating func checkTargets(_ contents: [ZoneContents]) {
    // One server name of $AUTHORITY stands for an NS record in every $ZONE.
    var seen: Set<SourceRange> = []
    for zone in draft.zones where zone.apex != nil {
      let pointing = zone.records.drafts { $0 == .ns || $0 == .mx || $0 == .srv || $0 == .cname }
      for record in pointing {
        guard seen.insert(record.lastField).inserted, let target = record.data.name(0), !target.isRoot
        else { continue }
        let finding = lookUp(target, contents, for: record)
        if let problem = problem(record, target, finding, contents) { log.report(problem) }
      }
    }
  }

  private func lookUp(_ target: DomainName, _ contents: [ZoneContents], for record: RecordDraft) -> TargetFinding {
    guard let index = draft.closestZone(to: target), let apex = draft.zones[index].apex else { return .unknown }
    let zone = draft.zones[index]
    if let cut = contents[index].cut(above: target, apex: apex) {
      // Below the cut that this record makes, its address is needed here: glue.
      guard record.type == .ns, record.owner == cut else { return .unknown }
    }
    if contents[index].renaming(above: target, apex: apex) != nil { return .unknown }
    // A wildcard answers for names that do not exist (RFC 4592); one label up is as far as it is followed here.
    let wildcard = target.parent?.prepending([UInt8(ascii: "*")])
    guard let found = contents[index][target] ?? wildcard.flatMap({ contents[index][$0] }) else {
      return zone.isIncomplete ? .unknown : .nothing
    }
    if found.rotation.value != nil { return .rotation }
    if found.address.value != nil { return .address }
    if let alias = found.alias.value { return .alias(zone.records[alias]) }
    return zone.isIncomplete ? .unknown : .otherData
  }

  private func problem(
    _ record: RecordDraft, _ target: DomainName, _ finding: TargetFinding, _ contents: [ZoneContents]
  ) -> Problem? {
    switch (record.type, finding) {
    case (.cname, _): return leadsToRotation(record, target, finding, contents)
    case (.ns, .rotation):
      // Resolvers keep the addresses of name servers apart from answers; they must not come and go with mail's health.
      return Problem(
        at: record.lastField, "the name server \"\(target)\" is a ROTATE name",
        why: "the address of a name server must not change with the health of mail nodes",
        mend: "give it A and AAAA records with the addresses of the host that runs Rondo")
    case (.ns, .nothing), (.ns, .otherData):
      return Problem(
        at: record.lastField, "the name server \"\(target)\" has no address",
        why: "its name lies in a zone of this configuration, so resolvers expect the address here",
        mend: "add an A or AAAA record for it")
    case (.mx, .nothing), (.mx, .otherData), (.srv, .nothing), (.srv, .otherData):
      return Problem(
        .warning, at: record.lastField, "the target \"\(target)\" has no address",
        why: "its name lies in a zone of this configuration", mend: "add A, AAAA or ROTATE for it, or mend the name")
    case (.ns, .alias(let alias)), (.mx, .alias(let alias)), (.srv, .alias(let alias)):
      return Problem(
        .warning, at: record.lastField, "the target \"\(target)\" of \(record.type) is a CNAME",
        why: "the CNAME is at \(log.place(of: alias.typeRange)), and many do not follow it there (RFC 2181 §10.3)",
        mend: "write \(alias.data.name(0).map { "\"\($0)\"" } ?? "its target") here")
    default: return nil
    }
  }

  /// Clients that follow a CNAME ask for the Kerberos ticket of the name it leads to, which no server may hold.
  private func leadsToRotation(
    _ record: RecordDraft, _ target: DomainName, _ finding: TargetFinding, _ contents: [ZoneContents]
  ) -> Problem? {
    var finding = finding
    // The resolver's patience with chains is about as long.
    for _ in 0..<8 {
      switch finding {
      case .rotation:
        return Problem(
          .warning, at: record.typeRange, "\"\(record.owner)\" reaches its nodes by way of a CNAME",
          why: "browsers then ask for the Kerberos ticket of \"\(target)\", and logon can fail",
          mend: "write ROTATE at \"\(record.owner)\" itself")
      case .nothing:
        return Problem(
          .warning, at: record.lastField, "the CNAME of \"\(record.owner)\" leads nowhere",
          why: "the zone has no such name", mend: "mend the name, or add records for it")
      case .alias(let next):
        guard let further = next.data.name(0), !further.isRoot else { return nil }
        finding = lookUp(further, contents, for: next)
      default: return nil
      }
    }
    return Problem(
      .warning, at: record.lastField,
      "the CNAME of \"\(record.owner)\" leads through more than eight CNAMEs or in a circle",
      why: "resolvers give up", mend: "point it to the last name directly")
  }
}
