// What pools make of the verdicts of one moment: whom they hand out, in which shares and orders, and until when that
// holds.

package import Answering
package import DNS
package import Health
internal import Model

/// What pools remember, by name, so that a reload forgets nothing.
package struct PoolHistories {
  private var histories: [String: PoolHistory] = [:]

  package init() {}

  package subscript(pool: String) -> PoolHistory { histories[pool] ?? PoolHistory() }

  /// Updates the history of a pool with the verdicts of this moment.
  package mutating func update(_ plan: HealthPlan, _ pool: Int, by monitor: HealthMonitor, at now: MonotonicTime) {
    let pool = plan.pools[pool]
    histories[pool.name, default: PoolHistory()].update(
      plan.members(of: pool, by: monitor, PoolHistory()), under: pool.policy, at: now)
  }

  /// Forgets pools that are gone.
  package mutating func keep(_ plan: HealthPlan) {
    let names = Set(plan.pools.map(\.name))
    histories = histories.filter { names.contains($0.key) }
  }
}

/// A pool in one family at one moment.
package struct PoolView {
  package let selection: PoolSelection
  /// The part of each address of the selection, in proportion to the others; all over 0.
  package let shares: [Int]
  /// When shares will be others although no verdict changes; nil if they stay.
  package let nextShareChange: MonotonicTime?
}

extension HealthPlan {
  /// The members of a pool as its policy sees them.
  package func members(of pool: PlannedPool, by monitor: HealthMonitor, _ history: PoolHistory) -> [PoolMember] {
    pool.members.map { member in
      PoolMember(
        member.address, verdicts: member.gates.map { monitor.judgement(at: $0).state }, weight: member.weight,
        percent: member.gates.compactMap { monitor.judgement(at: $0).agentPercent }.min() ?? 100, group: member.group,
        site: member.site, returned: history.returned(member.address),
        adminState: adminStates[member.node]?.kind)
    }
  }

  /// What a pool hands out in one family while the monitor's verdicts are as they are.
  package func view(
    of pool: Int, family: AddressFamily, by monitor: HealthMonitor, _ histories: PoolHistories, at now: MonotonicTime
  ) -> PoolView {
    let pool = pools[pool]
    let history = histories[pool.name]
    let selection = PoolSelection(
      of: members(of: pool, by: monitor, history), family: family, policy: pool.policy,
      lastGood: history.lastGood(family))
    return PoolView(
      selection: selection, shares: selection.members.map { pool.policy.share(of: $0, at: now) },
      nextShareChange: pool.policy.nextShareChange(of: selection.members, at: now))
  }

  /// Whether a verdict on a member is about to change, so that caches should not keep the answer for long; and if not,
  /// when it will be so although nothing happens until then.
  package func nearness(
    of pool: PlannedPool, family: AddressFamily, ttl: UInt32, by monitor: HealthMonitor, at now: MonotonicTime
  ) -> (isNear: Bool, next: MonotonicTime?) {
    guard pool.policy.minTTL != nil else { return (false, nil) }
    // The verdicts on a node with an admin state change nothing.
    let gates = pool.members.filter { $0.address.family == family && adminStates[$0.node] == nil }.flatMap(\.gates)
    let progresses = gates.map { monitor.progress(at: $0) }
    return (
      progresses.contains { $0.isChangeNear(now: now, ttl: ttl) },
      progresses.compactMap { $0.nextNearness(now: now, ttl: ttl) }.min()
    )
  }

  /// The runs for all rotations of a table.
  ///
  /// - Returns: the runs, and when they are to be made anew although no verdict changes; nil if never.
  package func runs(
    for keys: [RotationKey], by monitor: HealthMonitor, _ histories: PoolHistories, at now: MonotonicTime
  ) -> (runs: AddressRuns, renewal: MonotonicTime?) {
    struct Place: Hashable {
      var pool: Int
      var family: AddressFamily
    }
    // Names with different TTLs share all but the TTL.
    var parts: [Place: PoolAnswers.Part] = [:]
    return runs(for: keys, by: monitor, at: now) { pool, family in
      let place = Place(pool: pool, family: family)
      let part = parts[place] ?? part(of: pool, family: family, by: monitor, histories, at: now)
      parts[place] = part
      return part
    }
  }

  /// What a pool answers in one family, and until when.
  package func part(
    of pool: Int, family: AddressFamily, by monitor: HealthMonitor, _ histories: PoolHistories, at now: MonotonicTime
  ) -> PoolAnswers.Part {
    let view = view(of: pool, family: family, by: monitor, histories, at: now)
    return PoolAnswers.Part(
      answer: RotationAnswer(view, pools[pool], sites: sites), renewal: view.nextShareChange)
  }

  /// The same from what each pool answers.
  package func runs(
    for keys: [RotationKey], by monitor: HealthMonitor, at now: MonotonicTime, slots: AddressRuns.SlotSource? = nil,
    _ part: (Int, AddressFamily) -> PoolAnswers.Part
  ) -> (runs: AddressRuns, renewal: MonotonicTime?) {
    var renewals: [MonotonicTime] = []
    let runs = AddressRuns(for: keys, slots: slots) { key in
      let pool = pools[key.pool]
      let part = part(key.pool, key.family)
      if let renewal = part.renewal { renewals.append(renewal) }
      var answer = part.answer
      let (isNear, next) = nearness(of: pool, family: key.family, ttl: key.ttl, by: monitor, at: now)
      if let next { renewals.append(next) }
      answer.ttl = pool.policy.ttl(of: key.ttl, isChangeNear: isNear)
      return answer
    }
    return (runs, renewals.min())
  }
}

extension RotationAnswer {
  /// The answer but for its TTL.
  fileprivate init(_ view: PoolView, _ pool: HealthPlan.PlannedPool, sites: [String]) {
    let members = view.selection.members
    self.init(view.selection.addresses, ttl: 0, most: pool.policy.answers)
    isFailOpen = view.selection.isFailOpen
    whenEmpty = view.selection.basis == .allDown(.servfail) ? .serverFailure : .noData
    guard members.count > 1 else { return }
    let isEqual = Set(view.shares).count == 1
    func rows(preferring site: String?) -> AnswerRows {
      AnswerRows(
        of: addresses, shares: view.shares, order: pool.policy.order, answers: pool.policy.answers,
        preferred: Set(members.filter { site != nil && $0.site == site }.map(\.address)))
    }
    if pool.policy.preference == .site {
      orders = .bySite(([nil] + sites.map { $0 }).map { rows(preferring: $0) })
    } else if pool.policy.order != .rotate || !isEqual {
      orders = .rows(rows(preferring: nil))
    }
  }
}
