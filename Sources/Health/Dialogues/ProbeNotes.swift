// What a probe found out besides its outcome.

/// Found out on the way; the verdict on the probe is its `ProbeOutcome`.
package struct ProbeNotes: Hashable, Sendable {
  package enum Certificate: Hashable, Sendable {
    /// Whole days until it expires; negative once it has.
    case seen(daysLeft: Int)
    /// A server of TLS 1.3 shows its certificate only after a complete handshake.
    case hidden
  }

  package var certificate: Certificate?
  /// When the certificate that was seen expires, in seconds since 1970; nil when none was seen.
  package var certificateExpiry: Int64?
  package var agent: AgentReport?
  /// What is to be fixed, but takes no node out.
  package var warnings: [FailureReason]

  package init(
    certificate: Certificate? = nil, certificateExpiry: Int64? = nil, agent: AgentReport? = nil,
    warnings: [FailureReason] = []
  ) {
    self.certificate = certificate
    self.certificateExpiry = certificateExpiry
    self.agent = agent
    self.warnings = warnings
  }
}
