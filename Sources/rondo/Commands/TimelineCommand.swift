// `rondo timeline`: how long a failed node can be in anybody's answers, at worst.

import Linux
internal import Policy
internal import Reporting
import Server
import ZoneFile

/// Prints the worst case for every name of the files.
func timeline(_ options: TimelineOptions) -> Int32 {
  guard let configuration = readFiles(options.files) else { return ExitStatus.failed }
  let timeline = Timeline(configuration)
  return show(String(decoding: options.output == .json ? timeline.json : timeline.text, as: UTF8.self))
}

/// Reads the files for a command that needs them without an error; errors are written to standard error.
func readFiles(_ files: [String]) -> Configuration? {
  let result = loadConfiguration(files: files)
  for diagnostic in result.diagnostics where diagnostic.severity == .error || result.configuration == nil {
    standardError.writeLine(diagnostic.description)
  }
  if result.configuration == nil { _ = fail("the zone config files have errors") }
  return result.configuration
}
