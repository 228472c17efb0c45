// What is asked of a web server: one page, its status, and what the page must say.

internal import DNS

/// A check by HTTP or HTTPS.
package struct HTTPPlan: Hashable, Sendable {
  package let port: UInt16
  /// Begins with `/`; goes into the request as it is.
  package let path: String
  /// Nil for plain HTTP.
  package let tls: TLSChoice?
  package let statuses: [ClosedRange<UInt16>]
  /// Text that the body must contain, octet by octet.
  package let expected: [UInt8]?
  /// For the Host field; nil for the first name the node is handed out under.
  package let host: String?
  /// Whether the body must name the node we meant.
  package let mustNameNode: Bool

  package init(
    port: UInt16, path: String, tls: TLSChoice? = nil, statuses: [ClosedRange<UInt16>] = [200...200],
    expected: [UInt8]? = nil, host: String? = nil, mustNameNode: Bool = false
  ) {
    self.port = port
    self.path = path
    self.tls = tls
    self.statuses = statuses
    self.expected = expected
    self.host = host
    self.mustNameNode = mustNameNode
  }

  package var isSecured: Bool { tls != nil }

  func accepts(_ status: UInt16) -> Bool { statuses.contains { $0.contains(status) } }

  func conversation(in circumstances: ProbeCircumstances) -> any Conversation {
    let spoken = HTTPConversation(self, circumstances)
    guard let tls else { return spoken }
    return SecuredConversation(tls.demand(in: circumstances, host: host), spoken)
  }

  /// The request (RFC 9112 §3), which asks for a close so that nobody has to wait for the other.
  func request(in circumstances: ProbeCircumstances) -> [UInt8] {
    Array(
      """
      GET \(path) HTTP/1.1\r
      Host: \(authority(in: circumstances))\r
      User-Agent: rondo/\(circumstances.version) (health check)\r
      Accept: */*\r
      Accept-Encoding: identity\r
      Connection: close\r
      \r\n
      """.utf8)
  }

  private func authority(in circumstances: ProbeCircumstances) -> String {
    let name = host ?? circumstances.names.first { !$0.hasPrefix("*") } ?? circumstances.address?.description ?? ""
    // Between brackets, the colons of an IPv6 address are not taken for the port's.
    let bracketed = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
    return port == (isSecured ? 443 : 80) ? bracketed : "\(bracketed):\(port)"
  }
}
