// What commands ask the status port of the running daemon.

import DNS
import Linux
internal import Reporting

/// A response of the status port.
struct StatusResponse {
  /// The lines before the body.
  let head: [UInt8]
  let body: [UInt8]

  /// Asks for a path; a response that is neither 200 nor 400 throws like a broken connection.
  init(
    to path: String, from endpoint: SocketEndpoint, within limit: Duration = .seconds(30)
  ) throws(Errno) {
    let connection = try ClientConnection(to: endpoint, timeout: limit)
    try connection.send(Array("GET \(path) HTTP/1.1\r\nHost: \(endpoint)\r\nConnection: close\r\n\r\n".utf8))
    var response: [UInt8] = []
    while true {
      let octets = try connection.receive()
      if octets.isEmpty { break }
      response += octets
    }
    let headEnd = Array("\r\n\r\n".utf8)
    guard ["HTTP/1.1 200 ", "HTTP/1.1 400 "].contains(where: { response.starts(with: $0.utf8) }),
      let end = response.indices.first(where: { response[$0...].starts(with: headEnd) })
    else { throw .connectionAborted }
    head = Array(response[..<end])
    body = Array(response[(end + headEnd.count)...])
  }
}

/// A response with what the report comes to; one that has no such thing throws like a broken connection.
func fetch(
  _ path: String, from endpoint: SocketEndpoint, within limit: Duration = .seconds(30)
) throws(Errno) -> (severity: Severity, body: [UInt8]) {
  let response = try StatusResponse(to: path, from: endpoint, within: limit)
  guard let severity = HTTPResponse.severity(inHead: response.head) else { throw .connectionAborted }
  return (severity, response.body)
}
