// What the checks say about each node, and the summary of it by address and by node.

package import DNS
package import Health

extension StatusReport {
  package struct Node: Sendable {
    package var name: String
    package var site: String?
    package var addresses: [NodeAddress]
    /// What an operator has decided of it, above its checks; nil if nothing.
    package var adminState: AdminState?
    /// Until when caches may have its addresses; nil unless an admin state keeps it out.
    package var quiet: QuietReport?

    package init(name: String, site: String?, addresses: [NodeAddress]) {
      self.name = name
      self.site = site
      self.addresses = addresses
    }
  }

  package struct NodeAddress: Sendable {
    package var address: IPAddress
    /// The checks of all pools the node is in; empty when they all say `check=none`.
    package var checks: [Check]

    package init(address: IPAddress, checks: [Check]) {
      self.address = address
      self.checks = checks
    }
  }

  /// One check against one address.
  package struct Check: Sendable {
    /// How the last probe ended.
    package enum Result: String, Sendable {
      case ok, failed
      /// The node said that it is not to be used.
      case maintenance
      /// This host could not ask.
      case noResult = "no-result"
    }

    /// What the check is to the pools that ask for it: the weightiest of its roles.
    package enum Role: String, Sendable { case gate, warn, observe }

    /// The name given by `$CHECK`.
    package var name: String
    package var role = Role.gate
    /// What is probed, as the zone config file writes it: `tcp:443`.
    package var kind: String
    package var state: HealthState
    /// What it rests on.
    package var origin = StatusOrigin.checks
    /// Probes have told nothing for three intervals: the state is the last one seen.
    package var isStale = false
    /// How much longer it stays out although it passes, after repeated changes; nil unless that alone keeps it out.
    package var holdLeftSeconds: Int64?
    /// How near the state is to changing, such as `failing 1 of 3`; nil when nothing is under way.
    package var detail: String?
    /// When the check got into its state.
    package var since: UnixTime
    /// What took it out, and behind `; now` what it fails with by now; of a check that is up why its last probe failed,
    /// or `warning: …` about a healthy node. Nil when there is nothing to say.
    package var reason: String?
    /// What took it out, as one of a small set of words; nil unless it is out.
    package var cause: String?
    /// Nil when no probe has seen any.
    package var certificate: Certificate?
    /// Nil before the first.
    package var lastResult: Result?
    /// When the last probe ended; nil before the first.
    package var lastProbeAt: UnixTime?
    /// How long the last successful probe took; nil before the first.
    package var latencyMicroseconds: Int64?
    package var consecutiveFailures = 0
    package var consecutiveSuccesses = 0
    /// Probes ended, failures among them, and changes of state, since the configuration was loaded.
    package var probes: UInt64 = 0
    package var failures: UInt64 = 0
    package var changes: UInt64 = 0

    package init(name: String, kind: String, state: HealthState, since: UnixTime) {
      self.name = name
      self.kind = kind
      self.state = state
      self.since = since
    }
  }

  /// The certificate of an address, as a check saw it last.
  package struct Certificate: Hashable, Sendable {
    /// What is wrong, as the kind of condition that it is and in words.
    package struct Fault: Hashable, Sendable {
      package var kind: Condition.Kind
      package var words: String

      package init(_ kind: Condition.Kind, _ words: String) {
        self.kind = kind
        self.words = words
      }
    }

    package var expiresAt: UnixTime
    /// Names that it should cover and does not; nil if it covers all.
    package var uncoveredNames: UncoveredNames?
    package var faults: [Fault] = []

    package init(expiresAt: UnixTime) { self.expiresAt = expiresAt }
  }

  /// Who says that a node is as it is.
  package enum NodeOrigin: Hashable, Sendable {
    case check(StatusOrigin)
    /// An operator.
    case adminState

    package var word: String {
      switch self {
      case .check(let origin): origin.word
      case .adminState: "operator"
      }
    }
  }

  /// The checks of an address or a node taken together.
  package enum NodeState: String, Sendable {
    case up, down
    /// All its checks are out, and the node itself says so; or an operator has drained it.
    case maintenance
    /// An operator says so, whatever the checks find.
    case forcedUp = "forced-up"
    case forcedDown = "forced-down"
    /// Some checks fail, others do not.
    case partial
    case unknown
    /// No pool asks for a check.
    case unchecked
  }
}

extension StatusReport.Check {
  /// It fails, and only warns.
  package var isWarning: Bool { role == .warn && state.isOut }
}

extension StatusReport.NodeState {
  /// The checks that only warn or observe decide nothing.
  package init(_ all: some Collection<StatusReport.Check>) {
    let checks = all.filter { $0.role == .gate }
    let out = checks.count { $0.state.isOut }
    self =
      if checks.isEmpty { .unchecked } else if out == checks.count {
        checks.contains { $0.state == .down } ? .down : .maintenance
      } else if out > 0 {
        .partial
      } else if checks.contains(where: { $0.state == .unknown }) { .unknown } else { .up }
  }
}

extension StatusReport.NodeAddress {
  package var state: StatusReport.NodeState { .init(checks) }
}

extension StatusReport.Node {
  package var checks: [StatusReport.Check] { addresses.flatMap(\.checks) }

  /// What its checks say, whatever its admin state.
  package var checkedState: StatusReport.NodeState { .init(checks) }

  package var state: StatusReport.NodeState {
    switch adminState?.kind {
    case .drained: .maintenance
    case .forcedUp: .forcedUp
    case .forcedDown: .forcedDown
    case nil: checkedState
    }
  }

  /// Who says so: of a node without an admin state the first check that takes it out, or else the first that decides.
  package var origin: StatusReport.NodeOrigin {
    if adminState != nil { return .adminState }
    let gates = checks.filter { $0.role == .gate }
    return (gates.first { $0.state.isOut } ?? gates.first).map { .check($0.origin) } ?? .check(.nobody)
  }

  /// When the admin state was set, or the last time any of the node's checks changed state; nil for a node without checks.
  package var since: UnixTime? { adminState.map { UnixTime(seconds: $0.since) } ?? checks.map(\.since).max() }

  /// The admin state in words, or the first failing check: `owa at 192.0.2.11: connection refused`; nil when none is down.
  package var reason: String? {
    if let adminState { return adminState.description }
    for address in addresses {
      for check in address.checks where check.state.isOut && check.role == .gate {
        return "\(check.name) at \(address.address): \(check.reason ?? "check fails")"
      }
    }
    return nil
  }
}
