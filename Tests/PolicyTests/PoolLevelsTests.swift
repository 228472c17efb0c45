// What is reported of how much is left of a pool.

import DNS
import Health
import Model
import Testing

@testable import Policy

@Suite("How much is left of a pool")
struct PoolLevelsTests {
  private let addresses = (1...2 as ClosedRange<UInt8>).map {
    (node: "ex\($0)", address: IPAddress(ipv4: 192, 0, 2, $0))
  }

  private func view(_ states: HealthState...) -> PoolLevels.View {
    let members = zip(addresses, states).map { PoolMember($0.address, verdicts: [$1]) }
    return PoolLevels.View(
      PoolSelection(of: members, family: .ipv4, policy: PoolPolicy(), lastGood: []), of: addresses)
  }

  @Test("A node without a result is not left, though it is handed out: the log says what status says")
  func unproven() {
    #expect(view(.unknown, .unknown).level == .redundancyLost && view(.unknown, .unknown).left == [])
    #expect(view(.up, .up).level == .redundant)
    #expect(view(.up, .down).left == ["ex1"])
  }

  @Test("Each change is reported once, and a family that is gone is forgotten")
  func changes() {
    var levels = PoolLevels()
    func changes(_ view: PoolLevels.View, _ second: Int64) -> [PoolLevels.Change] {
      levels.changes(
        ofPool: "access", family: .ipv4, view, at: MonotonicTime(nanoseconds: second * 1_000_000_000))
    }
    #expect(changes(view(.up, .up), 0) == [])
    #expect(
      changes(view(.up, .down), 1)
        == [.members(entered: [], left: ["ex2"]), .redundancyLost(left: ["ex1"])])
    #expect(changes(view(.up, .down), 2) == [])
    #expect(
      changes(view(.up, .up), 8)
        == [.members(entered: ["ex2"], left: []), .redundancyRegained(healthy: 2, lastedSeconds: 7)])
    #expect(changes(view(.down, .down), 9) == [.failOpenEntered(answer: "answer-all")])
    levels.keep([])
    #expect(changes(view(.up, .up), 90) == [])
  }
}
