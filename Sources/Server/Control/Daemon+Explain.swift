// `explain` on the control socket: why a name is answered as it is, at this moment.

internal import Answering
internal import Health
internal import ZoneFile

extension Daemon {
  mutating func explain(_ request: ExplainRequest) -> ControlResponse {
    var configuration = zones.configuration
    if configuration.hasForgottenRecords {
      memoryRelease = .now + .seconds(1)
      guard let again = loadConfiguration(files: options.files).configuration,
        configuration.recallRecords(from: again)
      else {
        return ControlResponse(
          isDone: false,
          text: "the files have changed since it loaded them; of so many records it keeps nothing but the answers; "
            + "run rondo reload, and ask again")
      }
    }
    let now = MonotonicTime.now
    let snapshot = AnswerSnapshot(
      table: zones.table.withOwnCounters(),
      runs: health.plan.runs(for: zones.table.rotations, by: health.monitor, health.histories, at: now).runs,
      settings: zones.settings, zones: configuration.zones)
    let view = ServedView(
      configuration: configuration, plan: health.plan, monitor: health.monitor, histories: health.histories,
      snapshot: snapshot,
      limits: options.responseLimits, now: now)
    let waiting = !answers.isRunning ? "Nobody is answered yet: the first round of checks is not over.\n" : ""
    return ControlResponse(isDone: true, text: waiting + Explanation(request, in: view).text)
  }
}
