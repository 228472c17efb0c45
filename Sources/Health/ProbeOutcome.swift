// What a probe found out, in the operator's words.
//
// Three answers, not two: what goes wrong on this host says nothing about the node, so a local fault is a case of its
// own and cannot be counted as a failure by mistake.

/// The end of one probe.
package enum ProbeOutcome: Hashable, Sendable {
  case success
  /// The node did not do what the check asks.
  case failure(FailureReason)
  /// This host could not put the question; the node may be well or not.
  case localFault(LocalFault)
}

/// Why a node failed a probe.
package enum FailureReason: Hashable, Sendable {
  /// The host is there, nothing listens on the port (`ECONNREFUSED`).
  case connectionRefused
  case noAnswer(within: Duration)
  /// A router, or the neighbour cache, says that the host cannot be reached (`EHOSTUNREACH`).
  case noRouteToHost
  case networkUnreachable
  case connectionReset
  /// The node closed before it had said what the check waits for.
  case connectionClosed
  /// Another error the network reported for this connection, by its `errno` number.
  case networkError(code: Int32)
}

/// Why this host could not probe.
package enum LocalFault: Hashable, Sendable {
  /// `EMFILE`, `ENFILE`.
  case outOfDescriptors
  /// This host has no address of the family, or all its ports towards the target are in use (`EADDRNOTAVAIL`).
  case noSourcePort
  /// `ENOBUFS`, `ENOMEM`.
  case outOfMemory
  /// A rule on this host forbids the connection (`EPERM`, `EACCES`).
  case notPermitted
  /// The end of the timeout was noticed so late that the host must have been stopped or suspended meanwhile.
  case wokeLate(by: Duration)
  /// Another `errno` number.
  case systemError(code: Int32)
}

extension ProbeOutcome: CustomStringConvertible {
  package var description: String {
    switch self {
    case .success: "success"
    case .failure(let reason): reason.description
    case .localFault(let fault): fault.description
    }
  }
}

extension FailureReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .connectionRefused: "connection refused"
    case .noAnswer(let limit): "no answer within \(limit.inWords)"
    case .noRouteToHost: "no route to host"
    case .networkUnreachable: "network unreachable"
    case .connectionReset: "connection reset"
    case .connectionClosed: "connection closed"
    case .networkError(let code): "network error \(code)"
    }
  }
}

extension LocalFault: CustomStringConvertible {
  /// Begins with `local:`, so that nobody looks for the fault on the node.
  package var description: String {
    switch self {
    case .outOfDescriptors: "local: out of descriptors"
    case .noSourcePort: "local: no source address or port"
    case .outOfMemory: "local: out of memory for sockets"
    case .notPermitted: "local: connection not permitted"
    case .wokeLate(let lateness): "local: woke \(lateness.inWords) late"
    case .systemError(let code): "local: system error \(code)"
    }
  }
}

extension Duration {
  /// `2 s`, `1.5 s`, `250 ms`: to the millisecond, without zeros that say nothing.
  package var inWords: String {
    let milliseconds = wholeNanoseconds / 1_000_000
    guard milliseconds >= 1_000 else { return "\(milliseconds) ms" }
    var fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(milliseconds / 1_000)\(fraction.isEmpty ? "" : ".")\(fraction) s"
  }
}
