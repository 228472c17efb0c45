// What a pool, a check's source and a reference may be in view of the other declarations.

import DNS
import Model

extension Resolver {
  // MARK: Pools

  /// A pool whose names have become indices; what cannot be together is reported.
  func pool(
    _ name: String, isInline: Bool, members uses: [NameUse], _ gates: Gates, _ options: PoolOptions,
    at range: SourceRange
  ) -> Pool {
    let members = self.members(uses)
    let checks = self.checks(gates)
    var pool = Pool(
      name: name, isInline: isInline, members: members, weights: options.weights, backups: [], checks: checks,
      warners: self.checks(.checks(options.warners)), observers: self.checks(.checks(options.observers)),
      policy: options.policy, location: log.location(of: range))
    pool.backups = options.backups.map { self.members($0) }
    checkRoles(options, gates)
    checkBackups(options, members)
    checkPreference(options, members: members)
    checkCounts(of: pool, options)
    return pool
  }

  private func checkCounts(of pool: Pool, _ options: PoolOptions) {
    if case .atLeast(let count) = pool.policy.need, count > pool.checks.count, let range = options.ranges["need"] {
      log.report(
        Problem(
          at: range, "need=\(count) is more than the pool has checks", why: "no node could ever be healthy",
          fix: pool.checks.isEmpty ? "leave it out" : "write at most \(pool.checks.count)"))
    }
    let nodes = pool.allNodes.count
    if pool.policy.minLive > nodes, let range = options.ranges["min-live"] {
      log.report(
        Problem(
          at: range, "min-live=\(pool.policy.minLive) is more than the pool has nodes",
          why: "it would always be short of nodes", fix: "write at most \(nodes)"))
    }
    if pool.policy.allDown == .backupOnly, pool.backups.isEmpty, let range = options.ranges["all-down"] {
      log.report(
        Problem(at: range, "all-down=backup-only needs backup=, and there is none", fix: "add backup= with a node"))
    }
  }

  /// A check has one role in a pool.
  private func checkRoles(_ options: PoolOptions, _ gates: Gates) {
    var roles: [String: String] = [:]
    if case .checks(let uses) = gates { for use in uses { roles[use.name] = "check=" } }
    for (uses, role) in [(options.warners, "warn="), (options.observers, "observe=")] {
      for use in uses {
        if let other = roles[use.name] {
          log.report(
            Problem(
              at: use.range, "the check \"\(use.name)\" is in \(other) as well",
              why: "a check has one role in a pool", fix: "remove it from one of them"))
        }
        roles[use.name] = role
      }
    }
  }

  private func checkBackups(_ options: PoolOptions, _ members: [Int]) {
    var seen = Set(members.map { declarations.nodes[$0].name.name })
    let names = seen
    for use in options.backups.flatMap({ $0 }) where !seen.insert(use.name).inserted {
      log.report(
        Problem(
          at: use.range,
          names.contains(use.name)
            ? "the backup \"\(use.name)\" is a member of the pool" : "the backup \"\(use.name)\" is listed twice",
          why: "a backup is answered when the nodes before it are out", fix: "remove one of them"))
    }
  }

  /// `prefer=site` needs to know where askers are, and where nodes are.
  private func checkPreference(_ options: PoolOptions, members: [Int]) {
    guard options.policy.preference == .site, let range = options.ranges["prefer"] else { return }
    if declarations.sites.isEmpty {
      log.report(
        Problem(
          at: range, "prefer=site needs $SITE, and there is none", why: "Rondo does not know where askers are",
          fix: "add for each site a line such as $SITE nord 10.1.0.0/16"))
    } else if members.allSatisfy({ declarations.nodes[$0].site == nil }) {
      log.report(
        Problem(
          at: range, "prefer=site needs nodes that say where they are", fix: "add site= to the $NODE of the members"))
    }
  }

  // MARK: Sources and references

  /// An address that no probe could ever come from is a mistake: a pool tests nodes of the other family only.
  func checkSources(of pools: [Pool]) {
    // For each check the families that the nodes it tests have.
    var families: [Int: Set<AddressFamily>] = [:]
    for pool in pools {
      let ofPool = Set(pool.members.flatMap { declarations.nodes[$0].addresses.map(\.address.family) })
      for check in pool.checks { families[check, default: []].formUnion(ofPool) }
    }
    for (check, draft) in declarations.checks.enumerated() where !draft.sources.isEmpty {
      guard let families = families[check], !families.isEmpty else { continue }
      for source in draft.sources {
        let family = source.address.family
        if families.contains(family) { continue }
        log.report(
          Problem(
            at: source.range, "no node that \"\(draft.name.name)\" tests has an \(family.inWords) address",
            why: "a probe comes from the address of its node's family", fix: "leave \(source.address) out"))
      }
    }
  }

  /// A reference that is also a node would be a witness to its own failure.
  func checkReferences() {
    var nodes: [IPAddress: String] = [:]
    for node in declarations.nodes {
      for use in node.addresses where nodes[use.address] == nil { nodes[use.address] = node.name.name }
    }
    for reference in declarations.references {
      guard let node = nodes[reference.address] else { continue }
      log.report(
        Problem(
          at: reference.range, "the reference \(reference.address) is the node \"\(node)\"",
          why: "a node that fails does not show that this host is cut off",
          fix: "name a host that is up whatever happens to the nodes, for example a router"))
    }
  }
}
