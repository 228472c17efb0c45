// `rondo timeline`: the worst case from a fault of a node until no cache hands that node out any more.
//
//   fault ── the checks see it ──▶ out of the answers ── TTL of the last answer before ──▶ last cached copy dies
//
// It is computed from the configuration alone, by the bounds that Health proves of its schedule. They hold while the
// daemon runs and another node is healthy. Silence counts only when another host has been heard, which is healthy as a rule
// and answers at once: that is what the figures say. How much longer it takes beside slow ones is said in words.

package import DNS
package import Health
package import Model
package import ZoneFile

/// The worst case for every name with a `ROTATE` record.
package struct Timeline: Sendable {
  package var groups: [Group] = []

  /// Names with the same pool and TTL: all their figures are the same.
  package struct Group: Sendable {
    package var names: [DomainName]
    /// In seconds.
    package var ttl: UInt32
    package var pool: String
    package var nodes: [String]
    package var checks: [Check]
    /// Empty where nobody tests the nodes.
    package var faults: [Fault]
    /// How long a silent host is handed out if all others need their whole timeout; nil where nobody is waited for.
    package var besideSlow: Duration?
    /// How many checks may fail before a node is out, by `need=`.
    package var spare: Int
    /// What its weights come to behind resolvers; nil without any.
    package var weights: WeightShares?
    /// The node that is alone in a family; it is handed out even when it is down.
    package var loners: [Loner]
  }

  package struct Check: Sendable {
    package var name: String
    package var kind: String
  }

  package struct Loner: Sendable {
    package var family: AddressFamily
    package var node: String
  }

  /// One way in which a node can fail, and the check that sees it.
  package struct Fault: Sendable {
    package enum Kind: String, Sendable {
      /// The service refuses, or answers at once that it fails; a program fails.
      case stops
      /// The same, while the connection that `watch=on` holds stands.
      case breaks
      /// The service takes the connection and then says nothing; a program does not end.
      case hangs
      /// Nothing comes back from the host.
      case silent
    }

    package var kind: Kind
    package var check: String
    package var plan: CheckPlan
    /// The longest timeout of those of whom one must be heard before silence is believed; nil where nobody is asked.
    package var witnessTimeout: Duration?

    /// The longest time from the fault to the last answer with the node.
    package var detection: Duration { parts.total }

    package var parts: DetectionParts {
      switch kind {
      case .stops: plan.detectionParts(answer: .zero)
      case .breaks: plan.brokenWatchParts
      case .hangs: plan.detectionParts(answer: plan.timeout)
      case .silent:
        plan.detectionParts(
          answer: plan.timeout, witnessWithin: witnessTimeout.map { min($0, CheckPlan.quickWitness) })
      }
    }

    /// The same if everybody else needs the whole timeout.
    package var detectionBesideSlow: Duration {
      max(detection, witnessTimeout.map { plan.slowestDetection(witnessWithin: $0) } ?? .zero)
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
  package var seesHanging: Bool { if case .tcp = self { false } else { true } }
}

extension Timeline.Group {
  package init(of rotation: RotationRecord, in configuration: Configuration, _ plan: HealthPlan) {
    let definition = configuration.pools[rotation.pool]
    let planned = plan.pools[rotation.pool]
    let members = planned.members
    names = [rotation.owner]
    ttl = rotation.ttl
    pool = definition.name
    nodes = definition.allNodes.map { configuration.nodes[$0].name }
    checks = definition.checks.map {
      Timeline.Check(name: configuration.checks[$0].name, kind: configuration.checks[$0].plan.kind.description)
    }
    loners = AddressFamily.allCases.compactMap { family in
      let ofFamily = members.filter { $0.address.family == family }
      guard ofFamily.count == 1, let only = ofFamily.first else { return nil }
      return Timeline.Loner(family: family, node: configuration.nodes[only.node].name)
    }
    weights = Timeline.WeightShares(of: planned, configuration.nodes.map(\.name))
    spare = planned.policy.need.spare(of: definition.checks.count)
    faults = Timeline.Group.faults(seenBy: members.first?.gates ?? [], spare: spare, plan.targets)
    func silence(_ detection: (Timeline.Fault) -> Duration) -> Timeline.Fault? {
      Timeline.Group.slowestSilence(of: members, spare: spare, plan.targets, detection)
    }
    guard let silent = silence(\.detection) else { return }
    faults.append(silent)
    if let slow = silence(\.detectionBesideSlow), slow.witnessTimeout != nil { besideSlow = slow.detectionBesideSlow }
  }

  /// Each gate sees its own service fail.
  private static func faults(seenBy gates: [Int], spare: Int, _ targets: [ProbeTarget]) -> [Timeline.Fault] {
    var faults: [Timeline.Fault] = []
    // A service that one gate alone sees fail takes nobody out where gates can be spared.
    for gate in spare == 0 ? gates : [] {
      let target = targets[gate]
      var kinds = [Timeline.Fault.Kind.stops]
      if target.plan.tuning.watch == .on { kinds.append(.breaks) }
      if target.plan.kind.seesHanging { kinds.append(.hangs) }
      faults += kinds.map { Timeline.Fault(kind: $0, check: target.check, plan: target.plan) }
    }
    return faults
  }

  /// A host that falls silent is out when so many gates have seen it that no more of them can be spared.
  private static func slowestSilence(
    of members: [HealthPlan.Member], spare: Int, _ targets: [ProbeTarget], _ detection: (Timeline.Fault) -> Duration
  ) -> Timeline.Fault? {
    members.compactMap { member in
      member.gates.map { fault(ofSilent: targets[$0], targets) }.sorted { detection($0) < detection($1) }
        .dropFirst(spare).first
    }.max { detection($0) < detection($1) }
  }

  private static func fault(ofSilent target: ProbeTarget, _ targets: [ProbeTarget]) -> Timeline.Fault {
    var fault = Timeline.Fault(kind: .silent, check: target.check, plan: target.plan)
    // What a program has reached only the program knows: it is believed without a witness, and is none.
    if target.endpoint == nil { return fault }
    let others = targets.filter {
      $0.address.family == target.address.family && $0.address != target.address && $0.endpoint != nil
    }
    let references = others.filter { $0.role == .reference }
    fault.witnessTimeout = (references.isEmpty ? others : references).map(\.plan.timeout).max()
    return fault
  }

  /// The longest time from a fault until the last cached copy dies.
  package func end(of fault: Timeline.Fault) -> Duration { fault.detection + .seconds(Int64(ttl)) }

  package var worst: Timeline.Fault? { faults.max { $0.detection < $1.detection } }
}
