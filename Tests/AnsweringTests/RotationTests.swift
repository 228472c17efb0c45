// Rotation over many queries: every node has its share, whatever the pool's size and whatever befalls it.

import DNS
import Testing

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

  /// Asks so often and expects the answers to go round among `nodes`, each one step further.
  fileprivate func expectRounds(
    _ times: Int, among nodes: [Int], sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let query = Query("mail.x. A").octets
    var firsts: [Int: Int] = [:]
    var previous: Int?
    for turn in 0..<times {
      let answer = try self.nodes(query)
      let first = try #require(nodes.firstIndex(of: answer.first ?? 0), sourceLocation: sourceLocation)
      let expected = (0..<min(nodes.count, 8)).map { nodes[(first + $0) % nodes.count] }
      try #require(answer == expected, "turn \(turn)", sourceLocation: sourceLocation)
      if let previous {
        try #require(first == (previous + 1) % nodes.count, "turn \(turn)", sourceLocation: sourceLocation)
      }
      previous = first
      firsts[answer[0], default: 0] += 1
    }
    let share = Double(times) / Double(nodes.count)
    for node in nodes {
      #expect(abs(Double(firsts[node] ?? 0) - share) <= share / 100, "node \(node)", sourceLocation: sourceLocation)
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
  var previous: [Int?] = [nil, nil, nil]
  for _ in 0..<300 {
    for (index, (query, length)) in questions.enumerated() {
      let first = try fixture.nodes(query, recordLength: length)[0]
      if let before = previous[index] { try #require(first == before % 3 + 1) }
      previous[index] = first
    }
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
