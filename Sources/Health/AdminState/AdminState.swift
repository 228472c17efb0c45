// What an operator has decided of a node: it overrides what the checks find, until it is withdrawn or its end has come.

/// How an operator has set one node; a node without one is `ready`, and its checks decide.
package struct AdminState: Hashable, Sendable {
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
    /// Whether it keeps the node out of the answers.
    package var isOut: Bool { self != .forcedUp }
  }

  /// `ready` where no operator has set anything.
  package static func word(for kind: Kind?) -> String { kind?.rawValue ?? "ready" }

  /// In Unicode scalars.
  package static let longestReason = 200
  /// An `AdminAuthor` with three names of the greatest length, and what stands between them.
  package static let longestAuthor = 256
  /// For how long a drain without an end may last before it is overdue: a day and its night, in seconds.
  package static let longestOpenDrain: Int64 = 24 * 3_600

  package let kind: Kind
  /// Who set it, as `AdminAuthor` describes them.
  package let author: String
  /// Empty if none was given.
  package let reason: String
  /// Since when it holds, in seconds since 1970.
  package let since: Int64
  /// When it is to end by itself, in seconds since 1970; nil to last until it is withdrawn.
  package let until: Int64?
  /// Since when it has lasted longer than it should, in seconds since 1970; nil if it does not.
  ///
  /// It is recorded, not derived: a clock that is set back takes nothing back.
  package private(set) var overdueSince: Int64?

  /// - Parameters:
  ///   - author: kept without signs that cannot be printed, and cut to 256 scalars.
  ///   - reason: likewise, cut to 200.
  package init(
    _ kind: Kind, author: String, reason: String, since: Int64, until: Int64? = nil, overdueSince: Int64? = nil
  ) {
    self.kind = kind
    self.author = AdminState.printable(author, atMost: AdminState.longestAuthor)
    self.reason = AdminState.printable(reason, atMost: AdminState.longestReason)
    self.since = since
    self.until = until
    self.overdueSince = kind == .drained ? overdueSince : nil
  }

  /// From when on it should have ended: its end, or for a drain without one a day after its start; nil if never.
  package var dueAt: Int64? { until ?? (kind == .drained ? since + AdminState.longestOpenDrain : nil) }

  /// The same, overdue from now on.
  package var asOverdue: AdminState {
    var adminState = self
    adminState.overdueSince = overdueSince ?? dueAt
    return adminState
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
