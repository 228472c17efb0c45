// `rondo check`: reads zone config files as the daemon would, and says all that is wrong with them.

import Linux
import Model
internal import Reporting
import Server
import ZoneFile

/// Prints every message about the files; fails if there is an error, or with `--strict` a warning.
func check(_ options: CheckCommandOptions) -> Int32 {
  let result = loadConfiguration(files: options.files)
  let errors = result.diagnostics.count { $0.severity == .error }
  let warnings = result.diagnostics.count { $0.severity == .warning }
  let isFine = result.configuration != nil && !(options.strict && warnings > 0)
  let status = isFine ? ExitStatus.done : ExitStatus.failed
  switch options.output {
  case .json: return show(Diagnostic.json(result.diagnostics), status: status)
  case .text:
    let messages = result.diagnostics.map { $0.description + "\n" }.joined()
    return show(messages + verdict(result, errors: errors, warnings: warnings) + "\n", status: status)
  }
}

/// The last line: how it stands with the files.
private func verdict(_ result: ReadResult, errors: Int, warnings: Int) -> String {
  guard let configuration = result.configuration else {
    return "\(counted(errors, "error")), \(counted(warnings, "warning")); rondo would not serve this"
  }
  let contents = [
    counted(configuration.zones.count, "zone"), counted(configuration.nodes.count, "node"),
    counted(configuration.pools.count, "pool"),
  ]
  return "fine: \(contents.joined(separator: ", ")); \(counted(warnings, "warning"))"
}

private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
