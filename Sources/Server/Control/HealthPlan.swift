// From the configuration to what is probed, and back from verdicts to what each pool hands out.

internal import DNS
internal import Health
internal import ZoneFile

/// Which targets a configuration asks for, and which of them decide over each address of each pool.
struct HealthPlan: Sendable {
  /// An address of a pool's member, with the targets that gate it.
  struct Member: Sendable {
    var node: Int
    var address: IPAddress
    /// Indices into `targets`, in the order of the pool's checks; none for `check=none`.
    var gates: [Int]
  }

  /// Each address of each node under each check that some pool asks for, once.
  private(set) var targets: [ProbeTarget] = []
  /// The members of each pool of the configuration.
  private(set) var pools: [[Member]] = []
  /// For each target the pools it gates.
  private(set) var poolsOfTarget: [[Int]] = []

  init(_ configuration: Configuration) {
    let surroundings = Surroundings(configuration)
    var numbers: [ProbeTarget: Int] = [:]
    for (pool, definition) in configuration.pools.enumerated() {
      var members: [Member] = []
      for node in definition.members {
        for address in configuration.nodes[node].addresses {
          let gates = definition.checks.map { check in
            number(
              of: ProbeTarget(
                configuration.nodes[node], address, configuration.checks[check], surroundings.of(node, check)),
              among: &numbers)
          }
          for gate in gates where poolsOfTarget[gate].last != pool { poolsOfTarget[gate].append(pool) }
          members.append(Member(node: node, address: address, gates: gates))
        }
      }
      pools.append(members)
    }
    for reference in configuration.references { _ = number(of: ProbeTarget(reference), among: &numbers) }
  }

  private mutating func number(of target: ProbeTarget, among numbers: inout [ProbeTarget: Int]) -> Int {
    if let known = numbers[target] { return known }
    numbers[target] = targets.count
    targets.append(target)
    poolsOfTarget.append([])
    return targets.count - 1
  }

  /// What a pool hands out in one family while the monitor's verdicts are as they are.
  func selection(of pool: Int, family: AddressFamily, by monitor: HealthMonitor) -> PoolSelection {
    let members = pools[pool].map { member in
      PoolMember(member.address, verdicts: member.gates.map { monitor.judgement(at: $0).state })
    }
    return PoolSelection(of: members, family: family)
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
    for (pool, definition) in configuration.pools.enumerated() {
      for node in definition.members {
        let others = definition.members.filter { $0 != node }.map { configuration.nodes[$0].name }
        for check in definition.checks {
          found[Key(node: node, check: check), default: ProbeTarget.Surroundings()].add(names[pool], others)
        }
      }
    }
  }

  func of(_ node: Int, _ check: Int) -> ProbeTarget.Surroundings {
    found[Key(node: node, check: check)] ?? ProbeTarget.Surroundings()
  }
}

extension ProbeTarget.Surroundings {
  /// In the order of the configuration, each once.
  fileprivate mutating func add(_ names: [String], _ otherNodes: [String]) {
    let known = Set(self.names)
    self.names += names.filter { !known.contains($0) }
    for other in otherNodes where !self.otherNodes.contains(other) { self.otherNodes.append(other) }
  }
}

extension ProbeTarget {
  init(_ node: Node, _ address: IPAddress, _ check: Check, _ surroundings: Surroundings) {
    self.init(
      node: node.name, address: address, check: check.name,
      plan: CheckPlan(
        kind: CheckPlan.Kind(check.kind), every: check.every, timeout: check.timeout, fall: check.fall,
        rise: check.rise, vigilance: Vigilance(check.vigilance)),
      place: .node(site: node.site), source: check.sources.first { $0.family == address.family },
      surroundings: surroundings)
  }

  /// A `$REFERENCE`, asked as often as a node and by nothing but its port.
  init(_ reference: Reference) {
    self.init(
      node: "reference", address: reference.address, check: "reference",
      plan: CheckPlan(
        kind: .tcp(port: reference.port), every: .seconds(5), timeout: .seconds(2), fall: 3, rise: 2),
      place: .reference)
  }
}

extension Vigilance {
  fileprivate init(_ vigilance: CheckVigilance) {
    self.init(
      fast: vigilance.fast, jitter: vigilance.jitter,
      flaky: vigilance.flaky.map { FlakyRule(failures: $0.failures, within: $0.checks) },
      watch: vigilance.watch == .on ? .on : .off)
  }
}

extension ProbeTarget {
  /// Whether a connection held for one may serve the other.
  func isSameTest(as other: ProbeTarget) -> Bool {
    node == other.node && check == other.check && endpoint == other.endpoint
  }
}
