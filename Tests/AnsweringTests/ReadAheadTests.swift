// Reading ahead in a big table: it changes no answer, whatever is asked.

import Answering
import DNS
import TestSupport
import Testing

/// A zone with more names than are read one after the other, and what random queries ask for among them.
private let bigZone =
  """
  $ORIGIN z.
  $TTL 60
  $NODE n 192.0.2.1
  $NODE m 192.0.2.2
  $POOL p n m check=none
  @ SOA ns h 1 7200 900 1209600 60
  @ NS ns
  ns A 192.0.2.53
  a ROTATE p
  b.a A 192.0.2.3
  b.a A 192.0.2.4
  c CNAME a
  *.c.b MX 10 a
  cut NS ns.cut
  ns.cut A 192.0.2.54

  """ + (0..<6_000).map { "host\($0) A 192.0.2.\($0 % 250)\nhost\($0) A 198.51.100.1\n" }.joined()

@Test("What is read ahead for a batch, any queries at all, changes no answer", arguments: 0..<4 as Range<UInt64>)
func readAheadChangesNothing(seed: UInt64) throws {
  var random = SeededGenerator(seed: seed)
  let (one, other) = (try Fixture(bigZone), try Fixture(bigZone))
  let small = try Fixture("$ORIGIN x.\n@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns.y.")
  #expect(one.table.isBig && !small.table.isBig)
  var ahead = ReadAhead()
  for _ in 0..<20 {
    // More than it follows in one batch.
    let batch = (0..<70).map { _ in
      random.chance(0.5)
        ? RandomQuery.octets(&random) : Query("host\(Int.random(in: 0..<7_000, using: &random)).z. A").octets
    }
    ahead.begin()
    for query in batch {
      // Cut short, as a rule not at all.
      let octets = Array(query.prefix(Int.random(in: 0...600, using: &random)))
      let message = octets.span.octets
      ahead.add(message, in: one.snapshot)
    }
    ahead.fetch(from: one.snapshot)
    for query in batch { #expect(one.reply(to: query) == other.reply(to: query), "seed \(seed)") }
  }
}
