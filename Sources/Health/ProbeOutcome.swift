// What a probe found out, in the operator's words.
//
// What goes wrong on this host says nothing about the node, so a local fault is a case of its own and cannot be
// counted as a failure by mistake; and a node that says it is in maintenance has not failed, but does not pass either.

package import DNS

/// The end of one probe.
package enum ProbeOutcome: Hashable, Sendable {
  case success
  /// The node did not do what the check asks.
  case failure(FailureReason)
  /// The node said that it is not to be used now.
  case maintenance(MaintenanceReason)
  /// This host could not put the question; the node may be well or not.
  case localFault(LocalFault)
}

/// Why this host could not probe.
package enum LocalFault: Hashable, Sendable {
  /// `EMFILE`, `ENFILE`.
  case outOfDescriptors
  /// This host has no address of the family, or all its ports towards the target are in use (`EADDRNOTAVAIL`).
  case noSourcePort
  /// The same, where the check names the address that probes come from.
  case sourceNotAvailable(IPAddress)
  /// `ENOBUFS`, `ENOMEM`.
  case outOfMemory
  /// A rule on this host forbids the connection (`EPERM`, `EACCES`).
  case notPermitted
  /// The end of the timeout was noticed so late that the host must have been stopped or suspended meanwhile.
  case wokeLate(by: Duration)
  /// The check needs TLS, and this host has no OpenSSL, or not the authorities that the check believes.
  case tlsNotAvailable
  /// TLS could not be begun towards this target, in OpenSSL's words.
  case tlsNotSetUp(String)
  /// The check program could not be started, for this reason.
  case programNotStarted(String)
  /// Another `errno` number.
  case systemError(code: Int32)
}

extension ProbeOutcome {
  /// What it means that the time of a probe is up. That a program has not even begun is a matter of this host.
  package init(timeoutAfter limit: Duration, awaiting stage: Stage) {
    guard stage == .programStart else {
      self = .failure(.noAnswer(within: limit, awaiting: stage))
      return
    }
    let reason = "the program has not started within \(limit.inWords): look at the disk that it is on"
    self = .localFault(.programNotStarted(reason))
  }
}

extension ProbeOutcome: CustomStringConvertible {
  package var description: String {
    switch self {
    case .success: "success"
    case .failure(let reason): reason.description
    case .maintenance(let reason): "maintenance: \(reason)"
    case .localFault(let fault): fault.description
    }
  }
}

extension LocalFault: CustomStringConvertible {
  /// Begins with `local:`, so that nobody looks for the fault on the node.
  package var description: String {
    switch self {
    case .outOfDescriptors: "local: out of descriptors"
    case .noSourcePort: "local: no source address or port"
    case .sourceNotAvailable(let address): "local: source \(address) is no address of this host, or has no free port"
    case .outOfMemory: "local: out of memory for sockets"
    case .notPermitted: "local: connection not permitted"
    case .wokeLate(let lateness): "local: woke \(lateness.inWords) late"
    case .tlsNotAvailable: "local: TLS is not available on this host; see the log"
    case .tlsNotSetUp(let reason): "local: TLS cannot be begun: \(reason)"
    case .programNotStarted(let reason): "local: \(reason)"
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
