// The rate limit of the command line, divided among workers.

package import Answering
package import DNS

/// How many answers over UDP a network is sent.
package struct RateLimitPlan: Sendable {
  /// For one worker.
  private let limits: RateLimits
  /// Answers a second from all workers together: of one kind, as the operator has set it, and in all.
  package let rate: Int
  package let sourceRate: Int
  package let exempt: ClientPrefixes

  /// - Parameters:
  ///   - rate: answers a second of one kind for one network, from all workers together; at least 1.
  ///   - source: the same of all kinds and names together; nil for the usual multiple of `rate`.
  ///   - slip: every how many-th limited answer goes out with TC; 0 for none.
  ///   - threads: the workers that share the queries of one address. The kernel spreads a client's ports over them;
  ///     a client that keeps to one port is limited to its worker's part.
  package init(rate: Int, source: Int? = nil, slip: Int, exempt: ClientPrefixes, threads: Int) {
    func part(of rate: Int) -> UInt32 { UInt32(clamping: (rate + threads - 1) / threads) }
    self.rate = rate
    sourceRate = source ?? rate * Int(RateLimits.sourceFactor)
    limits = RateLimits(rate: part(of: rate), sourceRate: part(of: sourceRate), slip: UInt32(clamping: slip))
    self.exempt = exempt
  }

  package var slip: Int { Int(limits.slip) }

  /// How many leading bits of an address make the network that is limited.
  package func prefix(of family: AddressFamily) -> Int { family == .ipv4 ? limits.ipv4Prefix : limits.ipv6Prefix }

  /// A limiter with a key of its own.
  package func limiter(now: UInt32) -> RateLimiter {
    var random = SystemRandomNumberGenerator()
    return RateLimiter(limits, exempt: exempt, key: .random(using: &random), now: now)
  }
}
