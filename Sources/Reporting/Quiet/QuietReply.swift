// The reply to `quiet` on the control socket: what a waiting command goes by in its first line, then text for people.
//
//      waiting 42 out                                      how far all nodes are, seconds left, whether all are out
//      ex1: last handed out 13:58:03 CET to 10.1.3.53; quiet at 13:59:03 CET
//
//      HOLDER     LAST ASKED    COPY EXPIRES  FROM
//      10.1.3.53  13:58:03 CET  13:59:03 CET  pool access

/// How far some nodes are on their way to be quiet.
package struct QuietReply: Hashable, Sendable {
  /// So many of those who may still have an address of a node are listed.
  package static let mostHolders = 50

  package enum Outlook: String, Hashable, Sendable {
    case quiet, waiting, settling
    /// Secondaries have it: until when is for them to decide.
    case held
    case served
    /// Static records hand out the node whatever its admin state is: waiting does not help.
    case stuck
    case unknown
  }

  package let outlook: Outlook
  /// Until all are quiet, as far as is known; zero unless the outlook is to wait.
  package let secondsLeft: Int64
  /// Whether an admin state keeps all of them out of the answers.
  package let isOut: Bool
  /// A line for each node.
  package let text: String
  /// Who may still have an address of them, in tables; empty if nobody is known to.
  package let holders: String

  /// - Parameter nodes: at least one, each with whether an admin state keeps it out.
  package init(_ nodes: [(report: QuietReport, isOut: Bool)], text: String, holders: String = "") {
    outlook = nodes.map { Outlook($0.report) }.max { $0.rank < $1.rank } ?? .unknown
    secondsLeft = nodes.map(\.report.secondsLeft).max() ?? 0
    isOut = nodes.allSatisfy(\.isOut)
    self.text = text
    self.holders = holders
  }

  package var message: String {
    "\(outlook.rawValue) \(secondsLeft) \(isOut ? "out" : "in")\n\(text)\(holders.isEmpty ? "" : "\n\n\(holders)")"
  }

  /// Nil for a text that `message` would not have given.
  package init?(message: String) {
    guard let end = message.firstIndex(of: "\n") else { return nil }
    let words = message[..<end].split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, let outlook = Outlook(rawValue: String(words[0])), let seconds = Int64(words[1]),
      words[2] == "out" || words[2] == "in"
    else { return nil }
    self.outlook = outlook
    secondsLeft = seconds
    isOut = words[2] == "out"
    // A line of a node is never empty.
    let lines = message[message.index(after: end)...].split(separator: "\n", omittingEmptySubsequences: false)
    let parts = lines.split(maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: \.isEmpty)
    text = parts.first?.joined(separator: "\n") ?? ""
    holders = parts.count > 1 ? parts[1].joined(separator: "\n") : ""
  }
}

extension QuietReply.Outlook {
  fileprivate init(_ report: QuietReport) {
    self =
      switch report.state {
      case .unknown: .unknown
      case .served: report.hasStaticRecords ? .stuck : .served
      case .settling: .settling
      case .held: .held
      case .waiting: .waiting
      case .quiet: .quiet
      }
  }

  /// The furthest from quiet counts.
  fileprivate var rank: Int {
    switch self {
    case .quiet: 0
    case .waiting: 1
    case .settling: 2
    case .held: 3
    case .served: 4
    case .stuck: 5
    case .unknown: 6
    }
  }
}
