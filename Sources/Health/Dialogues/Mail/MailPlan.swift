// What is asked of SMTP, IMAP and POP3: one plan, for the three differ in their words only.

internal import DNS

/// A check of a mail protocol.
package struct MailPlan: Hashable, Sendable {
  package enum Service: String, Hashable, Sendable {
    case smtp, imap, pop3
  }

  package enum Security: Hashable, Sendable {
    case clear
    /// The node must offer STARTTLS; it is not begun.
    case offered
    /// STARTTLS is carried out, and all is said again over TLS.
    case upgraded(TLSChoice)
    /// The connection begins with TLS.
    case immediate(TLSChoice)
  }

  package let service: Service
  package let port: UInt16
  package let security: Security
  /// Whether the greeting must name the node we meant.
  package let mustNameNode: Bool
  /// How Rondo names itself to SMTP: a host name, or an address in brackets; nil for this host's own name.
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
  var form: String {
    if case .immediate = security { return service.rawValue + "s" }
    return service.rawValue
  }

  func conversation(in circumstances: ProbeCircumstances) -> any Conversation {
    let start = MailStart(self, circumstances)
    let spoken: any Conversation =
      switch service {
      case .smtp:
        LineConversation(SMTPDialogue(start, helloName: helloName ?? circumstances.helloName), lineLimit: 2_048)
      // A list of capabilities is one line; RFC 2683 §3.2.1.5 asks servers to take lines of 8,000 octets.
      case .imap: LineConversation(IMAPDialogue(start), lineLimit: 8_192)
      case .pop3: LineConversation(POP3Dialogue(start), lineLimit: 2_048)
      }
    guard case .immediate(let choice) = security else { return spoken }
    return SecuredConversation(choice.demand(in: circumstances), spoken)
  }
}

/// What the check says about TLS; the rest follows from the names the node is handed out under.
package struct TLSChoice: Hashable, Sendable {
  package enum Verification: Hashable, Sendable {
    case none
    case system
    case systemFor(name: String)
    case authority(file: String)
  }

  package let serverName: String?
  package let verification: Verification

  package init(serverName: String? = nil, verification: Verification = .system) {
    self.serverName = serverName
    self.verification = verification
  }

  func demand(in circumstances: ProbeCircumstances, host: String? = nil) -> TLSDemand {
    let indicated = serverName ?? host ?? circumstances.names.first { !$0.hasPrefix("*") }
    let verified = indicated ?? circumstances.address?.description ?? ""
    let verification: TLSDemand.Verification =
      switch verification {
      case .none: .none
      case .system: .system(name: verified)
      case .systemFor(let name): .system(name: name)
      case .authority(let file): .authority(file: file, name: verified)
      }
    // An address is no server name (RFC 6066 §3), and some servers refuse it.
    return TLSDemand(serverName: indicated.flatMap { IPAddress($0) == nil ? $0 : nil }, verification: verification)
  }
}

/// What the three protocols have in common: whether a greeting names the right node, whether STARTTLS is wanted.
struct MailStart: Sendable {
  enum Upgrade: Sendable {
    case unasked
    case mustBeOffered
    case wanted(TLSDemand)

    var isUnasked: Bool { if case .unasked = self { true } else { false } }
  }

  private(set) var upgrade: Upgrade
  private var nodes: NodeNameSearch?

  init(_ plan: MailPlan, _ circumstances: ProbeCircumstances) {
    nodes = plan.mustNameNode ? NodeNameSearch(for: circumstances.node) : nil
    upgrade =
      switch plan.security {
      case .clear, .immediate: .unasked
      case .offered: .mustBeOffered
      case .upgraded(let choice): .wanted(choice.demand(in: circumstances))
      }
  }

  mutating func readGreeting(_ line: ArraySlice<UInt8>) {
    for octet in line { nodes?.feed(octet) }
    nodes?.endWord()
  }

  /// What is wrong with the greeting as a whole.
  var wrongNode: FailureReason? { nodes?.failure(in: .greeting) }
}
