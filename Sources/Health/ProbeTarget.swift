// What is tested and how: one address of one node, by one check, on one plan.
//
// A node with two addresses and two checks is four targets: each is probed and judged by itself, and the pool
// policy puts the verdicts together again. The rest of this room knows targets by their index in the monitor.

package import DNS
package import Model

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
    package var names: HandedOutNames
    /// The other nodes that share a pool with it.
    package var otherNodes: [String]

    package init(names: HandedOutNames = HandedOutNames(), otherNodes: [String] = []) {
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
