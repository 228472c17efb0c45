// Windows that together would take too many nodes from a pool at once: found when one is planned, not when it begins.
//
//      pool access: ex1 ex2, needs 1
//      ex1        18:00 ├──────────────┤ 22:00     planned
//      ex2              20:00 ├──────────────┤     asked for: at 20:00 no node would be left
//
// Only admin states and windows count here; what the checks find is looked at when a window begins.

package import DNS
package import Health
internal import Model

/// What a pool owes its clients in one family, whoever is healthy.
package struct PoolDuty: Hashable, Sendable {
  package let pool: String
  package let family: AddressFamily
  /// Members and backups that have an address in the family.
  package let nodes: [String]
  /// `min-live=`
  package let needed: Int

  package init(pool: String, family: AddressFamily, nodes: [String], needed: Int) {
    self.pool = pool
    self.family = family
    self.nodes = nodes
    self.needed = needed
  }
}

/// A node that is out, or is planned to be.
package struct Absence: Hashable, Sendable {
  package let node: String
  package let from: Int64
  /// Nil if it has no end.
  package let until: Int64?
  package let author: String
  package let kind: AdminState.Kind
  /// Whether it is still to come.
  package let isPlanned: Bool

  func holds(at time: Int64) -> Bool { from <= time && (until.map { time < $0 } ?? true) }
}

/// Windows that would leave a pool with too few nodes.
package struct WindowConflict: Hashable, Sendable {
  package let duty: PoolDuty
  /// When it begins, in seconds since 1970.
  package let at: Int64
  /// How many nodes would be left at that moment.
  package let left: Int
  /// Who else is out then; empty if the pool has no other node to spare anyway.
  package let others: [Absence]
}

extension MaintenanceCalendar {
  /// Everything that takes a node out, from `now` on.
  package func absences(at now: Int64) -> [Absence] {
    let standing = adminStates.sorted { $0.key < $1.key }.compactMap { node, state -> Absence? in
      guard state.kind.isOut else { return nil }
      // One that is past its end may be over at any moment.
      return Absence(
        node: node, from: min(state.since, now), until: state.until.map { max($0, now + 1) }, author: state.author,
        kind: state.kind, isPlanned: false)
    }
    return standing
      + planned.filter { $0.until > now }.map {
        Absence(
          node: $0.node, from: $0.from, until: $0.until, author: $0.author, kind: .drained, isPlanned: true)
      }
  }

  /// The pools that windows of `nodes` from `from` on would leave with fewer nodes than they need at some moment.
  ///
  /// A pool and family are named once, for the first such moment. The nodes' own admin states and windows are not held
  /// against them: the new window takes their place, or `fault(planning:)` has refused it. Of a drain that begins now
  /// only later moments are looked at: about the present the checks know more.
  package func conflicts(
    of nodes: [String], from: Int64, until: Int64?, at now: Int64, duties: [PoolDuty]
  ) -> [WindowConflict] {
    let asked = Set(nodes)
    let others = absences(at: now).filter { other in
      !asked.contains(other.node) && (other.until.map { $0 > from } ?? true) && until.map { other.from < $0 } ?? true
    }
    return duties.compactMap { duty in
      let members = Set(duty.nodes)
      guard !members.isDisjoint(with: asked) else { return nil }
      let relevant = others.filter { members.contains($0.node) }
      // More are out only where somebody leaves.
      let moments = Set(relevant.map { max($0.from, from) } + [from]).sorted()
      for moment in moments where moment > now {
        let out = relevant.filter { $0.holds(at: moment) }
        let left = members.subtracting(asked).subtracting(out.map(\.node)).count
        if left < duty.needed { return WindowConflict(duty: duty, at: moment, left: left, others: out) }
      }
      return nil
    }
  }

  /// Why windows from `from` to `until` cannot be planned, whatever else is; nil if they can.
  package func fault(planning nodes: [String], from: Int64, until: Int64, at now: Int64) -> PlanningFault? {
    if from <= now { return .startIsPast }
    if from - now > MaintenanceCalendar.farthestStart { return .startIsFar }
    if let fault = fault(lasting: from, until: until) { return fault }
    for node in nodes {
      if let standing = adminStates[node], standing.kind == .drained, standing.until.map({ $0 > from }) ?? true {
        return .isDrained(node, standing)
      }
      let own = windows(of: node).filter { $0.from != from }
      if let other = own.first(where: { $0.from < until && from < $0.until }) { return .overlaps(other) }
      if own.count >= MaintenanceCalendar.mostWindowsOfNode { return .tooManyOfNode(node) }
    }
    return planned.count + nodes.count > MaintenanceCalendar.mostWindows ? .tooMany : nil
  }

  /// Why nothing can last from `from` to `until`; nil if it can.
  package func fault(lasting from: Int64, until: Int64) -> PlanningFault? {
    if until <= from { return .endIsPast }
    return until - from > MaintenanceCalendar.longestWindow ? .tooLong : nil
  }
}

/// Why a window cannot be planned; `--force` does not help.
package enum PlanningFault: Hashable, Sendable {
  case startIsPast, startIsFar
  /// The end is not after the start.
  case endIsPast
  case tooLong
  /// The node is drained then already.
  case isDrained(String, AdminState)
  /// The node has a window at that time.
  case overlaps(PlannedWindow)
  case tooManyOfNode(String)
  case tooMany
}

extension HealthPlan {
  /// What the pools of these nodes owe their clients.
  package func duties(of nodes: Set<Int>) -> [PoolDuty] {
    pools.filter { pool in pool.members.contains { nodes.contains($0.node) } }.flatMap { pool in
      AddressFamily.allCases.compactMap { family in
        let members = pool.members.filter { $0.address.family == family }
        guard members.contains(where: { nodes.contains($0.node) }) else { return nil }
        return PoolDuty(
          pool: pool.name, family: family, nodes: members.map { self.nodes[$0.node] }, needed: pool.policy.minLive)
      }
    }
  }
}
