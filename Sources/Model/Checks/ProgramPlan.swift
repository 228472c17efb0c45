// `exec:`: a program of this host finds out how the node is.

/// A program that is a check.
package struct ProgramPlan: Hashable, Sendable {
  /// Absolute.
  package let path: String
  package let arguments: [String]

  package init(path: String, arguments: [String] = []) {
    self.path = path
    self.arguments = arguments
  }
}
