// What weights come to behind resolvers: what is said of them in docs/health.md and by `rondo timeline`.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

@Suite("Weights behind caching resolvers")
struct ResolverSharesTests {
  private func shares(
    _ weights: [Int], _ order: AnswerOrder = .rotate, answers: Int, behind resolvers: Int, seed: UInt64 = 1
  ) -> [ResolverShares.Share] {
    var random = SeededGenerator(seed: seed)
    let addresses = weights.indices.map { IPAddress(ipv4: 192, 0, 2, UInt8($0)) }
    let rows = AnswerRows(of: addresses, shares: weights, order: order, answers: answers)
    return ResolverShares(of: rows, addresses: weights.count, behind: resolvers, using: &random).shares
  }

  @Test("Several addresses in an answer: each gets as many clients, whatever the weights", arguments: [1, 2, 50])
  func several(resolvers: Int) {
    for weights in [[9, 1], [3, 2, 1]] {
      for share in shares(weights, answers: 8, behind: resolvers) {
        #expect(abs(share.average - 1 / Double(weights.count)) < 1e-9)
        #expect(share.least > 0.333 && share.most < 0.501)
      }
    }
  }

  @Test("answers=1: the average is as the weights say, behind any number of resolvers", arguments: [1, 2, 3, 10, 50])
  func one(resolvers: Int) {
    for (weights, seed) in [([9, 1], 1), ([3, 2, 1], 2), ([1, 1], 3)] as [([Int], UInt64)] {
      let shares = shares(weights, answers: 1, behind: resolvers, seed: seed)
      for (share, weight) in zip(shares, weights) {
        let due = Double(weight) / Double(weights.reduce(0, +))
        #expect(abs(share.average - due) < 0.02, "\(weights) behind \(resolvers): \(share)")
      }
    }
  }

  @Test("answers=1: behind one resolver all clients move together, behind many hardly any")
  func lumps() {
    let alone = shares([9, 1], answers: 1, behind: 1)
    #expect(alone.map(\.least) == [0, 0] && alone.map(\.most) == [1, 1])
    let many = shares([9, 1], answers: 1, behind: 50)
    #expect(many[1].least >= 0.02 && many[1].most <= 0.2, "\(many[1])")
  }

  @Test("order=hash with answers=1 divides resolvers: one resolver has one node for ever")
  func hash() {
    let alone = shares([9, 1], .hash, answers: 1, behind: 1)
    #expect(alone.contains { $0.least == 1 })
    #expect(abs(shares([9, 1], .hash, answers: 1, behind: 1000)[1].average - 0.1) < 0.05)
  }

  @Test("The same seed gives the same figures")
  func replay() {
    #expect(shares([9, 1], answers: 1, behind: 7, seed: 5) == shares([9, 1], answers: 1, behind: 7, seed: 5))
  }
}
