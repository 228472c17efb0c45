// What a probe learnt besides whether the node is well.

/// Found out on the way; whether the node is well is `ProbeOutcome`'s to say.
package struct ProbeNotes: Hashable, Sendable {
  package enum Certificate: Hashable, Sendable {
    /// Whole days until it expires; negative once it has.
    case seen(daysLeft: Int)
    /// A server of TLS 1.3 shows its certificate only to who completes the handshake.
    case hidden
  }

  package var certificate: Certificate?
  package var agent: AgentReport?
  /// What is to be mended, and takes nobody out.
  package var warnings: [FailureReason]

  package init(certificate: Certificate? = nil, agent: AgentReport? = nil, warnings: [FailureReason] = []) {
    self.certificate = certificate
    self.agent = agent
    self.warnings = warnings
  }
}
