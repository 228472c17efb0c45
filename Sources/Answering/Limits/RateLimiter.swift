// Response rate limiting: this server is no amplifier for those who ask in other people's names.
//
// In the manner of NSD and Knot: answers of one kind to one network are counted, and beyond the rate most are not
// sent. Every n-th of those goes out empty with TC set, so that an honest client behind a forged flood comes back by
// TCP, where nobody can forge its address. A client with a valid cookie has proved its address and is never limited.
// All answers to one network are counted too, at a higher rate: a flood that varies the name is bounded as well.
//
// A pure structure over the time that is passed in: two tables of fixed size, allocated once, no lock. Each worker
// has its own, so what operators set as the rate is divided by the number of workers.
//
//   bucket (12 octets):  last refill (4, milliseconds) | credit (4, thousandths) | limited in a row (4)
//
// Two networks that fall into one bucket share its rate: there is no tag to tell them apart, since a newcomer that
// began with full credit would let two that take turns send without limit. A secret key spreads them, so that
// nobody can choose whose bucket he spoils, and one flooded network spoils one of 65,536.

package import DNS

/// What kind of answer it is: a flood of one kind does not use up another's rate.
package enum ResponseKind: UInt8, Sendable, CaseIterable {
  /// Counted for each name; all others for the zone or the server as a whole, since their names cost nothing to vary.
  case positive, noData, nameError, referral, error
}

package enum RateVerdict: Equatable, Sendable {
  case send
  /// Send header and question with TC set (RFC 2181 §9), or BADCOOKIE to a client that sent a cookie.
  case slip
  case drop
}

package struct RateLimits: Sendable {
  /// How much a network may have in all unless it is said: this many times what it may have of one kind. A client asks
  /// for a handful of names at a time.
  package static let sourceFactor: UInt32 = 5
  private static let mostRate: UInt32 = 1_000_000

  /// Answers a second for one network and kind; 0 turns limiting off.
  package var rate: UInt32
  /// Answers a second for one network, of all kinds and names together.
  package var sourceRate: UInt32
  /// Seconds whose unused rate may be used at once.
  package var window: UInt32
  /// Every how many-th limited answer goes out with TC: 1 all, 0 none.
  package var slip: UInt32
  /// How many leading bits of an address make a network.
  package var ipv4Prefix: Int
  package var ipv6Prefix: Int

  /// NSD's defaults, but for the prefix of IPv6, which is what providers give to one customer.
  package init(
    rate: UInt32 = 200, sourceRate: UInt32? = nil, window: UInt32 = 2, slip: UInt32 = 2, ipv4Prefix: Int = 24,
    ipv6Prefix: Int = 56
  ) {
    self.rate = min(rate, RateLimits.mostRate)
    self.sourceRate = min(sourceRate ?? self.rate * RateLimits.sourceFactor, RateLimits.mostRate)
    self.window = min(max(window, 1), 60)
    self.slip = slip
    self.ipv4Prefix = min(max(ipv4Prefix, 0), 32)
    self.ipv6Prefix = min(max(ipv6Prefix, 0), 128)
  }
}

/// Decides for each answer over UDP whether it goes out. Each worker owns one.
package struct RateLimiter: ~Copyable {
  /// 64 Ki buckets of 12 octets in each of two tables: 1.5 MiB.
  package static let defaultBucketBits = 16

  private var bySubject: RateBuckets
  private var bySource: RateBuckets
  private let key: SipHash.Key
  private let limits: RateLimits
  private let exempt: ClientPrefixes

  /// - Parameters:
  ///   - key: random and secret: nobody can then choose which networks share a bucket.
  ///   - exempt: networks that are never limited.
  ///   - now: as in `judge`.
  package init(
    _ limits: RateLimits, exempt: ClientPrefixes = ClientPrefixes(), key: SipHash.Key, now: UInt32,
    bucketBits: Int = RateLimiter.defaultBucketBits
  ) {
    self.limits = limits
    self.exempt = exempt
    self.key = key
    bySubject = RateBuckets(rate: limits.rate, window: limits.window, bits: bucketBits, now: now)
    bySource = RateBuckets(rate: limits.sourceRate, window: limits.window, bits: bucketBits, now: now)
  }

  /// Lets everything pass, and takes no memory to speak of.
  package static var unlimited: RateLimiter {
    RateLimiter(RateLimits(rate: 0), key: SipHash.Key(0, 0), now: 0, bucketBits: 1)
  }

  /// Counts one answer over UDP and says what becomes of it.
  ///
  /// - Parameters:
  ///   - cookie: what the query's cookie is worth.
  ///   - name: the hash of the name that answered (for a wildcard, of the wildcard), for positive answers and
  ///     referrals; of the zone's apex for NODATA and NXDOMAIN; anything for errors.
  ///   - now: milliseconds of a clock that only goes forward, modulo 2^32.
  package mutating func judge(
    _ client: ClientAddress, cookie: CookieVerdict, _ kind: ResponseKind, name: UInt64, now: UInt32
  ) -> RateVerdict {
    guard limits.rate != 0 else { return .send }
    if case .valid = cookie { return .send }
    if !exempt.isEmpty, exempt.contains(client) { return .send }

    let (source, subject) = hashes(of: client, kind, name)
    let subjectHasCredit = bySubject.refill(subject, now: now)
    let sourceHasCredit = bySource.refill(source, now: now)
    // Only what is sent is paid for: what a flood of one name is refused does not use up what others may have.
    guard subjectHasCredit else { return verdict(afterLimited: bySubject.hold(subject)) }
    guard sourceHasCredit else { return verdict(afterLimited: bySource.hold(source)) }
    bySubject.spend(subject)
    bySource.spend(source)
    return .send
  }

  private func verdict(afterLimited count: UInt32) -> RateVerdict {
    limits.slip != 0 && count % limits.slip == 0 ? .slip : .drop
  }

  /// Of the network alone, and of what it is answered.
  private func hashes(
    of client: ClientAddress, _ kind: ResponseKind, _ name: UInt64
  ) -> (source: UInt64, subject: UInt64) {
    let network = client.prefix(client.isIPv6 ? limits.ipv6Prefix : limits.ipv4Prefix)
    let family: UInt64 = network.isIPv6 ? 0x100 : 0
    var state = SipHash(key: key)
    state.absorb(network.high)
    state.absorb(network.low)
    var ofSource = state
    state.absorb(kind == .error ? 0 : name)
    return (ofSource.finish(rest: family, length: 18), state.finish(rest: UInt64(kind.rawValue) | family, length: 26))
  }
}

/// A table of buckets, each of which fills at the same rate.
private struct RateBuckets: ~Copyable {
  private struct Bucket {
    /// Milliseconds, modulo 2^32.
    var refilled: UInt32
    /// Thousandths of an answer that may still be sent.
    var credit: UInt32
    /// Answers held back since one was last sent.
    var limited: UInt32 = 0
  }

  /// How far a clock that another thread read a moment earlier may be behind, in milliseconds.
  private static let clockJitter: UInt32 = 10_000
  /// One answer, in thousandths.
  private static let price: UInt32 = 1000

  private var buckets: [Bucket]
  private let mask: UInt64
  private let rate: UInt32
  private let fullCredit: UInt32

  /// - Parameters:
  ///   - rate: answers a second.
  ///   - window: seconds whose unused rate may be used at once.
  init(rate: UInt32, window: UInt32, bits: Int, now: UInt32) {
    precondition((1...24).contains(bits))
    self.rate = rate
    fullCredit = UInt32(clamping: UInt64(rate) * UInt64(window) * UInt64(RateBuckets.price))
    buckets = Array(repeating: Bucket(refilled: now, credit: fullCredit), count: 1 << bits)
    mask = 1 << UInt64(bits) - 1
  }

  private func index(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash & mask) }

  /// Adds the rate of the time that has passed, at most the window's; whether one more answer may go out.
  mutating func refill(_ hash: UInt64, now: UInt32) -> Bool {
    let index = index(hash)
    var bucket = buckets[index]
    let elapsed = now &- bucket.refilled
    if elapsed != 0, elapsed < UInt32.max - RateBuckets.clockJitter {
      // Rate per second times milliseconds is thousandths; 64 bits hold it.
      let gained = UInt64(elapsed) &* UInt64(rate)
      bucket.credit = UInt32(truncatingIfNeeded: min(UInt64(fullCredit), UInt64(bucket.credit) &+ gained))
      bucket.refilled = now
      buckets[index] = bucket
    }
    return bucket.credit >= RateBuckets.price
  }

  /// Pays for an answer; only after `refill` has said that it may go out.
  mutating func spend(_ hash: UInt64) {
    let index = index(hash)
    buckets[index].credit &-= RateBuckets.price
    buckets[index].limited = 0
  }

  /// Counts an answer that is held back, and returns how many have been in a row.
  mutating func hold(_ hash: UInt64) -> UInt32 {
    let index = index(hash)
    buckets[index].limited &+= 1
    return buckets[index].limited
  }
}
