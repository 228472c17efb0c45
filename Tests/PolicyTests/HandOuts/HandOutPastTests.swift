// What a process leaves to the next one of its ledger.

import DNS
import Health
import Testing
import ZoneFile

@testable import Answering
@testable import Policy

@Suite("The ledger over a restart")
struct HandOutPastTests {
  private static func sources(_ ttl: Int = 60, a: String = "10.0.0.1") throws -> (HandOutSources, ZoneTable) {
    let text = """
      $ORIGIN x.
      $NODE a \(a)
      $NODE b 10.0.0.2
      $POOL p a b check=none
      @ 60 SOA ns h 1 1h 15m 1w 1m
      @ 60 NS ns
      ns 60 A 10.9.0.1
      mail \(ttl) ROTATE p
      """
    let result = readConfiguration(files: ["x"]) { _ throws(LoadFailure) in Array(text.utf8) }
    let configuration = try #require(result.configuration)
    let table = ZoneTable.compile(configuration)
    return (HandOutSources(configuration, table), table)
  }

  /// That of all rows of the only run.
  private func slot(
    of addresses: [IPAddress], ttl: UInt32, in ledger: inout HandOutLedger, _ table: ZoneTable
  ) -> UInt32 {
    let answer = RotationAnswer(addresses, ttl: ttl)
    return ledger.slots(ofRun: 0, for: table.rotations[0], answer) { RunContents(of: answer) }[0]
  }

  private let a = IPAddress("10.0.0.1")!
  private let b = IPAddress("10.0.0.2")!

  private var past: HandOutPast {
    var past = HandOutPast()
    past.quiet = [a: 4_711_250]
    past.longestTTLs = [a: 60, b: 3_600]
    past.copies = [ZoneCopy(zone: DomainName("x")!, secondary: IPAddress("2001:db8::5")!, serial: 17)]
    return past
  }

  @Test("The file is read as it was written; its seconds only in the same start of the kernel")
  func file() throws {
    let text = past.text(boot: "b1")
    #expect(
      text == """
        rondo-hand-outs 1
        boot\tb1
        longest\t10.0.0.1\t60
        longest\t10.0.0.2\t3600
        quiet\t10.0.0.1\t4711.250
        secondary\tx.\t2001:db8::5\t17
        end 4

        """)
    #expect(try HandOutPast(octets: Array(text.utf8), boot: "b1") == past)
    var other = past
    other.quiet = [:]
    #expect(try HandOutPast(octets: Array(text.utf8), boot: "b2") == other)
    #expect(try HandOutPast(octets: Array(past.text(boot: "").utf8), boot: "") == other)
  }

  @Test(
    "A damaged file is used in no part",
    arguments: [
      ("rondo-hand-outs 2\nboot\tb\nend 0\n", HandOutPastError.unknownVersion),
      ("rondo-hand-outs 1\nboot\tb\nquiet\t10.0.0.1\t5\nend 2\n", .torn),
      ("rondo-hand-outs 1\nboot\tb\nquiet\t10.0.0.1\t5\n", .torn),
      ("rondo-hand-outs 1\nboot\tb\nquiet\t10.0.0.1\t-5\nend 1\n", .malformed(line: 3)),
      ("rondo-hand-outs 1\nboot\tb\nquiet\t10.0.0.1\t5.1\nend 1\n", .malformed(line: 3)),
      ("rondo-hand-outs 1\nboot\tb\nquiet\t10.0.0.1\t5.100.200\nend 1\n", .malformed(line: 3)),
      ("rondo-hand-outs 1\nboot\tb\nquiet\t10.0.0.1\t\nend 1\n", .malformed(line: 3)),
      ("rondo-hand-outs 1\nboot\tb\nlongest\t10.0.0.1\t5\nlongest\t10.0.0.1\t6\nend 2\n", .malformed(line: 4)),
      ("rondo-hand-outs 1\nboot\tb\nlongest\t10.0.0.256\t5\nend 1\n", .malformed(line: 3)),
    ])
  func damaged(text: String, error: HandOutPastError) {
    #expect(throws: error) { try HandOutPast(octets: Array(text.utf8), boot: "b") }
  }

  @Test("A node that was drained keeps its time; another counts as handed out until the start, under its longest TTL")
  func start() throws {
    let (sources, table) = try HandOutPastTests.sources()
    var ledger = HandOutLedger(sources, past: past, at: HandOutLedger.time(5_000))
    _ = ledger.beginPublication(of: table.handOuts, at: HandOutLedger.time(5_000))
    ledger.endPublication(generation: 1)
    let kept = ledger.quiet(of: [a], marks: { _ in 0 }, at: HandOutLedger.time(5_001))
    guard case .quiet(let since) = kept.standing else {
      Issue.record("\(kept)")
      return
    }
    #expect(since == HandOutLedger.time(milliseconds: 4_711_250) && !kept.isByStart)
    let other = ledger.quiet(of: [b], marks: { _ in 0 }, at: HandOutLedger.time(5_001))
    guard case .notYet(let at) = other.standing else {
      Issue.record("\(other)")
      return
    }
    #expect(at == HandOutLedger.time(8_601) && other.isByStart)
  }

  @Test("What is kept is the time of nodes that are out and no longer handed out, and a TTL of before a reload")
  func kept() throws {
    let (sources, table) = try HandOutPastTests.sources(600)
    var ledger = HandOutLedger(sources, at: HandOutLedger.time(100))
    func publish(_ addresses: [IPAddress], _ generation: UInt64, at second: Int64) {
      _ = ledger.beginPublication(of: table.handOuts, at: HandOutLedger.time(second))
      let slot = slot(of: addresses, ttl: 600, in: &ledger, table)
      ledger.endPublication(generation: generation)
      ledger.settle(passed: generation, marks: { $0 == slot ? 0 : 2_000_000 }, at: HandOutLedger.time(second))
    }
    publish([a, b], 1, at: 100)
    publish([b], 2, at: 2_000)
    #expect(ledger.past { $0 == "a" }.quiet == [a: 2_601_000])
    #expect(ledger.past { _ in true }.quiet == [a: 2_601_000], "b is handed out")
    ledger.follow(try HandOutPastTests.sources(60).0, at: HandOutLedger.time(2_100))
    #expect(ledger.past { _ in false }.longestTTLs == [a: 600, b: 600])
    ledger.follow(try HandOutPastTests.sources(60).0, at: HandOutLedger.time(2_701))
    #expect(ledger.past { _ in false }.longestTTLs == [a: 60, b: 60])
  }

  @Test("A longer TTL of the process before is handed on, for as long as copies may last")
  func keptTwice() throws {
    let ledger = HandOutLedger(try HandOutPastTests.sources().0, past: past, at: HandOutLedger.time(5_000))
    #expect(ledger.past { _ in false }.longestTTLs == [a: 60, b: 3_600])
    var later = ledger
    later.settle(passed: 1, marks: { _ in 0 }, at: HandOutLedger.time(8_601))
    #expect(later.past { _ in false }.longestTTLs == [a: 60, b: 60])
  }

  @Test("What counts as a hand-out of every node does so under the TTL of before a reload")
  func anyNode() throws {
    var ledger = HandOutLedger(try HandOutPastTests.sources(600).0, at: HandOutLedger.time(100))
    let marks: HandOutLedger.Marks = { $0 == HandOutNote.anyNode ? 1_990_000 : 0 }
    ledger.follow(try HandOutPastTests.sources(60).0, at: HandOutLedger.time(2_000))
    guard case .notYet(let at) = ledger.quiet(of: [a], marks: marks, at: HandOutLedger.time(2_100)).standing else {
      Issue.record("copies of before the reload are forgotten")
      return
    }
    #expect(at == HandOutLedger.time(2_591))
  }

  @Test("A node that gets another address in a reload is quiet once nobody has the former one either")
  func formerAddress() throws {
    let (sources, table) = try HandOutPastTests.sources(600)
    let (others, _) = try HandOutPastTests.sources(600, a: "10.0.0.3")
    let new = IPAddress("10.0.0.3")!
    var ledger = HandOutLedger(sources, at: HandOutLedger.time(100))
    func publish(_ addresses: [IPAddress], _ generation: UInt64, markedAt mark: UInt64, at second: Int64) {
      _ = ledger.beginPublication(of: table.handOuts, at: HandOutLedger.time(second))
      _ = slot(of: addresses, ttl: 600, in: &ledger, table)
      ledger.endPublication(generation: generation)
      ledger.settle(passed: generation, marks: { _ in mark }, at: HandOutLedger.time(second))
    }
    func addresses() -> [IPAddress]? { ledger.addresses(ofNode: "a") }
    publish([a, b], 1, markedAt: 0, at: 100)
    ledger.follow(others, at: HandOutLedger.time(2_000))
    #expect(addresses() == [new, a], "it is handed out until the next publication")
    publish([b], 2, markedAt: 1_990_000, at: 2_000)
    guard
      case .notYet(let at) = ledger.quiet(of: addresses() ?? [], marks: { _ in 0 }, at: HandOutLedger.time(2_001))
        .standing
    else {
      Issue.record("the copies of the former address are forgotten")
      return
    }
    #expect(at == HandOutLedger.time(2_591))
    ledger.follow(others, at: HandOutLedger.time(2_590))
    #expect(addresses() == [new, a])
    ledger.settle(passed: 2, marks: { _ in 0 }, at: HandOutLedger.time(2_592))
    #expect(addresses() == [new])
  }

  @Test("Nor while a secondary has it")
  func formerAddressHeld() throws {
    let (sources, table) = try HandOutPastTests.sources()
    let (others, _) = try HandOutPastTests.sources(a: "10.0.0.3")
    var ledger = HandOutLedger(sources, at: HandOutLedger.time(100))
    func publish(_ serial: UInt32, _ addresses: [IPAddress], at second: Int64) {
      _ = ledger.beginPublication(of: table.handOuts, at: HandOutLedger.time(second))
      ledger.endPublication(generation: UInt64(serial))
      ledger.publishZones(serials: [serial], handingOut: [addresses])
    }
    publish(1, [a, b], at: 100)
    let copy = ZoneCopy(zone: DomainName("x")!, secondary: IPAddress("10.0.0.5")!, serial: 1)
    ledger.note([.begun(copy), .complete(copy)], at: HandOutLedger.time(101))
    ledger.follow(others, at: HandOutLedger.time(102))
    publish(2, [b], at: 102)
    ledger.settle(passed: 2, marks: { _ in 0 }, at: HandOutLedger.time(5_000))
    #expect(ledger.addresses(ofNode: "a")?.contains(a) == true)
    ledger.note(
      [.complete(ZoneCopy(zone: copy.zone, secondary: copy.secondary, serial: 2))], at: HandOutLedger.time(5_000))
    #expect(ledger.addresses(ofNode: "a")?.contains(a) == true, "others may have it from the secondary")
    ledger.settle(passed: 2, marks: { _ in 0 }, at: HandOutLedger.time(5_062))
    #expect(ledger.addresses(ofNode: "a")?.contains(a) == false)
  }

  @Test("An address that another node has got is no longer its former owner's")
  func exchangedAddress() throws {
    let (sources, _) = try HandOutPastTests.sources(600)
    var ledger = HandOutLedger(sources, at: HandOutLedger.time(100))
    let (others, _) = try HandOutPastTests.sources(600, a: "10.0.0.3")
    ledger.follow(others, at: HandOutLedger.time(101))
    #expect(ledger.addresses(ofNode: "a")?.count == 2)
    ledger.follow(sources, at: HandOutLedger.time(102))
    #expect(ledger.addresses(ofNode: "a")?.count == 2, "10.0.0.3 may have been handed out")
    #expect(ledger.addresses(ofNode: "b") == [b])
  }

  @Test("Askers are named with the copy that lasts longest, and those whose copy has expired are not")
  func holders() throws {
    let (sources, table) = try HandOutPastTests.sources(60)
    var ledger = HandOutLedger(sources, at: HandOutLedger.time(100))
    _ = ledger.beginPublication(of: table.handOuts, at: HandOutLedger.time(100))
    let slot = slot(of: [a, b], ttl: 60, in: &ledger, table)
    ledger.endPublication(generation: 1)
    let view = HandOutView(
      ledger, { _ in 0 },
      { body in
        body(ClientAddress(ipv4: 0x0A01_0335), slot, 150)
        body(ClientAddress(ipv4: 0x0A01_0335), slot, 140)
        body(ClientAddress(ipv4: 0x0A01_0336), slot, 145)
        body(ClientAddress(ipv4: 0x0A01_0337), slot, 120)
        body(ClientAddress(ipv4: 0x0A01_0338), slot + 1, 160)
        body(ClientAddress(ipv4: 0x0A01_0339), slot, 99)
      }, .addresses)
    let holders = try #require(view.holders(ofNode: "a", limit: 10, at: HandOutLedger.time(180)))
    #expect(holders.first.map(\.name) == ["10.1.3.53", "10.1.3.54"] && holders.count == 2 && !holders.mayBeMore)
    #expect(holders.first[0].expires == HandOutLedger.time(210) && holders.last?.name == "10.1.3.53")
    let cut = try #require(view.holders(ofNode: "a", limit: 1, at: HandOutLedger.time(180)))
    #expect(cut.first.count == 1 && cut.count == 2)
    #expect(view.lastAskers(ofNodes: ["a", "b", "c"]) == ["a": "10.1.3.53", "b": "10.1.3.53"])
  }
}
