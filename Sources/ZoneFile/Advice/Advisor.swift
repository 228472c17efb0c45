// What is legal and harmful: warnings about the service as a whole, not about the form of a record.

import DNS
import Model

/// The third stage: warns about what was resolved, and changes nothing.
struct Advisor {
  let declarations: Declarations
  let zones: ZoneDrafts
  /// By the index of the zone.
  let contents: [ZoneContents]
  let log: DiagnosticLog

  /// TTLs of a ROTATE outside these bounds are warned of, in seconds.
  private static let rotationTTLs: ClosedRange<UInt32> = 10...300

  func advise() {
    for (zone, contents) in zip(zones.list, contents) where zone.apex != nil {
      for rotation in zone.rotations { adviseTTL(rotation) }
      adviseNegativeTTL(zone)
      adviseNameServers(zone, contents)
    }
    adviseAuthority()
    adviseSingleNodes()
    adviseSharedAddresses()
    adviseWeakGates()
    adviseSites()
    advisePolicies()
    adviseServices()
    // While there are errors, what seems unused may be what a mistyped name meant.
    if !log.hasErrors { adviseUnused() }
  }

  // MARK: Times

  private func adviseTTL(_ rotation: RotationDraft) {
    let bounds = Advisor.rotationTTLs
    guard let ttl = rotation.ttl else { return }
    if ttl > bounds.upperBound {
      log.report(
        Problem(
          .warning, at: rotation.ttlRange, "the TTL of this ROTATE is \(ttl) seconds",
          why: "clients go on using a failed node for so long", fix: "write 60, or at most 300"))
    } else if ttl < bounds.lowerBound {
      log.report(
        Problem(
          .warning, at: rotation.ttlRange, "the TTL of this ROTATE is \(ttl) seconds",
          why: "resolvers ask again all the time, and some use a longer time of their own",
          fix: "write 60, or at least 10"))
    }
  }

  /// RFC 2308 §5: a negative answer is kept for the SOA's TTL or its minimum, whichever is less.
  private func adviseNegativeTTL(_ zone: ZoneDraft) {
    let ttls = zone.rotations.compactMap { rotation in rotation.ttl.map { (ttl: $0, range: rotation.ttlRange) } }
    guard let soa = zone.soa, let lowest = ttls.min(by: { $0.ttl < $1.ttl }) else { return }
    let negative = min(soa.ttl, soa.minimum)
    guard negative > lowest.ttl else { return }
    if zone.origin == .soaRecord {
      log.report(
        Problem(
          .warning, at: zone.minimumRange,
          "\"no such name\" is remembered for \(negative) seconds, addresses for \(lowest.ttl)",
          why: "a name asked for too early stays away longer than a failed node",
          fix: "write \(lowest.ttl) as the last number of the SOA"))
    } else {
      log.report(
        Problem(
          .warning, at: lowest.range,
          "\"no such name\" is remembered for \(negative) seconds, addresses for \(lowest.ttl)",
          why: "a zone begun by $ZONE has a negative TTL of 60",
          fix: "write a TTL of 60 or more, or begin the zone with a SOA record of its own"))
    }
  }

  // MARK: Only one of them

  private func adviseNameServers(_ zone: ZoneDraft, _ contents: ZoneContents) {
    guard let apex = zone.apex, zone.origin == .soaRecord, !zone.isIncomplete, contents.nameServerCount == 1 else {
      return
    }
    log.report(
      Problem(
        .warning, at: zone.range, "the zone \"\(apex)\" has one name server only",
        why: "when it is down, the names of the zone cannot be resolved",
        fix: "run a second Rondo and add an NS record for it"))
  }

  /// Reported once for all `$ZONE` zones.
  private func adviseAuthority() {
    guard let authority = declarations.authority, authority.servers.count == 1,
      zones.list.contains(where: { $0.origin == .zoneDirective && $0.apex != nil })
    else { return }
    log.report(
      Problem(
        .warning, at: authority.range, "$AUTHORITY names one name server only",
        why: "when it is down, the names of these zones cannot be resolved", fix: "run a second Rondo and add its name")
    )
  }

  private func adviseSingleNodes() {
    for pool in declarations.pools where pool.members.count == 1 && pool.options.backups.isEmpty {
      log.report(singleNode(pool.name.range, "the pool \"\(pool.name.name)\""))
    }
    for zone in zones.list {
      for rotation in zone.rotations {
        guard case .members(let members, _) = rotation.source, let only = members.first, members.count == 1,
          rotation.options.backups.isEmpty
        else {
          continue
        }
        log.report(singleNode(only.range, "this ROTATE"))
      }
    }
  }

  private func singleNode(_ range: SourceRange, _ subject: String) -> Problem {
    Problem(
      .warning, at: range, "\(subject) has one node only", why: "when it fails there is no other to answer with",
      fix: "add a second node")
  }

  private func adviseSharedAddresses() {
    var first: [IPAddress: NameUse] = [:]
    for node in declarations.nodes {
      for use in node.addresses {
        if let earlier = first[use.address] {
          log.report(
            Problem(
              .warning, at: use.range, "the node \"\(node.name.name)\" has the address of the node \"\(earlier.name)\"",
              why: "when both are in a pool, the address is answered twice", fix: "check which of them is right"))
        } else {
          first[use.address] = node.name
        }
      }
    }
  }

  // MARK: Gates and uses

  /// A web server that accepts connections may still answer with errors only.
  private func adviseWeakGates() {
    var warned: Set<Int> = []
    for (_, gates, _) in declarations.allPools(and: zones) {
      guard case .checks(let uses) = gates, !uses.isEmpty else { continue }
      let checks = uses.compactMap { declarations.check(named: $0.name) }
      guard checks.count == uses.count, checks.allSatisfy({ declarations.checks[$0].kind == .tcp(port: 443) }) else {
        continue
      }
      for check in checks where warned.insert(check).inserted {
        guard let range = declarations.checks[check].kindRange else { continue }
        log.report(
          Problem(
            .warning, at: range, "tcp:443 is the only gate of an HTTPS service",
            why: "an open port proves little: a server whose web service is broken still accepts connections",
            fix: "write https:443 with the path of a health page, for example https:443/owa/healthcheck.htm"))
      }
    }
  }

  private func adviseUnused() {
    var usedNodes: Set<String> = []
    var usedChecks: Set<String> = []
    for (members, gates, options) in declarations.allPools(and: zones) {
      usedNodes.formUnion((members + options.backups.joined()).map(\.name))
      usedChecks.formUnion((options.warners + options.observers).map(\.name))
      if case .checks(let uses) = gates { usedChecks.formUnion(uses.map(\.name)) }
    }
    var usedPools: Set<String> = []
    for zone in zones.list {
      for rotation in zone.rotations {
        if case .pool(let use) = rotation.source { usedPools.insert(use.name) }
      }
    }
    for node in declarations.nodes where !usedNodes.contains(node.name.name) {
      log.report(unused(node.name, "node", "list it in a $POOL or a ROTATE"))
    }
    for check in declarations.checks where !usedChecks.contains(check.name.name) {
      log.report(unused(check.name, "check", "name it in check= of a $POOL or a ROTATE"))
    }
    for pool in declarations.pools where !usedPools.contains(pool.name.name) {
      log.report(unused(pool.name, "pool", "write a ROTATE record with it"))
    }
  }

  private func unused(_ use: NameUse, _ subject: String, _ fix: String) -> Problem {
    Problem(.warning, at: use.range, "the \(subject) \"\(use.name)\" is not used", fix: "\(fix), or remove it")
  }
}
