// What commands have to say to the running daemon, over its control socket.

import Linux
import Server

/// Sends a command and returns what came of it; nil, with the reason on standard error, if nobody takes it.
func send(_ command: ControlCommand, to path: String) -> ControlResponse? {
  let octets: [UInt8]
  do throws(Errno) {
    octets = try exchange(command, at: path)
  } catch {
    _ = fail("no daemon listens at \(path): \(error); is it running, and is its --control the same?")
    return nil
  }
  guard let response = ControlResponse(octets) else {
    _ = fail("what answers at \(path) is no rondo")
    return nil
  }
  return response
}

/// Sends the line and returns all that comes back.
private func exchange(_ command: ControlCommand, at path: String) throws(Errno) -> [UInt8] {
  // A reload of very many names takes its time, and whatever ends the daemon ends the wait.
  let connection = try ClientConnection(path: path, timeout: .seconds(1_800))
  try connection.send(Array("\(command.line)\n".utf8))
  var response: [UInt8] = []
  while true {
    let octets = try connection.receive()
    if octets.isEmpty { return response }
    response += octets
  }
}
