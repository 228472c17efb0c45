// What has been counted since the start: by the workers, summed by the control thread, and by the checks.

package import DNS

extension StatusReport {
  package enum Transport: String, Sendable, CaseIterable {
    case udp, tcp
  }

  /// By which way a query came.
  package struct QueryPath: Hashable, Sendable, CaseIterable {
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
    /// AXFR and IXFR queries of who may not have the zone, over UDP too.
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

  /// Transfers of one zone, since the start.
  package struct TransferCounters: Hashable, Sendable {
    package var complete: UInt64 = 0
    /// The connection ended before the zone did.
    package var broken: UInt64 = 0
    /// Over UDP too, where no zone is sent.
    package var refused: UInt64 = 0
    /// Of the messages sent.
    package var octets: UInt64 = 0
    /// How long those that were complete took together.
    package var microseconds: Int64 = 0

    package init() {}
  }

  /// A server that is told when a zone has changed (RFC 1996).
  package struct Secondary: Hashable, Sendable {
    /// What was wrong with a notice.
    package enum Failure: Hashable, Sendable {
      /// It does not arrive, or nobody answers.
      case unreachable(String)
      /// The secondary answers, and does not act.
      case refuses(String)
    }

    package var address: String
    /// Where notices leave from; nil where the system chooses.
    package var source: String?
    /// Notices sent, repeated ones too.
    package var sent: UInt64 = 0
    /// Answered NOERROR: the secondary acts on them.
    package var answered: UInt64 = 0
    /// Answered with another code.
    package var rejected: UInt64 = 0
    /// Given up after the last repetition.
    package var unanswered: UInt64 = 0
    /// Answers without the signature that was asked for.
    package var unproven: UInt64 = 0
    /// Attempts that this host could not send, or that came back as undeliverable.
    package var undelivered: UInt64 = 0
    /// What was wrong with the last notice; nil once one is answered NOERROR.
    package var lastFailure: Failure?
    /// Zones of whose change it has not yet confirmed to have heard.
    package var pending = 0

    package init(address: String) { self.address = address }
  }

  /// Sums over all checks since the start, those of earlier configurations included.
  package struct HealthCounters: Sendable {
    package var probes: UInt64 = 0
    package var failures: UInt64 = 0
    package var changes: UInt64 = 0
    /// How often new address sets went to the workers.
    package var publications: UInt64 = 0
    /// The families in which this host is cut off; the last view is kept there.
    package var isolated: [AddressFamily] = []

    package init() {}
  }
}

extension ResponseCode {
  /// The registry's name for the code (RFC 6895 §2.3).
  var statusName: String {
    switch self {
    case .noError: "NOERROR"
    case .formatError: "FORMERR"
    case .serverFailure: "SERVFAIL"
    case .nameError: "NXDOMAIN"
    case .notImplemented: "NOTIMP"
    case .refused: "REFUSED"
    case .nameExists: "YXDOMAIN"
    case .notAuthorized: "NOTAUTH"
    case .badVersion: "BADVERS"
    case .badCookie: "BADCOOKIE"
    default: "RCODE\(rawValue)"
    }
  }
}
