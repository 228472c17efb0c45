// Starting and ending the server, in the order that keeps promises:
//
//   files hold ─▶ sockets open ─▶ rights dropped ─▶ first round of checks over ─▶ workers answer ─▶ "ready"
//
// Queries that come before the first verdicts wait in the sockets, one check timeout at most: no dead node is ever
// handed out because Rondo had just been started.

internal import Answering
internal import DNS
internal import Health
internal import Linux
package import ZoneFile

/// Runs the server until a signal ends it.
///
/// - Parameter warnings: what reading the files had to say.
/// - Throws: `ServerFailure` when it cannot start or cannot go on.
package func serve(
  _ options: ServerOptions, _ configuration: consuming Configuration, warnings: [Diagnostic]
) throws(ServerFailure) {
  let log = Log()
  // If it stays as it is, the limits on connections and probes still hold; accept and connect then tell of it.
  _ = try? raiseDescriptorLimit()
  log.write(.start(version: rondoVersion, processID: processID, files: options.files, threads: options.threads))
  let settings = try AnswerSettings(options)
  let sockets = try OpenSockets(options)
  for listener in sockets.names { log.write(.listening(listener)) }
  try prepareState(options, log)
  if let user = options.user { try become(user, options, sockets, configuration) }
  do throws(Errno) {
    var daemon = try Daemon(options, configuration, settings, sockets, log)
    daemon.logDiagnostics(warnings)
    try daemon.run()
  } catch {
    throw ServerFailure("the server cannot go on: \(error)")
  }
}

/// Makes the state folder if it can be made. Without it Rondo serves all the same; only serials start anew.
private func prepareState(_ options: ServerOptions, _ log: Log) throws(ServerFailure) {
  guard let directory = options.stateDirectory else { return }
  do throws(Errno) {
    try makeDirectory(directory)
  } catch {
    log.write(.stateNotKept(reason: "\(directory): \(error)"))
  }
}

/// Gives up root's rights, after giving the new user what it will write.
private func become(
  _ name: String, _ options: ServerOptions, _ sockets: OpenSockets, _ configuration: Configuration
) throws(ServerFailure) {
  do throws(Errno) {
    guard let user = try UserIdentity(name: name) else { throw .noSuchFileOrDirectory }
    if let directory = options.stateDirectory, fileExists(directory) { try changeOwner(of: directory, to: user) }
    if let path = options.control { try changeOwner(of: path, to: user) }
    // Only in a folder of one's own can a socket be removed at the end.
    if let folder = sockets.madeFolder { try changeOwner(of: folder, to: user) }
    try dropPrivileges(to: user)
  } catch {
    throw ServerFailure("cannot become user \"\(name)\": \(error); start as root, or leave --user out")
  }
  let authorities = configuration.checks.compactMap { check in
    if case .authority(let file) = check.kind.tls?.verification { file } else { nil }
  }
  for file in options.files + authorities + [options.cookieSecretsFile, options.transferKeyFile].compactMap({ $0 }) {
    do throws(Errno) {
      _ = try readFile(file, limit: .max)
    } catch {
      throw ServerFailure(
        "user \"\(name)\" cannot read \(file): \(error); a reload would fail, so give that user the right to read it")
    }
  }
}

extension Daemon {
  /// Lives: from the first round of checks to the end of the last worker.
  mutating func run() throws(Errno) {
    while !health.monitor.firstRoundIsOver, stopCause == nil { try turn() }
    if stopCause == nil {
      try startWorkers()
      while stopCause == nil { try turn() }
    }
    log.write(.stopping(cause: stopCause ?? "unknown"))
    health.saveAtEnd()
    tellSupervisor("STOPPING=1")
    answers.stop()
    let queries = answers.counters().queries.values.reduce(0, +)
    log.write(.stopped(uptimeSeconds: (MonotonicTime.now - started).components.seconds, queries: queries))
    if let failure = answers.failure { throw failure }
  }

  private mutating func startWorkers() throws(Errno) {
    health.noteHistories(at: .now)
    try answers.start(at: sockets, from: currentSnapshot(at: .now), reportingTo: secondaries.reports)
    publish()
    let configuration = zones.configuration
    log.write(
      .ready(
        zones: configuration.zones.count, pools: configuration.pools.count, nodes: configuration.nodes.count,
        afterMilliseconds: (MonotonicTime.now - started).wholeNanoseconds / 1_000_000))
    tellSupervisor("READY=1")
    // What was needed to get here is not needed to answer.
    memoryRelease = .now + .milliseconds(200)
  }
}
