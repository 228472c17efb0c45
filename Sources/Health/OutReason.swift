// Why a target is out of the answers, and what one probe is evidence for.

/// What took a target out.
package enum OutReason: Hashable, Sendable {
  /// It failed as often in a row as `fall` says; this was the last failure.
  case failure(FailureReason)
  /// It failed this many of its last checks, though never often enough in a row.
  case intermittent(failures: Int, within: Int, last: FailureReason)
  /// It said itself that it is not to be used.
  case maintenance(String)
  /// It was out when this host wrote down its last view, before a restart.
  case remembered(String)

  /// Somebody works on the node: out, but no fault.
  package var isMaintenance: Bool {
    if case .maintenance = self { true } else { false }
  }

  /// What is written down of it: that it was before a restart is said when it is read.
  var memorable: String {
    if case .remembered(let text) = self { text } else { description }
  }
}

extension OutReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .failure(let reason): reason.description
    case .intermittent(let failures, let checks, let last): "\(failures) of \(checks) checks failed, last: \(last)"
    case .maintenance(let text): text.isEmpty ? "in maintenance" : text
    case .remembered(let text): text.isEmpty ? "out before the restart" : "\(text) (before the restart)"
    }
  }
}

/// What the end of a probe says about the target.
enum Evidence: Hashable, Sendable {
  case well
  case against(OutReason)
  /// This host could not ask.
  case none

  init(_ outcome: ProbeOutcome) {
    switch outcome {
    case .success: self = .well
    case .failure(let reason): self = .against(.failure(reason))
    case .maintenance(let reason): self = .against(.maintenance(reason.description))
    case .localFault: self = .none
    }
  }

  /// Nothing came back from the node. Anything else, a refusal too, proves that this host reaches it.
  var isSilence: Bool {
    guard case .against(.failure(let reason)) = self else { return false }
    switch reason {
    // A host that accepted the connection is there, even if it said nothing.
    case .noAnswer(_, awaiting: .connection), .noRouteToHost, .networkUnreachable, .prohibited, .networkError:
      return true
    default: return false
    }
  }
}
