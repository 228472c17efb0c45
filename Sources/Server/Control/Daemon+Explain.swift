// `explain` on the control socket: why a name is answered as it is, at this moment.

internal import Answering
internal import Health
internal import ZoneFile

extension Daemon {
  func explain(_ request: ExplainRequest) -> ControlResponse {
    var configuration = configuration
    if configuration.hasForgottenRecords {
      guard let again = loadConfiguration(files: options.files).configuration,
        configuration.recallRecords(from: again)
      else {
        return ControlResponse(
          isDone: false,
          text: "The files have changed since they were loaded, and so many records are not kept beside them; "
            + "run rondo reload first, and ask again.")
      }
    }
    let now = MonotonicTime.now
    let snapshot = AnswerSnapshot(
      table: table.withOwnCounters(), runs: plan.runs(for: table.rotations, by: monitor, histories, at: now).runs,
      settings: settings, zones: configuration.zones)
    let view = ServedView(
      configuration: configuration, plan: plan, monitor: monitor, histories: histories, snapshot: snapshot, now: now)
    let waiting = workers.isEmpty ? "Nobody is answered yet: the first round of checks is not over.\n" : ""
    return ControlResponse(isDone: true, text: waiting + Explanation(request, in: view).text)
  }
}
