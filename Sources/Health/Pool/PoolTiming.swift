// What in an answer depends on time: a member's share while it comes back, and the TTL while a change is near.

package import Model

extension PoolPolicy {
  /// A member that comes back begins with a tenth of its share and gains a tenth at a time.
  package static let slowStartSteps = 10

  /// The member's part of the answers in proportion to the others, in thousandths of its weight: what its agent asks for
  /// in hundredths, times the tenths that it has got back.
  ///
  /// If all members come back at the same time they share as always.
  package func share(of member: PoolMember, at now: MonotonicTime) -> Int {
    member.weight * member.percent * slowStartStep(of: member, at: now)
  }

  /// When shares will next be others; nil if they stay. The pool is to be published again then.
  package func nextShareChange(of members: [PoolMember], at now: MonotonicTime) -> MonotonicTime? {
    members.compactMap { member -> MonotonicTime? in
      let step = slowStartStep(of: member, at: now)
      guard let returned = member.returned, step < PoolPolicy.slowStartSteps else { return nil }
      return returned + slowStart / PoolPolicy.slowStartSteps * step
    }.min()
  }

  /// How many tenths of its share the member has got back.
  package func slowStartStep(of member: PoolMember, at now: MonotonicTime) -> Int {
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

  /// When the change will be near, although nothing happens until then; nil where it is near or none is in sight.
  package func nextNearness(now: MonotonicTime, ttl: UInt32) -> MonotonicTime? {
    guard case .held(let until) = self, !isChangeNear(now: now, ttl: ttl) else { return nil }
    return until + .seconds(-Int64(ttl))
  }

  /// Whether `isChangeNear` answers alike for both at any time.
  func isAsNear(as other: Judgement.Progress) -> Bool {
    switch (self, other) {
    case (.steady, .steady): true
    case (.held(let one), .held(let another)): one == another
    case (.steady, _), (.held, _), (_, .steady), (_, .held): false
    default: true
    }
  }
}
