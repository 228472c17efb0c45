// What weights come to behind caching resolvers, for `rondo timeline`: the pool as it is written, and with answers=1.

internal import DNS
package import Health
internal import Model

extension Timeline {
  /// Shares of one pool in one family, with all its members healthy.
  package struct WeightShares: Sendable {
    /// How many resolvers ask for everybody: two domain controllers, an office, a provider's customers.
    package static let resolvers = [1, 2, 50]
    /// Of the simulation: the same figures each time.
    private static let seed: UInt64 = 1

    package struct Member: Sendable {
      package var node: String
      package var weight: Int
      /// For each of `resolvers`.
      package var shares: [ResolverShares.Share]
      /// The same with `answers=1`.
      package var sharesOfOne: [ResolverShares.Share]
    }

    package var members: [Member]
    /// Addresses in one answer.
    package var answers: Int

    /// Nil where all weights are equal, or the order does not go by them.
    package init?(of pool: HealthPlan.PlannedPool, _ names: [String]) {
      let all = pool.members.filter { $0.group == 0 }
      let family = AddressFamily.allCases.first { family in all.count { $0.address.family == family } > 1 }
      let members = all.filter { $0.address.family == family }
      guard pool.policy.order != .fixed, Set(members.map(\.weight)).count > 1 else { return nil }
      func simulated(answers: Int) -> [ResolverShares] {
        let rows = AnswerRows(
          of: members.map(\.address), shares: members.map(\.weight), order: pool.policy.order, answers: answers)
        return WeightShares.resolvers.map {
          ResolverShares(of: rows, addresses: members.count, behind: $0, seed: WeightShares.seed)
        }
      }
      answers = min(pool.policy.answers, members.count)
      let (asWritten, single) = (simulated(answers: answers), simulated(answers: 1))
      self.members = members.enumerated().map { index, member in
        Member(
          node: names[member.node], weight: member.weight, shares: asWritten.map { $0.shares[index] },
          sharesOfOne: single.map { $0.shares[index] })
      }
    }
  }
}
