// What is said between Rondo and a node in one probe, as a machine without a socket.
//
//                    ┌──────────────── received, secured ────────────────┐
//   connecting ──connected──▶ conversing ── send, startTLS, wait ────────┘
//       │  ▲                      │
//       │  └────── reconnect ─────┤
//       └── refused, reset, … ────┴── conclude ──▶ over
//
// Whoever owns the socket tells the dialogue what happened and does what it says next. It holds no clock: the
// monitor owns the timeout. A new kind of check is a new `Conversation`.

package import Model

/// One attempt to find out whether a node does its work.
package struct Dialogue: Sendable {
  /// What happened to the connection.
  package enum Event: Hashable, Sendable {
    case connected
    /// TLS that was asked for stands; the node's own certificate in DER, empty where it is not known.
    case secured(certificate: [UInt8])
    /// TLS that was asked for could not be had, through the node's fault or by its certificate; in the words of
    /// whoever tried.
    case tlsFailed(String)
    /// Octets from the node, after TLS if there is any.
    case received([UInt8])
    /// The node closed its side.
    case closed
    /// The kernel gave up by itself (`ETIMEDOUT`), before the monitor did.
    case timedOut
    /// The network or the node refused; the owner of the socket translates the `errno`.
    case failed(FailureReason)
    /// This host could not open, bind or connect the socket, or has no TLS.
    case localFault(LocalFault)
  }

  /// What to do next.
  package enum Step: Hashable, Sendable {
    /// Nothing, until the next event.
    case wait
    /// Send all of this, and go on telling what comes.
    case send([UInt8])
    /// Send this in clear, begin TLS, then tell `.secured` or `.tlsFailed`. What comes meanwhile belongs to TLS.
    case startTLS(TLSDemand, afterSending: [UInt8] = [])
    /// Close the connection and open another to the same place, then tell `.connected` or why not.
    case reconnect
    /// Give the outcome to `HealthMonitor.conclude`, and try once to send the farewell, a QUIT or the like. The verdict waits
    /// for nothing; the connection stays until the node has closed it, or for a moment (see `Farewells`). What was not sent
    /// of an earlier step need not be sent any more.
    case conclude(ProbeOutcome, notes: ProbeNotes = ProbeNotes(), farewell: [UInt8] = [])
  }

  private enum Part {
    case connecting
    case conversing(any Conversation)
    /// Again, in the middle of a conversation.
    case reconnecting(any Conversation)
    case over
  }

  private let plan: CheckPlan
  private let circumstances: ProbeCircumstances
  private var part = Part.connecting
  private var certificate: ProbeNotes?

  package init(of plan: CheckPlan, in circumstances: ProbeCircumstances = ProbeCircumstances()) {
    self.plan = plan
    self.circumstances = circumstances
  }

  /// What the dialogue waits for, to be named when its time is up.
  package var stage: Stage {
    switch part {
    case .conversing(let conversation), .reconnecting(let conversation): conversation.stage
    case .connecting, .over: .connection
    }
  }

  /// Takes what happened; once concluded, whatever else happens is answered by `wait`.
  package mutating func advance(on event: Event) -> Step {
    if case .over = part { return .wait }
    let step = step(after: event)
    if case .reconnect = step, case .conversing(let conversation) = part { part = .reconnecting(conversation) }
    guard case .conclude(let outcome, var notes, let farewell) = step else { return step }
    part = .over
    // What TLS showed on the way belongs to whatever end the probe came to.
    notes.certificate = notes.certificate ?? certificate?.certificate
    notes.certificateExpiry = notes.certificateExpiry ?? certificate?.certificateExpiry
    notes.warnings += certificate?.warnings ?? []
    return .conclude(outcome, notes: notes, farewell: farewell)
  }

  private mutating func step(after event: Event) -> Step {
    switch event {
    case .connected: open()
    case .received([]): .wait
    case .received(let octets): converse { $0.receive(octets[...]) }
    case .secured(let certificate): secured(certificate)
    case .closed: closed()
    case .timedOut: .conclude(.failure(.noAnswer(within: plan.timeout, awaiting: stage)))
    case .tlsFailed(let words): .conclude(.failure(.tlsFailed(PeerText(words))))
    case .failed(let reason): failed(reason)
    case .localFault(let fault): .conclude(.localFault(fault))
    }
  }

  private mutating func open() -> Step {
    switch part {
    case .connecting:
      guard var conversation = plan.kind.conversation(in: circumstances) else { return .conclude(.success) }
      let step = conversation.opened()
      part = .conversing(conversation)
      return step
    case .reconnecting(let conversation):
      part = .conversing(conversation)
      return converse { $0.opened() }
    case .conversing, .over: return .wait
    }
  }

  private mutating func failed(_ reason: FailureReason) -> Step {
    if case .connecting = part { return .conclude(.failure(reason)) }
    return converse { $0.broken(reason) }
  }

  private mutating func closed() -> Step {
    if case .connecting = part { return .conclude(.failure(.connectionClosed)) }
    return converse { $0.closed() }
  }

  private mutating func secured(_ der: [UInt8]) -> Step {
    if !der.isEmpty {
      // Whether the certificate will do was decided by the handshake; here it only leaves its date and its gaps.
      let rules = CertificateRules(names: circumstances.names, onMissingName: .warn, onExpiry: .warn)
      certificate = Certificate(der: der[...]).map { rules.judge($0, at: circumstances.civilSeconds).notes }
    }
    return converse { $0.secured() }
  }

  private mutating func converse(_ turn: (inout any Conversation) -> Step) -> Step {
    var conversation: any Conversation
    switch part {
    case .conversing(let current), .reconnecting(let current): conversation = current
    case .connecting, .over: return .wait
    }
    // Two owners of the conversation would have its buffers copied at every turn.
    part = .over
    defer { part = .conversing(conversation) }
    return turn(&conversation)
  }
}

extension CheckPlan.Kind {
  /// What is said once the connection stands; nil when its standing is all that is asked for.
  fileprivate func conversation(in circumstances: ProbeCircumstances) -> (any Conversation)? {
    switch self {
    // A program is run instead of a dialogue.
    case .tcp, .program: nil
    case .mail(let plan): plan.conversation(in: circumstances)
    case .http(let plan): plan.conversation(in: circumstances)
    case .tls(let plan): HelloConversation(plan, circumstances)
    case .agent: LineConversation(AgentListener(), lineLimit: AgentListener.lineLimit)
    }
  }
}
