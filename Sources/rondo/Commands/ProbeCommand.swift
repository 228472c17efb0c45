// `rondo probe`: the checks of a node or a pool, once and aloud.

import Linux
import Server
import ZoneFile

/// Runs each check once and shows what is said; 0 when all pass, 1 when not, 2 when there is nothing to run.
func probe(_ options: ProbeOptions, startedAs start: ProcessStart) -> Int32 {
  guard let configuration = readFiles(options.files) else { return ExitStatus.usage }
  do throws(ForegroundFailure) {
    var isHeard = true
    let result = try probeInForeground(options.subject, in: configuration, startedAs: start) { line in
      // Whoever has closed the pipe wants no more lines, but the verdict still counts.
      if isHeard { isHeard = show(line + "\n") == ExitStatus.done }
    }
    return result == .allPassed ? ExitStatus.done : ExitStatus.failed
  } catch {
    switch error {
    case .unknownName(let names):
      let hint =
        nearest(to: options.subject, among: names).map { "did you mean \"\($0)\"?" } ?? "there are \(list(names))"
      _ = fail("no node or pool is named \(quoted(options.subject)); \(hint)")
      return ExitStatus.usage
    case .system(let error): return fail("cannot probe: \(error)")
    }
  }
}

/// The first ten.
private func list(_ names: [String]) -> String {
  names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
}
