// Reading the configuration anew while it is served: all of it, or none.
//
// What was served before is served and checked all the while. Files are read and compiled in the background; the control
// thread only adopts what has come of it, once no pool would lose its last healthy node by that.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Model
internal import Policy
internal import Reporting
internal import ZoneFile

extension Daemon {
  /// Begins the next reload that was asked for, and goes on with the one under way.
  mutating func advanceReload(to now: MonotonicTime) {
    if let (loaded, isOver) = reloads.dueTrial(at: now), health.takeTrialNews() || isOver {
      judge(loaded, isOver ? .over : .running, at: now)
    }
    guard reloads.canBegin else { return }
    reloads.begin(at: now)
    supervisor.notify("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.now() / 1_000)")
    let request = LoadRequest(
      options: options, settings: zones.settings, tls: health.tls, former: zones.configuration,
      formerPlan: health.plan)
    let (results, log) = (results, log)
    loader.run { results.post(.loaded(request.outcome(log))) }
  }

  /// Takes over what reading the files has come to.
  mutating func receive(_ outcome: LoadRequest.Outcome) {
    switch outcome {
    case .refused(let refused): refuse(refused)
    case .loaded(let loaded):
      let now = MonotonicTime.now
      guard reloads.caution == .refuseLosses, answers.isRunning else {
        adopt(loaded, at: now)
        return
      }
      health.beginTrial(of: loaded, at: now, epoll)
      reloads.beginTrial(loaded, until: now + options.startWait, at: now)
    }
  }

  private enum TrialState { case running, over }

  /// Adopts or refuses a configuration on trial, once its checks have decided.
  private mutating func judge(_ loaded: LoadedConfiguration, _ state: TrialState, at now: MonotonicTime) {
    let isDecided = state == .over || health.isTrialProbed
    // Until then it is enough to know of one.
    let losses = health.trialLosses(limit: isDecided ? .max : 1)
    if losses.isEmpty {
      adopt(loaded, at: now)
    } else if isDecided {
      for loss in losses { log.write(.reloadLoss(pool: loss.pool, family: loss.family, reasons: loss.reasons)) }
      health.endTrial(at: now)
      let first = "it would leave \(losses.first?.text ?? "a pool") without a healthy node"
      refuse(
        RefusedLoad(
          text: loaded.remarks + "By the first results of their checks, the files would leave without a healthy node:\n"
            + losses.map { "  \($0.text)\n" }.joined()
            + "The configuration served before stays in use. Fix these nodes or checks and reload again, or load the files anyway: rondo reload --force.",
          refusal: .init(.losses, count: Set(losses.map(\.pool)).count, first: first)))
      loader.discard(loaded)
    }
  }

  private mutating func refuse(_ refused: RefusedLoad) {
    log.write(.reloadRefused(refused.refusal, by: reloads.author))
    zones.recordReload(.refused(refused.refusal), at: .now)
    finishReload(ControlResponse(isDone: false, text: refused.text))
  }

  /// Serves what the files say from the next query on.
  private mutating func adopt(_ loaded: LoadedConfiguration, at now: MonotonicTime) {
    let unhealthy = reloads.caution == .force ? health.losses(of: loaded) : []
    let former = zones.follow(loaded, at: now)
    ledger.follow(zones.handOuts, at: now)
    loader.discard(former)
    loader.discard(health.follow(loaded, at: now, epoll))
    let configuration = zones.configuration
    publish(
      because: .reloaded(
        zones: configuration.zones.count, pools: configuration.pools.count, nodes: configuration.nodes.count,
        warnings: loaded.warningCount, forced: reloads.caution == .force, by: reloads.author))
    answers.moveOn()
    let forced = unhealthy.map { "Not healthy yet: \($0.text).\n" }.joined()
    finishReload(
      ControlResponse(
        isDone: true,
        text: loaded.remarks + forced
          + "Reloaded: zones \(configuration.zones.count), pools \(configuration.pools.count), "
          + "nodes \(configuration.nodes.count), warnings \(loaded.warningCount)."))
  }

  private mutating func finishReload(_ response: ControlResponse) {
    for number in reloads.finish() { state.answer(number, response) }
    supervisor.notify("READY=1")
    memoryRelease = .now + .seconds(1)
  }
}
