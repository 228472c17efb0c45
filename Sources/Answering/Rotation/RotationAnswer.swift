// What a pool answers in one family at one moment, as health has worked it out: the input of the address runs.

package import DNS
package import Model

/// The addresses of one rotation, in which orders they are answered, and what is said if there are none.
package struct RotationAnswer: Hashable, Sendable {
  /// In which orders the addresses are answered.
  package enum Orders: Hashable, Sendable {
    /// Each address is the first in its turn, and the others follow in their order.
    case turns
    /// The rows of a table in their turn, or the one that the asker's network falls on.
    case rows(AnswerRows)
    /// A table for askers in no `$SITE`, then one for each `$SITE` in the order of the configuration; all of the same
    /// width, and picked from in the same way.
    case bySite([AnswerRows])
  }

  /// What an answer without addresses is.
  package enum EmptyAnswer: Sendable {
    /// No such record: NOERROR with the zone's SOA (RFC 2308 §2.2).
    case noData
    /// SERVFAIL.
    case serverFailure
  }

  /// All that are handed out, whoever asks; all of one family.
  package var addresses: [IPAddress]
  /// In seconds.
  package var ttl: UInt32
  /// How many of the addresses one answer carries, 1…8; with rows their width says it.
  package var most: Int
  package var orders = Orders.turns
  package var whenEmpty = EmptyAnswer.noData
  /// Too few nodes are healthy: these are handed out all the same.
  package var isFailOpen = false

  package init(_ addresses: [IPAddress], ttl: UInt32, most: Int = PoolPolicy.mostAnswers) {
    self.addresses = addresses
    self.ttl = ttl
    self.most = min(max(most, 1), PoolPolicy.mostAnswers)
  }
}
