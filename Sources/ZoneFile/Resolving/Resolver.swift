// The second stage, draft → configuration: names become indices, and every use of an unknown one is reported.

import DNS
import Model

/// Pools and rotations with their names looked up. It holds together only if no error was reported.
struct Resolution {
  /// Those of `$POOL`, then those that rotations list.
  var pools: [Pool] = []
  /// By the index of the zone.
  var rotations: [[RotationRecord]] = []
}

/// Looks names up among the declarations.
struct Resolver {
  let declarations: Declarations
  let log: DiagnosticLog

  /// The pools of `$POOL`; rotations are added when they are in their zones.
  func resolution() -> Resolution {
    checkReferences()
    return Resolution(
      pools: declarations.pools.map {
        pool($0.name.name, isInline: false, members: $0.members, $0.gates, $0.options, at: $0.name.range)
      })
  }

  // MARK: Uses of names

  func members(_ uses: [NameUse]) -> [Int] {
    var members: [Int] = []
    for use in uses {
      if let node = declarations.node(named: use.name) {
        members.append(node)
      } else if declarations.pool(named: use.name) != nil {
        log.report(
          Problem(
            at: use.range, "\"\(use.name)\" is a pool, and a node is needed here",
            why: "a pool has its own nodes and its own check",
            fix: "list the nodes themselves, or write ROTATE \(use.name) with nothing else"))
      } else if declarations.check(named: use.name) != nil {
        log.report(
          Problem(
            at: use.range, "\"\(use.name)\" is a check, and a node is needed here",
            why: "checks are named by an option",
            fix: "write check=\(use.name) after the nodes"))
      } else {
        log.report(undefined(use, "node", among: declarations.nodes.lazy.map(\.name.name), directive: "$NODE"))
      }
    }
    return members
  }

  func checks(_ gates: Gates) -> [Int] {
    guard case .checks(let uses) = gates else { return [] }
    var checks: [Int] = []
    for use in uses {
      if let check = declarations.check(named: use.name) {
        checks.append(check)
      } else if declarations.node(named: use.name) != nil || declarations.pool(named: use.name) != nil {
        log.report(
          Problem(
            at: use.range,
            "\"\(use.name)\" is a \(declarations.node(named: use.name) != nil ? "node" : "pool"), and a check is needed here",
            why: "nodes come before the options", fix: "write the name of a $CHECK"))
      } else {
        log.report(undefined(use, "check", among: declarations.checks.lazy.map(\.name.name), directive: "$CHECK"))
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
      fix: "define it with \(directive), above or below its use")
  }

  // MARK: Rotations

  func addRotations(of zones: ZoneDrafts, to resolution: inout Resolution) {
    for zone in zones.list {
      var rotations: [RotationRecord] = []
      for rotation in zone.rotations {
        let pool: Int
        switch source(of: rotation) {
        case nil: continue
        case .declared(let index): pool = index
        case .inline(let inline):
          pool = resolution.pools.count
          resolution.pools.append(inline)
        }
        // Without one, its zone could not be begun.
        guard let ttl = rotation.ttl else { continue }
        rotations.append(
          RotationRecord(owner: rotation.owner, ttl: ttl, pool: pool, location: log.location(of: rotation.range)))
      }
      resolution.rotations.append(rotations)
    }
  }

  enum RotationPool {
    /// By its index among the declared pools.
    case declared(Int)
    case inline(Pool)
  }

  /// Where a rotation takes its addresses from; nil, and reported, where its pool is unknown.
  func source(of rotation: RotationDraft) -> RotationPool? {
    switch rotation.source {
    case .pool(let use):
      if let pool = declarations.pool(named: use.name) { return .declared(pool) }
      if declarations.node(named: use.name) != nil {
        log.report(
          Problem(
            at: use.range, "\"\(use.name)\" is a node, and ROTATE does not say how it is tested",
            fix: "add check= with the name of a $CHECK, or check=none if that is meant; or write the name of a pool"))
      } else {
        log.report(undefined(use, "pool", among: declarations.pools.lazy.map(\.name.name), directive: "$POOL"))
      }
      return nil
    case .members(let uses, let gates):
      let name = rotation.owner.isRoot ? "." : String(rotation.owner.description.dropLast())
      return .inline(pool(name, isInline: true, members: uses, gates, rotation.options, at: rotation.range))
    }
  }

  // MARK: The whole

  /// Without a zone, every query would be refused: surely not intended.
  func refuseNothing(_ zones: ZoneDrafts) {
    guard zones.list.isEmpty, !log.hasErrors, !log.sources.isEmpty else { return }
    log.report(
      Problem(
        at: .wholeFile(0), "no zone begins here", why: "Rondo would refuse every query",
        fix: "begin a zone with a SOA record, or with $ZONE and $AUTHORITY"))
  }

  /// The configuration of files without errors; nil where a part is missing all the same.
  func configuration(
    _ zones: ZoneDrafts, _ contents: [ZoneContents], _ resolution: Resolution
  ) -> Configuration? {
    var configuration = Configuration()
    configuration.nodes = declarations.nodes.map { node in
      Node(
        name: node.name.name, addresses: node.addresses.map(\.address), site: node.site,
        location: log.location(of: node.name.range))
    }
    for check in declarations.checks {
      guard let kind = check.kind else { return nil }
      configuration.checks.append(
        Check(
          name: check.name.name, plan: check.timing.plan(of: kind), sources: check.sources.map(\.address),
          location: log.location(of: check.name.range)))
    }
    configuration.sites = declarations.sites.map { site in
      Site(
        name: site.name.name, prefixes: site.prefixes.map(\.prefix), location: log.location(of: site.name.range))
    }
    configuration.subnetSources = declarations.subnetSources.map(\.prefix)
    configuration.references = declarations.references.map {
      Reference(address: $0.address, port: $0.port, location: log.location(of: $0.range))
    }
    configuration.pools = resolution.pools
    for ((zone, contents), rotations) in zip(zip(zones.list, contents), resolution.rotations) {
      guard let apex = zone.apex, let soa = zone.soa else { return nil }
      var records = zone.records.list
      records.removeAll(at: zone.records.duplicates)
      configuration.zones.append(
        Zone(
          apex: apex, origin: zone.origin, soa: soa, records: records, rotations: rotations,
          nameCount: contents.owners.count, location: log.location(of: zone.range)))
    }
    return configuration
  }
}
