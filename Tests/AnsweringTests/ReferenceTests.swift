// Random zones and questions: the answer path against the reference resolver.

import Answering
import DNS
import TestSupport
import Testing

private let types = ["A", "AAAA", "NS", "CNAME", "SOA", "MX", "TXT", "SRV", "DNAME", "DS", "ANY"]

/// The names worth asking for: those of the zones, their neighbours and names outside.
private func names(_ random: inout SeededGenerator) -> [String] {
  var names = [".", "www.o.", "y."]
  for apex in ["z.", "z.", "b.z.", "a.c.z.", "c.b.z.", "y."] {
    for _ in 0..<4 { names.append(RandomZone.name(&random, below: apex, depth: 0...3)) }
  }
  return names
}

private func sorted(_ records: [ResourceRecord]) -> [String] { records.map { $0.text.lowercased() }.sorted() }

private func sorted(_ records: [String]) -> [String] { records.map { $0.lowercased() }.sorted() }

/// Compares the replies over TCP and UDP with what the resolver says.
private func compare(_ fixture: Fixture, _ resolver: ReferenceResolver, _ name: String, _ type: String) throws
  -> String?
{
  let query = Query("\(name) \(type)")
  let expected = resolver.answer(try #require(DomainName(name)), type)
  let packet = try #require(fixture.reply(to: query.octets, over: .tcp))
  let whole = try Message(packet)
  guard whole.codeText == expected.code, whole.isAuthoritative == expected.isAuthoritative, !whole.isTruncated,
    sorted(whole.answers) == sorted(expected.answers), sorted(whole.authorities) == sorted(expected.authorities),
    sorted(whole.additionals) == sorted(expected.additionals)
  else { return "over TCP \(whole.text), expected \(expected)" }

  let short = try fixture.ask(query)
  if short.isTruncated {
    let isRight = packet.count > 512 && short.text.count == 1 && short.isAuthoritative == expected.isAuthoritative
    return isRight ? nil : "over UDP \(short.text), expected \(expected)"
  }
  let additionals = Set(sorted(short.additionals))
  guard short.codeText == expected.code, short.isAuthoritative == expected.isAuthoritative,
    sorted(short.authorities) == sorted(expected.authorities),
    additionals.isSubset(of: sorted(expected.additionals)), additionals.isSuperset(of: sorted(expected.mandatory))
  else { return "over UDP \(short.text), expected \(expected)" }
  if type == "ANY" {
    // One set of those there are, whole (RFC 8482 §4.1); a DNAME leads to them first.
    let last = whole.answers.last?.owner
    let chosen = Set(short.answers.filter { $0.owner == last }.map(\.type))
    let sets = whole.answers.filter { $0.owner != last || chosen.contains($0.type) }
    guard chosen.count == min(1, whole.answers.count), sorted(short.answers) == sorted(sets) else {
      return "over UDP \(short.text), expected one set of \(expected)"
    }
  } else if sorted(short.answers) != sorted(expected.answers) {
    return "over UDP \(short.text), expected \(expected)"
  }
  return nil
}

@Test("RFC 1034 §4.3.2: random zones answer as the reference resolver does", arguments: 0..<8 as Range<UInt64>)
func randomZones(round: UInt64) throws {
  var readable = 0
  var kinds: [String: Int] = [:]
  for seed in round * 40..<round * 40 + 40 {
    var random = SeededGenerator(seed: seed)
    let text = RandomZone.text(&random)
    // Some break a rule of the zone file, such as a name server without address.
    guard let fixture = try? Fixture(text) else { continue }
    readable += 1
    #expect(fixture.table.checkInvariants() && fixture.snapshot.runs.checkInvariants(), "seed \(seed)")
    let resolver = ReferenceResolver(fixture.configuration)
    for name in names(&random).map({ random.chance(0.5) ? $0 : $0.uppercased() }) {
      for type in types {
        let failure = try compare(fixture, resolver, name, type)
        try #require(failure == nil, "seed \(seed), \(name) \(type): \(failure ?? "")\n\(text)")
      }
      let expected = resolver.answer(try #require(DomainName(name)), "A")
      kinds[expected.code + (expected.isAuthoritative ? "" : " referral"), default: 0] += 1
      if expected.answers.count > 1 { kinds["chain", default: 0] += 1 }
      if expected.answers.contains(where: { $0.contains(" DNAME ") }) { kinds["renamed", default: 0] += 1 }
    }
  }
  #expect(readable > 20)
  for kind in ["NOERROR", "NXDOMAIN", "NOERROR referral", "REFUSED referral", "chain", "renamed"] {
    #expect((kinds[kind] ?? 0) >= 3, "\(kind): \(kinds)")
  }
}
