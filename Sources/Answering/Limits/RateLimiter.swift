// Response rate limiting: this server is no amplifier for clients that forge other people's addresses.
//
// In the manner of NSD and Knot: answers of one kind to one network are counted, and beyond the rate most are not
// sent. Every n-th of those goes out empty with TC set, so that an honest client in a flooded network comes back by
// TCP, where nobody can forge its address. A client with a valid cookie has proved its address and is never limited.
// All answers to one network are counted too, at a higher rate: a flood that varies the name is bounded as well.
//
// A pure structure over the time that is passed in: two tables of fixed size, allocated once, no lock. Each worker
// has its own, so what operators set as the rate is divided by the number of workers.

package import DNS

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
    _ client: ClientAddress, cookie: CookieVerdict, _ kind: RateLimitKind, name: UInt64, now: UInt32
  ) -> RateLimitVerdict {
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

  private func verdict(afterLimited count: UInt32) -> RateLimitVerdict {
    limits.slip != 0 && count % limits.slip == 0 ? .slip : .drop
  }

  /// Of the network alone, and of what it is answered.
  private func hashes(
    of client: ClientAddress, _ kind: RateLimitKind, _ name: UInt64
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
