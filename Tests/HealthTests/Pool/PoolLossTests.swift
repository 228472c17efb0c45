// What a step takes from a pool, compared with what the pool has before it.

import DNS
import Model
import Testing

@testable import Health

/// One member for each word: the verdict `+`, `-` or `?`, before it `6` for IPv6 and the admin state `d`rained, forced `u`p or
/// forced `n`o.
private func members(_ text: String) -> [PoolMember] {
  text.split(separator: " ").enumerated().map { number, word in
    let verdict: HealthState = word.contains("+") ? .up : word.contains("-") ? .down : .unknown
    let adminState: AdminState.Kind? =
      word.contains("d") ? .drained : word.contains("u") ? .forcedUp : word.contains("n") ? .forcedDown : nil
    let address =
      word.contains("6")
      ? IPAddress("2001:db8::\(number + 1)") ?? IPAddress(ipv4: 0, 0, 0, 0)
      : IPAddress(ipv4: 192, 0, 2, UInt8(number + 1))
    return PoolMember(address, verdicts: [verdict], adminState: adminState)
  }
}

private func losses(_ before: String, _ after: String, minLive: Int = 1) -> [String] {
  PoolLoss.losses(from: members(before), to: members(after), under: PoolPolicy(minLive: minLive)).map(\.description)
}

@Suite("What a pool would lose")
struct PoolLossTests {
  @Test("The last healthy node is lost; one of two is not, unless the pool needs two")
  func healthy() {
    #expect(losses("+ -", "d+ -") == ["would have 0 healthy nodes in IPv4 instead of 1, and needs 1"])
    #expect(losses("+ +", "d+ +").isEmpty)
    #expect(losses("+ +", "d+ +", minLive: 2) == ["would have 1 healthy node in IPv4 instead of 2, and needs 2"])
    #expect(losses("+ + +", "d+ + +", minLive: 2).isEmpty)
    #expect(losses("u- -", "d- -").count == 1, "forced up is handed out, whatever its checks say")
    #expect(losses("- u-", "d- u-").isEmpty, "and counts as another healthy node")
  }

  @Test("A node that fails, or is out by order, is no loss, however few are left")
  func nothingToLose() {
    #expect(losses("- +", "d- +").isEmpty)
    #expect(losses("- -", "d- -").isEmpty)
    #expect(losses("-", "d-").isEmpty)
    #expect(losses("- +", "d- +", minLive: 2).isEmpty)
    #expect(losses("n+ +", "d+ +", minLive: 2).isEmpty && losses("d+ -", "d+ -").isEmpty)
    #expect(losses("d+ -", "+ -").isEmpty, "the way back makes nothing worse")
  }

  @Test("Each family is compared by itself, and only what gets worse is named")
  func families() {
    #expect(losses("- 6- +", "d- d6- +").isEmpty)
    #expect(
      losses("+ 6+ +", "d+ d6+ +") == ["would have 0 healthy nodes in IPv6 instead of 1, and needs 1"])
    #expect(losses("+ 6-", "d+ d6-") == ["would have 0 healthy nodes in IPv4 instead of 1, and needs 1"])
    #expect(losses("+ 6+", "d+ d6+").count == 2)
  }

  @Test("A node without a verdict may be the last healthy one")
  func unknown() {
    let loss = "would have 0 healthy nodes in IPv4 and lose one whose checks have no verdict yet, and needs 1"
    #expect(losses("? ?", "d? ?") == [loss])
    #expect(losses("? -", "d? -") == [loss])
    #expect(losses("? +", "d? +").isEmpty)
  }

  @Test("Checks that are not all needed count as need= says")
  func need() {
    let half = PoolMember(IPAddress(ipv4: 192, 0, 2, 1), verdicts: [.up, .down])
    let step = { (policy: PoolPolicy) in
      PoolLoss.losses(from: [half], to: [half.with(.drained)], under: policy).count
    }
    #expect(step(PoolPolicy(need: .all)) == 0 && step(PoolPolicy(need: .any)) == 1)
  }
}
