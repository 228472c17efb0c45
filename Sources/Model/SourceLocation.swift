// Where in the zone config files something is defined, for messages and explanations.

/// A place in a zone config file.
package struct SourceLocation: Hashable, Sendable {
  /// As the operator wrote it on the command line or in `$INCLUDE`.
  package var file: String
  /// From 1.
  package var line: Int
  /// From 1, in Unicode scalars.
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}
