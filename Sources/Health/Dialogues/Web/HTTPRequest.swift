// What an HTTP check asks, and how its answer is held.

internal import DNS
internal import Model

extension HTTPPlan {
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
    let name = host ?? circumstances.names.firstToAskFor ?? circumstances.address?.description ?? ""
    // Between brackets, the colons of an IPv6 address are not taken for the port's.
    let bracketed = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
    return port == (isSecured ? 443 : 80) ? bracketed : "\(bracketed):\(port)"
  }
}
