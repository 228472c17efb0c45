// What is asked of a TLS port without a TLS library: that it says hello, and which certificate it shows.

/// A check by a TLS 1.2 hello.
package struct HelloPlan: Hashable, Sendable {
  package let port: UInt16
  /// Nil for the first name the node is handed out under.
  package let serverName: String?
  /// What a name means that the certificate does not cover.
  package let onMissingName: CertificateRules.Strictness
  /// What it means that the certificate has expired or is not valid yet.
  package let onExpiry: CertificateRules.Strictness

  package init(
    port: UInt16, serverName: String? = nil, onMissingName: CertificateRules.Strictness = .warn,
    onExpiry: CertificateRules.Strictness = .fail
  ) {
    self.port = port
    self.serverName = serverName
    self.onMissingName = onMissingName
    self.onExpiry = onExpiry
  }
}
