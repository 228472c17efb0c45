// Starting and ending the server, in the order that keeps promises:
//
//   rights given up ─▶ files hold ─▶ sockets open ─▶ first round of checks over ─▶ workers answer ─▶ "ready"
//
// Queries that come before the first verdicts wait in the sockets, as long as `--start-wait` says at most: so a dead node
// is handed out only if its check takes longer to say so.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Model
internal import Policy
internal import Reporting
package import ZoneFile

/// Runs the server until a signal ends it.
///
/// - Parameters:
///   - rights: whose rights the server has; the files were read with the same.
///   - warnings: what reading the files had to say.
/// - Throws: `ServerFailure` when it cannot start or cannot go on.
package func serve(
  _ options: ServerOptions, _ configuration: consuming Configuration, _ rights: ServiceRights, warnings: [Diagnostic]
) throws(ServerFailure) {
  // If it stays as it is, the limits on connections and probes still hold; accept and connect then tell of it.
  _ = try? raiseDescriptorLimit()
  try ServerNeeds.require(for: options)
  let settings = try AnswerSettings(options)
  let sockets = try OpenSockets(options, rights)
  // Before the first thread: each has its own.
  try rights.endOpening()
  let log = try starting("the log") { () throws(Errno) in try Log(onThread: ()) }
  let stopGuard = try starting("the thread for SIGTERM") { () throws(Errno) in try StopGuard() }
  // Whatever is said after that comes after the last line of the log.
  defer { log.drain(within: .milliseconds(200)) }
  log.write(.start(version: rondoVersion, processID: processID, files: options.files, threads: options.threads))
  for listener in sockets.names { log.write(.listening(listener)) }
  try prepareState(options, rights, log)
  var daemon = try Daemon(options, configuration, settings, sockets, stopGuard, log)
  log.write(warnings)
  try daemon.run()
  stopGuard.endServing()
}

/// Makes the state folder if it can be made. Without it Rondo serves all the same; only serials start anew.
private func prepareState(_ options: ServerOptions, _ rights: ServiceRights, _ log: Log) throws(ServerFailure) {
  if let fault = rights.stateFault { log.write(.stateNotKept(reason: fault)) }
  guard let directory = options.stateDirectory else { return }
  do throws(Errno) {
    try makeDirectory(directory)
  } catch {
    log.write(.stateNotKept(reason: "\(directory): \(error)"))
  }
}

extension Daemon {
  /// Lives: from the first round of checks to the end of the last worker.
  mutating func run() throws(ServerFailure) {
    try awaitFirstRound()
    if stopCause == nil {
      try saveFirstSerials()
      try startWorkers()
      while stopCause == nil { try turn() }
    }
    log.write(.stopping(cause: stopCause ?? "unknown"))
    supervisor.notify("STOPPING=1")
    health.saveAtEnd()
    zones.saveAtEnd()
    for worker in answers.stop(within: .milliseconds(300)) { log.write(.workerStuck(worker)) }
    saveLedgerAtEnd()
    state.finish(within: .milliseconds(900))
    supervisor.drain(within: .milliseconds(50))
    let queries = answers.counters().queries.values.reduce(0, +)
    log.write(.stopped(uptimeSeconds: (MonotonicTime.now - started).components.seconds, queries: queries))
    if let failure = answers.failure { throw failure }
  }

  /// Waits for the first results of all checks, but no longer than `startWait`: slow checks of one pool keep no other
  /// name silent. What has no result by then counts as unknown, and is logged.
  private mutating func awaitFirstRound() throws(ServerFailure) {
    let end = started + options.startWait
    firstRoundEnd = end
    defer { firstRoundEnd = nil }
    let patience = options.startWait + .seconds(30)
    supervisor.notify(
      "EXTEND_TIMEOUT_USEC=\(patience.wholeNanoseconds / 1_000)\nSTATUS=waiting for the first results of checks")
    while !health.monitor.firstRoundIsOver, stopCause == nil, .now < end { try turn() }
    if !health.monitor.firstRoundIsOver, stopCause == nil {
      health.cutFirstRound()
    }
  }

  /// A line for `systemctl status`.
  var statusForSupervisor: String {
    health.awaitsFirstResults
      ? "answering; \(counted(health.missingResults.count, "check")) without a result yet" : "answering"
  }

  /// Gives all zones their serials, and the disk a moment to have them before they are served: then nothing that a killed
  /// process has served is ever served with another content.
  private mutating func saveFirstSerials() throws(ServerFailure) {
    startLimit = .now + .seconds(1)
    try waitForSerials()
    health.refreshAnswers(at: .now)
    zones.moveSerials(handingOut: health.addressesOfPools)
    try waitForSerials()
    startLimit = nil
  }

  private mutating func waitForSerials() throws(ServerFailure) {
    while !zones.serialsAreSaved, stopCause == nil, let startLimit, .now < startLimit { try turn() }
  }

  private mutating func startWorkers() throws(ServerFailure) {
    stopGuard.beginServing()
    // A window whose time came while nobody was here begins before the first answer.
    health.stepCalendar(to: .now)
    health.refreshAnswers(at: .now)
    zones.moveSerials(handingOut: health.addressesOfPools)
    try answers.start(
      at: sockets, from: currentSnapshot(at: .now), reportingTo: secondaries.reports,
      longestSleep: watchdog?.longestSleep)
    ledger.follow(answers.handOuts)
    publish()
    let configuration = zones.configuration
    log.write(
      .ready(
        zones: configuration.zones.count, pools: configuration.pools.count, nodes: configuration.nodes.count,
        afterMilliseconds: (MonotonicTime.now - started).wholeNanoseconds / 1_000_000))
    supervisor.notify("READY=1\nSTATUS=\(statusForSupervisor)")
    // What was needed to get here is not needed to answer.
    memoryRelease = .now + .milliseconds(200)
  }
}
