// What a stage of the reading finds wrong: thrown, or handed to the log.

/// Something wrong, or legal and harmful, at a place: a diagnostic before its line is quoted.
struct Problem: Error {
  var severity: Diagnostic.Severity
  var range: SourceRange
  var what: String
  var why: String
  var fix: String
  /// What many places of a file may have in common, so that it is reported once.
  var group: DiagnosticLog.Group?

  init(
    _ severity: Diagnostic.Severity = .error, group: DiagnosticLog.Group? = nil, at range: SourceRange, _ what: String,
    why: String = "",
    fix: String = ""
  ) {
    self.severity = severity
    self.group = group
    self.range = range
    self.what = what
    self.why = why
    self.fix = fix
  }
}
