// How far a probe has come, in words: what it waits for is what is missing when its time is up.

/// What a probe waits for.
package enum Stage: Hashable, Sendable, CaseIterable {
  /// The answer to our SYN.
  case connection
  /// The end of a TLS handshake that somebody else carries out.
  case handshake
  /// The first line of SMTP, IMAP and POP3.
  case greeting
  case ehlo
  case helo
  case capabilities
  /// The answer to STARTTLS or STLS.
  case startTLS
  /// Status line and header fields of an HTTP response.
  case response
  case body
  case agentLine
  case serverHello
  case certificate
  /// That the kernel has read a check program's file.
  case programStart
  /// The end of a check program.
  case program

  /// For `… was 554 go away`, `… is too long`, `… does not name ex1`.
  package var subject: String {
    switch self {
    case .connection: "answer"
    case .handshake: "TLS handshake"
    case .greeting: "greeting"
    case .ehlo: "answer to EHLO"
    case .helo: "answer to HELO"
    case .capabilities: "list of capabilities"
    case .startTLS: "answer to STARTTLS"
    case .response: "response"
    case .body: "body"
    case .agentLine: "agent's line"
    case .serverHello: "TLS hello"
    case .certificate: "TLS certificate"
    case .programStart, .program: "program"
    }
  }

  /// For `… within 2 s` and `connection closed, …`.
  package var missing: String {
    switch self {
    case .body: "no complete body"
    case .handshake: "no end of the TLS handshake"
    case .programStart: "no start of the program"
    case .program: "no end of the program"
    case .agentLine: "no line from the agent"
    default: "no \(subject)"
    }
  }
}
