// Secondaries hold an address until they have fetched a zone without it.

import DNS
import Health
import Testing
import ZoneFile

@testable import Answering
@testable import Policy

private func time(_ second: Int64) -> MonotonicTime { HandOutLedger.time(second) }

@Suite("Copies that secondaries have")
struct SecondaryCopiesTests {
  private let apex = DomainName("x")!
  private let node = IPAddress("10.0.0.1")!
  private let secondary = IPAddress("10.0.0.5")!
  private var copies = SecondaryCopies()

  private func content(_ serial: UInt32, _ addresses: [String]) -> SecondaryCopies.Content {
    var content = SecondaryCopies.Content(apex: apex, serial: serial, expire: 1_000, addresses: [:])
    for address in addresses { content.addresses[IPAddress(address)!] = 60 }
    return content
  }

  private func copy(_ serial: UInt32) -> ZoneCopy { ZoneCopy(zone: apex, secondary: secondary, serial: serial) }

  @Test("It holds an old serial until it has fetched a newer one; others may cache what it answered until then")
  mutating func holds() {
    copies.publish(content(17, ["10.0.0.1", "10.0.0.2"]), known: [:], at: 0)
    copies.complete(copy(17), at: 5)
    #expect(copies.standing(of: [node], at: 6).holds.isEmpty, "it is in the zone")
    copies.publish(content(19, ["10.0.0.2"]), known: [:], at: 10)
    #expect(
      copies.standing(of: [node], at: 11).holds
        == [SecondaryHold(zone: apex, secondary: secondary, serial: 17, newest: 19)])
    copies.begin(copy(19))
    #expect(copies.standing(of: [node], at: 12).holds.count == 1, "a transfer under way changes nothing")
    copies.complete(copy(19), at: 40)
    let freed = copies.standing(of: [node], at: 41)
    #expect(freed.holds.isEmpty && freed.cachedUntil == 100)
  }

  @Test("A copy that is begun before the address leaves, and completed after, holds it")
  mutating func lateCopy() {
    copies.publish(content(17, ["10.0.0.1"]), known: [:], at: 0)
    copies.begin(copy(17))
    copies.publish(content(18, []), known: [:], at: 10)
    #expect(copies.standing(of: [node], at: 11).holds.count == 1)
    copies.complete(copy(17), at: 12)
    #expect(copies.standing(of: [node], at: 13).holds.count == 1)
  }

  @Test("A first copy that is heard of only after the address has left holds it all the same")
  mutating func unheardCopy() {
    copies.publish(content(17, ["10.0.0.1"]), known: [:], at: 0)
    copies.publish(content(18, []), known: [:], at: 10)
    copies.publish(content(19, []), known: [:], at: 11)
    copies.begin(copy(17))
    #expect(copies.standing(of: [node], at: 12).holds.count == 1)
    copies.complete(copy(17), at: 12)
    #expect(copies.standing(of: [node], at: 13).holds.count == 1)
    copies.complete(copy(19), at: 40)
    let freed = copies.standing(of: [node], at: 41)
    #expect(freed.holds.isEmpty && freed.cachedUntil == 100)
  }

  @Test("A transfer that breaks off leaves a client as it was")
  mutating func broken() {
    copies.publish(content(17, ["10.0.0.1"]), known: [:], at: 0)
    copies.begin(copy(17))
    copies.breakOff(copy(17))
    copies.publish(content(18, []), known: [:], at: 10)
    #expect(copies.standing(of: [node], at: 11).holds.isEmpty)
    var other = SecondaryCopies([copy(16)])
    other.publish(content(18, []), known: [node: 60], at: 10)
    other.breakOff(copy(18))
    #expect(other.standing(of: [node], at: 11).holds.count == 1)
  }

  @Test("A secondary that never comes again drops the zone when its expire time is over")
  mutating func expires() {
    copies.publish(content(17, ["10.0.0.1"]), known: [:], at: 0)
    copies.complete(copy(17), at: 0)
    copies.publish(content(18, []), known: [:], at: 10)
    #expect(copies.standing(of: [node], at: 1_009).holds.count == 1)
    let over = copies.standing(of: [node], at: 1_010)
    #expect(over.holds.isEmpty && over.cachedUntil == 1_070)
  }

  @Test("A TTL that has become shorter counts as long as a secondary may have answered the longer one")
  mutating func shorterTTL() {
    func content(_ serial: UInt32, ttl: UInt32?) -> SecondaryCopies.Content {
      SecondaryCopies.Content(apex: apex, serial: serial, expire: 10_000, addresses: ttl.map { [node: $0] } ?? [:])
    }
    copies.publish(content(17, ttl: 3_600), known: [:], at: 0)
    copies.complete(copy(17), at: 0)
    copies.publish(content(18, ttl: 60), known: [:], at: 1_000)
    copies.complete(copy(18), at: 1_100)
    copies.publish(content(19, ttl: nil), known: [:], at: 1_200)
    copies.complete(copy(19), at: 1_300)
    let fetched = copies.standing(of: [node], at: 1_301)
    #expect(fetched.holds.isEmpty && fetched.cachedUntil == 1_100 + 3_600)

    // The same when it has not fetched the zone in between, and nothing of it once that is long ago.
    var late = SecondaryCopies([copy(17)])
    late.publish(content(17, ttl: 3_600), known: [:], at: 0)
    late.publish(content(18, ttl: 60), known: [:], at: 1_000)
    late.publish(content(19, ttl: nil), known: [:], at: 1_200)
    #expect(late.standing(of: [node], at: 1_201).holds.count == 1)
    late.complete(copy(19), at: 1_300)
    #expect(late.standing(of: [node], at: 1_301).cachedUntil == 1_300 + 3_600)
    late.publish(content(20, ttl: 60), known: [:], at: 5_000)
    late.complete(copy(20), at: 5_001)
    late.publish(content(21, ttl: nil), known: [:], at: 6_000)
    late.complete(copy(21), at: 6_001)
    #expect(late.standing(of: [node], at: 6_002).cachedUntil == 6_061)
  }

  @Test("Serials are compared as serials are, around their end")
  mutating func wraps() {
    copies.publish(content(.max, ["10.0.0.1"]), known: [:], at: 0)
    copies.complete(copy(.max), at: 0)
    copies.publish(content(0, []), known: [:], at: 10)
    #expect(copies.standing(of: [node], at: 11).holds.count == 1)
    copies.complete(copy(0), at: 20)
    #expect(copies.standing(of: [node], at: 21).holds.isEmpty)
  }

  @Test("After a restart a copy with an older serial than the zone holds what is not in the zone")
  func restart() {
    var copies = SecondaryCopies([copy(17)])
    copies.publish(content(18, ["10.0.0.2"]), known: [node: 60], at: 100)
    #expect(copies.standing(of: [node], at: 101).holds.count == 1)
    var current = SecondaryCopies([copy(18)])
    current.publish(content(18, ["10.0.0.2"]), known: [node: 60], at: 100)
    #expect(current.standing(of: [node], at: 101).holds.isEmpty)
  }
}
