// `rondo status`: what the running daemon says of itself on its status port.

import DNS
import Linux
import Server

/// Prints the status once, or until interrupted.
func status(_ options: StatusOptions) -> Int32 {
  switch options.repetition {
  case .once: return statusOnce(options)
  case .watch:
    while true {
      // Home, then clear to the end of the screen: no flicker, nothing left over.
      let before = isTerminal(1) ? "\u{1B}[H\u{1B}[J" : ""
      guard show(before) == ExitStatus.done else { return ExitStatus.failed }
      _ = statusOnce(options)
      sleep(for: .seconds(2))
    }
  }
}

private func statusOnce(_ options: StatusOptions) -> Int32 {
  let path = options.output == .json ? "/status.json" : "/status.txt"
  let body: [UInt8]
  do throws(Errno) {
    body = try fetch(path, from: options.endpoint)
  } catch {
    return fail(
      "no status from \(options.endpoint): \(error); is the daemon running, and is its --status the same?")
  }
  let severity = Severity(firstLineOf: body)
  let isFine = options.output == .json || severity == .ok
  return show(String(decoding: body, as: UTF8.self), status: isFine ? ExitStatus.done : ExitStatus.failed)
}

/// The body of an HTTP response; a response that is not 200 throws like a broken connection.
private func fetch(_ path: String, from endpoint: SocketEndpoint) throws(Errno) -> [UInt8] {
  let connection = try ClientConnection(to: endpoint, timeout: .seconds(5))
  try connection.send(Array("GET \(path) HTTP/1.1\r\nHost: \(endpoint)\r\nConnection: close\r\n\r\n".utf8))
  var response: [UInt8] = []
  while true {
    let octets = try connection.receive()
    if octets.isEmpty { break }
    response += octets
  }
  let headEnd = Array("\r\n\r\n".utf8)
  guard response.starts(with: "HTTP/1.1 200 ".utf8),
    let end = response.indices.first(where: { response[$0...].starts(with: headEnd) })
  else { throw .connectionAborted }
  return Array(response[(end + headEnd.count)...])
}
