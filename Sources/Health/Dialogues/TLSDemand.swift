// What a dialogue asks of whoever carries out TLS for it.

/// The TLS connection that is wanted.
package struct TLSDemand: Hashable, Sendable {
  package enum Verification: Hashable, Sendable {
    /// Any certificate will do.
    case none
    /// A chain to one of the system's authorities, for this name.
    case system(name: String)
    /// A chain to an authority in this file (PEM), for this name.
    case authority(file: String, name: String)
  }

  /// What server name indication says (RFC 6066 §3); nil where only an address is known.
  package let serverName: String?
  package let verification: Verification

  package init(serverName: String?, verification: Verification) {
    self.serverName = serverName
    self.verification = verification
  }
}
