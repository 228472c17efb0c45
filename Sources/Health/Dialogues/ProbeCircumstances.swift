// What a dialogue may know of the world, all of it passed in: who asks, whom, under which names, and when.

package import DNS

/// What is true of one probe and is no part of its check's plan.
package struct ProbeCircumstances: Sendable {
  /// How Rondo names itself in EHLO; telling, for it ends up in the node's log.
  package var helloName = "rondo-health-check.invalid"
  /// For the User-Agent of HTTP.
  package var version = "0"
  package var address: IPAddress?
  package var node = RightNode(meant: "")
  /// The names the node is handed out under, without final dots.
  package var names: [String] = []
  /// Unix time in seconds, to judge certificates by.
  package var civilSeconds: Int64 = 0
  /// 32 octets for the TLS hello.
  package var random: [UInt8] = []

  package init() {}

  /// Draws random octets only where the check needs some.
  package init(
    of target: ProbeTarget, at civilSeconds: Int64, version: String, using random: inout some RandomNumberGenerator
  ) {
    self.version = version
    self.civilSeconds = civilSeconds
    address = target.address
    node = RightNode(meant: target.node, others: target.surroundings.otherNodes)
    names = target.surroundings.names
    guard case .tls = target.plan.kind else { return }
    self.random = (0..<32).map { _ in .random(in: 0...255, using: &random) }
  }
}
