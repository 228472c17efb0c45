// What a worker counts while it answers.

package import DNS

/// Counts since the worker last handed them over; plain numbers, owned by one thread.
package struct AnswerTally: Sendable {
  /// Replies by RCODE, 0–23.
  package private(set) var responses = InlineArray<24, UInt64>(repeating: 0)
  /// Messages without a whole header; they get no reply.
  package var tooShort: UInt64 = 0
  /// Messages with QR set; they get no reply.
  package var notQueries: UInt64 = 0
  /// Replies with TC set.
  package var truncated: UInt64 = 0
  /// Referrals to another server's zone.
  package var referrals: UInt64 = 0
  /// Queries that carried a well-formed OPT.
  package var withOptions: UInt64 = 0
  /// Queries refused because of their OPT: malformed, or of an unknown version.
  package var optionErrors: UInt64 = 0
  /// Queries over TCP that asked for their connection to be kept (RFC 7828).
  package var keepalives: UInt64 = 0
  /// AXFR and IXFR queries of clients that may not have the zone, or for a name that is none.
  package var transfersRefused: UInt64 = 0
  /// Replies over UDP that were not sent, or gave way to a short one, because of the rate limit.
  package var limitedDropped: UInt64 = 0
  package var limitedSlipped: UInt64 = 0
  /// Octets of all replies.
  package var replyOctets: UInt64 = 0

  package init() {}

  @inline(__always)
  mutating func count(_ code: ResponseCode, octets: Int) {
    responses[Int(code.rawValue)] &+= 1
    replyOctets &+= UInt64(truncatingIfNeeded: octets)
  }

  /// Uncounts a reply that is not sent after all.
  mutating func uncount(_ code: UInt16, octets: Int) {
    responses[Int(code)] &-= 1
    replyOctets &-= UInt64(truncatingIfNeeded: octets)
  }

  package func responses(_ code: ResponseCode) -> UInt64 { responses[Int(code.rawValue)] }
}
