// What in an answer depends on time: a member's share while it comes back, and the TTL while a change is near.

extension PoolPolicy {
  /// A member that comes back begins with a tenth of its share and gains a tenth at a time.
  package static let slowStartSteps = 10

  /// The member's part of the answers in proportion to the others, in tenths of its weight.
  ///
  /// If all members come back at the same time they share as always.
  package func share(of member: PoolMember, at now: MonotonicTime) -> Int {
    member.weight * slowStartStep(of: member, at: now)
  }

  /// When shares will next be others; nil if they stay. The pool is to be published again then.
  package func nextShareChange(of members: [PoolMember], at now: MonotonicTime) -> MonotonicTime? {
    members.compactMap { member -> MonotonicTime? in
      let step = slowStartStep(of: member, at: now)
      guard let returned = member.returned, step < PoolPolicy.slowStartSteps else { return nil }
      return returned + slowStart / PoolPolicy.slowStartSteps * step
    }.min()
  }

  private func slowStartStep(of member: PoolMember, at now: MonotonicTime) -> Int {
    guard let returned = member.returned, slowStart >= .milliseconds(PoolPolicy.slowStartSteps) else {
      return PoolPolicy.slowStartSteps
    }
    let step = (slowStart / PoolPolicy.slowStartSteps).wholeNanoseconds
    return Int(min(max((now - returned).wholeNanoseconds, 0) / step + 1, Int64(PoolPolicy.slowStartSteps)))
  }

  /// The TTL to answer with: `min-ttl=` while a change is near, else the record's own.
  package func ttl(of record: UInt32, isChangeNear: Bool) -> UInt32 {
    guard isChangeNear, let minTTL else { return record }
    return min(record, minTTL)
  }
}

extension Judgement.Progress {
  /// Whether the verdict may change so soon that caches should not keep the answer for long.
  ///
  /// - Parameter ttl: of the record, in seconds: what is farther away than that happens after the caches have asked again.
  package func isChangeNear(now: MonotonicTime, ttl: UInt32) -> Bool {
    switch self {
    case .steady: false
    case .failing, .confirming, .unsteady, .rising, .calming: true
    case .held(let until): until - now <= .seconds(Int64(ttl))
    }
  }
}
