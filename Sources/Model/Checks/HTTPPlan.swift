// `http: https:`: one page, its status, and what the page must say.

/// A check by HTTP or HTTPS.
package struct HTTPPlan: Hashable, Sendable {
  package let port: UInt16
  /// Printable ASCII that begins with `/`; goes into the request as it is.
  package let path: String
  /// Nil for plain HTTP.
  package let tls: TLSChoice?
  package let statuses: [ClosedRange<UInt16>]
  /// `expect=`: text that the body must contain, octet by octet.
  package let expected: [UInt8]?
  /// For the Host field; nil for the first name the node is handed out under.
  package let host: String?
  /// `names=node`: the body must name the node we meant.
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
}
