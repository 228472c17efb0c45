// `rondo check --json`: diagnostics for programs, one object a line.

internal import Model
package import ZoneFile

extension Diagnostic {
  /// All diagnostics as a JSON array with a final newline.
  package static func json(_ diagnostics: [Diagnostic]) -> String {
    if diagnostics.isEmpty { return "[]\n" }
    return "[\n" + diagnostics.map { "  " + $0.json }.joined(separator: ",\n") + "\n]\n"
  }

  /// One JSON object (RFC 8259); `line` and `column` are 0 for the file as a whole.
  private var json: String {
    let members = [
      ("severity", JSONWriter.quoted(severity.rawValue)), ("file", JSONWriter.quoted(location.file)),
      ("line", String(location.line)), ("column", String(location.column)), ("message", JSONWriter.quoted(message)),
      ("what", JSONWriter.quoted(what)), ("why", JSONWriter.quoted(why)), ("fix", JSONWriter.quoted(fix)),
      ("source", JSONWriter.quoted(sourceLine)),
    ]
    return "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }
}
