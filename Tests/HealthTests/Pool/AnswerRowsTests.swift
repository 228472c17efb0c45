// The table of answers that rotation by weights goes through.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

struct AnswerRowsTests {
  func addresses(_ count: Int) -> [IPAddress] { (0..<count).map { IPAddress(ipv4: 192, 0, 2, UInt8($0)) } }

  func rows(
    _ shares: [Int], _ order: AnswerOrder = .rotate, answers: Int = 8, preferred: Set<IPAddress> = []
  ) -> [[Int]] {
    let rows = AnswerRows(
      of: addresses(shares.count), shares: shares, order: order, answers: answers, preferred: preferred)
    return (0..<rows.count).map { rows.row($0).map(Int.init) }
  }

  @Test("With equal weights it is plain rotation")
  func equal() {
    #expect(rows([1, 1, 1]) == [[0, 1, 2], [1, 2, 0], [2, 0, 1]])
    #expect(rows([10, 10]) == [[0, 1], [1, 0]])
    #expect(rows([7]) == [[0]])
  }

  @Test("A member of three times the weight is first three times as often, and not in one go")
  func weighted() {
    #expect(rows([3, 1]) == [[0, 1], [0, 1], [1, 0], [0, 1]])
    #expect(AnswerRows.smoothRound([5, 1, 1]) == [0, 0, 1, 0, 2, 0, 0])
  }

  @Test("In a long round of nearly equal weights two askers in turn each meet both members soon, and shares stay exact")
  func longRound() {
    for weights in [[51, 50], [101, 100], [40, 41, 39], [500, 501]] {
      let round = AnswerRows.staggeredRound(weights)
      #expect(weights.indices.map { index in round.count { $0 == index } } == weights)
      for askers in 2...4 {
        for asker in 0..<askers {
          let own = stride(from: asker, to: round.count, by: askers).map { round[$0] }
          for start in stride(from: 0, to: own.count - 20, by: 5) {
            #expect(Set(own[start..<start + 20]).count == weights.count, "\(weights), \(askers) askers, from \(start)")
          }
        }
      }
    }
  }

  @Test("Two parts of a row turn by themselves, and neither is in lock-step with those who ask in turn")
  func partsInTurn() {
    let near = Set(addresses(5).prefix(2))
    let rows = rows([1, 1, 40, 41, 20], preferred: near)
    #expect(rows.count == 202 && rows.count { $0[0] == 0 } == 101)
    for asker in 0..<2 {
      let own = stride(from: asker, to: rows.count, by: 2).map { rows[$0][0] }
      #expect((35...65).contains(own.count { $0 == 0 } * 100 / own.count))
    }
  }

  @Test("Fewer answers than members: each answer has no member twice, and each member has its turn")
  func answers() {
    let rows = rows([2, 1, 1], answers: 2)
    #expect(rows.count == 4)
    #expect(rows.allSatisfy { $0.count == 2 && Set($0).count == 2 })
    #expect(Set(rows.flatMap { $0 }) == [0, 1, 2])
  }

  @Test("Members at the asker's site stand first, each part in its own turn")
  func preferred() {
    let near: Set<IPAddress> = [addresses(4)[1], addresses(4)[3]]
    #expect(rows([1, 1, 1, 1], preferred: near) == [[1, 3, 0, 2], [3, 1, 2, 0]])
    #expect(rows([1, 1, 1, 1], answers: 1, preferred: near) == [[1], [3]])
    #expect(rows([1, 1, 1], preferred: Set(addresses(3).prefix(1))) == [[0, 1, 2], [0, 2, 1]])
  }

  @Test("order=fixed is as written, always")
  func fixed() { #expect(rows([1, 9, 3], .fixed) == [[0, 1, 2]]) }

  @Test(
    "Whatever the weights, firsts are shared by them exactly; no row has a member twice",
    arguments: 1...200 as ClosedRange<UInt64>)
  func exactShares(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let shares = (0..<Int.random(in: 1...6, using: &random)).map { _ in Int.random(in: 1...100, using: &random) }
    for order in [AnswerOrder.rotate, .shuffle] {
      let rows = rows(shares, order)
      let firsts = shares.indices.map { index in rows.count { $0.first == index } }
      for (first, share) in zip(firsts, shares) {
        #expect(first * shares.reduce(0, +) == share * rows.count, "seed \(seed): \(shares) gave \(firsts)")
      }
      #expect(rows.allSatisfy { $0.sorted() == Array(shares.indices) }, "seed \(seed)")
    }
  }

  @Test("Enormous weights are rounded, and nobody goes empty")
  func rounded() {
    let rows = rows([1_000, 999, 1, 997])
    #expect(rows.count <= AnswerRows.mostRows + 4)
    let firsts = (0..<4).map { index in rows.count { $0.first == index } }
    #expect(firsts[2] >= 1)
    #expect((320...360).contains(firsts[0] * 1_024 / rows.count), "\(firsts)")
  }

  @Test("order=shuffle gives every order of three members")
  func shuffle() { #expect(Set(rows([1, 1, 1], .shuffle)).count == 6) }

  @Test("order=hash: an asker keeps its first while it is there, and only those move whose first is gone")
  func hash() throws {
    let all = addresses(4)
    let left = [0, 2, 3].map { all[$0] }
    let before = AnswerRows(of: all, shares: [1, 1, 1, 2], order: .hash, answers: 1)
    let after = AnswerRows(of: left, shares: [1, 1, 2], order: .hash, answers: 1)
    #expect(before.pick == .asker)
    var firsts = [0, 0, 0, 0]
    let rows = AnswerRows.askerGroups
    #expect(before.count == rows && after.count == rows, "an asker falls on the same row as before")
    for row in 0..<rows {
      let first = try #require(before.row(row).first)
      firsts[Int(first)] += 1
      let next = left[Int(try #require(after.row(row).first))]
      if first != 1 { #expect(next == all[Int(first)]) }
    }
    #expect((77...128).contains(firsts[3]), "two fifths, \(firsts)")
    #expect(firsts.prefix(3).allSatisfy { (31...72).contains($0) }, "a fifth each, \(firsts)")
  }
}
