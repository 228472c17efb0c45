// Warnings about sites and pool policies: options that are legal, and do nothing or not what was meant.

import DNS
import Model

extension Advisor {
  func adviseSites() {
    let used = Set(declarations.nodes.compactMap(\.site))
    for site in declarations.sites where !used.contains(site.name.name) {
      log.report(
        Problem(
          .warning, at: site.name.range, "the site \"\(site.name.name)\" is not used",
          fix: "name it in site= of a $NODE, or remove it"))
    }
    let options = declarations.allPools(and: zones).map(\.options.policy)
    let prefersSite = options.contains { $0.preference == .site }
    if let first = declarations.sites.first, !prefersSite {
      log.report(
        Problem(
          .warning, at: first.name.range, "there are sites, and no pool has prefer=site",
          why: "where an asker is decides nothing", fix: "add prefer=site to a $POOL, or remove $SITE"))
    }
    if let first = declarations.subnetSources.first, !prefersSite, !options.contains(where: { $0.order == .hash }) {
      log.report(
        Problem(
          .warning, at: first.range, "$ECS has no effect without prefer=site or order=hash",
          why: "no answer depends on the asker's network", fix: "add prefer=site to a $POOL, or remove $ECS"))
    }
    guard declarations.references.count == 1, let only = declarations.references.first else { return }
    log.report(
      Problem(
        .warning, at: only.range, "there is one reference only",
        why: "when it is off together with a node, that node stays in the answers",
        fix: "name a second one that does not fail with it"))
  }

  func advisePolicies() {
    for (members, _, options) in declarations.allPools(and: zones) {
      adviseUnknownSites(of: members, options)
      adviseFixedOrder(options)
      adviseWeights(of: members, options)
    }
    for zone in zones.list {
      for rotation in zone.rotations { adviseLowTTL(of: rotation) }
    }
  }

  /// A node at a site without networks is preferred for no asker.
  private func adviseUnknownSites(of members: [NameUse], _ options: PoolOptions) {
    guard let range = options.ranges["prefer"], !declarations.sites.isEmpty else { return }
    for member in members + options.backups.joined() {
      guard let node = declarations.node(named: member.name) else { continue }
      guard let site = declarations.nodes[node].site else {
        log.report(
          Problem(
            .warning, at: range, "prefer=site, and the node \"\(member.name)\" does not say where it is",
            why: "no asker is nearer to it than to others", fix: "add site= to its $NODE"))
        continue
      }
      guard declarations.site(named: site) == nil else { continue }
      log.report(
        Problem(
          .warning, at: range, "prefer=site, and the site \"\(site)\" of the node \"\(member.name)\" has no $SITE",
          why: "no asker is nearer to it than to others", fix: "add $SITE \(site) with the networks there"))
    }
  }

  /// Shares are kept by taking turns; a member that is always first has no share.
  private func adviseFixedOrder(_ options: PoolOptions) {
    guard options.policy.order == .fixed, let range = options.ranges["order"] else { return }
    if Set(options.weights).count > 1 {
      log.report(
        Problem(
          .warning, at: range, "order=fixed, and the members have weights", why: "the first is always the first",
          fix: "remove the weights, or write order=rotate"))
    }
    if let range = options.ranges["slow-start"] {
      log.report(
        Problem(
          .warning, at: range, "slow-start= does nothing with order=fixed", why: "the first is always the first",
          fix: "remove one of them"))
    }
  }

  /// Resolvers rotate what they keep: only an answer with one address decides which node gets the client.
  private func adviseWeights(of members: [NameUse], _ options: PoolOptions) {
    let weights = options.weights
    guard options.policy.order != .fixed, options.policy.answers > 1, members.count > 1, Set(weights).count > 1,
      let heaviest = weights.indices.max(by: { weights[$0] < weights[$1] }), heaviest < members.count
    else { return }
    log.report(
      Problem(
        .warning, at: members[heaviest].range, "clients behind a resolver get equal shares, whatever the weights",
        why: "resolvers give the addresses of an answer in turn",
        fix: "add answers=1, or move whole names; rondo timeline shows the shares"))
  }

  private func adviseLowTTL(of rotation: RotationDraft) {
    let options: PoolOptions
    switch rotation.source {
    case .members: options = rotation.options
    case .pool(let use):
      guard let pool = declarations.pool(named: use.name) else { return }
      options = declarations.pools[pool].options
    }
    guard let least = options.policy.minTTL, let ttl = rotation.ttl, least >= ttl else { return }
    log.report(
      Problem(
        .warning, at: rotation.ttlRange, "the TTL of this ROTATE is not over min-ttl=, which is \(least) seconds",
        why: "min-ttl= is the TTL while a change is near", fix: "make min-ttl= smaller, or the TTL greater"))
  }
}
