// What the operator has set about answers, besides the zones.

package import DNS

/// Settings that workers read from their snapshot, so that a reload can change them. Immutable.
package struct AnswerSettings: Sendable {
  /// Makes and proves server cookies (RFC 7873); without it cookies are not answered.
  package var cookieSecrets: CookieSecrets?
  /// What names this instance, for NSID (RFC 5001) and `id.server` (RFC 4892); empty for no answer.
  package var identifier: [UInt8] {
    didSet { precondition(identifier.count <= AnswerSettings.longestIdentifier) }
  }

  /// Which clients may have whole zones.
  package var transfers: TransferRights

  /// In octets: it fits into every reply beside all else.
  package static let longestIdentifier = 64

  package init(
    cookieSecrets: CookieSecrets? = nil, identifier: [UInt8] = [], transfers: TransferRights = TransferRights()
  ) {
    precondition(identifier.count <= AnswerSettings.longestIdentifier)
    self.cookieSecrets = cookieSecrets
    self.identifier = identifier
    self.transfers = transfers
  }
}
