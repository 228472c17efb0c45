// The sockets of health checks: starts what the monitor asks for, tells the dialogue what the kernel says.

internal import DNS
internal import Health
internal import Linux

/// All probes under way.
struct Probes: ~Copyable {
  /// A probe's socket and what it has come to.
  private final class Probe {
    let connect: TCPConnect
    var dialogue: Dialogue

    init(_ connect: consuming TCPConnect, _ dialogue: Dialogue) {
      self.connect = connect
      self.dialogue = dialogue
    }
  }

  private var live: [ProbeID: Probe] = [:]

  /// Begins a probe.
  ///
  /// - Returns: its outcome if it is over at once.
  mutating func start(
    _ id: ProbeID, _ target: ProbeTarget, _ epoll: borrowing Epoll, token: UInt64
  ) -> ProbeOutcome? {
    var dialogue = Dialogue(of: target.plan)
    do throws(Errno) {
      let connect = try TCPConnect(to: target.endpoint)
      try epoll.add(connect, token: token, for: .writable)
      live[id] = Probe(connect, dialogue)
      return nil
    } catch {
      return dialogue.take(Probes.event(for: error)).outcome
    }
  }

  /// Looks what became of a probe whose socket has spoken.
  ///
  /// - Returns: its outcome if that decides it; its socket is closed then.
  mutating func look(at id: ProbeID) -> ProbeOutcome? {
    guard let probe = live[id] else { return nil }
    let step: Dialogue.Step
    do throws(Errno) {
      switch try probe.connect.progress() {
      case .pending: return nil
      case .connected: step = probe.dialogue.take(.connected)
      }
    } catch {
      step = probe.dialogue.take(Probes.event(for: error))
    }
    guard let outcome = step.outcome else { return nil }
    live[id] = nil
    return outcome
  }

  /// Closes the socket of a probe that is given up.
  mutating func abandon(_ id: ProbeID) { live[id] = nil }

  /// Whose fault an error is: the node's, the network's, or this host's.
  private static func event(for error: Errno) -> Dialogue.Event {
    switch error {
    case .connectionRefused: .failed(.connectionRefused)
    case .connectionReset: .failed(.connectionReset)
    case .hostUnreachable: .failed(.noRouteToHost)
    case .networkUnreachable: .failed(.networkUnreachable)
    case .timedOut: .timedOut
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem: .localFault(.outOfDescriptors)
    case .addressNotAvailable: .localFault(.noSourcePort)
    case .noBufferSpace, .noMemory: .localFault(.outOfMemory)
    case .notPermitted, .permissionDenied: .localFault(.notPermitted)
    case .invalidArgument, .badFileDescriptor, .addressFamilyNotSupported:
      .localFault(.systemError(code: error.rawValue))
    default: .failed(.networkError(code: error.rawValue))
    }
  }
}

extension Dialogue.Step {
  /// What the probe came to; nil while it goes on.
  fileprivate var outcome: ProbeOutcome? {
    switch self {
    case .wait: nil
    case .conclude(let outcome): outcome
    }
  }
}
