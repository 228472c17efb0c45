// From the configuration to what is probed, and back from verdicts to what each pool hands out.

package import DNS
package import Health
package import Model
package import ZoneFile

/// Which targets a configuration asks for, and what each of them is to each address of each pool.
package struct HealthPlan: Sendable {
  /// An address of a pool's node, with the targets that tell of it: indices into `targets`, in the order of the pool's
  /// checks.
  package struct Member: Sendable {
    package var node: Int
    package var address: IPAddress
    package var weight: Int
    /// 0 for members, 1 and on for the groups of `backup=`.
    package var group: Int
    package var site: String?
    /// None for `check=none`.
    package var gates: [Int] = []
    package var warners: [Int] = []
    package var observers: [Int] = []
  }

  package struct PlannedPool: Sendable {
    /// The history of the pool is kept under it.
    package var name: String
    package var members: [Member] = []
    package var policy: PoolPolicy
    /// False for `check=none`.
    package var isChecked: Bool
  }

  /// What a check is to a pool.
  package enum Role: Int, Sendable, Comparable {
    case observe, warn, gate

    package static func < (one: Role, other: Role) -> Bool { one.rawValue < other.rawValue }
  }

  /// Each address of each node under each check that some pool asks for, once.
  package private(set) var targets: [ProbeTarget] = []
  /// In the order of the configuration.
  package private(set) var pools: [PlannedPool] = []
  /// For each target the pools that ask for it, each once.
  package private(set) var uses: [[(pool: Int, role: Role)]] = []
  /// The names of `$SITE`.
  package let sites: [String]
  /// The names of the nodes, in the order of the configuration.
  package let nodes: [String]
  /// What operators have decided of nodes, by the index of the node.
  package var adminStates: [Int: AdminState] = [:]

  /// The names of the nodes that an admin state keeps out of the answers.
  package var nodesKeptOut: Set<String> { Set(adminStates.filter { $0.value.kind.isOut }.map { nodes[$0.key] }) }

  package init(_ configuration: Configuration) {
    sites = configuration.sites.map(\.name)
    nodes = configuration.nodes.map(\.name)
    let surroundings = Surroundings(configuration)
    // By what is written, not by the targets: these know all their names.
    var numbers: [TargetKey: Int] = [:]
    for (pool, definition) in configuration.pools.enumerated() {
      var planned = PlannedPool(
        name: definition.name, policy: definition.policy, isChecked: !definition.checks.isEmpty)
      for (node, weight, group) in definition.nodesWithGroups {
        for address in configuration.nodes[node].addresses {
          func targets(_ checks: [Int], _ role: Role) -> [Int] {
            checks.map { check in
              let key = TargetKey(node: node, address: address, check: check)
              let target =
                numbers[key]
                ?? append(
                  ProbeTarget(
                    configuration.nodes[node], address, configuration.checks[check], surroundings.of(node, check)))
              numbers[key] = target
              if uses[target].last?.pool != pool { uses[target].append((pool, role)) }
              return target
            }
          }
          planned.members.append(
            Member(
              node: node, address: address, weight: weight, group: group, site: configuration.nodes[node].site,
              gates: targets(definition.checks, .gate), warners: targets(definition.warners, .warn),
              observers: targets(definition.observers, .observe)))
        }
      }
      pools.append(planned)
    }
    var references: Set<ProbeTarget> = []
    for reference in configuration.references.map({ ProbeTarget($0) }) where references.insert(reference).inserted {
      _ = append(reference)
    }
  }

  private struct TargetKey: Hashable {
    var node: Int
    var address: IPAddress
    var check: Int
  }

  /// - Returns: the target's number.
  private mutating func append(_ target: ProbeTarget) -> Int {
    targets.append(target)
    uses.append([])
    return targets.count - 1
  }

  /// The pools that ask for the target in this role.
  package func pools(of target: Int, as role: Role) -> [Int] { uses[target].filter { $0.role == role }.map(\.pool) }

  /// What the target is at most to a pool; nil for a `$REFERENCE`.
  package func role(of target: Int) -> Role? { uses[target].map(\.role).max() }
}

extension Pool {
  /// Each node with its weight and its group of backups, 0 for members.
  fileprivate var nodesWithGroups: [(node: Int, weight: Int, group: Int)] {
    let members = members.enumerated().map { (node: $1, weight: weights[$0], group: 0) }
    return backups.enumerated().reduce(into: members) { all, group in
      all += group.element.map { (node: $0, weight: PoolMember.defaultWeight, group: group.offset + 1) }
    }
  }
}

/// Under which names each check hands out each node, and with which others.
private struct Surroundings {
  private struct Key: Hashable {
    var node: Int
    var check: Int
  }

  private var found: [Key: ProbeTarget.Surroundings] = [:]

  init(_ configuration: Configuration) {
    var names = [[String]](repeating: [], count: configuration.pools.count)
    for rotation in configuration.zones.flatMap(\.rotations) {
      names[rotation.pool].append(String(rotation.owner.description.dropLast()))
    }
    // Behind them, for the first name of all is the one that servers are asked for.
    for (alias, pool) in configuration.zones.aliasesOfRotations {
      names[pool].append(String(alias.description.dropLast()))
    }
    var uses: [Key: [Int]] = [:]
    for (pool, definition) in configuration.pools.enumerated() {
      for node in definition.allNodes {
        for check in definition.allChecks { uses[Key(node: node, check: check), default: []].append(pool) }
      }
    }
    // What all checks and nodes of a pool have in common is made once.
    var shared: [[Int]: HandedOutNames] = [:]
    for (key, pools) in uses {
      let all = shared[pools] ?? HandedOutNames(pools.flatMap { names[$0] })
      shared[pools] = all
      let others = pools.flatMap { configuration.pools[$0].allNodes }.filter { $0 != key.node }
      found[key] = ProbeTarget.Surroundings(
        names: all, otherNodes: others.withoutRepetitions.map { configuration.nodes[$0].name })
    }
  }

  func of(_ node: Int, _ check: Int) -> ProbeTarget.Surroundings {
    found[Key(node: node, check: check)] ?? ProbeTarget.Surroundings()
  }
}

extension [Int] {
  /// Each once, where it comes first.
  fileprivate var withoutRepetitions: [Int] {
    var seen: Set<Int> = []
    return filter { seen.insert($0).inserted }
  }
}

extension [Zone] {
  /// Names that lead to a rotation by CNAME, with its pool. A client looks in the certificate for the name it began with.
  fileprivate var aliasesOfRotations: [(alias: DomainName, pool: Int)] {
    var aliases = NameTable()
    var targets: [DomainName] = []
    for zone in self {
      for index in zone.records.indices where zone.records.type(at: index) == .cname {
        guard let target = zone.records.data(at: index).name(0) else { continue }
        if aliases.insert(zone.records.ownerName(at: index)) == targets.count { targets.append(target) }
      }
    }
    guard !targets.isEmpty else { return [] }
    var rotated = NameTable()
    var pools: [Int] = []
    for rotation in flatMap(\.rotations) where rotated.insert(rotation.owner) == pools.count {
      pools.append(rotation.pool)
    }
    return targets.indices.compactMap { alias in
      var target = targets[alias]
      // The resolver's patience with chains is about as long.
      for _ in 0..<8 {
        if let rotation = rotated.find(target) { return (aliases.name(alias), pools[rotation]) }
        guard let next = aliases.find(target) else { return nil }
        target = targets[next]
      }
      return nil
    }
  }
}

extension ProbeTarget {
  package init(_ node: Node, _ address: IPAddress, _ check: Check, _ surroundings: Surroundings) {
    self.init(
      node: node.name, address: address, check: check.name, plan: check.plan,
      role: .node(site: node.site), source: check.sources.first { $0.family == address.family },
      surroundings: surroundings)
  }

  /// A `$REFERENCE`, asked as often as a node and by nothing but its port.
  package init(_ reference: Reference) {
    self.init(
      node: "reference", address: reference.address, check: "reference",
      plan: CheckPlan(
        kind: .tcp(port: reference.port), every: .seconds(5), timeout: .seconds(2), fall: 3, rise: 2),
      role: .reference)
  }
}

extension HealthPlan {
  /// What makes two targets the same test, so that a connection held for one may serve the other.
  private struct Test: Hashable {
    var node: String
    var check: String
    var endpoint: SocketEndpoint?

    init(_ target: ProbeTarget) {
      node = target.node
      check = target.check
      endpoint = target.endpoint
    }
  }

  /// For each former target the watched one that is the same test; nil for those that are gone or no longer watched.
  package static func successors(of former: [ProbeTarget], among targets: [ProbeTarget]) -> [Int?] {
    var numbers: [Test: Int] = [:]
    for (number, target) in targets.enumerated().reversed() where target.plan.tuning.watch == .on {
      numbers[Test(target)] = number
    }
    guard !numbers.isEmpty else { return Array(repeating: nil, count: former.count) }
    return former.map { numbers[Test($0)] }
  }
}
