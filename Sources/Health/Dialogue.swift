// What is said between Rondo and a node in one probe, as a machine without a socket.
//
// Whoever owns the socket tells the dialogue what happened and does what it says next. It holds no clock: the
// monitor owns the timeout. A new kind of check is a new `Part`, and steps and events of its own.

/// One attempt to find out whether a node does its work.
package struct Dialogue: Sendable {
  /// What happened to the connection.
  package enum Event: Hashable, Sendable {
    case connected
    /// The node closed its side.
    case closed
    /// The kernel gave up by itself (`ETIMEDOUT`), before the monitor did.
    case timedOut
    /// The network or the node refused; the owner of the socket translates the `errno`.
    case failed(FailureReason)
    /// This host could not open, bind or connect the socket.
    case localFault(LocalFault)
  }

  /// What to do next.
  package enum Step: Hashable, Sendable {
    /// Nothing, until the next event.
    case wait
    /// Close the socket and give this to `HealthMonitor.conclude`.
    case conclude(ProbeOutcome)
  }

  private enum Part {
    case connecting
    case over
  }

  private let plan: CheckPlan
  private var part = Part.connecting

  package init(of plan: CheckPlan) { self.plan = plan }

  /// Takes what happened; once concluded, whatever else happens is answered by `wait`.
  package mutating func take(_ event: Event) -> Step {
    switch (part, plan.kind, event) {
    case (.over, _, _): .wait
    case (.connecting, .tcp, .connected): conclude(.success)
    case (_, _, .connected): .wait
    case (_, _, .closed): conclude(.failure(.connectionClosed))
    case (_, _, .timedOut): conclude(.failure(.noAnswer(within: plan.timeout)))
    case (_, _, .failed(let reason)): conclude(.failure(reason))
    case (_, _, .localFault(let fault)): conclude(.localFault(fault))
    }
  }

  private mutating func conclude(_ outcome: ProbeOutcome) -> Step {
    part = .over
    return .conclude(outcome)
  }
}
