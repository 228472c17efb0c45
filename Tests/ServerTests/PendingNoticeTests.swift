// The notices that a secondary has not answered: the earliest first, one for each zone, at a cost that does not grow
// with their number.

import DNS
import Linux
import Testing

@testable import Server

private func name(_ number: Int) throws -> DomainName { try #require(DomainName("z\(number).example")) }

private func front(of pending: PendingNotices) -> (id: UInt16, notice: PendingNotices.Notice)? {
  var pending = pending
  return pending.first()
}

@Suite("Pending notices")
struct PendingNoticeTests {
  private var random = SystemRandomNumberGenerator()

  @Test("Thirty thousand zones that are announced at once take a moment, and each is sent once")
  mutating func many() throws {
    let zones = try (0..<30_000).map(name)
    var pending = PendingNotices()
    let begun = MonotonicClock.now()
    for zone in zones { pending.add(zone, now: 0, using: &random) }
    var sent: Set<DomainName> = []
    while let (id, notice) = pending.first(), notice.due <= 1 {
      sent.insert(notice.apex)
      pending.recordSent(id, as: nil, now: 1, wait: 2_000)
    }
    // A pass over all of them for each would be 450 million looks.
    #expect(MonotonicClock.now() - begun < 10_000_000_000)
    #expect(sent.count == zones.count && pending.count == zones.count)
    #expect(front(of: pending)?.notice.due == 2_001)
  }

  @Test("What is due first comes first, however often it was sent; what is answered is gone")
  mutating func order() throws {
    var pending = PendingNotices()
    pending.add(try name(1), now: 10, using: &random)
    pending.add(try name(2), now: 11, using: &random)
    let head = front(of: pending)
    let first = try #require(head)
    #expect(first.notice.apex == (try name(1)))
    pending.recordSent(first.id, as: nil, now: 12, wait: 100)
    let next = front(of: pending)
    let second = try #require(next)
    #expect(second.notice.apex == (try name(2)) && second.notice.attempts == 0)
    pending.recordSent(second.id, as: nil, now: 20, wait: 100)
    pending.recordSent(second.id, as: nil, now: 21, wait: 200)
    #expect(front(of: pending)?.notice.apex == (try name(1)))
    pending.remove(first.id)
    #expect(front(of: pending)?.notice.attempts == 2 && front(of: pending)?.notice.due == 221)
    pending.remove(second.id)
    #expect(front(of: pending) == nil && pending.isEmpty)
  }

  @Test("A zone has one notice: the one that waits, or a new one in place of one that was sent")
  mutating func again() throws {
    var pending = PendingNotices()
    let zone = try name(1)
    pending.add(zone, now: 0, using: &random)
    let waiting = try #require(front(of: pending)?.id)
    pending.add(zone, now: 5, using: &random)
    #expect(pending.count == 1 && front(of: pending)?.id == waiting)
    pending.recordSent(waiting, as: nil, now: 6, wait: 100)
    pending.add(zone, now: 7, using: &random)
    #expect(pending.count == 1 && front(of: pending)?.notice.attempts == 0 && front(of: pending)?.notice.due == 7)
  }
}
