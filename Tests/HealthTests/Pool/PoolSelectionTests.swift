// Which addresses a pool hands out.

import DNS
import Health
import TestSupport
import Testing

struct PoolSelectionTests {
  let ex1 = IPAddress(ipv4: 192, 0, 2, 11)
  let ex2 = IPAddress(ipv4: 198, 51, 100, 11)

  @Test("All healthy members are handed out, in their order")
  func healthy() {
    let selection = PoolSelection(
      of: [PoolMember(ex1, verdicts: [.up]), PoolMember(ex2, verdicts: [.up])], family: .ipv4)
    #expect(selection.addresses == [ex1, ex2])
    #expect(!selection.isFailOpen)
  }

  @Test("One check that is down takes a member out, whatever the others say")
  func gate() {
    let selection = PoolSelection(
      of: [PoolMember(ex1, verdicts: [.up, .down, .up]), PoolMember(ex2, verdicts: [.up, .up, .up])], family: .ipv4)
    #expect(selection.addresses == [ex2])
    #expect(!selection.isFailOpen)
  }

  @Test("An unknown member is handed out before one that is down: without evidence nobody is taken out")
  func unknown() {
    let selection = PoolSelection(
      of: [PoolMember(ex1, verdicts: [.unknown]), PoolMember(ex2, verdicts: [.down])], family: .ipv4)
    #expect(selection.addresses == [ex1])
  }

  @Test("An unknown member waits while another is known to be well, as after a reload that brings a node in")
  func newcomer() {
    let selection = PoolSelection(
      of: [PoolMember(ex1, verdicts: [.unknown]), PoolMember(ex2, verdicts: [.up])], family: .ipv4)
    #expect(selection.addresses == [ex2])
    #expect(!selection.isFailOpen)
  }

  @Test("A pool with check=none hands out everybody and is not failing open")
  func unchecked() {
    let selection = PoolSelection(of: [PoolMember(ex1, verdicts: []), PoolMember(ex2, verdicts: [])], family: .ipv4)
    #expect(selection.addresses == [ex1, ex2])
    #expect(!selection.isFailOpen)
  }

  @Test("If nobody is healthy everybody is handed out, and it is said")
  func failOpen() {
    let selection = PoolSelection(
      of: [PoolMember(ex1, verdicts: [.down]), PoolMember(ex2, verdicts: [.down])], family: .ipv4)
    #expect(selection.addresses == [ex1, ex2])
    #expect(selection.isFailOpen)
  }

  @Test("Families fail open each by itself")
  func families() throws {
    let v6 = try #require(IPAddress("2001:db8:1::11"))
    let members = [
      PoolMember(ex1, verdicts: [.up]), PoolMember(v6, verdicts: [.down]), PoolMember(ex2, verdicts: [.down]),
    ]
    #expect(PoolSelection(of: members, family: .ipv4).addresses == [ex1])
    #expect(PoolSelection(of: members, family: .ipv6).addresses == [v6])
    #expect(PoolSelection(of: members, family: .ipv6).isFailOpen)
  }

  @Test("A family without members has nothing to hand out and nothing to complain of")
  func noFamily() {
    let selection = PoolSelection(of: [PoolMember(ex1, verdicts: [.down])], family: .ipv6)
    #expect(selection.addresses.isEmpty)
    #expect(!selection.isFailOpen)
  }

  @Test("Any pool, any health: never empty, never a down member beside a healthy one, order kept")
  func property() {
    for seed in 1...500 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let members = Self.randomMembers(using: &random)
      for family in AddressFamily.allCases {
        let selection = PoolSelection(of: members, family: family)
        let all = members.filter { $0.address.family == family }
        let proven = all.filter { $0.verdicts.contains(.down) }
        let well = all.filter { $0.verdicts.allSatisfy { $0 == .up } }
        let expected = !well.isEmpty ? well : proven.count == all.count ? all : all.filter { !proven.contains($0) }
        #expect(selection.addresses == expected.map(\.address), "seed \(seed)")
        #expect(selection.addresses.isEmpty == all.isEmpty, "seed \(seed)")
        #expect(selection.isFailOpen == (!all.isEmpty && proven.count == all.count), "seed \(seed)")
      }
    }
  }

  static func randomMembers(using random: inout SeededGenerator) -> [PoolMember] {
    let checks = Int.random(in: 0...3, using: &random)
    let downShare = Double.random(in: 0...1, using: &random)
    return (0..<Int.random(in: 0...8, using: &random)).compactMap { number in
      let octets = [UInt8](repeating: UInt8(number), count: random.chance(0.5) ? 4 : 16)
      let verdicts = (0..<checks).map { _ -> HealthState in
        random.chance(downShare) ? .down : random.chance(0.5) ? .up : .unknown
      }
      return IPAddress(octets: octets).map { PoolMember($0, verdicts: verdicts) }
    }
  }
}
