// `sni=` and `verify=`: how a check begins TLS, and whom it believes.

/// What the check says about TLS; the rest follows from the names the node is handed out under.
package struct TLSChoice: Hashable, Sendable {
  package enum Verification: Hashable, Sendable {
    /// Any certificate will do.
    case none
    /// By the system's authorities, for the name that is asked for.
    case system
    /// By the system's authorities, for this name.
    case systemFor(name: String)
    /// By the authorities in this file; its path is completed by the directory of the zone config file.
    case authority(file: String)
  }

  package let serverName: String?
  package let verification: Verification

  package init(serverName: String? = nil, verification: Verification = .system) {
    self.serverName = serverName
    self.verification = verification
  }
}
