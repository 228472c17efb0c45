// What is tested and how: one address of one node, by one check, on one plan.
//
// A node with two addresses and two checks is four targets: each is probed and judged by itself, and the pool
// policy puts the verdicts together again. The rest of this room knows targets by their index in the monitor.

package import DNS

/// How a target is tested: the dialogue, its times, and how many results in a row change the verdict.
package struct CheckPlan: Hashable, Sendable {
  /// Which dialogue is held, with all that makes it another test when it is changed.
  package enum Kind: Hashable, Sendable {
    /// The node is well when it accepts a connection to this port.
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
  /// How long a probe may take.
  package let timeout: Duration
  /// Failures in a row that take a target out.
  package let fall: Int
  /// Successes in a row that put it back.
  package let rise: Int
  package let vigilance: Vigilance

  /// Times are brought into 10 ms … 7 days and `timeout` under `every`, counts to 1 or more: the zone file refuses
  /// anything else with a message, and what this room proves of its schedule holds only for such values.
  package init(
    kind: Kind, every: Duration, timeout: Duration, fall: Int, rise: Int, vigilance: Vigilance = Vigilance()
  ) {
    self.kind = kind
    self.every = min(max(every, .milliseconds(10)), .seconds(7 * 86_400))
    self.timeout = min(max(timeout, .milliseconds(1)), self.every)
    self.fall = max(fall, 1)
    self.rise = max(rise, 1)
    self.vigilance = vigilance
  }

  /// From one probe to the next while a change is pending; not over `every`.
  package var fast: Duration { min(vigilance.fast, every) }
}

/// What a target is to the question whether this host is cut off.
package enum HostRole: Hashable, Sendable {
  /// One of the nodes that are handed out, at a site that has a name or not.
  case node(site: String?)
  /// A `$REFERENCE`: in nobody's pool, probed to know that the network is there.
  case reference
}

/// One address of one node under one check.
package struct ProbeTarget: Hashable, Sendable {
  /// What the rest of the configuration says about a target. It may change without making it another test.
  package struct Surroundings: Hashable, Sendable {
    /// The names the node is handed out under because of this check, without final dots.
    package var names: [String]
    /// The other nodes that share a pool with it.
    package var otherNodes: [String]

    package init(names: [String] = [], otherNodes: [String] = []) {
      self.names = names
      self.otherNodes = otherNodes
    }
  }

  package let node: String
  package let address: IPAddress
  /// The name `$CHECK` gave.
  package let check: String
  package let plan: CheckPlan
  package let role: HostRole
  /// The address of this host that probes come from, of the family of `address`; nil for the system's choice.
  package let source: IPAddress?
  package let surroundings: Surroundings

  package init(
    node: String, address: IPAddress, check: String, plan: CheckPlan, role: HostRole = .node(site: nil),
    source: IPAddress? = nil, surroundings: Surroundings = Surroundings()
  ) {
    self.node = node
    self.address = address
    self.check = check
    self.plan = plan
    self.role = role
    self.source = source
    self.surroundings = surroundings
  }

  /// Where the probe connects to; nil for a program, which connects by itself.
  package var endpoint: SocketEndpoint? { plan.kind.port.map { SocketEndpoint(address, port: $0) } }
}

extension CheckPlan.Kind {
  package var port: UInt16? {
    switch self {
    case .tcp(let port), .agent(let port): port
    case .mail(let plan): plan.port
    case .http(let plan): plan.port
    case .tls(let plan): plan.port
    case .program: nil
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
