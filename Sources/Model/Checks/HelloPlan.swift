// `tls:`: a TLS port is asked without a TLS library, whether it says hello and which certificate it shows.

/// A check by a TLS 1.2 hello.
package struct HelloPlan: Hashable, Sendable {
  package let port: UInt16
  /// `sni=`; nil for the first name the node is handed out under.
  package let serverName: String?
  /// `names=`: what it means that the certificate does not cover a name the node is handed out under.
  package let onMissingName: CertificateStrictness
  /// What it means that the certificate has expired or is not valid yet.
  package let onExpiry: CertificateStrictness

  package init(
    port: UInt16, serverName: String? = nil, onMissingName: CertificateStrictness = .warn,
    onExpiry: CertificateStrictness = .fail
  ) {
    self.port = port
    self.serverName = serverName
    self.onMissingName = onMissingName
    self.onExpiry = onExpiry
  }
}

/// What a fault of a certificate means for the node, by the word that `names=` has for it.
package enum CertificateStrictness: String, Hashable, Sendable {
  case ignore = "off"
  /// To be fixed; takes nobody out.
  case warn
  case fail = "gate"
}
