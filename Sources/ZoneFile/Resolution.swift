// Draft → configuration: names become indices, and every use of an unknown one is reported.

import DNS
import Model

extension ConfigurationReader {
  /// Ends the reading. What it returns is consistent only when no error was reported.
  mutating func resolve() -> Configuration {
    var configuration = Configuration()
    configuration.nodes = draft.nodes.map { node in
      Node(
        name: node.name.name, addresses: node.addresses.map(\.address), site: node.site,
        location: log.location(of: node.name.range))
    }
    configuration.checks = draft.checks.map { check in
      Check(
        name: check.name.name, plan: check.timing.plan(of: check.kind ?? .tcp(port: 1)),
        sources: check.sources.map(\.address), location: log.location(of: check.name.range))
    }
    configuration.sites = resolveSites()
    configuration.subnetSources = draft.subnetSources.map(\.prefix)
    configuration.references = resolveReferences()
    configuration.pools = resolvePools()
    placeByName()
    completeDirectiveZones()
    let rotations = draft.zones.map { resolveRotations(of: $0, into: &configuration) }
    checkSources(of: configuration)
    refuseNothing()
    let contents = checkZones()
    advise(contents)
    // Past an error nobody looks at the zones, and they might not hold together.
    guard !log.hasErrors else { return configuration }
    for ((zone, contents), rotations) in zip(zip(draft.zones, contents), rotations) {
      guard let apex = zone.apex, let soa = zone.soa else { continue }
      var records = zone.records.list
      records.removeAll(at: zone.records.duplicates)
      configuration.zones.append(
        Zone(
          apex: apex, origin: zone.origin, soa: soa, records: records, rotations: rotations,
          nameCount: contents.owners.count, location: log.location(of: zone.range)))
    }
    return configuration
  }

  // MARK: Pools

  /// Without a zone, every query would be refused: surely not what was meant.
  private mutating func refuseNothing() {
    guard draft.zones.isEmpty, !log.hasErrors, !log.sources.isEmpty else { return }
    report(
      Problem(
        at: .wholeFile(0), "no zone begins here", why: "Rondo would refuse every query",
        mend: "begin a zone with a SOA record, or with $ZONE and $AUTHORITY"))
  }

  private mutating func resolvePools() -> [Pool] {
    draft.pools.map {
      resolvedPool($0.name.name, isInline: false, members: $0.members, $0.gates, $0.options, at: $0.name.range)
    }
  }

  mutating func resolveMembers(_ uses: [NameUse]) -> [Int] {
    var members: [Int] = []
    for use in uses {
      if let node = draft.nodeIndex[use.name] {
        members.append(node)
      } else if draft.poolIndex[use.name] != nil {
        report(
          Problem(
            at: use.range, "\"\(use.name)\" is a pool, and a node is needed here",
            why: "a pool has its own nodes and its own check",
            mend: "list the nodes themselves, or write ROTATE \(use.name) with nothing else"))
      } else if draft.checkIndex[use.name] != nil {
        report(
          Problem(
            at: use.range, "\"\(use.name)\" is a check, and a node is needed here",
            why: "checks are named by an option",
            mend: "write check=\(use.name) after the nodes"))
      } else {
        report(undefined(use, "node", among: draft.nodes.lazy.map(\.name.name), directive: "$NODE"))
      }
    }
    return members
  }

  mutating func resolveGates(_ gates: Gates) -> [Int] {
    guard case .checks(let uses) = gates else { return [] }
    var checks: [Int] = []
    for use in uses {
      if let check = draft.checkIndex[use.name] {
        checks.append(check)
      } else if draft.nodeIndex[use.name] != nil || draft.poolIndex[use.name] != nil {
        report(
          Problem(
            at: use.range,
            "\"\(use.name)\" is a \(draft.nodeIndex[use.name] != nil ? "node" : "pool"), and a check is needed here",
            why: "nodes stand before the options", mend: "write the name of a $CHECK"))
      } else {
        report(undefined(use, "check", among: draft.checks.lazy.map(\.name.name), directive: "$CHECK"))
      }
    }
    return checks
  }

  private func undefined(_ use: NameUse, _ subject: String, among names: some Sequence<String>, directive: String)
    -> Problem
  {
    guard log.hasRoom else { return Problem(at: use.range, "") }
    return Problem(
      at: use.range, "\(subject) \"\(use.name)\" is not defined",
      why: suggestion(for: use.name, among: names),
      mend: "define it with \(directive), above or below its use")
  }

  // MARK: Zones

  private mutating func resolveRotations(of zone: ZoneDraft, into configuration: inout Configuration)
    -> [RotationRecord]
  {
    var rotations: [RotationRecord] = []
    for rotation in zone.rotations {
      guard let pool = resolvePool(of: rotation, into: &configuration) else { continue }
      rotations.append(
        RotationRecord(
          owner: rotation.owner, ttl: rotation.ttl, pool: pool, location: log.location(of: rotation.range)))
    }
    return rotations
  }

  mutating func resolvePool(of rotation: RotationDraft, into configuration: inout Configuration) -> Int? {
    switch rotation.source {
    case .pool(let use):
      if let pool = draft.poolIndex[use.name] { return pool }
      if draft.nodeIndex[use.name] != nil {
        report(
          Problem(
            at: use.range, "\"\(use.name)\" is a node, and ROTATE does not say how it is tested",
            mend: "add check= with the name of a $CHECK, or check=none if that is meant; or write the name of a pool"))
      } else {
        report(undefined(use, "pool", among: draft.pools.lazy.map(\.name.name), directive: "$POOL"))
      }
      return nil
    case .members(let uses, let gates):
      let name = rotation.owner.isRoot ? "." : String(rotation.owner.description.dropLast())
      configuration.pools.append(
        resolvedPool(name, isInline: true, members: uses, gates, rotation.options, at: rotation.range))
      return configuration.pools.count - 1
    }
  }

  /// SOA and NS of zones begun by `$ZONE`. The serial is the server's to set.
  private mutating func completeDirectiveZones() {
    var saidMissing = false
    for index in draft.zones.indices where draft.zones[index].origin == .zoneDirective {
      let zone = draft.zones[index]
      guard let apex = zone.apex else { continue }
      guard let authority = draft.authority else {
        // One line mends them all.
        if !saidMissing {
          report(
            Problem(
              at: zone.range, "$ZONE needs an $AUTHORITY, and there is none",
              why: "it names the name servers and the contact of such zones",
              mend: "add for example $AUTHORITY ns1.kreis.example. ns2.kreis.example. contact=hostmaster.kreis.example."
            ))
        }
        saidMissing = true
        continue
      }
      guard let primary = authority.servers.first, let contact = authority.contact else { continue }
      draft.zones[index].soa = StartOfAuthority(
        ttl: zone.directiveTTL, primary: primary.name, contact: contact, serial: 0, refresh: 3600, retry: 900,
        expire: 604_800, minimum: 60)
      for (position, server) in authority.servers.enumerated() {
        var data = RecordData()
        data.append(server.name, isCompressible: true)
        let record = Record(
          owner: apex, ttl: zone.directiveTTL, type: .ns, data: data, location: log.location(of: server.range))
        let places = RecordPlaces(range: server.range, typeRange: server.range, lastField: server.range)
        draft.zones[index].records.insert(RecordDraft(record: record, places: places), at: position)
      }
    }
  }
}
