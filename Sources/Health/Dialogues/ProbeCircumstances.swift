// What a dialogue may know of the world, all of it passed in: who asks, whom, under which names, and when.

package import DNS
internal import Model

/// What is true of one probe and is no part of its check's plan.
package struct ProbeCircumstances: Sendable {
  /// How Rondo names itself in EHLO where the check does not say: this host's name, or as an address literal (RFC 5321
  /// §4.1.3) the address that the probe comes from.
  package var helloName = "[127.0.0.1]"
  /// For the User-Agent of HTTP.
  package var version = "0"
  package var address: IPAddress?
  package var node = ExpectedNode(meant: "")
  /// The names the node is handed out under, without final dots.
  package var names = HandedOutNames()
  /// Unix time in seconds, to judge certificates by.
  package var civilSeconds: Int64 = 0
  /// 64 octets for the TLS hello: its random and a key share.
  package var random: [UInt8] = []

  package init() {}

  /// Draws random octets only where the check needs some.
  ///
  /// - Parameters:
  ///   - hostName: the complete name of this host; nil if it has none that is known.
  ///   - source: the address that the probe comes from.
  package init(
    of target: ProbeTarget, at civilSeconds: Int64, version: String, hostName: String?, source: IPAddress?,
    using random: inout some RandomNumberGenerator
  ) {
    self.version = version
    helloName =
      hostName ?? source.map { $0.family == .ipv4 ? "[\($0)]" : "[IPv6:\($0)]" } ?? helloName
    self.civilSeconds = civilSeconds
    address = target.address
    node = ExpectedNode(meant: target.node, others: target.surroundings.otherNodes)
    names = target.surroundings.names
    guard case .tls = target.plan.kind else { return }
    self.random = (0..<ClientHello.randomCount).map { _ in .random(in: 0...255, using: &random) }
  }
}
