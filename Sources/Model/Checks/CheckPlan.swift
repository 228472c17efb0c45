// How `$CHECK` has a node tested: the dialogue, its times, and how many results in a row change the verdict.

/// A check without its name: what makes two tests the same test.
package struct CheckPlan: Hashable, Sendable {
  /// Which dialogue is held, with all that makes it another test when it is changed.
  package enum Kind: Hashable, Sendable {
    /// The node is healthy when it accepts a connection to this port.
    case tcp(port: UInt16)
    case mail(MailPlan)
    case http(HTTPPlan)
    /// A TLS hello without a TLS library, for the certificate.
    case tls(HelloPlan)
    /// The node says in one word how it is.
    case agent(port: UInt16)
    /// A program of this host finds out.
    case program(ProgramPlan)
  }

  package let kind: Kind
  /// From the start of one probe to the start of the next.
  package let every: Duration
  /// How long a probe may take; not over `every`.
  package let timeout: Duration
  /// Failures in a row that take a node out.
  package let fall: Int
  /// Successes in a row that put it back.
  package let rise: Int
  package let tuning: CheckTuning

  /// Times are brought into 10 ms … 7 days and `timeout` under `every`, counts to 1 or more: the zone file refuses
  /// anything else with a message, and what `Health` proves of its schedule holds only for such values.
  package init(
    kind: Kind, every: Duration, timeout: Duration, fall: Int, rise: Int, tuning: CheckTuning = CheckTuning()
  ) {
    self.kind = kind
    self.every = min(max(every, .milliseconds(10)), .seconds(7 * 86_400))
    self.timeout = min(max(timeout, .milliseconds(1)), self.every)
    self.fall = max(fall, 1)
    self.rise = max(rise, 1)
    self.tuning = tuning
  }

  /// From one probe to the next while a change is pending; not over `every`.
  package var fast: Duration { min(tuning.fast, every) }
}

extension CheckPlan.Kind {
  /// Nil for a program, which connects by itself.
  package var port: UInt16? {
    switch self {
    case .tcp(let port), .agent(let port): port
    case .mail(let plan): plan.port
    case .http(let plan): plan.port
    case .tls(let plan): plan.port
    case .program: nil
    }
  }

  /// How TLS is begun; nil for checks that carry out none. `tls:` reads a hello by itself.
  package var tls: TLSChoice? {
    switch self {
    case .http(let plan): return plan.tls
    case .mail(let plan):
      switch plan.security {
      case .upgraded(let choice), .immediate(let choice): return choice
      case .clear, .offered: return nil
      }
    case .tcp, .tls, .agent, .program: return nil
    }
  }

  /// Nothing is said to the node: a connection is all.
  package var isSilent: Bool { if case .tcp = self { true } else { false } }

  package var isProgram: Bool { if case .program = self { true } else { false } }
}

extension CheckPlan.Kind: CustomStringConvertible {
  /// As the zone config file writes it: `tcp:443`.
  package var description: String {
    switch self {
    case .tcp(let port): "tcp:\(port)"
    case .mail(let plan): "\(plan.form):\(plan.port)"
    case .http(let plan): "\(plan.isSecured ? "https" : "http"):\(plan.port)\(plan.path)"
    case .tls(let plan): "tls:\(plan.port)"
    case .agent(let port): "agent:\(port)"
    case .program(let plan): "exec:\(plan.path)"
    }
  }
}
