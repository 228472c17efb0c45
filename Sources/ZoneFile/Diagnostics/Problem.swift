// What a stage of the reading finds wrong: thrown, or handed to the log.

/// Something wrong, or legal and hurtful, at a place: a diagnostic before its line is quoted.
struct Problem: Error {
  var severity: Diagnostic.Severity
  var range: SourceRange
  var what: String
  var why: String
  var mend: String
  /// What many places of a file may have in common, so that it is said once.
  var group: DiagnosticLog.Group?

  init(
    _ severity: Diagnostic.Severity = .error, group: DiagnosticLog.Group? = nil, at range: SourceRange, _ what: String,
    why: String = "",
    mend: String = ""
  ) {
    self.severity = severity
    self.group = group
    self.range = range
    self.what = what
    self.why = why
    self.mend = mend
  }
}
