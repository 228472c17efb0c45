// Rotation over many queries: every node has its share, whatever the pool's size and whatever befalls it, and every asker
// meets every node, however askers take turns.

import DNS
import Model
import TestSupport
import Testing

@testable import Answering

private func pool(of nodes: Int) -> String {
  var text = "$TTL 1h\n$AUTHORITY ns1.y. ns2.y. contact=h.y.\n"
  for node in 1...nodes { text += "$NODE ex\(node) 192.0.2.\(node) 2001:db8::\(node)\n" }
  text += "$POOL access \((1...nodes).map { "ex\($0)" }.joined(separator: " ")) check=none\n"
  return text + "$ZONE mail.x.\n@ 60 ROTATE access\nother 60 ROTATE access\nm MX 10 mail.x.\n"
}

extension Fixture {
  /// The numbers of the nodes in the answer, in its order; each is its address's last octet.
  fileprivate func nodes(_ query: [UInt8], recordLength: Int = 16) throws -> [Int] {
    let packet = try #require(reply(to: query))
    let count = Int(packet[6]) << 8 | Int(packet[7])
    return (0..<count).map { Int(packet[query.count + ($0 + 1) * recordLength - 1]) }
  }

  /// Asks so often and expects every answer to go on from its first in the order of `nodes`, each node to be first as
  /// often as the others, and the order to move from nearly each answer to the next.
  fileprivate func expectRounds(
    _ times: Int, among nodes: [Int], sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let query = Query("mail.x. A").octets
    var firsts: [Int: Int] = [:]
    var previous: Int?
    var repeats = 0
    for turn in 0..<times {
      let answer = try self.nodes(query)
      let first = try #require(nodes.firstIndex(of: answer.first ?? 0), sourceLocation: sourceLocation)
      let expected = (0..<min(nodes.count, 8)).map { nodes[(first + $0) % nodes.count] }
      try #require(answer == expected, "turn \(turn)", sourceLocation: sourceLocation)
      if first == previous { repeats += 1 }
      previous = first
      firsts[answer[0], default: 0] += 1
    }
    let share = Double(times) / Double(nodes.count)
    for node in nodes {
      #expect(
        abs(Double(firsts[node] ?? 0) - share) <= max(share / 100, 1), "node \(node)", sourceLocation: sourceLocation)
    }
    #expect(nodes.count == 1 || repeats <= times / 7, "\(repeats) repeats", sourceLocation: sourceLocation)
  }
}

/// The rows of so many answers in a row, by the numbers of a counter from `start` on.
private func rows(from start: UInt32, count: Int, of rows: UInt32) -> [UInt32] {
  (0..<UInt32(count)).map { RotationOrder.row(start &+ $0, of: rows) }
}

@Test("A round holds each row once, and two answers one after the other begin alike once in eight times at most")
func rounds() {
  for count in [1, 2, 3, 4, 5, 7, 8, 10, 16, 100, 1024] as [UInt32] {
    let start = 5040 / count * count
    let rows = rows(from: start, count: Int(count) * 2000, of: count)
    for round in 0..<2000 {
      let stretch = rows[round * Int(count)..<(round + 1) * Int(count)]
      #expect(Set(stretch).count == Int(count), "round \(round) of \(count)")
    }
    if count > 1 { #expect(zip(rows, rows.dropFirst()).count { $0 == $1 } * 15 <= rows.count * 2, "\(count) rows") }
  }
}

@Test("The short way for two rows gives what the long way gives; neighbours begin apart, and at the start of a round")
func twoRows() {
  let counters = RotationCounters(count: 200)
  for counter in 0..<200 as Range<UInt32> {
    let start = RotationCounters.start(of: Int(counter))
    for number in start..<start + 40 {
      #expect(
        counters.next(CounterIndex(counter), below: 2) == RotationOrder.row(number, of: 2), "counter \(counter)")
    }
  }
  for count in 2...4 as ClosedRange<UInt32> {
    for counter in 0..<24 {
      #expect(RotationOrder.row(RotationCounters.start(of: counter), of: count) == UInt32(counter) % count)
    }
  }
}

@Test(
  "However many askers take turns, one by one or in bursts, each meets each row, and as often as the others",
  arguments: 2...8 as ClosedRange<UInt32>)
func everyAsker(nodes: UInt32) {
  for (askers, burst) in (1...16).flatMap({ askers in (1...4).map { (askers, $0) } }) {
    let answers = 480
    let all = rows(from: 5040, count: askers * answers, of: nodes)
    for asker in 0..<askers {
      let own = all.indices.filter { $0 / burst % askers == asker }.map { all[$0] }
      for row in 0..<nodes {
        let share = own.count { $0 == row } * Int(nodes)
        #expect(
          (answers / 2...answers * 3 / 2).contains(share),
          "\(nodes) nodes, \(askers) askers, bursts of \(burst): asker \(asker) meets row \(row) \(share / Int(nodes)) times"
        )
        #expect(own.prefix(120).contains(row), "\(nodes) nodes, \(askers) askers, bursts of \(burst)")
      }
    }
  }
}

@Test("Resolvers that ask for A and AAAA in turn each meet each node first in both families", arguments: [2, 3, 4, 6])
func askersOfBothFamilies(nodes: Int) throws {
  for resolvers in 1...4 {
    let fixture = try Fixture(pool(of: nodes))
    var firsts: [[Int: Int]] = Array(repeating: [:], count: resolvers * 2)
    for turn in 0..<120 * resolvers {
      let resolver = turn % resolvers
      firsts[resolver][try fixture.nodes(Query("mail.x. A").octets)[0], default: 0] += 1
      let six = try fixture.nodes(Query("mail.x. AAAA").octets, recordLength: 28)
      firsts[resolvers + resolver][six[0], default: 0] += 1
    }
    for seen in firsts {
      #expect(seen.count == nodes && seen.values.allSatisfy { $0 * nodes >= 60 }, "\(resolvers) resolvers: \(seen)")
    }
  }
}

@Test(
  "Over 10,000 queries every node is first in its turn, eight in an answer at most", arguments: [1, 2, 3, 7, 8, 9, 11])
func fairShares(nodes: Int) throws {
  try Fixture(pool(of: nodes)).expectRounds(10_000, among: Array(1...nodes))
}

@Test("After nodes fail and come back the others go on in turn", arguments: [3, 7, 11])
func poolChanges(nodes: Int) throws {
  let fixture = try Fixture(pool(of: nodes))
  try fixture.expectRounds(1001, among: Array(1...nodes))
  fixture.publish(without: ["ex2"])
  try fixture.expectRounds(10_000, among: Array(1...nodes).filter { $0 != 2 })
  fixture.publish(without: Set((2...nodes).map { "ex\($0)" }))
  try fixture.expectRounds(10, among: [1])
  fixture.publish(without: [])
  try fixture.expectRounds(10_000, among: Array(1...nodes))
}

@Test("Each name and family that uses a pool goes round by itself")
func countersApart() throws {
  let fixture = try Fixture(pool(of: 3))
  let questions = ["mail.x. A", "mail.x. AAAA", "other.mail.x. A"].map {
    (Query($0).octets, $0.hasSuffix("AAAA") ? 28 : 16)
  }
  for _ in 0..<100 {
    var rounds: [Set<Int>] = [[], [], []]
    for _ in 0..<3 {
      for (index, (query, length)) in questions.enumerated() {
        rounds[index].insert(try fixture.nodes(query, recordLength: length)[0])
      }
    }
    #expect(rounds.allSatisfy { $0 == [1, 2, 3] })
  }
}

@Test("A query that gets no addresses moves no turn")
func unansweredQueries() throws {
  let fixture = try Fixture(pool(of: 3))
  let before = try fixture.nodes(Query("mail.x. A").octets)
  for text in ["mail.x. TXT", "no.mail.x. A", "mail.x. AXFR", "mail.x. OPT"] { _ = try fixture.ask(Query(text)) }
  _ = try fixture.ask(Query("mail.x. A").withOptions(version: 1))
  #expect(try fixture.nodes(Query("mail.x. A").octets)[0] == before[1])
}
