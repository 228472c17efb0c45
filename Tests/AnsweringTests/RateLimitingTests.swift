// Replies beyond the rate: what goes out in their place, and to whom nothing changes.

import DNS
import TestSupport
import Testing

@testable import Answering

private let house = """
  $ORIGIN x.
  $TTL 1h
  @ SOA ns.y. h.y. 1 1h 15m 1w 1m
  @ NS ns.y.
  @ NS ns.z.
  www A 192.0.2.1
  cut NS ns.y.
  *.wild A 192.0.2.2
  \((0..<40).map { "n\($0) A 192.0.2.3" }.joined(separator: "\n"))
  """

/// A server that sends one answer a second.
private final class LimitedServer {
  let snapshot: AnswerSnapshot
  var tally = AnswerTally()
  private var responder = Responder()
  private var limiter: RateLimiter

  init(slip: UInt32, identifier: String = "") throws {
    let secrets = CookieSecrets(current: SipHash.Key(1, 2))
    snapshot = AnswerSnapshot(
      table: ZoneTable.compile(try configuration(house)), runs: AddressRuns(for: []) { _ in [] },
      settings: AnswerSettings(cookieSecrets: secrets, identifier: Array(identifier.utf8)))
    limiter = RateLimiter(RateLimits(rate: 1, window: 1, slip: slip), key: SipHash.Key(3, 4), now: 0)
  }

  func reply(_ query: Query) -> [UInt8]? {
    let octets = query.octets
    var room = [UInt8](repeating: 0, count: 1232)
    var span = room.mutableSpan
    var reply = MutableRawSpan(_elements: &span)
    var query = QueryContext(octets.span.octets, from: ClientAddress(ipv4: 0xC000_0201), over: .udp)
    let length = responder.answer(&query, from: snapshot, into: &reply, tally: &tally)
    let limited = responder.limit(
      length, answering: query, from: snapshot, into: &reply, by: &limiter, at: 0, tally: &tally)
    return limited == 0 ? nil : Array(room[..<limited])
  }

  func text(_ query: Query) throws -> [String]? { try reply(query).map { try Message($0).text } }
}

@Test("The first answer goes out whole; the next ones are silence, or TC with question and OPT alone")
func heldBack() throws {
  let www = Query("www.x. A")
  let silent = try LimitedServer(slip: 0)
  #expect(try silent.text(www) == ["NOERROR qr aa rd", "answer www.x. 3600 IN A 192.0.2.1"])
  #expect(silent.reply(www) == nil)
  #expect(silent.tally.responses(.noError) == 1 && silent.tally.limitedDropped == 1)
  let slipping = try LimitedServer(slip: 1)
  _ = slipping.reply(www)
  #expect(try slipping.text(www) == ["NOERROR qr tc rd"])
  #expect(try slipping.text(www.withOptions()) == ["NOERROR qr tc rd", "opt 1232"])
  #expect(slipping.tally.responses(.noError) == 3 && slipping.tally.limitedSlipped == 2)
  #expect(slipping.tally.truncated == 2)
}

@Test("RFC 7873 §5.2.3: a client with an old cookie gets BADCOOKIE and a good one, with which it is not limited")
func cookieExempts() throws {
  let server = try LimitedServer(slip: 1)
  let asking = Query("www.x. A").withOptions(data: bigEndian(10, 24) + Array(1...24))
  _ = server.reply(asking)
  let packet = try #require(server.reply(asking))
  #expect(try Message(packet).text == ["BADCOOKIE qr rd", "opt 1232"])
  #expect(server.tally.responses(.badCookie) == 1)
  let proving = Query("www.x. A").withOptions(data: Array(packet.suffix(28)))
  for _ in 0..<20 { #expect(try server.text(proving)?.first == "NOERROR qr aa rd") }
}

@Test("A client's first cookie has no room for ours: the reply is TC, and no longer than the query")
func firstCookie() throws {
  let server = try LimitedServer(slip: 1)
  let asking = Query("www.x. A").withOptions(data: bigEndian(10, 8) + Array(1...8))
  _ = server.reply(asking)
  let packet = try #require(server.reply(asking))
  #expect(try Message(packet).text == ["NOERROR qr tc rd", "opt 1232"])
  // Another option, whatever it is, makes room.
  let roomy = Query("www.x. A").withOptions(
    data: bigEndian(10, 8) + Array(1...8) + bigEndian(12, 16) + [UInt8](repeating: 0, count: 16))
  #expect(try server.text(roomy)?.first == "BADCOOKIE qr rd")
}

@Test("Whatever is asked, a limited reply is no longer than its query", arguments: 0..<8 as Range<UInt64>)
func neverLonger(round: UInt64) throws {
  let server = try LimitedServer(slip: 1, identifier: "a server with a long name of its own")
  let names = [
    "www.x. A", "www.x. ANY", "none.x. A", "cut.x. A", "a.wild.x. TXT", "y. A", "x. AXFR", "x. 250", "x. 41",
  ]
  for name in names { while server.reply(Query(name)).map({ $0[2] & 2 == 0 }) ?? false {} }
  var (limited, badCookies) = (0, 0)
  for seed in round * 500..<round * 500 + 500 {
    var generator = SeededGenerator(seed: seed)
    var options: [UInt8] = []
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: options += bigEndian(10, 8) + generator.octets(8)
      case 1: options += bigEndian(10, 24) + generator.octets(24)
      case 2: options += bigEndian(3, 0)
      case 3: options += bigEndian(8, 7, 1, 24 << 8) + [192, 0, 2]
      case 4: options += bigEndian(12, 30) + [UInt8](repeating: 0, count: 30)
      default: options += bigEndian(11, 0)
      }
    }
    var query = Query(names[Int(generator.next() % UInt64(names.count))])
    if seed % 5 != 0 { query = query.withOptions(version: seed % 17 == 0 ? 1 : 0, data: options) }
    if seed % 7 == 0 {
      query.records += wireName("key.") + bigEndian(250, 255, 0, 0, 61) + wireName("hmac-sha256.")
      query.records += bigEndian(0, 0, 1000, 300, 32) + generator.octets(32) + bigEndian(0x1234, 0, 0)
      query.additionalCount += 1
    }
    let reply = server.reply(query)
    #expect((reply?.count ?? 0) <= query.octets.count, "seed \(seed)")
    if let reply {
      limited += 1
      #expect(reply[7] == 0 && reply[9] == 0, "seed \(seed): records")
      _ = try Message(reply)
      if reply[2] & 2 == 0 { badCookies += 1 }
    }
  }
  #expect(limited > 300 && badCookies > 20)
}

@Test("A source that asks for many names is limited over all of them, and slips as any other")
func manyNames() throws {
  let server = try LimitedServer(slip: 2)
  // One answer of each name, and five of all.
  var outcomes: [Bool?] = []
  for number in 0..<40 { outcomes.append(server.reply(Query("n\(number).x. A")).map { $0[2] & 2 == 0 }) }
  #expect(outcomes.count { $0 == true } == 5)
  #expect(outcomes.count { $0 == false } == 17 && outcomes.count { $0 == nil } == 18)
}

@Test(
  "Names that cost nothing to vary share a rate",
  arguments: [
    ["a.x. A", "b.x. A"], ["www.x. AAAA", "www.x. TXT"], ["a.cut.x. A", "b.c.cut.x. A"],
    ["a.wild.x. A", "b.wild.x. A"],
    ["a.elsewhere. A", "b.other. A"],
  ])
func sharedRates(texts: [String]) throws {
  let server = try LimitedServer(slip: 0)
  #expect(server.reply(Query(texts[0])) != nil)
  #expect(server.reply(Query("www.x. A")) != nil)
  #expect(server.reply(Query(texts[1])) == nil)
}

@Test("What has no question is counted too, and never answered twice over the rate")
func errorsLimited() throws {
  let server = try LimitedServer(slip: 1)
  let broken = Query("www.x. A").with { $0.questionCount = 2 }
  #expect(server.reply(broken) != nil)
  #expect(server.reply(broken) == nil)
  #expect(try server.text(Query("www.y. A").withOptions(version: 1)) == ["NOERROR qr tc rd", "opt 1232"])
  #expect(server.tally.responses(.formatError) == 1 && server.tally.responses(.badVersion) == 0)
}
