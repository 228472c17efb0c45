// What a pool hands out when operators have ordered something of its nodes.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

/// One member for each word, the last octet of its address being its number: the verdict `+`, `-` or `?`, before it the
/// admin state `d`rained, forced `u`p or forced `n`o; behind it `'` for a backup.
private func members(_ text: String) -> [PoolMember] {
  text.split(separator: " ").enumerated().map { number, word in
    let verdict: HealthState = word.contains("+") ? .up : word.contains("-") ? .down : .unknown
    let adminStates: [Character: AdminState.Kind] = ["d": .drained, "u": .forcedUp, "n": .forcedDown]
    return PoolMember(
      IPAddress(ipv4: 192, 0, 2, UInt8(number + 1)), verdicts: [verdict], group: word.contains("'") ? 1 : 0,
      adminState: word.first.flatMap { adminStates[$0] })
  }
}

private func select(_ text: String, _ allDown: AllDown = .answerAll, minLive: Int = 1) -> PoolSelection {
  PoolSelection(
    of: members(text), family: .ipv4, policy: PoolPolicy(allDown: allDown, minLive: minLive), lastGood: [])
}

/// The numbers of the members handed out.
private func chosen(_ selection: PoolSelection) -> [Int] { selection.addresses.map { Int($0.octets[3]) } }

@Suite("Pools under admin states")
struct OrderedPoolTests {
  @Test(
    "Drained, dead and forced nodes side by side",
    arguments: [
      ("d+ +", [2], .healthy), ("u- +", [1, 2], .healthy), ("u- -", [1], .healthy), ("n+ +", [2], .healthy),
      ("n+ -", [2], .allDown(.answerAll)), ("d+ +'", [2], .healthy), ("d+ ?", [2], .possible),
      // A drained node that works is better than a dead one, and a dead one that nobody took out than a drained one.
      ("d+ -", [1], .drained), ("d? -", [1], .drained), ("d+ d? -", [1], .drained), ("d+ d+' -", [1], .drained),
      ("d- -", [2], .allDown(.answerAll)), ("n+ d+", [2], .drained), ("n+ d-", [2], .allDown(.answerAll)),
      ("d+ d+", [1, 2], .drained), ("d- d-", [1, 2], .allDown(.answerAll)), ("n+ n-", [1, 2], .allDown(.answerAll)),
    ] as [(String, [Int], PoolSelection.Basis)])
  func mixes(pool: String, expected: [Int], basis: PoolSelection.Basis) {
    let selection = select(pool)
    #expect(chosen(selection) == expected, "\(pool)")
    #expect(selection.basis == basis, "\(pool)")
  }

  @Test("Whatever all-down= says: who is drained and works is handed out when nobody else is left")
  func allDown() {
    for policy in AllDown.allCases { #expect(chosen(select("d+ - n+", policy)) == [1], "\(policy)") }
    #expect(select("n+ -", .nodata).members.isEmpty && select("d- n+", .servfail).members.isEmpty)
    #expect(select("d+ -").isFailOpen)
  }

  @Test("min-live= asks for more, and gets no drained node as long as one other is healthy")
  func minLive() {
    for policy in AllDown.allCases { #expect(!chosen(select("d+ + -", policy, minLive: 2)).contains(1), "\(policy)") }
    #expect(chosen(select("d+ + -", .nodata, minLive: 2)) == [2])
  }

  @Test("A node that is resumed comes back like one that was out: with slow-start=, and not among the last good")
  func history() {
    var history = PoolHistory()
    let address = IPAddress(ipv4: 192, 0, 2, 1)
    history.update(members("+ +"), under: PoolPolicy(), at: .at(.seconds(1)))
    history.update(members("d+ +"), under: PoolPolicy(), at: .at(.seconds(2)))
    #expect(history.lastGood(.ipv4) == [IPAddress(ipv4: 192, 0, 2, 2)])
    history.update(members("d+ -"), under: PoolPolicy(), at: .at(.seconds(3)))
    #expect(history.lastGood(.ipv4) == [IPAddress(ipv4: 192, 0, 2, 2)], "handed out, but in an emergency")
    history.update(members("+ -"), under: PoolPolicy(), at: .at(.seconds(4)))
    #expect(history.returned(address) == .at(.seconds(4)))
  }

  @Test("Nodes that share an address are out together only: a healthy one keeps the address from coming back anew")
  func sharedAddress() {
    let address = IPAddress(ipv4: 192, 0, 2, 1)
    func pair(_ first: HealthState, _ second: HealthState) -> [PoolMember] {
      [PoolMember(address, verdicts: [first]), PoolMember(address, verdicts: [second])]
    }
    var history = PoolHistory()
    for second in 1...3 { history.update(pair(.down, .up), under: PoolPolicy(), at: .at(.seconds(second))) }
    #expect(history.returned(address) == nil)
    history.update(pair(.down, .down), under: PoolPolicy(), at: .at(.seconds(4)))
    for second in 5...6 { history.update(pair(.down, .up), under: PoolPolicy(), at: .at(.seconds(second))) }
    #expect(history.returned(address) == .at(.seconds(5)))
  }

  @Test("Any pool under any admin states: never empty while a node works that nobody has forced down, and obeyed")
  func property() {
    var (withLeft, withWorking) = (0, 0)
    for seed in 1...4_000 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let pool = (0..<Int.random(in: 1...6, using: &random)).map { number in
        PoolMember(
          IPAddress(ipv4: 192, 0, 2, UInt8(number)),
          verdicts: (0..<Int.random(in: 0...2, using: &random)).map { _ in
            HealthState.allCases.randomElement(using: &random) ?? .up
          },
          group: random.chance(0.7) ? 0 : 1,
          adminState: [nil, nil, .drained, .forcedUp, .forcedDown].randomElement(using: &random) ?? nil)
      }
      let policy = PoolPolicy(
        allDown: AllDown.allCases.randomElement(using: &random) ?? .answerAll,
        minLive: Int.random(in: 1...3, using: &random))
      let selection = PoolSelection(of: pool, family: .ipv4, policy: policy, lastGood: [])
      let works = pool.filter { $0.adminState == .forcedUp || $0.adminState != .forcedDown && $0.proven(.all) != .out }
      #expect(!selection.members.isEmpty || works.isEmpty, "seed \(seed)")
      #expect(!selection.members.isEmpty || [.nodata, .servfail].contains(policy.allDown), "seed \(seed)")
      // A member that an admin state takes out is handed out only where all the others are dead.
      let left = pool.filter { $0.soundness(.all) != .out }
      if !left.isEmpty { #expect(selection.members.allSatisfy { $0.adminState?.isOut != true }, "seed \(seed)") }
      if !works.isEmpty { #expect(selection.members.allSatisfy { $0.adminState != .forcedDown }, "seed \(seed)") }
      if left.count >= policy.minLive { #expect(selection.members.allSatisfy(left.contains), "seed \(seed)") }
      if !left.isEmpty { withLeft += 1 }
      if !works.isEmpty { withWorking += 1 }
    }
    #expect(withLeft > 1_000 && withWorking > 1_000, "the cases that say something are among them")
  }
}
