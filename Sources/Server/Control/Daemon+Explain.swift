// `explain` on the control socket: why a name is answered as it is, at this moment.
//
// The moment is that of the question; the text is made in the background.

internal import Answering
internal import Health
internal import Policy
internal import Reporting
internal import ZoneFile

extension Daemon {
  mutating func explain(_ request: ExplainRequest, toClient number: UInt64) {
    let scene = ExplainedScene(
      view: view(), table: zones.table, settings: zones.settings, limits: options.rateLimit)
    let results = results
    let readsAgain = scene.view.configuration.hasForgottenRecords
    // It would wait for a reading whose end is unknown, and hold a view of all meanwhile.
    guard !readsAgain || !reloads.isReading else {
      let response = ControlResponse(
        isDone: false,
        text: "of so many records the daemon keeps nothing but the answers, and an explanation reads the files again; "
          + "they are being read at the moment: ask again")
      return local.respond(response, toControl: number, epoll)
    }
    // What has to be read again is read where everything is read, and holds up no report.
    let thread = readsAgain ? loader : reporter
    if readsAgain { reloads.beginReadingToExplain(at: .now) }
    thread.run {
      results.post(.explained(scene.response(to: request), forClient: number, afterReading: readsAgain))
    }
  }
}

/// All that an explanation needs, as values of one moment.
struct ExplainedScene: Sendable {
  let view: DaemonView
  let table: ZoneTable
  let settings: AnswerSettings
  let limits: RateLimitPlan?

  func response(to request: ExplainRequest) -> ControlResponse {
    var configuration = view.configuration
    if configuration.hasForgottenRecords {
      guard let again = loadConfiguration(files: view.facts.configuration.files, .besideAnother).configuration,
        configuration.recallRecords(from: again)
      else {
        return ControlResponse(
          isDone: false,
          text:
            "the files have changed since the daemon loaded them, and of so many records it keeps only the answers; "
            + "run rondo reload and ask again")
      }
    }
    let now = view.clock.monotonic
    let snapshot = AnswerSnapshot(
      table: table.withOwnCounters(),
      runs: view.plan.runs(for: table.rotations, by: view.monitor, view.histories, at: now).runs,
      settings: settings, zones: configuration.zones)
    let served = ServedView(
      configuration: configuration, plan: view.plan, monitor: view.monitor, histories: view.histories,
      snapshot: snapshot, limits: limits, now: now,
      words: TimeWords(now: view.clock.civil, localTime: view.facts.localTime),
      quiet: view.quietReports(on: view.plan.nodesKeptOut))
    let waiting =
      view.facts.readiness == .ready
      ? "" : "Rondo does not answer queries yet: the first round of checks is not finished.\n"
    return ControlResponse(isDone: true, text: waiting + Explanation(request, in: served).text)
  }
}
