// Reading the configuration anew while it is served: all of it, or none.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

extension Daemon {
  /// Reads the files again and, if they hold, serves what they say from the next query on.
  mutating func reload() -> ControlResponse {
    tellSupervisor("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.now() / 1_000)")
    defer {
      tellSupervisor("READY=1")
      memoryRelease = .now + .seconds(1)
    }
    var result = loadConfiguration(files: options.files)
    logDiagnostics(result.diagnostics)
    let text = result.diagnostics.map { $0.description + "\n" }.joined()
    let errors = result.diagnostics.filter { $0.severity == .error }
    guard let fresh = result.configuration.take() else {
      let first = errors.first.map(\.placeAndMessage) ?? "unreadable"
      lastReload = StatusReport.Reload(at: .now, outcome: .refused(errorCount: errors.count, firstError: first))
      log.write(.reloadRefused(errors: errors.count))
      return ControlResponse(
        isDone: false, text: text + "The files have errors (\(errors.count)); what was served before goes on.")
    }
    do throws(ServerFailure) {
      try settings.readSecrets(again: options)
    } catch {
      lastReload = StatusReport.Reload(at: .now, outcome: .refused(errorCount: 1, firstError: error.message))
      log.write(.reloadRefused(errors: 1))
      return ControlResponse(isDone: false, text: error.message + "\nWhat was served before goes on.")
    }
    serve(fresh)
    lastReload = StatusReport.Reload(at: loadedAt, outcome: .loaded)
    let warnings = result.diagnostics.count { $0.severity == .warning }
    log.write(
      .reloaded(
        zones: configuration.zones.count, pools: configuration.pools.count, nodes: configuration.nodes.count,
        warnings: warnings))
    return ControlResponse(
      isDone: true,
      text: text + "Reloaded: zones \(configuration.zones.count), pools \(configuration.pools.count), "
        + "nodes \(configuration.nodes.count), warnings \(warnings).")
  }

  /// Puts a configuration in the place of the one before; nodes that stay keep their verdicts.
  private mutating func serve(_ fresh: consuming Configuration) {
    configuration = fresh
    loadedAt = .now
    assignSerials(&serials, in: &configuration, log)
    probes.tls = TLSContexts(for: configuration, after: probes.tls)
    for fault in probes.tls.faults { log.write(.tlsUnavailable(reason: fault)) }
    let formerTargets = plan.targets
    takeWrittenSerials()
    plan = HealthPlan(configuration)
    followOrders()
    formerTables.note(table, at: .now)
    table = ZoneTable.compile(configuration)
    if settings.transfers.isEmpty { configuration.forgetManyRecords() }
    for case .abandon(let probe) in monitor.replaceTargets(with: plan.targets, at: .now) { probes.abandon(probe) }
    watches.renumber { former in
      plan.targets.firstIndex { $0.plan.vigilance.watch == .on && $0.isSameTest(as: formerTargets[former]) }
    }
    standings.keep(pools: configuration.pools.map(\.name))
    histories.keep(plan)
    // New nodes are probed at once; on this machine's own network their verdict follows within milliseconds.
    advanceHealth(to: .now)
    publish()
    // Who has no query would hold the table of before, and its memory, for as long.
    for worker in workers { worker.moveOn() }
  }

  func logDiagnostics(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics {
      switch diagnostic.severity {
      case .error: log.write(.configurationError(place: diagnostic.place, message: diagnostic.message))
      case .warning, .note: log.write(.configurationWarning(place: diagnostic.place, message: diagnostic.message))
      }
    }
  }
}

/// Sets the serials of zones made by `$ZONE`, and says so if they cannot be kept.
func assignSerials(_ serials: inout SerialStore, in configuration: inout Configuration, _ log: Log) {
  if let error = serials.assignSerials(in: &configuration, now: WallClock.now()) {
    log.write(.stateNotKept(reason: error.description))
  }
}

extension Diagnostic {
  /// `file:line:column`, or the file alone.
  var place: String {
    location.line > 0 ? "\(location.file):\(location.line):\(location.column)" : location.file
  }

  var placeAndMessage: String { "\(place): \(message)" }
}
