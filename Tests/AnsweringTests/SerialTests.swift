// Serials that change while the table stays: each SOA carries the one that is in force, and nothing else changes.

import DNS
import TestSupport
import Testing
import ZoneFile

@testable import Answering

private let text = """
  $TTL 1h
  $NODE ex1 192.0.2.1
  $NODE ex2 192.0.2.2
  $POOL access ex1 ex2 check=none
  $ORIGIN a.x.
  @ SOA ns.y. h.y. 7 1h 15m 1w 1m
  @ NS ns.y.
  mail ROTATE access
  $ORIGIN b.x.
  @ SOA ns.y. h.y. 9 1h 15m 1w 1m
  @ NS ns.y.
  """

extension Fixture {
  /// The last 20 octets of the only SOA in a reply: serial, refresh, retry, expire, minimum.
  fileprivate func numbers(_ question: String) throws -> [UInt8] {
    let query = Query(question).octets
    return Array(try #require(reply(to: query)).suffix(20))
  }
}

@Test("A new serial is in answers and in negative answers of its zone, and the rotation goes on in its turn")
func overlaidSerials() throws {
  let fixture = try Fixture(text)
  let rest: [UInt8] = [0, 0, 0x0E, 0x10, 0, 0, 0x03, 0x84, 0, 0x09, 0x3A, 0x80, 0, 0, 0, 60]
  #expect(try fixture.numbers("a.x. SOA") == [0, 0, 0, 7] + rest)
  let first = try #require(fixture.reply(to: Query("mail.a.x. A").octets))
  fixture.publish(table: fixture.table.withSerials([0x0102_0304, 9]))
  #expect(try fixture.numbers("a.x. SOA") == [1, 2, 3, 4] + rest)
  #expect(try fixture.numbers("no.a.x. A") == [1, 2, 3, 4] + rest)
  #expect(try fixture.numbers("mail.a.x. TXT") == [1, 2, 3, 4] + rest)
  #expect(try fixture.numbers("b.x. SOA") == [0, 0, 0, 9] + rest)
  #expect(try fixture.numbers("no.b.x. A") == [0, 0, 0, 9] + rest)
  let second = try #require(fixture.reply(to: Query("mail.a.x. A").octets))
  #expect(first.suffix(16) != second.suffix(16))
}
