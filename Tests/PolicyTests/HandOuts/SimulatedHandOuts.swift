// Workers, control thread and clients of a ledger in virtual time, with a complete record of every reply beside it.
//
//   control: publish, settle, ask ─┐                              ┌─ record: every reply sent, read by a client's reader
//   workers: begin, adopt, answer, send, mark, end ─ in any order ┴─ ledger: what it announces must fit the record

import DNS
import Model
import TestSupport
import Testing
import ZoneFile

@testable import Answering
@testable import Health
@testable import Policy

/// One process and its clients.
struct SimulatedHandOuts {
  /// A reply on its way.
  struct Reply {
    var slots: [UInt32]
    var octets: [UInt8]
  }

  /// A worker, which can be stopped between any two of its steps.
  struct Worker {
    enum Step { case idle, begun, adopted, answered, sent, marked }

    var step = Step.idle
    /// What it has adopted.
    var adopted: UInt64
    var snapshot: AnswerSnapshot
    /// What control can read: the generation in use, 0 for none.
    var inUse: UInt64 = 0
    var batch: [Reply] = []
    /// Replies that the kernel has, in the order in which it took them.
    var taken: [(reply: Reply, at: Int64)] = []
    var marks: [UInt32: UInt64] = [:]
    var tally = AnswerTally()
  }

  /// All that is known of an address, by the record.
  struct Truth {
    /// When the last copy expires at the earliest and at the latest, in nanoseconds: a reply was sent before the clock was
    /// read for its mark.
    var expires: Int64 = 0
    var notedExpires: Int64 = 0
    var lastSent: Int64 = 0
  }

  var random: SeededGenerator
  var now: Int64 = 5_000_000_000
  let texts: [String]
  var configuration: Configuration
  var table: ZoneTable
  var sources: HandOutSources
  var ledger: HandOutLedger
  var generation: UInt64 = 1
  var snapshot: AnswerSnapshot
  var workers: [Worker] = []
  /// What was laid out last.
  private var answers: [RotationKey: RotationAnswer] = [:]
  var truth: [IPAddress: Truth] = [:]
  /// The latest time that was announced for a node that has been out since.
  var announced: [String: Int64] = [:]
  var out: Set<String> = []
  let started: Int64
  var replies = 0
  var questions = 0
  var announcements = 0

  static let names = [
    "mail", "one", "wide", "near", "hashed", "old", "some.wild", "x.static", "www", "alias", "far", "svc", "@",
    "branch",
    "h.branch", "nope", "_imap._tcp", "many", "both",
  ]
  static let types: [RecordType] = [.a, .aaaa, .mx, .srv, .ns, .any, .https, .txt, .cname]

  init(seed: UInt64, texts: [String], workers count: Int) throws {
    random = SeededGenerator(seed: seed)
    self.texts = texts
    let (configuration, table, sources) = try SimulatedHandOuts.load(texts[0])
    (self.configuration, self.table, self.sources) = (configuration, table, sources)
    started = 5_000_000_000
    ledger = HandOutLedger(sources, at: MonotonicTime(nanoseconds: started))
    snapshot = AnswerSnapshot(table: table, runs: AddressRuns(for: table.rotations) { _ in [] })
    layOut()
    workers = (0..<count).map { _ in Worker(adopted: generation, snapshot: snapshot) }
    ledger.endPublication(generation: generation)
  }

  static func load(_ text: String) throws -> (Configuration, ZoneTable, HandOutSources) {
    let result = readConfiguration(files: ["mail.zone"]) { _ throws(LoadFailure) in Array(text.utf8) }
    let configuration = try #require(result.configuration, "\(result.diagnostics.map(\.description))")
    let table = ZoneTable.compile(configuration)
    return (configuration, table, HandOutSources(configuration, table))
  }

  // MARK: Control

  /// Makes what is published next.
  mutating func layOut() {
    var book = ledger
    let fixed = book.beginPublication(of: table.handOuts, at: MonotonicTime(nanoseconds: now))
    let former = answers
    answers = [:]
    for key in table.rotations {
      // Most pools stay as they are from one publication to the next.
      if let same = former[key], !same.isFailOpen, !hasNodeOut(same), random.chance(0.6) {
        answers[key] = same
      } else {
        answers[key] = answer(for: key)
      }
    }
    let answers = answers
    var runs = AddressRuns(
      for: table.rotations, slots: { book.slots(ofRun: $0, for: $1, $2, $3) },
      answer: { answers[$0] ?? RotationAnswer([], ttl: $0.ttl) })
    runs.fixedSlots = fixed
    ledger = book
    snapshot = AnswerSnapshot(table: table, runs: runs)
  }

  private func hasNodeOut(_ answer: RotationAnswer) -> Bool {
    out.contains { node in sources.nodes[node]?.contains { answer.addresses.contains($0) } ?? false }
  }

  /// Any answer that policies can give: a part of the nodes that are not out, in any order, or with too few of them any.
  private mutating func answer(for key: RotationKey) -> RotationAnswer {
    let nodes = configuration.pools[key.pool].allNodes.map { configuration.nodes[$0] }
    let all = nodes.filter { !out.contains($0.name) }.flatMap(\.addresses).filter { $0.family == key.family }
    var addresses = all.filter { _ in random.chance(0.7) }
    var isFailOpen = false
    if addresses.isEmpty, random.chance(0.03) {
      addresses = nodes.flatMap(\.addresses).filter { $0.family == key.family }
      isFailOpen = true
    }
    var answer = RotationAnswer(
      addresses, ttl: random.chance(0.2) ? min(key.ttl, 5) : key.ttl, most: Int.random(in: 1...8, using: &random))
    answer.isFailOpen = isFailOpen
    guard addresses.count > 1 else { return answer }
    let width = Int.random(in: 1...min(8, addresses.count), using: &random)
    let pick: RowPick = random.chance(0.5) ? .counter : .asker
    switch Int.random(in: 0..<4, using: &random) {
    case 0: answer.orders = .rows(rows(of: addresses.count, width, pick))
    case 1:
      answer.orders = .bySite((0...configuration.sites.count).map { _ in rows(of: addresses.count, width, pick) })
    default: break
    }
    return answer
  }

  private mutating func rows(of count: Int, _ width: Int, _ pick: RowPick) -> AnswerRows {
    let rows = Int.random(in: 1...6, using: &random)
    return AnswerRows(
      (0..<rows).flatMap { _ in Array((0..<UInt16(count)).shuffled(using: &random).prefix(width)) }, width: width,
      pick: pick)
  }

  mutating func publish() {
    layOut()
    generation += 1
    ledger.endPublication(generation: generation)
    // What is in the answers again is announced for no more.
    for node in announced.keys where !isOut(node) { announced[node] = nil }
  }

  /// Whether nothing that is published has an address of the node, as the ledger sees it.
  private func isOut(_ node: String) -> Bool {
    if case .servedStill = ledger.quiet(of: sources.nodes[node] ?? [], marks: marks, at: time).standing { return false }
    return true
  }

  mutating func reload() throws {
    (configuration, table, sources) = try SimulatedHandOuts.load(random.pick(texts))
    ledger.follow(sources, at: time)
    answers = [:]
    out = out.filter { sources.nodes[$0] != nil }
    publish()
  }

  var time: MonotonicTime { MonotonicTime(nanoseconds: now) }

  func marks(_ slot: UInt32) -> UInt64 { workers.reduce(0) { max($0, $1.marks[slot] ?? 0) } }

  mutating func settle() {
    let passed = workers.map { $0.inUse == 0 ? .max : $0.inUse }.min() ?? .max
    ledger.settle(passed: passed, marks: marks, at: time)
  }

  /// Asks the ledger about a node and compares what it says with the record.
  mutating func ask(_ node: String) {
    questions += 1
    let addresses = sources.nodes[node] ?? []
    let quiet = ledger.quiet(of: addresses, marks: marks, at: time)
    let expires = addresses.map { truth[$0]?.expires ?? 0 }.max() ?? 0
    let noted = addresses.map { truth[$0]?.notedExpires ?? 0 }.max() ?? 0
    let end: Int64
    switch quiet.standing {
    case .unknown, .servedStill, .settling, .heldBySecondaries: return
    case .notYet(let at):
      end = at.nanoseconds
      #expect(now < end, "\(node) is quiet by its time, but is said not to be")
    case .quiet(let since):
      end = since.nanoseconds
      #expect(end <= now)
    }
    announcements += 1
    #expect(end >= expires, "\(node): announced \(end), but a copy lasts until \(expires)")
    // Nobody notes when address hints are answered, so those of n5 count as handed out while they are there.
    if !quiet.isByStart, quiet.lastHandedOut != nil, node != "n5" {
      #expect(end <= noted + 1_000_000, "\(node): announced \(end), the last copy is gone at \(noted)")
    }
    if let earlier = announced[node] { #expect(end <= earlier, "\(node): first announced \(earlier), then \(end)") }
    announced[node] = end
  }

  // MARK: Workers

  mutating func step(_ number: Int) throws {
    switch workers[number].step {
    case .idle:
      workers[number].inUse = workers[number].adopted
      workers[number].step = .begun
    case .begun:
      if workers[number].adopted != generation {
        workers[number].adopted = generation
        workers[number].snapshot = snapshot
      }
      workers[number].step = .adopted
    case .adopted:
      for _ in 0..<Int.random(in: 1...4, using: &random) { answer(by: number) }
      workers[number].step = .answered
    case .answered:
      for reply in workers[number].batch where !random.chance(0.1) {
        workers[number].taken.append((reply, now))
        try record(reply)
      }
      workers[number].batch = []
      workers[number].step = .sent
    case .sent:
      let mark = UInt64(now / 1_000_000 + 1)
      for (reply, _) in workers[number].taken {
        for slot in reply.slots { workers[number].marks[slot] = mark }
        try record(reply, notedAt: now)
      }
      workers[number].taken = []
      workers[number].step = .marked
    case .marked:
      workers[number].inUse = 0
      workers[number].step = .idle
    }
  }

  private mutating func answer(by number: Int) {
    let transport: Transport = random.chance(0.2) ? .tcp : .udp
    let name = random.pick(SimulatedHandOuts.names)
    let type = random.pick(SimulatedHandOuts.types + [.a, .a, .a])
    var query: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.split(separator: ".") where label != "@" { query += [UInt8(label.utf8.count)] + label.utf8 }
    query += [1, 0x78, 0, UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xFF), 0, 1]
    if random.chance(0.5) {
      query[11] = 1
      query += [0, 0, 41, random.pick([2, 4]), 0xD0, 0, 0, 0, 0, 0, 0]
    }
    let longest = transport == .udp ? 1_232 : 65_535
    var room = [UInt8](repeating: 0, count: longest + HandOutNote.room(over: transport))
    var span = room.mutableSpan
    var octets = MutableRawSpan(_elements: &span)
    let client = ClientAddress(ipv4: 0xC000_0200 + UInt32.random(in: 0..<64, using: &random))
    var received = QueryContext(RawSpan(_elements: query.span), from: client, over: transport)
    var responder = Responder()
    let length = responder.answer(
      &received, from: workers[number].snapshot, into: &octets, tally: &workers[number].tally)
    let slots = (0..<received.handOuts.count).map { received.handOuts.slot($0, in: octets.bytes) }
    // Some are held back by the rate limit.
    guard length > 0, !random.chance(0.1) else { return }
    workers[number].batch.append(Reply(slots: slots, octets: Array(room[..<length])))
  }

  /// Enters a reply that has left; `notedAt` when its mark was made.
  private mutating func record(_ reply: Reply, notedAt: Int64? = nil) throws {
    let message = try ReceivedMessage(reply.octets)
    if notedAt == nil { replies += 1 }
    for record in message.answers + message.authority + message.additional
    where record.type == .a || record.type == .aaaa {
      let address = try #require(IPAddress(octets: Array(reply.octets[record.data])))
      // A cache may use it to the end of a second.
      let life = (Int64(record.ttl) + 1) * 1_000_000_000
      guard notedAt == nil else {
        truth[address, default: Truth()].notedExpires = max(truth[address]?.notedExpires ?? 0, now + life)
        continue
      }
      truth[address, default: Truth()].expires = max(truth[address]?.expires ?? 0, now + life)
      truth[address]?.lastSent = now
      for (node, end) in announced where sources.nodes[node]?.contains(address) ?? false {
        #expect(now + life <= end, "\(node) was announced quiet at \(end), and is handed out until \(now + life)")
      }
    }
  }
}
