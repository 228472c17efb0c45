// The few HTTP values the status port works with: methods, status codes, a request, a response (RFC 9110).

/// What the status port allows; it changes nothing.
package enum HTTPMethod: String, Sendable {
  case get = "GET"
  case head = "HEAD"
}

package enum HTTPStatus: Int, Sendable, CaseIterable {
  case ok = 200
  case badRequest = 400
  case notFound = 404
  case methodNotAllowed = 405
  /// The request did not come in time; for the caller, who holds the clock.
  case requestTimeout = 408
  case contentTooLarge = 413
  case uriTooLong = 414
  /// The Host is none of ours: a web page may be using the visitor's browser to read the status (DNS rebinding).
  case misdirectedRequest = 421
  case headerFieldsTooLarge = 431
  case serviceUnavailable = 503
  case versionNotSupported = 505

  package var reason: String {
    switch self {
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .requestTimeout: "Request Timeout"
    case .contentTooLarge: "Content Too Large"
    case .uriTooLong: "URI Too Long"
    case .misdirectedRequest: "Misdirected Request"
    case .headerFieldsTooLarge: "Request Header Fields Too Large"
    case .serviceUnavailable: "Service Unavailable"
    case .versionNotSupported: "HTTP Version Not Supported"
    }
  }
}

/// A request found good: its method allowed, its Host ours, without a body.
package struct HTTPRequest: Hashable, Sendable {
  package var method: HTTPMethod
  /// The path as sent, `/status.json`; printable ASCII, the query cut off, nothing decoded.
  package var path: String
  /// What comes after the `?`, nothing decoded; empty for a resource that takes none, so that all clients share it.
  package let query: String
  /// What the client prefers for metrics; plain for a resource that is none, so that all clients share it.
  package let metrics: MetricsFormat

  package init(_ method: HTTPMethod, _ path: String, query: String = "", metrics: MetricsFormat = .plain) {
    self.method = method
    self.path = path
    self.query = StatusRouter.takesQuery(path) ? query : ""
    self.metrics = path == MetricsFormat.path ? metrics : .plain
  }
}

/// A response that ends the connection.
package struct HTTPResponse: Sendable {
  package var status: HTTPStatus
  package var contentType: String
  package var body: [UInt8]
  /// What the body comes to, for clients that do not read it; nil where it says nothing about the daemon.
  package var severity: Severity?
  /// Where the body ends in the event history; nil where it holds none of it.
  package var events: EventMark?

  package init(_ status: HTTPStatus, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// A response of one line of plain text.
  package init(_ status: HTTPStatus, line: String) {
    self.init(status, contentType: "text/plain; charset=utf-8", body: Array("\(line)\n".utf8))
  }

  /// The answer to a request that the parser rejected.
  package init(rejecting status: HTTPStatus) {
    let remedy =
      status == .misdirectedRequest
      ? ": this name is not allowed; ask by address or localhost, or start rondo serve with --status-allow-host NAME"
      : ""
    self.init(status, line: status.reason.lowercased() + remedy)
  }

  /// The field that carries `rondo_severity`, 0 to 3.
  private static let severityField = "Rondo-Severity"

  /// Reads the severity back from the head of a response; nil when there is none.
  package static func severity(inHead head: some Collection<UInt8>) -> Severity? {
    let start = "\(severityField): "
    return String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline).lazy
      .filter { $0.hasPrefix(start) }.compactMap { Int($0.dropFirst(start.count)).flatMap(Severity.init) }.first
  }

  /// The octets to send. A HEAD request gets the same head, its length included, and no body (RFC 9110 §9.3.2).
  package func bytes(answering method: HTTPMethod, at now: UnixTime) -> [UInt8] {
    var fields = [
      "Date: \(now.httpDate)",
      "Content-Type: \(contentType)",
      "Content-Length: \(body.count)",
      "Cache-Control: no-store",
      "X-Content-Type-Options: nosniff",
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'",
      "Referrer-Policy: no-referrer",
      "Connection: close",
    ]
    if let severity { fields.append("\(HTTPResponse.severityField): \(severity.rawValue)") }
    if let events { fields.append(events.field) }
    if MetricsFormat.allCases.contains(where: { $0.contentType == contentType }) { fields.append("Vary: Accept") }
    if status == .methodNotAllowed { fields.append("Allow: GET, HEAD") }
    let head = "HTTP/1.1 \(status.rawValue) \(status.reason)\r\n" + fields.joined(separator: "\r\n") + "\r\n\r\n"
    return Array(head.utf8) + (method == .head ? [] : body)
  }
}
