// What an operator has ordered of a node: it stands above what the checks find, until it is withdrawn.

/// One order about one node.
package struct Order: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// Maintenance: out of the answers, although it still works for those who have its address.
    case drained
    /// Handed out, whatever the checks say.
    case forcedUp = "forced-up"
    /// Not handed out, whatever the checks say.
    case forcedDown = "forced-down"

    /// As people say it.
    package var words: String { rawValue.split(separator: "-").joined(separator: " ") }

    package var isForced: Bool { self != .drained }
    package var isOut: Bool { self != .forcedUp }
  }

  /// In Unicode scalars.
  package static let longestReason = 200
  /// An `OrderAuthor` with three names of the greatest length, and what stands between them.
  static let longestAuthor = 256

  package let kind: Kind
  /// Who gave it, as `OrderAuthor` describes them.
  package let author: String
  /// Empty if none was given.
  package let reason: String
  /// Since when it stands, in seconds since 1970.
  package let since: Int64

  /// - Parameters:
  ///   - author: kept without signs that cannot be printed, and cut to 256 scalars.
  ///   - reason: likewise, cut to 200.
  package init(_ kind: Kind, author: String, reason: String, since: Int64) {
    self.kind = kind
    self.author = Order.printable(author, atMost: Order.longestAuthor)
    self.reason = Order.printable(reason, atMost: Order.longestReason)
    self.since = since
  }

  /// `drained by anna: patching`
  package var description: String { "\(kind.words) by \(author)" + (reason.isEmpty ? "" : ": \(reason)") }

  /// The text on one line: blanks in the place of signs that cannot be printed, none at its ends.
  package static func printable(_ text: String, atMost limit: Int = .max) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: " "
      default: scalar
      }
    }
    let trimmed = scalars.drop { $0 == " " }.prefix(limit)
    let end = trimmed.lastIndex { $0 != " " }.map { $0 + 1 } ?? trimmed.startIndex
    return String(String.UnicodeScalarView(trimmed[..<end]))
  }
}
