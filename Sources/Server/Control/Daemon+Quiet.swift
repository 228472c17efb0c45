// `quiet` on the control socket: until when somebody may have the addresses of nodes, and who.
//
// The moment is that of the question; who was answered is gone through in the background, for the tables are long.

internal import Policy
internal import Reporting
internal import ZoneFile

extension Daemon {
  mutating func tellQuiet(of nodes: [String], toClient number: UInt64) {
    for name in nodes where !health.plan.nodes.contains(name) {
      return local.respond(ControlResponse(isDone: false, text: unknownNode(name)), toControl: number, epoll)
    }
    let view = view()
    let results = results
    reporter.run {
      let response = ControlResponse(isDone: true, text: view.quietReply(on: nodes).message)
      results.post(.answered(response, forClient: number))
    }
  }

  /// What is said of a node that the configuration does not have.
  func unknownNode(_ name: String) -> String {
    let guess = suggestion(for: name, among: health.plan.nodes)
    return "there is no node \"\(name)\"; " + (guess.isEmpty ? "rondo status shows the names" : guess)
  }
}
