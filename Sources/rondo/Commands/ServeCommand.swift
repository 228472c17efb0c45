// `rondo serve`: reads the files, then runs the daemon until a signal ends it.

import DNS
import Linux
internal import Policy
import Server
import ZoneFile

/// Runs the daemon; returns once a signal has stopped it.
func serve(_ options: ServeOptions, startedAs start: ProcessStart) -> Int32 {
  var serverOptions = ServerOptions(options)
  serverOptions.start = start
  do throws(ServerFailure) {
    try ServerNeeds.require(for: serverOptions)
    let rights = try ServiceRights(serverOptions)
    var result = loadConfiguration(files: options.files, .beforeServing)
    // Taken out, not copied: the server lets go of what it no longer needs, and so must we.
    guard let configuration = result.configuration.take() else {
      for diagnostic in result.diagnostics { standardError.writeLine(diagnostic.description) }
      let reader = rights.user.map { ", read as user \"\($0)\"," } ?? ""
      return fail("the zone config files\(reader) have errors; nothing is served")
    }
    try Server.serve(serverOptions, configuration, rights, warnings: result.diagnostics)
    return ExitStatus.done
  } catch {
    return fail(error.message)
  }
}

extension ServerOptions {
  init(_ options: ServeOptions) {
    let threads = options.threads ?? onlineProcessorCount()
    self.init(
      files: options.files,
      listening: options.listen.map { .at($0) } ?? .everywhere(port: Defaults.dnsPort), status: options.status,
      control: options.control, stateDirectory: options.state,
      threads: threads, user: options.user,
      cookieSecretsFile: options.cookieSecrets, identifier: options.identifier ?? "",
      rateLimit: options.rateLimit.map {
        RateLimitPlan(
          rate: $0.rate, source: $0.source, slip: $0.slip, exempt: $0.exempt.prefixes, threads: threads)
      })
    ledger = options.ledger
    transferNetworks = options.transferAllow.prefixes
    transferKeyFile = options.transferKey
    notify = options.notify
    statusHosts = options.statusHosts
    startWait = .seconds(options.startWait)
  }
}
