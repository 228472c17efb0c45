// Which clients may have a whole zone (RFC 5936 §5).

package import DNS

/// Which clients may transfer zones: none, unless the operator says so.
package struct TransferRights: Sendable {
  private let networks: ClientPrefixes
  /// Signatures by these are believed; a transfer must have one if there are any.
  package let keys: [TSIGKey]

  /// Nobody.
  package init() { self.init(networks: ClientPrefixes(), keys: []) }

  /// - Parameters:
  ///   - networks: from where; empty for any client that has a key.
  ///   - keys: one of which must have signed; empty for all of those networks.
  package init(networks: ClientPrefixes, keys: [TSIGKey]) {
    self.networks = networks
    self.keys = keys
  }

  /// Whether nobody may.
  package var isEmpty: Bool { networks.isEmpty && keys.isEmpty }

  /// Whether a query from this address may, if it is one that must be signed only when it is `verified`.
  func permit(_ client: ClientAddress, _ signature: QuerySignature.Verification) -> Bool {
    guard !isEmpty else { return false }
    return (networks.isEmpty || networks.contains(client)) && (keys.isEmpty || signature == .verified)
  }
}
