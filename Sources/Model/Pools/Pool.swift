// A pool as `$POOL` defines it, or a `ROTATE` record that lists its nodes.

/// Nodes that share a name's clients.
package struct Pool: Sendable {
  /// The name `$POOL` gave it; for a pool written out in a `ROTATE` record, the record's owner name without its final dot.
  package var name: String
  package var isInline: Bool
  /// Indices into the configuration's nodes, in the order written, each at most once.
  package var members: [Int]
  /// One for each member, 1…1000.
  package var weights: [Int]
  /// `backup=`: groups in their order, as indices into the configuration's nodes; no node twice, none of them a member.
  package var backups: [[Int]]
  /// Indices into the configuration's checks: the gates, of which `policy.need` must pass. Empty for `check=none`.
  package var checks: [Int]
  /// `warn=`, as indices into the configuration's checks: a failure is shown and takes nobody out.
  package var warners: [Int]
  /// `observe=`, as indices into the configuration's checks: results are counted, and nothing else.
  package var observers: [Int]
  package var policy: PoolPolicy
  package var location: SourceLocation

  package init(
    name: String, isInline: Bool, members: [Int], weights: [Int], backups: [[Int]], checks: [Int], warners: [Int],
    observers: [Int], policy: PoolPolicy, location: SourceLocation
  ) {
    self.name = name
    self.isInline = isInline
    self.members = members
    self.weights = weights
    self.backups = backups
    self.checks = checks
    self.warners = warners
    self.observers = observers
    self.policy = policy
    self.location = location
  }

  /// The members, then the backups in their order: indices into the configuration's nodes, each once.
  package var allNodes: [Int] { members + backups.joined() }
  /// Indices into the configuration's checks: gates, then those that warn, then those that observe.
  package var allChecks: [Int] { checks + warners + observers }
}
