// Failures as a small set of stable words: what node and network said may be anything, and must not become a label.

extension FailureReason {
  /// The kind of failure, such as `connection-refused`, without anything that the other side has said.
  package var word: String {
    switch self {
    case .connectionRefused: "connection-refused"
    case .noAnswer: "no-answer"
    case .noRouteToHost: "no-route-to-host"
    case .networkUnreachable: "network-unreachable"
    case .prohibited: "prohibited"
    case .connectionReset: "connection-reset"
    case .connectionClosed, .closedBefore: "connection-closed"
    case .networkError: "network-error"
    case .wrongNode, .nodeNotNamed: "wrong-node"
    case .agent: "agent"
    case .status: "status"
    case .redirected: "redirected"
    case .bodyLacks, .bodyLacksAtFirst: "body-lacks"
    case .tlsFailed, .tlsAlert: "tls"
    case .certificateExpired: "certificate-expired"
    case .certificateDoesNotCover: "certificate-names"
    case .certificateMissing, .certificateUnreadable, .certificateNotYetValid, .certificateExpiresSoon,
      .certificateHidden:
      "certificate"
    case .programFailed, .programKilled: "program"
    // Of what was said, something was not as it should be.
    default: "unexpected-answer"
    }
  }
}

extension OutReason {
  /// The kind of reason, one of a small set.
  package var word: String {
    switch self {
    case .failure(let reason): reason.word
    case .intermittent: "intermittent"
    case .maintenance: "maintenance"
    case .remembered: "before-restart"
    }
  }
}
