// How a mail check begins: which protocol is spoken, whether a greeting names the right node, whether STARTTLS is wanted.

internal import Model

extension MailPlan {
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
