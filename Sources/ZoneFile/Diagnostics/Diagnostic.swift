// What is reported to the operator about a file, in the form that compilers use.

package import Model

/// An error, a warning or a note about a place in a zone config file.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Sendable {
    /// The configuration cannot be used.
    case error
    /// Legal, and harmful.
    case warning
    /// About the messages themselves.
    case note
  }

  package var severity: Severity
  /// Line and column 0 mean the file as a whole.
  package var location: SourceLocation
  /// What is wrong.
  package var what: String
  /// Why that matters, or what was probably meant; may be empty.
  package var why: String
  /// What to write instead; may be empty.
  package var fix: String
  /// The line, printable, tabs expanded; empty when `location` is the whole file.
  package var sourceLine: String
  /// Columns before the caret, counted in `sourceLine`.
  package var caretColumn: Int
  /// Columns that the caret and its tail cover, at least 1.
  package var caretLength: Int

  /// What, why and fix as one text: `what; why; fix.`
  package var message: String {
    var text = what
    for part in [why, fix] where !part.isEmpty {
      if text.hasSuffix("?") || text.hasSuffix(".") {
        text += " " + part.prefix(1).uppercased() + part.dropFirst()
      } else {
        text += "; " + part
      }
    }
    return text.hasSuffix("?") || text.hasSuffix(".") ? text : text + "."
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: error: message`, then the line and the caret; without a final newline.
  package var description: String {
    var text = printable(location.file) + ":"
    if location.line > 0 { text += "\(location.line):\(location.column):" }
    text += " \(severity.rawValue): \(message)"
    guard location.line > 0 else { return text }
    text += "\n" + sourceLine + "\n"
    text += String(repeating: " ", count: caretColumn) + "^" + String(repeating: "~", count: max(0, caretLength - 1))
    return text
  }
}
