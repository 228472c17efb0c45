// The sockets of health checks: starts what the monitor asks for, carries octets between the kernel and the dialogue.

internal import DNS
internal import Health
internal import Linux

/// All probes under way.
struct Probes: ~Copyable {
  /// How a probe ended.
  struct End {
    var outcome: ProbeOutcome
    var notes = ProbeNotes()
  }

  /// What a look at a probe came to.
  enum Look {
    case end(End)
    /// It waits for this now.
    case stage(Stage)
  }

  /// A probe's socket and what it has come to.
  private final class Probe {
    /// Nil once the connection stands.
    var connect: TCPConnect?
    var connection: TCPConnection?
    var dialogue: Dialogue
    /// What the kernel had no room for yet.
    var unsent: [UInt8] = []
    let token: UInt64

    init(_ connect: consuming TCPConnect, _ dialogue: Dialogue, token: UInt64) {
      self.connect = consume connect
      self.dialogue = dialogue
      self.token = token
    }
  }

  /// Octets read at once.
  private static let readLimit = 16_384
  /// Reads in one look: a node that sends without end must not keep the others waiting.
  private static let readsPerLook = 4

  private var live: [ProbeID: Probe] = [:]

  /// Begins a probe.
  ///
  /// - Returns: its end if it is over at once.
  mutating func start(
    _ id: ProbeID, _ target: ProbeTarget, _ epoll: borrowing Epoll, token: UInt64,
    using random: inout some RandomNumberGenerator
  ) -> End? {
    let circumstances = ProbeCircumstances(
      of: target, at: UnixTime.now.milliseconds / 1_000, version: rondoVersion, using: &random)
    var dialogue = Dialogue(of: target.plan, in: circumstances)
    do throws(Errno) {
      let connect = try TCPConnect(to: target.endpoint)
      try epoll.add(connect, token: token, for: .writable)
      live[id] = Probe(connect, dialogue, token: token)
      return nil
    } catch {
      guard case .conclude(let outcome, let notes, _) = dialogue.take(Probes.event(for: error)) else { return nil }
      return End(outcome: outcome, notes: notes)
    }
  }

  /// Looks what became of a probe whose socket has spoken; its socket is closed once that decides it.
  mutating func look(at id: ProbeID, _ epoll: borrowing Epoll) -> Look? {
    guard let probe = live[id] else { return nil }
    let step = probe.connect == nil ? Probes.converse(probe) : Probes.connect(probe)
    guard case .conclude(let outcome, let notes, _) = Probes.obey(step, probe, epoll) else {
      return .stage(probe.dialogue.stage)
    }
    live[id] = nil
    return .end(End(outcome: outcome, notes: notes))
  }

  /// Closes the socket of a probe that is given up.
  mutating func abandon(_ id: ProbeID) { live[id] = nil }

  // MARK: A look

  private static func connect(_ probe: Probe) -> Dialogue.Step {
    do throws(Errno) {
      guard let progress = try probe.connect?.progress(), progress == .connected else { return .wait }
      probe.connection = try probe.connect.take()?.finish()
    } catch {
      return probe.dialogue.take(event(for: error))
    }
    return probe.dialogue.take(.connected)
  }

  /// Sends what is unsent and reads what there is.
  private static func converse(_ probe: Probe) -> Dialogue.Step {
    flush(probe)
    for _ in 0..<readsPerLook {
      let event: Dialogue.Event
      do throws(Errno) {
        var octets = [UInt8](repeating: 0, count: readLimit)
        var elements = octets.mutableSpan
        var room = MutableRawSpan(_elements: &elements)
        switch try probe.connection?.read(into: &room) {
        case .octets(let count): event = .received(Array(octets[..<count]))
        case .endOfStream: event = .closed
        case .wouldBlock, nil: return .wait
        }
      } catch {
        event = Probes.event(for: error)
      }
      let step = probe.dialogue.take(event)
      if step != .wait { return step }
      if event == .closed { return .wait }
    }
    return .wait
  }

  /// Does what a step says, as far as the kernel lets it, and returns the last step that came of it.
  private static func obey(_ step: Dialogue.Step, _ probe: Probe, _ epoll: borrowing Epoll) -> Dialogue.Step {
    switch step {
    case .wait: break
    case .send(let octets):
      probe.unsent += octets
      flush(probe)
    case .startTLS: return probe.dialogue.take(.localFault(.tlsNotAvailable))
    case .conclude(_, _, let farewell):
      // Behind half a command it would not be understood.
      if probe.unsent.isEmpty, !farewell.isEmpty { _ = try? probe.connection?.write(farewell) }
      return step
    }
    do throws(Errno) {
      switch probe.connection {
      case .some(let connection):
        try epoll.modify(
          connection, token: probe.token, for: probe.unsent.isEmpty ? .readable : [.readable, .writable])
      case nil: break
      }
    } catch {
      return probe.dialogue.take(event(for: error))
    }
    return .wait
  }

  /// What cannot be sent is no end yet: the node may have said why before it closed, and reading tells.
  private static func flush(_ probe: Probe) {
    guard !probe.unsent.isEmpty else { return }
    do throws(Errno) {
      if case .octets(let sent) = try probe.connection?.write(probe.unsent) { probe.unsent.removeFirst(sent) }
    } catch {
      probe.unsent = []
    }
  }

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
