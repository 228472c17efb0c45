// `rondo reload`: has the running daemon read its files anew.

import Linux
import Server

/// Orders the reload and prints what came of it.
func reload(_ options: ReloadOptions) -> Int32 {
  let octets: [UInt8]
  do throws(Errno) {
    octets = try order(.reload, at: options.control)
  } catch {
    return fail("no daemon takes orders at \(options.control): \(error); is it running, and is its --control the same?")
  }
  guard let response = ControlResponse(octets) else {
    return fail("what answers at \(options.control) is no rondo")
  }
  guard response.isDone else {
    standardError.writeLine(response.text)
    return ExitStatus.failed
  }
  return show(response.text + "\n")
}

/// Sends a command over the control socket and returns all that comes back.
private func order(_ command: ControlCommand, at path: String) throws(Errno) -> [UInt8] {
  // A reload of very many names takes its time.
  let connection = try ClientConnection(path: path, timeout: .seconds(60))
  try connection.send(Array("\(command.rawValue)\n".utf8))
  var response: [UInt8] = []
  while true {
    let octets = try connection.receive()
    if octets.isEmpty { return response }
    response += octets
  }
}
