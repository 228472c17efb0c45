// What commands have to say to the running daemon, over its control socket.

import Linux
import Server

/// Why there is no response.
enum ControlFailure: Error {
  case noDaemon(Errno, path: String)
  case notRondo(path: String)

  var message: String {
    switch self {
    case .noDaemon(let error, let path):
      "no daemon listens at \(path): \(error); is it running, and is its --control the same?"
    case .notRondo(let path): "what answers at \(path) is no rondo"
    }
  }
}

/// Sends a command and returns what came of it; nil, with the reason on standard error, if nobody takes it.
func send(_ command: ControlCommand, to path: String) -> ControlResponse? {
  do throws(ControlFailure) {
    return try ask(command, at: path)
  } catch {
    _ = fail(error.message)
    return nil
  }
}

/// Sends a command and returns what came of it.
func ask(_ command: ControlCommand, at path: String) throws(ControlFailure) -> ControlResponse {
  let octets: [UInt8]
  do throws(Errno) {
    octets = try exchange(command, at: path)
  } catch {
    throw .noDaemon(error, path: path)
  }
  guard let response = ControlResponse(octets) else { throw .notRondo(path: path) }
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
