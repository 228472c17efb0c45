// `rondo timeline`: the worst case from a fault of a node until no cache hands that node out any more.
//
//   fault ── the checks see it ──▶ out of the answers ── TTL of the last answer before ──▶ last cached copy dies
//
// It is computed from the configuration alone, by the bounds that Health proves of its schedule. They hold while the
// daemon runs and another node is well.

internal import DNS
internal import Health
package import ZoneFile

/// The worst case for every name with a `ROTATE` record.
package struct Timeline: Sendable {
  var groups: [Group] = []

  /// Names with the same pool and TTL: all their figures are the same.
  struct Group: Sendable {
    var names: [DomainName]
    /// In seconds.
    var ttl: UInt32
    var pool: String
    var nodes: [String]
    var checks: [Check]
    /// Empty where nobody tests the nodes.
    var faults: [Fault]
    /// How many checks may fail before a node is out, by `need=`.
    var spare: Int
    /// The node that is alone in a family; it is handed out even when it is down.
    var loners: [Loner]
  }

  struct Check: Sendable {
    var name: String
    var kind: String
  }

  struct Loner: Sendable {
    var family: AddressFamily
    var node: String
  }

  /// One way in which a node can fail, and the check that sees it.
  struct Fault: Sendable {
    enum Kind: String, Sendable {
      /// The service refuses, or answers at once that it is not well; a program fails.
      case stops
      /// The same, while the connection that `watch=on` holds stands.
      case breaks
      /// The service takes the connection and then says nothing; a program does not end.
      case hangs
      /// Nothing comes back from the host.
      case silent
    }

    var kind: Kind
    var check: String
    var plan: CheckPlan
    /// Somebody else who must be heard before silence is believed.
    var witness: CheckPlan?

    /// The longest time from the fault to the last answer with the node.
    var detection: Duration { parts.total }

    var parts: DetectionParts {
      switch kind {
      case .stops: plan.detectionParts(answer: .zero)
      case .breaks: plan.brokenWatchParts
      case .hangs: plan.detectionParts(answer: plan.timeout)
      case .silent: plan.detectionParts(answer: plan.timeout, witness: witness)
      }
    }
  }

  package init(_ configuration: Configuration) {
    let plan = HealthPlan(configuration)
    var numbers: [[UInt64]: Int] = [:]
    for rotation in configuration.zones.flatMap(\.rotations) {
      let key = [UInt64(rotation.pool), UInt64(rotation.ttl)]
      if let known = numbers[key] {
        groups[known].names.append(rotation.owner)
      } else {
        numbers[key] = groups.count
        groups.append(Group(of: rotation, in: configuration, plan))
      }
    }
  }
}

extension Need {
  /// How many of so many gates may fail.
  fileprivate func spare(of gates: Int) -> Int {
    switch self {
    case .all: 0
    case .any: max(gates - 1, 0)
    case .atLeast(let count): max(gates - max(count, 1), 0)
    }
  }
}

extension CheckPlan.Kind {
  /// Whether it waits for more than a connection, which the kernel gives for a service that hangs.
  var seesHanging: Bool { if case .tcp = self { false } else { true } }
}

extension Timeline.Group {
  init(of rotation: RotationRecord, in configuration: Configuration, _ plan: HealthPlan) {
    let definition = configuration.pools[rotation.pool]
    let planned = plan.pools[rotation.pool]
    let members = planned.members
    names = [rotation.owner]
    ttl = rotation.ttl
    pool = definition.name
    nodes = definition.allNodes.map { configuration.nodes[$0].name }
    checks = definition.checks.map {
      Timeline.Check(
        name: configuration.checks[$0].name, kind: CheckPlan.Kind(configuration.checks[$0].kind).description)
    }
    loners = AddressFamily.allCases.compactMap { family in
      let ofFamily = members.filter { $0.address.family == family }
      guard ofFamily.count == 1, let only = ofFamily.first else { return nil }
      return Timeline.Loner(family: family, node: configuration.nodes[only.node].name)
    }
    spare = planned.policy.need.spare(of: definition.checks.count)
    faults = Timeline.Group.faults(of: members, spare: spare, plan.targets)
  }

  /// Each gate sees its own service fail; a host that falls silent is out when so many gates have seen it that no more
  /// of them can be spared.
  private static func faults(
    of members: [HealthPlan.Member], spare: Int, _ targets: [ProbeTarget]
  ) -> [Timeline.Fault] {
    var faults: [Timeline.Fault] = []
    // A service that one gate alone sees fail takes nobody out where gates can be spared.
    for gate in spare == 0 ? members.first?.gates ?? [] : [] {
      let target = targets[gate]
      var kinds = [Timeline.Fault.Kind.stops]
      if target.plan.vigilance.watch == .on { kinds.append(.breaks) }
      if target.plan.kind.seesHanging { kinds.append(.hangs) }
      faults += kinds.map { Timeline.Fault(kind: $0, check: target.check, plan: target.plan) }
    }
    let silent = members.compactMap { member in
      member.gates.map { fault(ofSilent: targets[$0], targets) }.sorted { $0.detection < $1.detection }
        .dropFirst(spare).first
    }
    if let slowest = silent.max(by: { $0.detection < $1.detection }) { faults.append(slowest) }
    return faults
  }

  private static func fault(ofSilent target: ProbeTarget, _ targets: [ProbeTarget]) -> Timeline.Fault {
    var fault = Timeline.Fault(kind: .silent, check: target.check, plan: target.plan)
    // What a program has reached only the program knows: it is believed without a witness, and is none.
    if target.endpoint == nil { return fault }
    let others = targets.filter {
      $0.address.family == target.address.family && $0.address != target.address && $0.endpoint != nil
    }
    let references = others.filter { $0.place == .reference }
    fault.witness = (references.isEmpty ? others : references).map(\.plan).max { $0.timeout < $1.timeout }
    return fault
  }

  /// The longest time from a fault until the last cached copy dies.
  func end(of fault: Timeline.Fault) -> Duration { fault.detection + .seconds(Int64(ttl)) }

  var worst: Timeline.Fault? { faults.max { $0.detection < $1.detection } }
}
