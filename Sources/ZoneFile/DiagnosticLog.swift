// The diagnostics of one reading: collected in the order found, bounded, handed out in the order of the files.

/// Collects diagnostics and holds the files they quote.
struct DiagnosticLog {
  /// A page full of errors helps nobody; what follows is counted only.
  static let limit = 100

  var sources: [SourceFile] = []
  private(set) var errorCount = 0
  private(set) var warningCount = 0
  private var entries: [(range: SourceRange, diagnostic: Diagnostic)] = []

  var hasErrors: Bool { errorCount > 0 }

  /// Whether another error would be shown: texts that cost something to write are not written otherwise.
  var hasRoom: Bool { errorCount < DiagnosticLog.limit }

  mutating func report(_ problem: Problem) {
    let count = problem.severity == .error ? errorCount : warningCount
    if problem.severity == .error { errorCount += 1 } else { warningCount += 1 }
    guard count < DiagnosticLog.limit else { return }
    guard sources.indices.contains(Int(problem.range.file)) else { return }
    let file = sources[Int(problem.range.file)]
    let excerpt = SourceExcerpt(of: file.bytes, around: problem.range)
    entries.append(
      (
        problem.range,
        Diagnostic(
          severity: problem.severity, location: file.location(of: problem.range), what: problem.what,
          why: problem.why, mend: problem.mend, sourceLine: excerpt.line, caretColumn: excerpt.caretColumn,
          caretLength: excerpt.caretLength)
      ))
  }

  func location(of range: SourceRange) -> SourceLocation {
    guard sources.indices.contains(Int(range.file)) else { return SourceLocation(file: "", line: 0, column: 0) }
    return sources[Int(range.file)].location(of: range)
  }

  /// `file:line:column`, for a message that speaks of a second place.
  func place(of range: SourceRange) -> String {
    let location = location(of: range)
    return "\(printable(location.file)):\(location.line):\(location.column)"
  }

  /// By file in the order read, line and column; at one place in the order found.
  func diagnostics() -> [Diagnostic] {
    var sorted = entries.indices.sorted { one, other in
      let (a, b) = (entries[one].range, entries[other].range)
      return (a.file, a.line, a.start, one) < (b.file, b.line, b.start, other)
    }.map { entries[$0].diagnostic }
    for (count, plural) in [(errorCount, "errors"), (warningCount, "warnings")] where count > DiagnosticLog.limit {
      sorted.append(
        Diagnostic(
          severity: .note, location: SourceLocation(file: sources.first?.path ?? "", line: 0, column: 0),
          what: "\(count - DiagnosticLog.limit) more \(plural) are not shown",
          why: "", mend: "mend these first and check again", sourceLine: "", caretColumn: 0, caretLength: 1))
    }
    return sorted
  }
}
