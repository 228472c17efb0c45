// What the ledger does where there is more than it keeps apart.

import DNS
import Health
import Testing
import ZoneFile

@testable import Answering
@testable import Policy

private func load(_ text: String) throws -> (HandOutSources, ZoneTable) {
  let result = readConfiguration(files: ["x"]) { _ throws(LoadFailure) in Array(text.utf8) }
  let configuration = try #require(result.configuration, "\(result.diagnostics.prefix(3).map(\.description))")
  let table = ZoneTable.compile(configuration)
  return (HandOutSources(configuration, table), table)
}

@Suite("The bounds of the ledger")
struct HandOutBoundsTests {
  private static let nodeCount = 15
  private static let head = """
    $ORIGIN x.
    \((1...nodeCount).map { "$NODE n\($0) 10.0.0.\($0)" }.joined(separator: "\n"))
    $POOL p \((1...nodeCount).map { "n\($0)" }.joined(separator: " ")) check=none
    @ 60 SOA ns h 1 1h 15m 1w 1m
    @ 60 NS ns
    ns 60 A 10.9.0.1
    mail 86400 ROTATE p

    """
  private static let addresses = (1...nodeCount).map { IPAddress(ipv4: 10, 0, 0, UInt8($0)) }

  @Test("Of more sets of nodes' addresses than are kept apart, the last stands for every node at the longest TTL")
  func records() throws {
    // 10,000 records, each of another node or TTL.
    let lines = (0..<10_000).map { "a\($0) \(60 + $0 / 15) A 10.0.0.\(1 + $0 % 15)" }
    let (sources, table) = try load(HandOutBoundsTests.head + lines.joined(separator: "\n"))
    #expect(table.handOuts.count == 4_096)
    #expect(table.handOuts[0] == FixedHandOut([HandOutBoundsTests.addresses[0]], ttl: 60))
    #expect(Set(table.handOuts[4_095].addresses) == Set(HandOutBoundsTests.addresses))
    #expect(table.handOuts[4_095].ttl == 60 + 9_999 / 15)
    #expect(HandOutBoundsTests.addresses.allSatisfy { sources.longestTTLs[$0] == 86_400 })
    #expect(sources.records[HandOutBoundsTests.addresses[0]]?.count == 667)
    #expect(sources.records[HandOutBoundsTests.addresses[0]]?.first.count == 8)
  }

  @Test("Of more hints than are kept apart, the last stands for the addresses of all the rest")
  func hints() throws {
    let lines = (0..<3_000).map { "a\($0) \(60 + $0) HTTPS 1 . ipv4hint=10.0.0.\(1 + $0 % 15)" }
    let (sources, _) = try load(HandOutBoundsTests.head + (lines + lines).joined(separator: "\n"))
    #expect(sources.hints.count == 1_024)
    #expect(sources.hints[1_022] == FixedHandOut([HandOutBoundsTests.addresses[1_022 % 15]], ttl: 60 + 1_022))
    let last = sources.hints[1_023]
    #expect(last.ttl == 60 + 2_999 && last.addresses.count == 15)
    #expect(Set(last.addresses) == Set(HandOutBoundsTests.addresses))
  }

  @Test("Contents that change each second for hours are given up in time, and no quiet time is lost by that")
  func contents() throws {
    let (sources, table) = try load(HandOutBoundsTests.head)
    var ledger = HandOutLedger(sources, at: HandOutLedger.time(0))
    var marks: [UInt32: UInt64] = [:]
    var last: [IPAddress: Int64] = [:]
    var now: Int64 = 0
    var greatest: UInt32 = 0
    // As many nodes as an answer has at most, in another choice each time.
    for mask in 1..<1 << HandOutBoundsTests.nodeCount where mask.nonzeroBitCount <= 8 {
      now += 1
      let chosen = HandOutBoundsTests.addresses.enumerated().filter { mask & 1 << $0.offset != 0 }.map(\.element)
      _ = ledger.beginPublication(of: table.handOuts, at: HandOutLedger.time(now))
      let answer = RotationAnswer(chosen, ttl: 86_400)
      let slots = ledger.slots(ofRun: 0, for: table.rotations[0], answer) { RunContents(of: answer) }
      ledger.endPublication(generation: UInt64(now))
      marks[slots[0]] = UInt64(now * 1_000)
      greatest = max(greatest, slots[0])
      for address in chosen { last[address] = now }
      ledger.settle(passed: UInt64(now), marks: { marks[$0] ?? 0 }, at: HandOutLedger.time(now))
    }
    #expect(now > 20_000 && greatest <= UInt32(HandOutLedger.mostKept) + 5, "numbers are used anew")
    #expect(ledger.hasGivenUpSlots && !ledger.isIncomplete)
    for (index, address) in HandOutBoundsTests.addresses.enumerated() {
      let quiet = ledger.quiet(of: [address], marks: { marks[$0] ?? 0 }, at: HandOutLedger.time(now))
      switch quiet.standing {
      case .notYet(let at): #expect(at == HandOutLedger.time(try #require(last[address]) + 86_401), "n\(index + 1)")
      case .servedStill: #expect(last[address] == now)
      default: Issue.record("n\(index + 1): \(quiet)")
      }
    }
  }
}
