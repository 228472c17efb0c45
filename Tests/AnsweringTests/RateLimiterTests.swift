// Rate limits over virtual time: who is limited, how much goes out, and who is left alone.

import Answering
import DNS
import TestSupport
import Testing

private let key = SipHash.Key(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210)

private func client(_ text: String) throws -> ClientAddress { ClientAddress(try #require(IPAddress(text))) }

/// What became of a row of answers.
private struct Outcome: Equatable {
  var sent = 0
  var slipped = 0
  var dropped = 0

  mutating func note(_ verdict: RateLimitVerdict) {
    switch verdict {
    case .send: sent += 1
    case .slip: slipped += 1
    case .drop: dropped += 1
    }
  }
}

extension RateLimiter {
  /// Asks `perSecond` times a second, evenly, for `seconds`.
  fileprivate mutating func flood(
    _ client: ClientAddress, perSecond: Int, seconds: Int, from start: UInt32 = 0, kind: RateLimitKind = .positive,
    cookie: CookieVerdict = .absent
  ) -> Outcome {
    var outcome = Outcome()
    for number in 0..<perSecond * seconds {
      let now = start &+ UInt32(number * 1000 / perSecond)
      outcome.note(judge(client, cookie: cookie, kind, name: 1, now: now))
    }
    return outcome
  }
}

/// How many answers of a flood are sent.
private func sent(
  _ limiter: inout RateLimiter, _ client: ClientAddress, perSecond: Int, seconds: Int, from start: UInt32 = 0,
  cookie: CookieVerdict = .absent
) -> Int {
  limiter.flood(client, perSecond: perSecond, seconds: seconds, from: start, cookie: cookie).sent
}

@Test("Under the rate nothing is held back, however long it goes on, over the turn of the clock as well")
func underRate() throws {
  let client = try client("192.0.2.1")
  for start in [0, UInt32.max - 5000] as [UInt32] {
    var limiter = RateLimiter(RateLimits(rate: 100), key: key, now: start)
    #expect(sent(&limiter, client, perSecond: 100, seconds: 30, from: start) == 3000)
  }
}

@Test("Over the rate the window's worth and then the rate goes out, every second of the rest with TC")
func overRate() throws {
  var limiter = RateLimiter(RateLimits(rate: 100, window: 2, slip: 2), key: key, now: 0)
  let outcome = limiter.flood(try client("192.0.2.1"), perSecond: 10_000, seconds: 10)
  #expect((1190...1200).contains(outcome.sent), "\(outcome)")
  let limited = outcome.slipped + outcome.dropped
  #expect(limited + outcome.sent == 100_000)
  // The count of limited answers begins anew with each that is sent.
  #expect(abs(outcome.slipped - limited / 2) < 1200, "\(outcome)")
}

@Test("Slip 0 drops all that is limited, slip 1 sends all of it with TC, slip 3 a third", arguments: [0, 1, 3])
func slips(slip: UInt32) throws {
  var limiter = RateLimiter(RateLimits(rate: 1, window: 1, slip: slip), key: key, now: 0)
  let outcome = limiter.flood(try client("192.0.2.1"), perSecond: 301, seconds: 1)
  #expect(outcome.sent == 1)
  #expect(outcome.slipped == (slip == 0 ? 0 : 300 / Int(slip)))
}

@Test("One network is limited together, another one is not; /24 and /56")
func networks() throws {
  for (one, same, other) in [
    ("192.0.2.1", "192.0.2.254", "192.0.3.1"), ("2001:db8:0:1::1", "2001:db8:0:fe::1", "2001:db8:0:100::1"),
  ] {
    var limiter = RateLimiter(RateLimits(rate: 10, window: 1), key: key, now: 0)
    #expect(sent(&limiter, try client(one), perSecond: 1000, seconds: 1) < 25)
    #expect(sent(&limiter, try client(same), perSecond: 1000, seconds: 1, from: 1000) < 25)
    #expect(sent(&limiter, try client(other), perSecond: 10, seconds: 1, from: 1000) == 10)
  }
}

@Test("A flood of one kind, or for one name, leaves the others their rate")
func kinds() throws {
  let client = try client("192.0.2.1")
  for flooded in RateLimitKind.allCases {
    var limiter = RateLimiter(RateLimits(rate: 10), key: key, now: 0)
    _ = limiter.flood(client, perSecond: 5000, seconds: 1, kind: flooded)
    for kind in RateLimitKind.allCases {
      let verdict = limiter.judge(client, cookie: .absent, kind, name: 1, now: 999)
      #expect((verdict == .send) == (kind != flooded), "\(kind) after \(flooded)")
    }
    let otherName = limiter.judge(client, cookie: .absent, flooded, name: 2, now: 999)
    // Errors have no name: who varies them is limited all the same.
    #expect(otherName == .send || flooded == .error)
  }
}

@Test("Over all names and kinds a network is sent its window and then its rate, and what is held back costs it nothing")
func sourceRate() throws {
  let flooder = try client("192.0.2.1")
  for sourceRate in [nil, 30, 200] as [UInt32?] {
    let limits = RateLimits(rate: 10, sourceRate: sourceRate, window: 2)
    var limiter = RateLimiter(limits, key: key, now: 0)
    var outcome = Outcome()
    for number in 0..<10_000 as Range<UInt32> {
      let kind = RateLimitKind.allCases[Int(number) % 4]
      outcome.note(limiter.judge(flooder, cookie: .absent, kind, name: UInt64(number), now: number))
    }
    let rate = Int(sourceRate ?? 50)
    #expect((rate * 11...rate * 12).contains(outcome.sent), "\(outcome)")
    #expect(abs(outcome.slipped - (10_000 - outcome.sent) / 2) <= outcome.sent, "\(outcome)")
    #expect(sent(&limiter, try client("192.0.3.1"), perSecond: 10, seconds: 1, from: 9000) == 10)
  }
  // One name in a flood is limited by itself, and leaves the source what the others need.
  var limiter = RateLimiter(RateLimits(rate: 10), key: key, now: 0)
  _ = limiter.flood(flooder, perSecond: 100_000, seconds: 1)
  #expect((2...9).allSatisfy { limiter.judge(flooder, cookie: .absent, .positive, name: $0, now: 999) == .send })
}

@Test("A valid cookie exempts, a wrong one or the client's alone does not; so does the list of networks")
func exemptions() throws {
  let asker = try client("192.0.2.1")
  var exempt = ClientPrefixes()
  let added = ["198.51.100.0/24", "2001:db8::/32", "198.51.100.1/24", "198.51.100.0/33", "x/1", "192.0.2.0/"].map {
    exempt.add($0)
  }
  #expect(added == [true, true, false, false, false, false])
  var limiter = RateLimiter(RateLimits(rate: 10), exempt: exempt, key: key, now: 0)
  #expect(sent(&limiter, asker, perSecond: 1000, seconds: 1, cookie: .valid(.fresh)) == 1000)
  #expect(sent(&limiter, asker, perSecond: 1000, seconds: 1, cookie: .valid(.renew)) == 1000)
  for cookie in [.stale, .clientOnly, .absent] as [CookieVerdict] {
    #expect(sent(&limiter, asker, perSecond: 1000, seconds: 1, from: 1000, cookie: cookie) < 40)
  }
  for text in ["198.51.100.77", "2001:db8:1::1"] {
    #expect(sent(&limiter, try client(text), perSecond: 1000, seconds: 1, from: 2000) == 1000)
  }
}

@Test("Rate 0 turns limiting off")
func off() throws {
  var limiter = RateLimiter(RateLimits(rate: 0), key: key, now: 0)
  #expect(limiter.flood(try client("192.0.2.1"), perSecond: 10_000, seconds: 1).sent == 10_000)
}

@Test("Limits beyond all sense are brought to the nearest that can be kept")
func extremeLimits() throws {
  let limits = RateLimits(rate: .max, window: .max, slip: .max, ipv4Prefix: 99, ipv6Prefix: -1)
  var limiter = RateLimiter(limits, key: key, now: 0)
  for text in ["192.0.2.1", "2001:db8::1"] {
    #expect(sent(&limiter, try client(text), perSecond: 10_000, seconds: 1) == 10_000)
  }
}

@Test("A flooded network has its whole window again after a pause")
func recovery() throws {
  var limiter = RateLimiter(RateLimits(rate: 10, window: 3), key: key, now: 0)
  let client = try client("192.0.2.1")
  _ = limiter.flood(client, perSecond: 10_000, seconds: 2)
  var burst = Outcome()
  for _ in 0..<100 { burst.note(limiter.judge(client, cookie: .absent, .positive, name: 1, now: 60_000)) }
  #expect(burst.sent == 30)
}

@Test(
  "A flood from forged addresses everywhere does not take honest clients' answers for long",
  arguments: 0..<4 as Range<UInt64>)
func forgedFlood(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  var limiter = RateLimiter(RateLimits(rate: 100), key: SipHash.Key.random(using: &generator), now: 0)
  let honest = try client("203.0.113.5")
  let victim = try client("198.51.100.1")
  var (honestOutcome, victimOutcome) = (Outcome(), Outcome())
  for millisecond in 0..<5000 as Range<UInt32> {
    for _ in 0..<10 {
      let forged = ClientAddress(ipv4: UInt32.random(in: .min ... .max, using: &generator))
      _ = limiter.judge(forged, cookie: .absent, .positive, name: generator.next(), now: millisecond)
    }
    for _ in 0..<20 {
      victimOutcome.note(limiter.judge(victim, cookie: .absent, .positive, name: 7, now: millisecond))
    }
    if millisecond % 20 == 0 {
      honestOutcome.note(limiter.judge(honest, cookie: .absent, .positive, name: 7, now: millisecond))
    }
  }
  // 100,000 asked for in the victim's name: about 200 + 5 × 100 go out.
  #expect(victimOutcome.sent < 800, "seed \(seed): \(victimOutcome)")
  #expect(honestOutcome.sent == 250, "seed \(seed): \(honestOutcome)")
}

@Test(
  "However queries are spread, no network is sent more of a kind than its rate and window",
  arguments: 0..<6 as Range<UInt64>)
func bound(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  let limits = RateLimits(rate: .random(in: 1...50, using: &generator), window: .random(in: 1...5, using: &generator))
  let begin = UInt32.random(in: .min ... .max, using: &generator)
  var limiter = RateLimiter(limits, key: SipHash.Key.random(using: &generator), now: begin, bucketBits: 4)
  var sent: [ClientAddress: Int] = [:]
  var now = begin
  for _ in 0..<20_000 {
    now &+= UInt32.random(in: 0...3, using: &generator)
    let network = ClientAddress(ipv4: UInt32.random(in: 0..<64, using: &generator) << 8)
    if limiter.judge(network, cookie: .absent, .positive, name: 1, now: now) == .send { sent[network, default: 0] += 1 }
  }
  let seconds = Int(now &- begin) / 1000 + 1
  let most = Int(limits.rate) * (Int(limits.window) + seconds)
  for (network, count) in sent { #expect(count <= most, "seed \(seed) \(network)") }
  // Sixteen buckets for sixty-four networks: sharing one never raises the sum.
  #expect(sent.values.reduce(0, +) <= 16 * most, "seed \(seed)")
}
