// Each kind of answer that hands out a node: which hand-outs its reply is noted with.

import DNS
import TestSupport
import Testing
import ZoneFile

@testable import Answering
@testable import Health
@testable import Policy

private let text = """
  $ORIGIN x.
  $TTL 1h
  $SITE nord 192.0.2.0/24
  $NODE a 10.0.0.1 2001:db8::1 site=nord
  $NODE b 10.0.0.2 2001:db8::2
  $NODE c 10.0.0.3
  $POOL p a b check=none
  $POOL wide a b c check=none answers=1
  $POOL hash a b c check=none order=hash answers=1
  $POOL site a b c check=none prefer=site answers=1
  @ SOA ns h 1 1h 15m 1w 1m
  @ NS ns
  ns A 10.9.0.1
  @ MX 10 mail
  mail 60 ROTATE p
  mail TXT "no address"
  wide 60 ROTATE wide
  hash 60 ROTATE hash
  site 60 ROTATE site
  *.wild 30 ROTATE p
  www CNAME mail
  _imap._tcp SRV 0 1 993 mail
  _imap._tcp SRV 0 1 993 old
  old 90 A 10.0.0.3
  old 90 A 172.16.0.1
  svc HTTPS 1 mail alpn=h2 ipv4hint=10.0.0.3
  branch NS ns.branch
  ns.branch 40 A 10.0.0.2
  other A 10.9.0.2
  """

/// What is published of a zone, and the slots of replies in words.
private final class HandOutScene {
  private(set) var ledger: HandOutLedger
  private let table: ZoneTable
  private var snapshot: AnswerSnapshot
  private var tally = AnswerTally()
  var client = ClientAddress(ipv4: 0xC633_6401)

  init(isFailOpen: Bool = false) throws {
    let result = readConfiguration(files: ["mail.zone"]) { _ throws(LoadFailure) in Array(text.utf8) }
    let configuration = try #require(result.configuration, "\(result.diagnostics.map(\.description))")
    table = ZoneTable.compile(configuration)
    var book = HandOutLedger(HandOutSources(configuration, table), at: MonotonicTime(nanoseconds: 0))
    let fixed = book.beginPublication(of: table.handOuts, at: MonotonicTime(nanoseconds: 0))
    let plan = HealthPlan(configuration)
    var random = SeededGenerator(seed: 1)
    let monitor = HealthMonitor(targets: plan.targets, at: MonotonicTime(nanoseconds: 0), using: &random)
    let slots: AddressRuns.SlotSource = { book.slots(ofRun: $0, for: $1, $2, $3) }
    var runs = plan.runs(for: table.rotations, by: monitor, at: MonotonicTime(nanoseconds: 0), slots: slots) {
      var part = plan.part(
        of: $0, family: $1, by: monitor, PoolHistories(), at: MonotonicTime(nanoseconds: 0))
      part.answer.isFailOpen = isFailOpen
      return part
    }.runs
    runs.fixedSlots = fixed
    ledger = book
    snapshot = AnswerSnapshot(table: table, runs: runs)
  }

  /// `pool p 60: 10.0.0.1 10.0.0.2`, one for each hand-out of the reply.
  func ask(_ question: String, over transport: Transport = .udp, size: Int = 1_232, room: Int? = nil) -> [String] {
    let words = question.split(separator: " ")
    var query: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    for label in words[0].split(separator: ".") where label != "@" { query += [UInt8(label.utf8.count)] + label.utf8 }
    let type = words[1] == "ANY" ? .any : RecordType(mnemonic: String(words[1])) ?? .a
    query += [1, 0x78, 0, UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xFF), 0, 1]
    query += [0, 0, 41, UInt8(size >> 8), UInt8(size & 0xFF), 0, 0, 0, 0, 0, 0]
    let longest = transport == .udp ? 1_232 : 65_535
    var memory = [UInt8](repeating: 0, count: longest + (room ?? HandOutNote.room(over: transport)))
    var span = memory.mutableSpan
    var octets = MutableRawSpan(_elements: &span)
    var received = QueryContext(RawSpan(_elements: query.span), from: client, over: transport)
    var responder = Responder()
    _ = responder.answer(&received, from: snapshot, into: &octets, tally: &tally)
    let slots = (0..<received.handOuts.count).map { received.handOuts.slot($0, in: octets.bytes) }
    let known = ledger.slots(
      with: ["10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1", "2001:db8::2"].compactMap { IPAddress($0) })
    return slots.map { number in
      guard let slot = known[number] else { return "slot \(number)" }
      let source =
        switch slot.source {
        case .pool(let name): "pool \(name)"
        case .records: "records"
        case .hints: "hints"
        }
      return "\(source) \(slot.ttl): " + slot.addresses.map(\.description).joined(separator: " ")
    }
  }
}

@Suite("What a reply hands out")
struct HandOutKindTests {
  @Test(
    "Each kind of answer is noted with the addresses that it has",
    arguments: [
      ("mail A", ["pool p 60: 10.0.0.1 10.0.0.2"]),
      ("mail AAAA", ["pool p 60: 2001:db8::1 2001:db8::2"]),
      ("@ MX", ["pool p 60: 10.0.0.1 10.0.0.2", "pool p 60: 2001:db8::1 2001:db8::2"]),
      (
        "_imap._tcp SRV",
        ["pool p 60: 10.0.0.1 10.0.0.2", "pool p 60: 2001:db8::1 2001:db8::2", "records 90: 10.0.0.3"]
      ),
      ("svc HTTPS", ["pool p 60: 10.0.0.1 10.0.0.2", "pool p 60: 2001:db8::1 2001:db8::2"]),
      ("h.branch A", ["records 40: 10.0.0.2"]),
      ("any.wild A", ["pool p 30: 10.0.0.1 10.0.0.2"]),
      ("www A", ["pool p 60: 10.0.0.1 10.0.0.2"]),
      ("old A", ["records 90: 10.0.0.3"]),
    ])
  func kinds(question: String, handOuts: [String]) throws {
    #expect(try HandOutScene().ask(question) == handOuts)
  }

  @Test(
    "An answer without a node's address is noted with nothing", arguments: ["other A", "mail TXT", "nope A", "@ NS"])
  func nobody(question: String) throws { #expect(try HandOutScene().ask(question).isEmpty) }

  @Test("Where rows differ in members, the row that was answered counts and no other")
  func rows() throws {
    let scene = try HandOutScene()
    let answered = Set((0..<60).flatMap { _ in scene.ask("wide A") })
    #expect(answered == ["pool wide 60: 10.0.0.1", "pool wide 60: 10.0.0.2", "pool wide 60: 10.0.0.3"])
    let hashed = Set((0..<20).flatMap { _ in scene.ask("hash A") })
    #expect(
      hashed.count == 1
        && hashed.isSubset(of: ["pool hash 60: 10.0.0.1", "pool hash 60: 10.0.0.2", "pool hash 60: 10.0.0.3"]))
    scene.client = ClientAddress(ipv4: 0xC000_0205)
    #expect(Set((0..<20).flatMap { _ in scene.ask("site A") }) == ["pool site 60: 10.0.0.1"])
  }

  @Test("Fail-open answers, and ANY over TCP, are noted with what they have")
  func uncommon() throws {
    #expect(try HandOutScene(isFailOpen: true).ask("mail A") == ["pool p 60: 10.0.0.1 10.0.0.2"])
    #expect(
      try HandOutScene().ask("mail ANY", over: .tcp)
        == ["pool p 60: 10.0.0.1 10.0.0.2", "pool p 60: 2001:db8::1 2001:db8::2"])
  }

  @Test("Without room behind the reply, a third hand-out counts as one of every node")
  func withoutRoom() throws {
    #expect(try HandOutScene().ask("_imap._tcp SRV", room: 0) == ["slot 1"])
  }
}
