// The substitution table of RFC 6672 §2.2.

import DNS
import Testing

@testable import Answering

@Test(
  "RFC 6672 §2.2: the owner's labels at the end of a name give way to the target's",
  arguments: [
    ("a.example.com.", "example.com.", "example.net.", "a.example.net."),
    ("a.b.example.com.", "example.com.", "example.net.", "a.b.example.net."),
    ("ab.example.com.", "example.com.", "example.net.", "ab.example.net."),
    ("A.x.EXAMPLE.com.", "x.example.com.", "y.", "A.y."),
    ("cyc.example.com.", "example.com.", "example.com.", "cyc.example.com."),
    ("shortloop.x.x.", "x.", ".", "shortloop.x."), ("shortloop.x.", "x.", ".", "shortloop."),
  ])
func substitution(asked: String, owner: String, target: String, expected: String) throws {
  #expect(try substituted(asked, owner, target, limit: 600) == DomainName(expected)?.wire)
}

@Test("A new name of 255 octets is written, one of 256 is not, nor one beyond the limit")
func substitutionLimits() throws {
  let label = String(repeating: "a", count: 62) + "."
  let long = label + label + label  // 189 octets
  let name = try #require(DomainName("x." + long + "z."))
  #expect(name.wire.count == 194)
  let target = String(repeating: "b", count: 61) + "."
  #expect(try substituted("x." + long + "z.", "z.", target, limit: 600)?.count == 254)
  #expect(try substituted("xx." + long + "z.", "z.", target, limit: 600)?.count == 255)
  #expect(try substituted("xxx." + long + "z.", "z.", target, limit: 600) == nil)
  #expect(try substituted("a.z.", "z.", "y.", limit: 304) == nil)
  #expect(try substituted("a.z.", "z.", "y.", limit: 305) != nil)
}

private func substituted(_ asked: String, _ owner: String, _ target: String, limit: Int) throws -> [UInt8]? {
  let name = try #require(DomainName(asked)).wire
  let target = try #require(DomainName(target)).wire
  let ownerLength = try #require(DomainName(owner)).wire.count
  var message = [UInt8](repeating: 0, count: 12) + name + [UInt8](repeating: 0xEE, count: 600)
  var span = message.mutableSpan
  var octets = MutableRawSpan(_elements: &span)
  let outcome = DNAMESubstitution.write(
    NameInMessage(start: 12, end: 12 + name.count), ownerLength: ownerLength, target: target.span.octets, into: &octets,
    at: 300, limit: limit)
  guard case .written(let end) = outcome else { return nil }
  return Array(message[300..<end])
}
