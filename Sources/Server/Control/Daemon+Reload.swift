// Reading the configuration anew while it is served: all of it, or none.

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import ZoneFile

extension Daemon {
  /// Reads the files again and, if they hold, serves what they say from the next query on.
  mutating func reload() -> ControlResponse {
    supervisor.tell("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.now() / 1_000)")
    defer {
      supervisor.tell("READY=1")
      memoryRelease = .now + .seconds(1)
    }
    var result = loadConfiguration(files: options.files)
    logDiagnostics(result.diagnostics)
    let text = result.diagnostics.map { $0.description + "\n" }.joined()
    let errors = result.diagnostics.filter { $0.severity == .error }
    guard let fresh = result.configuration.take() else {
      let first = errors.first.map(\.placeAndMessage) ?? "unreadable"
      zones.noteReload(.refused(errorCount: errors.count, firstError: first), at: .now)
      log.write(.reloadRefused(errors: errors.count))
      return ControlResponse(
        isDone: false, text: text + "The files have errors (\(errors.count)); what was served before goes on.")
    }
    do throws(ServerFailure) {
      try zones.readSecrets(options)
    } catch {
      zones.noteReload(.refused(errorCount: 1, firstError: error.message), at: .now)
      log.write(.reloadRefused(errors: 1))
      return ControlResponse(isDone: false, text: error.message + "\nWhat was served before goes on.")
    }
    serve(fresh)
    zones.noteReload(.loaded, at: zones.loadedAt)
    let configuration = zones.configuration
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
    let now = MonotonicTime.now
    // Before zones forget records: names of nodes come from aliases too.
    let plan = HealthPlan(copy fresh)
    let tls = TLSContexts(for: copy fresh, after: health.tls)
    zones.follow(consume fresh, at: now)
    health.follow(plan, tls, at: now, epoll)
    publish()
    answers.moveOn()
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

extension Diagnostic {
  /// `file:line:column`, or the file alone.
  var place: String {
    location.line > 0 ? "\(location.file):\(location.line):\(location.column)" : location.file
  }

  var placeAndMessage: String { "\(place): \(message)" }
}
