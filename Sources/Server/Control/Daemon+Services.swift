// What the clients of the two local services ask, answered.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

extension Daemon {
  mutating func serveStatus(_ number: UInt64) {
    guard let request = local.statusRequest(on: number, epoll) else { return }
    let response =
      switch request {
      case .accepted(let request): StatusRouter.bytes(answering: request, from: view().report())
      case .rejected(let status): HTTPResponse(rejecting: status).bytes(answering: .get, at: .now)
      }
    local.respond(response, toStatus: number, epoll)
  }

  mutating func serveControl(_ number: UInt64) {
    guard let command = local.command(on: number, epoll) else { return }
    let response: ControlResponse =
      switch command {
      case .reload: reload()
      case .explain(let request): explain(request)
      case .order(let request): obey(request, from: request.author.description(userID: local.userID(of: number)))
      case nil: ControlResponse(isDone: false, text: "unknown command; is it of another version?")
      }
    local.respond(response, toControl: number, epoll)
  }

  /// All that there is to tell at this moment.
  func view() -> DaemonView {
    DaemonView(
      startedAt: startedAt, files: options.files, listeners: sockets.names,
      readiness: answers.isRunning ? .ready : .waiting(for: "the first round of checks"),
      configuration: zones.configuration, loadedAt: zones.loadedAt, lastReload: zones.lastReload,
      answers: answers.counters(), plan: health.plan, monitor: health.monitor, histories: health.histories,
      probeCounts: health.counts, secondaries: secondaries.standings,
      transfers: zones.settings.transfers.isEmpty ? nil : secondaries.transfers.counters)
  }
}
