// What the options of a pool make of the verdicts on its members.

import DNS
import Model
import TestSupport
import Testing

@testable import Health

struct PoolPolicyTests {
  /// Members 192.0.2.1, .2, … of the group, well where the text has a `+`, out where it has a `-`, else unknown.
  func members(_ text: String, group: Int = 0, from first: UInt8 = 1) -> [PoolMember] {
    text.enumerated().map { number, sign in
      let state: HealthState = sign == "+" ? .up : sign == "-" ? .down : .unknown
      return PoolMember(IPAddress(ipv4: 192, 0, 2, first + UInt8(number)), verdicts: [state], group: group)
    }
  }

  /// The last octets of what is handed out.
  func handedOut(_ members: [PoolMember], _ policy: PoolPolicy, lastGood: [UInt8] = []) -> [UInt8] {
    let known = Set(lastGood.map { IPAddress(ipv4: 192, 0, 2, $0) })
    let selection = PoolSelection(of: members, family: .ipv4, policy: policy, lastGood: known)
    return selection.addresses.map { $0.octets[3] }
  }

  // MARK: need=

  @Test(
    "need=all, any and k of the gates",
    arguments: [
      ("+++", Need.all, Soundness.healthy), ("++-", .all, .out), ("++?", .all, .possible), ("", .all, .healthy),
      ("--+", .any, .healthy), ("--?", .any, .possible), ("---", .any, .out), ("", .any, .healthy),
      ("++-", .atLeast(2), .healthy), ("+?-", .atLeast(2), .possible), ("+--", .atLeast(2), .out),
      ("+", .atLeast(9), .healthy), ("-", .atLeast(0), .out),
    ])
  func need(verdicts: String, need: Need, soundness: Soundness) {
    let states = verdicts.map { $0 == "+" ? HealthState.up : $0 == "-" ? .maintenance : .unknown }
    #expect(PoolMember(IPAddress(ipv4: 192, 0, 2, 1), verdicts: states).soundness(need) == soundness)
  }

  // MARK: backup=, min-live=

  @Test("Backups are handed out only when no member is left, one group after the other")
  func backups() {
    func pool(_ primary: String, _ first: String, _ second: String) -> [UInt8] {
      handedOut(
        members(primary) + members(first, group: 1, from: 11) + members(second, group: 2, from: 21), PoolPolicy())
    }
    #expect(pool("+-", "+", "+") == [1])
    #expect(pool("--", "+", "+") == [11])
    #expect(pool("--", "-", "+") == [21])
    #expect(pool("?-", "+", "+") == [11], "a healthy backup before an unknown member")
    #expect(pool("--", "-", "-") == [1, 2], "all down: as though all were well")
  }

  @Test("min-live= adds backups until there are enough, and lets all-down= decide when there are not")
  func minLive() {
    let policy = PoolPolicy(minLive: 2)
    #expect(handedOut(members("++-"), policy) == [1, 2])
    #expect(handedOut(members("+--") + members("+", group: 1, from: 11), policy) == [1, 11])
    #expect(handedOut(members("+--"), policy) == [1, 2, 3])
    #expect(handedOut(members("+--"), PoolPolicy(allDown: .nodata, minLive: 2)) == [1], "little is not nothing")
  }

  // MARK: all-down=

  @Test("What is answered when nobody is left")
  func allDown() {
    let pool = members("--") + members("-", group: 1, from: 11)
    #expect(handedOut(pool, PoolPolicy(allDown: .answerAll)) == [1, 2])
    #expect(handedOut(pool, PoolPolicy(allDown: .lastGood), lastGood: [2]) == [2])
    #expect(handedOut(pool, PoolPolicy(allDown: .lastGood)) == [1, 2])
    #expect(handedOut(pool, PoolPolicy(allDown: .backupOnly)) == [11])
    #expect(handedOut(members("--"), PoolPolicy(allDown: .backupOnly)) == [1, 2])
    #expect(handedOut(pool, PoolPolicy(allDown: .nodata)) == [])
    #expect(handedOut(pool, PoolPolicy(allDown: .servfail)) == [])
  }

  @Test("A selection says what it rests on")
  func basis() {
    func basis(_ text: String) -> PoolSelection.Basis {
      PoolSelection(of: members(text), family: .ipv4).basis
    }
    #expect(basis("+-") == .healthy)
    #expect(basis("?-") == .possible)
    #expect(basis("--") == .allDown(.answerAll))
    #expect(basis("") == .noMember)
  }

  @Test("Any pool, any policy: never empty while somebody is left, and never one that is out while enough are healthy")
  func property() {
    for seed in 1...2_000 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let pool = (0..<Int.random(in: 1...7, using: &random)).map { number in
        let verdicts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
          HealthState.allCases.randomElement(using: &random) ?? .up
        }
        return PoolMember(
          IPAddress(ipv4: 192, 0, 2, UInt8(number)), verdicts: verdicts,
          group: random.chance(0.7) ? 0 : Int.random(in: 1...2, using: &random))
      }
      let need = [Need.all, .any, .atLeast(2)].randomElement(using: &random) ?? .all
      let policy = PoolPolicy(
        need: need, allDown: AllDown.allCases.randomElement(using: &random) ?? .answerAll,
        minLive: Int.random(in: 1...3, using: &random))
      let selection = PoolSelection(of: pool, family: .ipv4, policy: policy, lastGood: [])
      let possible = pool.filter { $0.soundness(need) != .out }
      #expect(!selection.members.isEmpty || possible.isEmpty, "seed \(seed)")
      if possible.count >= policy.minLive {
        #expect(selection.members.allSatisfy(possible.contains), "seed \(seed)")
      }
      let order = selection.members.compactMap(pool.firstIndex)
      #expect(order == order.sorted(), "seed \(seed)")
    }
  }

  // MARK: slow-start=, min-ttl=

  @Test("A member that comes back gains a tenth of its share at a time, and the next change is announced")
  func slowStart() {
    let policy = PoolPolicy(slowStart: .seconds(100))
    let address = IPAddress(ipv4: 192, 0, 2, 1)
    let member = PoolMember(address, verdicts: [.up], weight: 3, returned: .at(.seconds(1_000)))
    func share(_ second: Int) -> Int { policy.share(of: member, at: .at(.seconds(second))) }
    let shares = [1_000, 1_009, 1_010, 1_055, 1_090, 1_100, 9_999].map(share)
    #expect(shares == [300, 300, 600, 1_800, 3_000, 3_000, 3_000])
    #expect(policy.nextShareChange(of: [member], at: .at(.seconds(1_009))) == .at(.seconds(1_010)))
    #expect(policy.nextShareChange(of: [member], at: .at(.seconds(1_090))) == nil)
    let steady = PoolMember(address, verdicts: [.up], weight: 3)
    #expect(policy.share(of: steady, at: .at(.zero)) == 3_000, "it never was out")
    #expect(PoolPolicy().share(of: member, at: .at(.seconds(1_000))) == 3_000)
  }

  @Test("min-ttl= holds while a change is near, and never lengthens a TTL")
  func ttl() {
    let policy = PoolPolicy(minTTL: 10)
    #expect(policy.ttl(of: 60, isChangeNear: true) == 10)
    #expect(policy.ttl(of: 60, isChangeNear: false) == 60)
    #expect(policy.ttl(of: 5, isChangeNear: true) == 5)
    #expect(PoolPolicy().ttl(of: 60, isChangeNear: true) == 60)
    let held = Judgement.Progress.held(until: .at(.seconds(100)))
    #expect(held.isChangeNear(now: .at(.seconds(50)), ttl: 60))
    #expect(!held.isChangeNear(now: .at(.seconds(30)), ttl: 60))
    #expect(Judgement.Progress.failing(1, of: 3).isChangeNear(now: .at(.zero), ttl: 60))
    #expect(!Judgement.Progress.steady.isChangeNear(now: .at(.zero), ttl: 60))
  }
}
