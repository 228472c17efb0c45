// What the clients of the two local services ask, answered.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Policy
internal import Reporting
internal import ZoneFile

extension Daemon {
  mutating func serveStatus(_ number: UInt64) {
    guard let request = local.statusRequest(on: number, epoll) else { return }
    let octets: [UInt8]
    switch request {
    case .rejected(let status): octets = HTTPResponse(rejecting: status).bytes(answering: .get, at: .now)
    case .accepted(let request):
      guard let response = StatusRouter.response(to: request, readiness) else {
        reports.add(request, from: number)
        return
      }
      octets = response.bytes(answering: request.method, at: .now)
    }
    local.respond(SharedOctets(octets), toStatus: number, epoll)
  }

  mutating func serveControl(_ number: UInt64) {
    guard let command = local.command(on: number, epoll) else { return }
    let response: ControlResponse
    switch command {
    case .reload(let caution, let author):
      let name = author.description(userID: local.userID(of: number))
      reloads.add(.client(number, name), caution, among: local.controlClients)
      return
    case .explain(let request):
      explain(request, toClient: number)
      return
    case .adminState(let request):
      let author = request.author.description(userID: local.userID(of: number))
      guard let answer = answer(request, from: author, toClient: number) else { return }
      response = answer
      if let ticket = response.waitsFor {
        state.answer(number, response, after: ticket)
        return
      }
    case .quiet(let nodes):
      tellQuiet(of: nodes, toClient: number)
      return
    case nil: response = ControlResponse(isDone: false, text: "unknown command; is it of another version?")
    }
    local.respond(response, toControl: number, epoll)
  }

  /// Takes over what background threads have done.
  mutating func receiveResults() {
    for result in results.removeAll() {
      switch result {
      case .rendered(let rendered):
        reports.finishRendering()
        for (number, response) in rendered.responses { local.respond(response, toStatus: number, epoll) }
      case .watched(let attention): reports.finishWatching(attention, log)
      case .loaded(let outcome): receive(outcome)
      case .answered(let response, let number): local.respond(response, toControl: number, epoll)
      case .explained(let response, let number, let hasRead):
        local.respond(response, toControl: number, epoll)
        if hasRead {
          reloads.finishReadingToExplain()
          memoryRelease = .now + .seconds(1)
        }
      }
    }
  }

  private var readiness: StatusReport.Readiness {
    answers.isRunning ? .ready : .waiting(for: "the first round of checks")
  }

  /// All that there is to report at this moment.
  func view() -> DaemonView {
    let clock = DaemonView.ClockPair.now
    return DaemonView(
      facts(at: clock), at: clock, configuration: zones.configuration,
      transfers: zones.settings.transfers.isEmpty ? nil : secondaries.transfers.counters, handOuts: ledger.view,
      plan: health.plan, monitor: health.monitor, histories: health.histories)
  }

  /// What services say of themselves.
  private func facts(at clock: DaemonView.ClockPair) -> StatusReport {
    var facts = StatusReport(
      version: rondoVersion, startedAt: startedAt, now: clock.civil, readiness: readiness,
      configuration: StatusReport.Configuration(
        files: options.files, loadedAt: zones.loadedAt, lastReload: zones.lastReload))
    facts.host = hostName()
    facts.localTime = localClock.time
    facts.listeners = listeners.all
    facts.secondaries = secondaries.counters
    facts.answers = answers.counters()
    facts.maintenance = health.calendar
    facts.health = health.counts
    facts.reported = health.conditions + ledger.conditions + state.conditions + reloads.conditions(at: clock.monotonic)
    facts.stateFiles = state.lags(at: clock.monotonic)
    facts.log = log.lag(at: clock.monotonic.nanoseconds)
    if let events = log.events { facts.history = events.history }
    return facts
  }
}

extension DaemonView.ClockPair {
  static var now: DaemonView.ClockPair { DaemonView.ClockPair(monotonic: .now, civil: .now) }
}
