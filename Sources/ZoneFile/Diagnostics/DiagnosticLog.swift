// The diagnostics of one reading: collected in the order found, bounded, handed out in the order of the files.

import Model

/// Collects the diagnostics of all stages of one reading, and holds the files they quote.
///
/// A class, because the stages share it: each reports into the one that the reading began with.
final class DiagnosticLog {
  /// More than a page of errors is no help; what follows is only counted.
  static let limit = 100

  /// With so many errors the reading ends: they are not fixed one by one, and each costs time.
  static let mostErrors = 10_000

  /// What may be wrong many times for one reason: it is shown where it is first, with the number of the others.
  enum Group: Hashable {
    case withoutZone, outsideZones, forgottenDot, withoutOrigin, staticAddress, unsignedTLSA, unsignedMX
    case signedZone(Int?)
  }

  private struct GroupCount {
    /// Of the first in `entries`; nil where it came too late to be shown.
    var entry: Int?
    var others = 0
  }

  var sources: [SourceFile] = []
  private(set) var errorCount = 0
  private(set) var warningCount = 0
  private var groups: [Group: GroupCount] = [:]
  /// Where the reading ended before the end of the files, because there were too many errors.
  private var end: SourceRange?
  private var entries: [(range: SourceRange, diagnostic: Diagnostic)] = []

  var hasErrors: Bool { errorCount > 0 }

  /// Whether another error would be shown: texts that cost something to write are not written otherwise.
  var hasRoom: Bool { errorCount < DiagnosticLog.limit }

  /// Whether there are so many errors that reading on is not worthwhile.
  var hasTooManyErrors: Bool { errorCount >= DiagnosticLog.mostErrors }

  /// Whether the files were not read to their end.
  var hasGivenUp: Bool { end != nil }

  func giveUp(at range: SourceRange) { end = range }

  /// Reports what may be wrong a million times: the text is made only while it can be shown.
  func report(_ severity: Diagnostic.Severity, _ problem: () -> Problem) {
    let count = severity == .error ? errorCount : warningCount
    guard count >= DiagnosticLog.limit else { return report(problem()) }
    if severity == .error { errorCount += 1 } else { warningCount += 1 }
  }

  /// Reports the first of its group, and counts the others.
  func report(_ group: Group, _ problem: () -> Problem) {
    guard groups[group] == nil else {
      groups[group]?.others += 1
      return
    }
    let before = entries.count
    report(problem())
    groups[group] = GroupCount(entry: entries.count > before ? before : nil)
  }

  func report(_ problem: Problem) {
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
          why: problem.why, fix: problem.fix, sourceLine: excerpt.line, caretColumn: excerpt.caretColumn,
          caretLength: excerpt.caretLength)
      ))
  }

  func location(of range: SourceRange) -> SourceLocation {
    guard sources.indices.contains(Int(range.file)) else { return SourceLocation(file: "", line: 0, column: 0) }
    return sources[Int(range.file)].location(of: range)
  }

  /// `file:line:column`, for a message that refers to a second place.
  func position(of range: SourceRange) -> String {
    let location = location(of: range)
    return "\(printable(location.file)):\(location.line):\(location.column)"
  }

  /// By file in the order read, line and column; at one place in the order found.
  func diagnostics() -> [Diagnostic] {
    var entries = entries
    for group in groups.values where group.others > 0 {
      guard let entry = group.entry else { continue }
      entries[entry].diagnostic.what += " (and \(group.others) more like it)"
    }
    var sorted = entries.indices.sorted { one, other in
      let (a, b) = (entries[one].range, entries[other].range)
      return (a.file, a.line, a.start, one) < (b.file, b.line, b.start, other)
    }.map { entries[$0].diagnostic }
    for (count, plural) in [(errorCount, "errors"), (warningCount, "warnings")] where count > DiagnosticLog.limit {
      sorted.append(
        Diagnostic(
          severity: .note, location: SourceLocation(file: sources.first?.path ?? "", line: 0, column: 0),
          what: "\(count - DiagnosticLog.limit) more \(plural) are not shown",
          why: "", fix: "fix these first, then check again", sourceLine: "", caretColumn: 0, caretLength: 1))
    }
    if let end {
      sorted.append(
        Diagnostic(
          severity: .note, location: SourceLocation(file: sources.first?.path ?? "", line: 0, column: 0),
          what: "the reading ended at \(position(of: end)), after \(errorCount) errors",
          why: "what follows was not read", fix: "fix these first, then check again", sourceLine: "",
          caretColumn: 0, caretLength: 1))
    }
    return sorted
  }
}
