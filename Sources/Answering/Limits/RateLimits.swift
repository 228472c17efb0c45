// What a rate limit is made of: the rates, the kinds of answers that are counted apart, and the verdicts.

/// What kind of answer it is: a flood of one kind does not use up another's rate.
package enum RateLimitKind: UInt8, Sendable, CaseIterable {
  /// Counted for each name; all others for the zone or the server as a whole, since their names cost nothing to vary.
  case positive, noData, nameError, referral, error
}

/// What becomes of an answer.
package enum RateLimitVerdict: Equatable, Sendable {
  case send
  /// Send header and question with TC set (RFC 2181 §9), or BADCOOKIE to a client that sent a cookie.
  case slip
  case drop
}

/// The rates that an operator sets.
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
