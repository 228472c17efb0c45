// What the workers have counted since the start, summed by the control thread.

package import DNS

/// By which way a query came.
package struct QueryPath: Hashable, Sendable, CaseIterable {
  package enum Transport: String, Sendable, CaseIterable {
    case udp, tcp
  }

  package var transport: Transport
  package var family: AddressFamily

  package init(_ transport: Transport, _ family: AddressFamily) {
    self.transport = transport
    self.family = family
  }

  package static var allCases: [QueryPath] {
    Transport.allCases.flatMap { transport in AddressFamily.allCases.map { QueryPath(transport, $0) } }
  }
}

/// Why a message got no reply.
package enum DropCause: String, Sendable, CaseIterable {
  /// Less than a DNS header of 12 octets.
  case tooShort = "too_short"
  /// A reply, not a query: answering it could start a loop.
  case notAQuery = "not_a_query"
  /// From source port 0, where nobody can receive an answer.
  case fromPortZero = "from_port_zero"
  /// The kernel did not take the reply.
  case sendFailed = "send_failed"
}

/// What became of a reply over the rate limit.
package enum RateLimitAction: String, Sendable, CaseIterable {
  case drop
  /// A short reply with TC, or BADCOOKIE, went out in its place.
  case slip
}

/// Sums over all workers since the start. What is missing in a dictionary counts as zero.
package struct AnswerCounters: Sendable {
  package var queries: [QueryPath: UInt64] = [:]
  package var responses: [ResponseCode: UInt64] = [:]
  /// Replies sent with TC set, so that the asker comes back over TCP.
  package var truncated: UInt64 = 0
  package var dropped: [DropCause: UInt64] = [:]
  /// Messages that could not be read as a query and were answered FORMERR.
  package var malformed: UInt64 = 0
  /// Queries whose EDNS part was wrong or of an unknown version (RFC 6891 §6.1.3, §7).
  package var ednsErrors: UInt64 = 0
  /// AXFR and IXFR queries of clients that may not have the zone, over UDP too.
  package var transfersRefused: UInt64 = 0
  /// Replies over UDP held back by `--rate-limit`.
  package var rateLimited: [RateLimitAction: UInt64] = [:]
  package var tcp = TCPCounters()

  package init() {}
}

package struct TCPCounters: Sendable {
  /// Connections at this moment.
  package var open: UInt64 = 0
  package var accepted: UInt64 = 0
  /// Closed to make room for a new one: the longest idle, when too many were open.
  package var crowdedOut: UInt64 = 0
  /// Closed because nothing came for too long.
  package var closedIdle: UInt64 = 0
  /// Closed because what came was no DNS message.
  package var malformed: UInt64 = 0

  package init() {}
}
