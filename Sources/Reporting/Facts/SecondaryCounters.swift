// What secondaries were sent since the start: notices, and whole zones.

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

/// What became of the notices to one secondary, which is notified when a zone changes (RFC 1996).
package struct SecondaryCounters: Hashable, Sendable {
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
