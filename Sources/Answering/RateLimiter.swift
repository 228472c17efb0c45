// Response rate limiting: this server is no amplifier for those who ask in other people's names.
//
// In the manner of NSD and Knot: answers of one kind to one network are counted, and beyond the rate most are not
// sent. Every n-th of those goes out empty with TC set, so that an honest client behind a forged flood comes back by
// TCP, where nobody can forge its address. A client with a valid cookie has proved its address and is never limited.
//
// A pure structure over the time that is passed in: one table of fixed size, allocated once, no lock. Each worker
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
  /// Answers a second for one network and kind; 0 turns limiting off.
  package var rate: UInt32
  /// Seconds whose unused rate may be used at once.
  package var window: UInt32
  /// Every how many-th limited answer goes out with TC: 1 all, 0 none.
  package var slip: UInt32
  /// How many leading bits of an address make a network.
  package var ipv4Prefix: Int
  package var ipv6Prefix: Int

  /// NSD's defaults, but for the prefix of IPv6, which is what providers give to one customer.
  package init(rate: UInt32 = 200, window: UInt32 = 2, slip: UInt32 = 2, ipv4Prefix: Int = 24, ipv6Prefix: Int = 56) {
    self.rate = min(rate, 1_000_000)
    self.window = min(max(window, 1), 60)
    self.slip = slip
    self.ipv4Prefix = min(max(ipv4Prefix, 0), 32)
    self.ipv6Prefix = min(max(ipv6Prefix, 0), 128)
  }
}

/// Decides for each answer over UDP whether it goes out. Each worker owns one.
package struct RateLimiter: ~Copyable {
  /// 64 Ki buckets of 12 octets: 768 KiB.
  package static let defaultBucketBits = 16

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

  private var buckets: [Bucket]
  private let mask: Int
  private let key: SipHash.Key
  private let limits: RateLimits
  private let exempt: ClientPrefixes
  private let fullCredit: UInt32

  /// - Parameters:
  ///   - key: random and secret: nobody can then choose which networks share a bucket.
  ///   - exempt: networks that are never limited.
  ///   - now: as in `judge`.
  package init(
    _ limits: RateLimits, exempt: ClientPrefixes = ClientPrefixes(), key: SipHash.Key, now: UInt32,
    bucketBits: Int = RateLimiter.defaultBucketBits
  ) {
    precondition((1...24).contains(bucketBits))
    self.limits = limits
    self.exempt = exempt
    self.key = key
    fullCredit = UInt32(clamping: UInt64(limits.rate) * UInt64(limits.window) * 1000)
    buckets = Array(repeating: Bucket(refilled: now, credit: fullCredit), count: 1 << bucketBits)
    mask = 1 << bucketBits - 1
  }

  /// Lets everything pass, and takes no memory to speak of.
  package static var unlimited: RateLimiter {
    RateLimiter(RateLimits(rate: 0), key: SipHash.Key(0, 0), now: 0, bucketBits: 1)
  }

  package var isOn: Bool { limits.rate != 0 }

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

    let index = Int(truncatingIfNeeded: hash(of: client, kind, name)) & mask
    var bucket = buckets[index]
    refill(&bucket, now: now)
    let verdict = spend(&bucket)
    buckets[index] = bucket
    return verdict
  }

  /// Adds the rate of the time that has passed, at most the window's.
  private func refill(_ bucket: inout Bucket, now: UInt32) {
    let elapsed = now &- bucket.refilled
    guard elapsed != 0, elapsed < UInt32.max - RateLimiter.clockJitter else { return }
    // Rate per second times milliseconds is thousandths; 64 bits hold it.
    let gained = UInt64(elapsed) &* UInt64(limits.rate)
    bucket.credit = UInt32(truncatingIfNeeded: min(UInt64(fullCredit), UInt64(bucket.credit) &+ gained))
    bucket.refilled = now
  }

  private func spend(_ bucket: inout Bucket) -> RateVerdict {
    guard bucket.credit < 1000 else {
      bucket.credit &-= 1000
      bucket.limited = 0
      return .send
    }
    bucket.limited &+= 1
    guard limits.slip != 0, bucket.limited % limits.slip == 0 else { return .drop }
    return .slip
  }

  private func hash(of client: ClientAddress, _ kind: ResponseKind, _ name: UInt64) -> UInt64 {
    let network = client.prefix(client.isIPv6 ? limits.ipv6Prefix : limits.ipv4Prefix)
    var state = SipHash(key: key)
    state.absorb(network.high)
    state.absorb(network.low)
    state.absorb(kind == .error ? 0 : name)
    return state.finish(rest: UInt64(kind.rawValue) | (network.isIPv6 ? 0x100 : 0), length: 26)
  }
}
