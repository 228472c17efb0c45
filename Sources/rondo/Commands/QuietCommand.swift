// `rondo quiet`: whether anybody may still have the address of a node, and until when.

import Linux
internal import Reporting
import Server

/// Prints what the daemon knows of the nodes, or waits until they are quiet.
func quiet(_ options: QuietOptions) -> Int32 {
  if options.waits { return waitUntilQuiet(options.nodes, control: options.control) }
  guard let reply = askedForQuiet(options.nodes, control: options.control) else { return ExitStatus.failed }
  let holders = reply.holders.isEmpty ? "" : "\n\(reply.holders)\n"
  return show("\(reply.text)\n\(holders)", status: reply.outlook == .quiet ? ExitStatus.done : ExitStatus.failed)
}

/// What the daemon knows of nodes that were drained just now: nothing to wait for but workers that have not finished.
func showQuiet(_ nodes: [String], control: String) -> Int32 {
  for _ in 0..<20 {
    // The drain is done, whatever is known of caches.
    guard let reply = askedForQuiet(nodes, control: control) else { return ExitStatus.done }
    if reply.outlook != .settling { return show(reply.text + "\n") }
    sleep(for: .milliseconds(100))
  }
  return show("An earlier answer is still being sent; rondo quiet \(nodes.joined(separator: " ")) will say the time.\n")
}

/// The daemon's reply; nil, with the reason on standard error, if there is none.
private func askedForQuiet(_ nodes: [String], control: String) -> QuietReply? {
  do throws(QuietFailure) {
    return try quietReply(nodes, control: control)
  } catch {
    _ = fail(error.message)
    return nil
  }
}

/// Why it is not known how quiet nodes are.
enum QuietFailure: Error {
  /// There was no daemon to ask; another one may come.
  case unreachable(ControlFailure)
  case refused(String)

  var message: String {
    switch self {
    case .unreachable(let failure): failure.message
    case .refused(let reason): reason
    }
  }
}

func quietReply(_ nodes: [String], control: String) throws(QuietFailure) -> QuietReply {
  let response: ControlResponse
  do throws(ControlFailure) {
    response = try ask(.quiet(nodes), at: control)
  } catch {
    throw .unreachable(error)
  }
  guard response.isDone else { throw .refused(response.text) }
  guard let reply = QuietReply(message: response.text) else {
    throw .refused("the daemon's reply is from another version of rondo")
  }
  return reply
}
