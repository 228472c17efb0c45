// `smtp: smtps: imap: imaps: pop3: pop3s:`: one plan, because the three protocols differ in their words only.

/// A check of a mail protocol.
package struct MailPlan: Hashable, Sendable {
  package enum Service: String, Hashable, Sendable {
    case smtp, imap, pop3
  }

  package enum Security: Hashable, Sendable {
    case clear
    /// `starttls=offer`: the node must offer STARTTLS; it is not begun.
    case offered
    /// `starttls=use`: STARTTLS is carried out, and all is said again over TLS.
    case upgraded(TLSChoice)
    /// The connection begins with TLS.
    case immediate(TLSChoice)
  }

  package let service: Service
  package let port: UInt16
  package let security: Security
  /// `names=node`: the greeting must name the node we meant.
  package let mustNameNode: Bool
  /// `helo=`: how Rondo names itself to SMTP, a host name or an address in brackets; nil for this host's own name.
  package let helloName: String?

  package init(
    service: Service, port: UInt16, security: Security = .clear, mustNameNode: Bool = false, helloName: String? = nil
  ) {
    self.helloName = helloName
    self.service = service
    self.port = port
    self.security = security
    self.mustNameNode = mustNameNode
  }

  /// As the zone config file writes it: `smtps`.
  package var form: String {
    if case .immediate = security { return service.rawValue + "s" }
    return service.rawValue
  }
}
