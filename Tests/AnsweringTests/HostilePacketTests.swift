// Whatever comes in: no trap, no reply beyond its limit, and every reply reads well.

import Answering
import DNS
import TestSupport
import Testing

private let house = """
  $ORIGIN z.
  $TTL 1h
  $NODE ex1 192.0.2.11 2001:db8:1::11
  $NODE ex2 192.0.2.12
  $POOL access ex1 ex2 check=none
  @ SOA ns.o. h.o. 1 1h 15m 1w 1m
  @ NS ns.o.
  @ NS ns.a
  ns.a A 192.0.2.1
  a 60 ROTATE access
  a MX 10 a
  a MX 20 b.a
  b.a AAAA 2001:db8::1
  *.b CNAME b.c
  b.c CNAME a.b
  *.c TXT \(String(repeating: "\"" + String(repeating: "t", count: 250) + "\" ", count: 7))
  z NS ns.z
  ns.z A 192.0.2.2
  a.a.a CNAME a
  b.b.b SRV 0 0 1 a
  $ORIGIN c.a.z.
  @ SOA ns.o. h.o. 1 1h 15m 1w 1m
  @ NS ns.o.
  * A 192.0.2.3
  """

/// Expects of a reply what holds whatever was asked.
private func expectSane(_ fixture: Fixture, _ query: [UInt8], over transport: Transport, seed: UInt64) {
  let note: Comment = "seed \(seed), \(transport): \(hexadecimal(query[...]))"
  guard let reply = fixture.reply(to: query, over: transport) else {
    #expect(query.count < 12 || query[2] & 0x80 != 0, note)
    return
  }
  guard query.count >= 12, query[2] & 0x80 == 0 else {
    Issue.record("a reply where none is due; \(note)")
    return
  }
  let message: Message
  do {
    message = try Message(reply)
  } catch {
    Issue.record("\(error); \(note)")
    return
  }
  #expect(reply[0...1] == query[0...1], note)
  #expect(reply[2] & 0x80 != 0, note)
  // Opcode and RD, and of the second octet CD and RCODE only.
  #expect(reply[2] & 0x79 == query[2] & 0x79 && reply[3] & 0x10 == query[3] & 0x10 && reply[3] & 0xE0 == 0, note)
  if message.questions.isEmpty {
    // The header alone, with OPT and TSIG at most; NOTAUTH if the TSIG is no good.
    let records = message.additionals.filter { $0.type != "TSIG" } + message.answers + message.authorities
    #expect([1, 4, 9].contains(message.code) && records.isEmpty, note)
  } else {
    let end = 12 + wireName(message.questions[0].split(separator: " ").first.map(String.init) ?? "").count + 4
    #expect(reply[12..<end] == query[12..<end], note)
  }
  let limit = transport == .tcp ? 65_535 : message.options == nil ? 512 : 1232
  #expect(reply.count <= limit, note)
  if message.isTruncated {
    #expect(
      transport == .udp && message.answers.isEmpty && message.authorities.isEmpty && message.additionals.isEmpty, note)
  }
  if ![0, 3].contains(message.code) { #expect(message.answers.isEmpty && !message.isAuthoritative, note) }
  #expect(Set(message.answers).count == message.answers.count, note)
  #expect(Set(message.additionals).count == message.additionals.count, note)
}

@Test("Random queries, right and mutated, get replies that read well", arguments: 0..<8 as Range<UInt64>)
func randomQueries(round: UInt64) throws {
  let fixture = try Fixture(house)
  for seed in round * 2500..<round * 2500 + 2500 {
    var random = SeededGenerator(seed: seed)
    var query = RandomQuery.octets(&random)
    expectSane(fixture, query, over: .udp, seed: seed)
    expectSane(fixture, query, over: .tcp, seed: seed)
    for _ in 0..<Int.random(in: 1...3, using: &random) { RandomQuery.mutate(&query, &random) }
    expectSane(fixture, query, over: random.chance(0.5) ? .udp : .tcp, seed: seed)
  }
  // The zone is made so that random names meet all it has.
  #expect(fixture.counts.truncated > 0 && fixture.counts.referrals > 0 && fixture.counts.optionErrors > 0)
  for code in [ResponseCode.noError, .formatError, .nameError, .notImplemented, .refused, .badVersion] {
    #expect(fixture.counts.responses(code) > 0)
  }
}

@Test("Random octets get silence or a reply that reads well", arguments: 0..<8 as Range<UInt64>)
func randomOctets(round: UInt64) throws {
  let fixture = try Fixture(house)
  for seed in round * 1500..<round * 1500 + 1500 {
    var random = SeededGenerator(seed: seed)
    var octets = (0..<Int.random(in: 0...100, using: &random)).map { _ in
      UInt8.random(in: .min ... .max, using: &random)
    }
    expectSane(fixture, octets, over: .udp, seed: seed)
    if octets.count >= 12 { octets.replaceSubrange(2..<12, with: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) }
    expectSane(fixture, octets, over: .tcp, seed: seed)
  }
}
