// Reading a configuration for a running daemon, in the background: all of it, or nothing.
//
//   files ─▶ Configuration ─▶ HealthPlan, ZoneTable, TLSContexts ─▶ one value that the control thread only has to adopt

internal import Answering
internal import DNS
internal import Health
internal import Linux
internal import Model
internal import Policy
internal import Reporting
internal import ZoneFile

/// A configuration with all that is made from it, ready to be served.
struct LoadedConfiguration: Sendable {
  var configuration: Configuration
  var plan: HealthPlan
  /// What it has in common with the plan before.
  var succession: PlanSuccession
  var table: ZoneTable
  /// Where it hands out nodes.
  var handOuts: HandOutSources
  var settings: AnswerSettings
  var tls: TLSContexts
  /// What the serials of its zones depend on.
  var numbered: [NumberedZone?]
  /// For each pool the pools of the configuration before that it takes the place of: the one of its name, and those that
  /// answered its names.
  var formerPools: [[Int]]
  /// Warnings and notes, a line each.
  var remarks: String
  var warningCount: Int
}

/// What is made from a configuration, in the daemon and in a trial of it.
enum ConfigurationProducts {
  @discardableResult
  static func make(
    of configuration: Configuration, isTransferable: Bool = true
  ) -> (HealthPlan, ZoneTable, HandOutSources) {
    let table = ZoneTable.compile(configuration)
    return (
      HealthPlan(configuration), table, HandOutSources(configuration, table, isTransferable: isTransferable)
    )
  }
}

/// Why the configuration of before stays.
struct RefusedLoad: Sendable {
  /// For whoever asked for it.
  var text: String
  var refusal: StatusReport.Reload.Refusal
}

/// What loading works with, as values of the moment at which it begins.
struct LoadRequest: Sendable {
  var options: ServerOptions
  var settings: AnswerSettings
  var tls: TLSContexts
  var former: Configuration
  var formerPlan: HealthPlan

  enum Outcome: Sendable {
    case loaded(LoadedConfiguration)
    case refused(RefusedLoad)
  }

  /// Reads the files again; takes as long as it takes.
  consuming func outcome(_ log: Log) -> Outcome {
    var result = loadConfiguration(files: options.files, .besideAnother)
    log.write(result.diagnostics)
    let text = result.diagnostics.map { $0.description + "\n" }.joined()
    let errors = result.diagnostics.filter { $0.severity == .error }
    guard var configuration = result.configuration.take() else {
      return .refused(
        RefusedLoad(
          text: text + "The files have errors (\(errors.count)); the configuration served before stays in use.",
          refusal: .init(
            .errors, count: errors.count, first: errors.first.map(\.placeAndMessage) ?? "unreadable")))
    }
    do throws(ServerFailure) {
      try settings.readSecrets(again: options)
    } catch {
      return .refused(
        RefusedLoad(
          text: error.message + "\nThe configuration served before stays in use.",
          refusal: .init(.errors, count: 1, first: error.message)))
    }
    let isTransferable = !settings.transfers.isEmpty
    let (plan, table, handOuts) = ConfigurationProducts.make(of: configuration, isTransferable: isTransferable)
    let tls = TLSContexts(for: configuration, after: tls)
    let numbered = NumberedZone.all(of: configuration, isTransferable: isTransferable)
    if settings.transfers.isEmpty { configuration.forgetManyRecords() }
    return .loaded(
      LoadedConfiguration(
        configuration: configuration, plan: plan, succession: PlanSuccession(from: formerPlan, to: plan), table: table,
        handOuts: handOuts, settings: settings, tls: tls,
        numbered: numbered, formerPools: configuration.poolsReplaced(in: former), remarks: text,
        warningCount: result.diagnostics.count { $0.severity == .warning }))
  }
}

extension Configuration {
  /// For each pool the pools of another configuration that have its name, or answer one of its names.
  fileprivate func poolsReplaced(in former: Configuration) -> [[Int]] {
    var answering = NameTable()
    var formerPools: [Int] = []
    for rotation in former.zones.flatMap(\.rotations) where answering.insert(rotation.owner) == formerPools.count {
      formerPools.append(rotation.pool)
    }
    let named = Dictionary(former.pools.enumerated().map { ($1.name, $0) }) { first, _ in first }
    var replaced = pools.map { pool in Set(named[pool.name].map { [$0] } ?? []) }
    for rotation in zones.flatMap(\.rotations) {
      if let owner = answering.find(rotation.owner) { replaced[rotation.pool].insert(formerPools[owner]) }
    }
    return replaced.map { $0.sorted() }
  }
}

extension Log {
  /// Logs what reading the files had to say.
  func write(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics {
      switch diagnostic.severity {
      case .error: write(.configurationError(place: diagnostic.place, message: diagnostic.message))
      case .warning, .note: write(.configurationWarning(place: diagnostic.place, message: diagnostic.message))
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
