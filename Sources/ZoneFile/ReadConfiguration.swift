// Zone config files → configuration and diagnostics. The only door of this module; it does no I/O itself.
//
//   text ─Reader─▶ Draft ─Placement, Resolver, ZoneChecker─▶ Configuration
//                    └──────────────Advisor──▶ warnings, which change nothing

import DNS

/// Why a file could not be loaded, in words for the operator: "no such file", "permission denied".
package struct LoadFailure: Error, Equatable, Sendable {
  package var reason: String
  /// What to do about it; nil where the path and the rights of the file are the place to look.
  package var remedy: String?

  package init(reason: String, remedy: String? = nil) {
    self.reason = reason
    self.remedy = remedy
  }
}

/// The outcome of reading a set of files.
package struct ReadResult: Sendable {
  /// Nil when there is any error.
  package var configuration: Configuration?
  /// By file in the order read, then by line and column. At most 100 errors and 100 warnings, and a note of how many more.
  package var diagnostics: [Diagnostic]
  /// Every file that was loaded, included ones too, in the order read.
  package var files: [String]
}

/// Limits on a set of files, so that no file can exhaust the server.
package enum ReadingLimits {
  /// `$INCLUDE` in an included file, and so on: files open at one time.
  package static let depth = 8
  /// Octets of all files together.
  package static let octets = 64 << 20
  /// Files, each counted every time it is included.
  package static let files = 4096
}

/// Reads the files as one configuration; all their errors are found in one run.
///
/// - Parameters:
///   - files: paths, as messages are to show them.
///   - load: gives the octets of a file; called for `$INCLUDE` too, with the path completed by the
///     directory of the including file.
///   - host: says what is wrong on this host with what checks need of it; nil when nothing is.
package func readConfiguration(
  files: [String], load: (String) throws(LoadFailure) -> [UInt8], asking host: (HostQuestion) -> String? = { _ in nil }
) -> ReadResult {
  let log = DiagnosticLog()
  var reader = Reader(log)
  reader.readFiles(files, load)
  let fingerprint = reader.fingerprint
  var draft = reader.finish()
  var configuration: Configuration?
  if !log.hasGivenUp {
    HostAdvisor(checks: draft.declarations.checks, log: log).advise(host)
    configuration = resolve(&draft, log)
    configuration?.fingerprint = fingerprint
  }
  return ReadResult(
    configuration: configuration, diagnostics: log.diagnostics(), files: log.sources.filter(\.isLoaded).map(\.path))
}

/// The second stage and the advice on it; nil when there is any error.
private func resolve(_ draft: inout Draft, _ log: DiagnosticLog) -> Configuration? {
  let resolver = Resolver(declarations: draft.declarations, log: log)
  var resolution = resolver.resolution()
  Placement(resolver: resolver, log: log).place(&draft.zones)
  resolver.completeDirectiveZones(of: &draft.zones)
  resolver.addRotations(of: draft.zones, to: &resolution)
  resolver.checkSources(of: resolution.pools)
  resolver.refuseNothing(draft.zones)
  let contents = ZoneContents.collect(from: &draft.zones, log)
  ZoneChecker(zones: draft.zones, contents: contents, log: log).check()
  Advisor(declarations: draft.declarations, zones: draft.zones, contents: contents, log: log).advise()
  // Past an error the parts might not hold together.
  guard !log.hasErrors else { return nil }
  return resolver.configuration(draft.zones, contents, resolution)
}
