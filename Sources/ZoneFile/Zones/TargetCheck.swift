// Where NS, MX, SRV and CNAME records point to: whether that name has what resolvers look for there, as far as the
// served zones show.

import DNS

/// What the served zones know of a name.
private enum TargetFinding {
  /// In no served zone, in one handed over to others, or in one with errors: nothing is known.
  case unknown
  case address
  case rotation
  case alias(RecordPosition)
  /// Records, but no address.
  case otherData
  case nothing

  var hasNoAddress: Bool {
    switch self {
    case .nothing, .otherData: true
    default: false
    }
  }
}

/// A record of a zone.
private struct RecordPosition: Hashable {
  /// Index into `ZoneDrafts.list`.
  var zone: Int
  var index: Int
}

/// Where the CNAMEs lead that begin at a record. Found once for each: a million of them may follow one another.
private struct AliasEnds {
  enum End {
    case fine, rotation, nothing, endless
  }

  struct Way {
    var end: End
    /// The CNAMEs passed after the first.
    var links: UInt8
  }

  /// For each zone the way from each of its records.
  private var ways: [[Way?]]

  init(_ zones: ZoneDrafts) { ways = zones.list.map { Array(repeating: nil, count: $0.records.count) } }

  subscript(_ position: RecordPosition) -> Way? {
    get { ways[position.zone][position.index] }
    set { ways[position.zone][position.index] = newValue }
  }
}

extension ZoneChecker {
  /// Resolvers' patience with chains of CNAMEs is about as long.
  private static let mostLinks: UInt8 = 8

  func checkTargets() {
    var ends = AliasEnds(zones)
    // One server name of $AUTHORITY is an NS record in every $ZONE.
    var seen: Set<SourceRange> = []
    for (zone, zoneDraft) in zones.list.enumerated() where zoneDraft.apex != nil {
      let records = zoneDraft.records
      var servers: [(position: Int, finding: TargetFinding)] = []
      for index in records.indices where !records.duplicates.contains(index) {
        let position = RecordPosition(zone: zone, index: index)
        switch records.list.type(at: index) {
        case .cname: checkAlias(at: position, &ends)
        case .mx, .srv: checkTarget(at: position)
        case .ns:
          if zoneDraft.origin == .zoneDirective, !seen.insert(records.ranges[index].lastField).inserted { continue }
          servers.append((index, lookUp(from: position)))
        default: break
        }
      }
      checkServers(servers, of: zone)
    }
  }

  // MARK: Looking up

  private func lookUp(from position: RecordPosition) -> TargetFinding {
    let list = zones.list[position.zone].records.list
    guard let target = list.name(0, at: position.index), !target.isRoot, let index = zones.closestZone(to: target),
      let apex = zones.list[index].apex
    else { return .unknown }
    if let cut = contents[index].cut(above: target, apex: apex) {
      // Below the cut that this record makes, its address is needed here: glue.
      guard list.type(at: position.index) == .ns, list.ownerName(at: position.index) == cut else { return .unknown }
    }
    if contents[index].renaming(above: target, apex: apex) != nil { return .unknown }
    // A wildcard answers for names that do not exist (RFC 4592); one label up is as far as it is followed here.
    let wildcard = { target.parent?.prepending([UInt8(ascii: "*")]) }
    let isIncomplete = zones.list[index].isIncomplete
    guard let found = contents[index][target] ?? wildcard().flatMap({ contents[index][$0] }) else {
      return isIncomplete ? .unknown : .nothing
    }
    if found.rotation.value != nil { return .rotation }
    if found.address.value != nil { return .address }
    if let alias = found.alias.value { return .alias(RecordPosition(zone: index, index: alias)) }
    return isIncomplete ? .unknown : .otherData
  }

  private func record(at position: RecordPosition) -> RecordDraft { zones.list[position.zone].records[position.index] }

  private func target(of record: RecordDraft) -> DomainName { record.data.name(0) ?? .root }

  /// A name whose final dot was forgotten has been reported already, and what follows from it needs no second message.
  private func isReported(_ position: RecordPosition) -> Bool {
    zones.forgottenDots.contains(zones.list[position.zone].records.ranges[position.index].lastField)
  }

  // MARK: NS

  /// A zone with no server that has an address cannot be reached at all; a server without one beside others that have, or
  /// below a cut, is a lame delegation, which slows resolvers and breaks nothing else.
  private func checkServers(_ servers: [(position: Int, finding: TargetFinding)], of zone: Int) {
    let records = zones.list[zone].records
    let atApex = servers.filter { server in
      zones.list[zone].apex.map { records.list.isOwner(of: server.position, $0) } ?? false
    }
    let hasNone = !atApex.isEmpty && atApex.allSatisfy(\.finding.hasNoAddress) && !zones.list[zone].isIncomplete
    if hasNone, let first = atApex.first { log.report(withoutAddress(records[first.position], .error, beside: "")) }
    let apexPositions = Set(atApex.map(\.position))
    for (position, finding) in servers {
      let isAtApex = apexPositions.contains(position)
      switch finding {
      case .nothing, .otherData:
        guard !(isAtApex && hasNone), !isReported(RecordPosition(zone: zone, index: position)) else { continue }
        log.report(.warning) { [self] in
          withoutAddress(
            records[position], .warning,
            beside: isAtApex ? "" : "; the delegation of \"\(records[position].owner)\" is lame as far as it goes there"
          )
        }
      case .rotation:
        let record = records[position]
        // Resolvers cache the addresses of name servers separately; they must not come and go with the health of mail nodes.
        log.report(
          Problem(
            at: record.lastField, "the name server \"\(target(of: record))\" is a ROTATE name",
            why: "the address of a name server must not change with the health of mail nodes",
            fix: "give it A and AAAA records with the addresses of the host that runs Rondo"))
      case .alias(let alias): warnOfAlias(records[position], alias)
      default: break
      }
    }
  }

  private func withoutAddress(_ record: RecordDraft, _ severity: Diagnostic.Severity, beside: String) -> Problem {
    Problem(
      severity, at: record.lastField, "the name server \"\(target(of: record))\" has no address",
      why: "its name lies in a zone of this configuration, so resolvers expect the address here" + beside,
      fix: "add an A or AAAA record for it")
  }

  // MARK: MX, SRV

  private func checkTarget(at position: RecordPosition) {
    switch lookUp(from: position) {
    case .nothing, .otherData:
      guard !isReported(position) else { return }
      log.report(.warning) { [self] in
        let record = record(at: position)
        return Problem(
          .warning, at: record.lastField, "the target \"\(target(of: record))\" has no address",
          why: "its name lies in a zone of this configuration", fix: "add A, AAAA or ROTATE for it, or fix the name")
      }
    case .alias(let alias): warnOfAlias(record(at: position), alias)
    default: break
    }
  }

  private func warnOfAlias(_ record: RecordDraft, _ alias: RecordPosition) {
    log.report(.warning) { [self] in
      let alias = self.record(at: alias)
      return Problem(
        .warning, at: record.lastField, "the target \"\(target(of: record))\" of \(record.type) is a CNAME",
        why: "the CNAME is at \(log.position(of: alias.typeRange)), and many do not follow it there (RFC 2181 §10.3)",
        fix: "write \"\(target(of: alias))\" here")
    }
  }

  // MARK: CNAME

  private func checkAlias(at position: RecordPosition, _ ends: inout AliasEnds) {
    switch way(from: position, &ends).end {
    case .fine: break
    case .rotation:
      // Clients that follow a CNAME ask for the Kerberos ticket of the name it leads to, which no server may hold.
      log.report(.warning) { [self] in
        let record = record(at: position)
        return Problem(
          .warning, at: record.typeRange, "\"\(record.owner)\" reaches its nodes through a CNAME",
          why: "browsers then ask for the Kerberos ticket of \"\(target(of: record))\", and logon can fail",
          fix: "write ROTATE at \"\(record.owner)\" itself")
      }
    case .nothing:
      guard !isReported(position) else { return }
      log.report(.warning) { [self] in
        let record = record(at: position)
        return Problem(
          .warning, at: record.lastField, "the CNAME of \"\(record.owner)\" leads nowhere",
          why: "the zone has no such name", fix: "fix the name, or add records for it")
      }
    case .endless:
      log.report(.warning) { [self] in
        let record = record(at: position)
        return Problem(
          .warning, at: record.lastField,
          "the CNAME of \"\(record.owner)\" leads through more than eight CNAMEs or in a circle",
          why: "resolvers give up", fix: "point it to the last name directly")
      }
    }
  }

  /// Where the CNAME at `first` leads, through others if need be.
  private func way(from first: RecordPosition, _ ends: inout AliasEnds) -> AliasEnds.Way {
    if let known = ends[first] { return known }
    var passed: [RecordPosition] = []
    var way = AliasEnds.Way(end: .fine, links: 0)
    var next: RecordPosition? = first
    while let position = next {
      if let known = ends[position] {
        way = known
        way.links += 1
        break
      }
      // Until its end is known, one that is met again closes a circle.
      ends[position] = AliasEnds.Way(end: .endless, links: ZoneChecker.mostLinks)
      passed.append(position)
      next = nil
      switch lookUp(from: position) {
      case .alias(let alias): next = alias
      case .rotation: way.end = .rotation
      case .nothing: way.end = .nothing
      case .unknown, .address, .otherData: break
      }
    }
    for position in passed.reversed() {
      if way.links >= ZoneChecker.mostLinks {
        way = AliasEnds.Way(end: .endless, links: ZoneChecker.mostLinks)
      }
      ends[position] = way
      way.links += 1
    }
    return ends[first] ?? way
  }
}
