// Why a node failed a probe, from the network up to what its pages and certificates say.

/// What was not as the check asks.
package enum FailureReason: Hashable, Sendable {
  // The network.
  /// The host is there, nothing listens on the port (`ECONNREFUSED`).
  case connectionRefused
  case noAnswer(within: Duration, awaiting: Stage = .connection)
  /// A router, or the neighbour cache, says that the host cannot be reached (`EHOSTUNREACH`).
  case noRouteToHost
  case networkUnreachable
  /// A firewall, the node's own or one on the way, says so by ICMPv6: "administratively prohibited" (RFC 4443 §3.1).
  case prohibited
  case connectionReset
  /// The node closed before it had said what the check waits for.
  case connectionClosed
  case closedBefore(Stage)
  /// Another error the network reported for this connection, by its `errno` number.
  case networkError(code: Int32)

  // What was said.
  case unexpected(Stage, PeerText)
  /// More octets or lines than any honest answer has.
  case tooLong(Stage)
  case notOffered(String)
  /// Octets in clear where TLS was to begin.
  case spokeInClear
  case wrongNode(named: String, meant: String, in: Stage)
  case nodeNotNamed(String, in: Stage)
  case agent(AgentReport.Operation, PeerText?)

  // HTTP.
  case status(UInt16)
  case redirected(to: PeerText)
  case bodyLacks(PeerText)
  /// No more than this was read, and what was looked for was not in it.
  case bodyLacksAtFirst(PeerText, octets: Int)
  case bodyCutShort(octets: Int)
  case bodyMalformed
  /// Content-Length says both, and clients refuse that (RFC 9112 §6.3).
  case bodyOfTwoLengths(Int, Int)
  /// It was to be searched, and is in a content or transfer coding (RFC 9110 §8.4, RFC 9112 §7) that was not asked for.
  case bodyEncoded(PeerText)

  // TLS.
  case tlsFailed(PeerText)
  case tlsAlert(TLSAlert)
  case certificateMissing
  case certificateUnreadable
  case certificateExpired(daysAgo: Int)
  case certificateNotYetValid(daysAhead: Int)
  case certificateExpiresSoon(days: Int)
  case certificateDoesNotCover(UncoveredNames)
  /// By a server that speaks TLS 1.3 only.
  case certificateHidden

  // Programs.
  case programFailed(status: Int32, PeerText)
  case programKilled(signal: Int32, PeerText)
}

extension FailureReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .connectionRefused: "connection refused"
    case .noAnswer(let limit, let stage): "\(stage.missing) within \(limit.inWords)"
    case .noRouteToHost: "no route to host"
    case .networkUnreachable: "network unreachable"
    case .prohibited: "a firewall prohibits the connection"
    case .connectionReset: "connection reset"
    case .connectionClosed: "connection closed"
    case .closedBefore(let stage): "connection closed, \(stage.missing)"
    case .networkError(let code): "network error \(code)"

    case .unexpected(let stage, let text): "\(stage.subject) was \(text.isEmpty ? "empty" : text.description)"
    case .tooLong(let stage): "\(stage.subject) is too long"
    case .notOffered(let what): "\(what) is not offered"
    case .spokeInClear: "spoke in clear where TLS begins"
    case .wrongNode(let other, let meant, let stage): "wrong node: \(stage.subject) names \(other) instead of \(meant)"
    case .nodeNotNamed(let meant, let stage): "\(stage.subject) does not name \(meant)"
    case .agent(let word, let reason): "agent says \(word.rawValue)\(reason.map { ": \($0)" } ?? "")"

    case .status(401): "status 401: the page asks for a login, choose one that needs none"
    case .status(let code): "status \(code)"
    case .redirected(let place): "redirected to \(place)"
    case .bodyLacks(let text): "body lacks \"\(text)\""
    case .bodyLacksAtFirst(let text, let count): "first \(count) octets of the body lack \"\(text)\""
    case .bodyCutShort(let count): "body ends early, after \(count) octets"
    case .bodyMalformed: "body is not in well-formed chunks"
    case .bodyOfTwoLengths(let one, let other): "Content-Length says both \(one) and \(other)"
    case .bodyEncoded(let coding): "body is encoded as \(coding), which was not asked for"

    case .tlsFailed(let words): "TLS: \(words)"
    case .tlsAlert(let alert): "TLS alert \(alert)"
    case .certificateMissing: "no certificate"
    case .certificateUnreadable: "certificate cannot be read"
    case .certificateExpired(0): "certificate expired today"
    case .certificateExpired(let days): "certificate expired \(days.inDays) ago"
    case .certificateNotYetValid(0): "certificate is not valid until later today"
    case .certificateNotYetValid(let days): "certificate is not valid for another \(days.inDays)"
    case .certificateExpiresSoon(0): "certificate expires within a day"
    case .certificateExpiresSoon(let days): "certificate expires in \(days.inDays)"
    case .certificateDoesNotCover(let names): "certificate does not cover \(names)"
    case .certificateHidden: "certificate not seen: the server speaks TLS 1.3 only"

    case .programFailed(let status, let line): "exit status \(status)\(line.isEmpty ? "" : ": \(line)")"
    case .programKilled(let signal, let line): "killed by signal \(signal)\(line.isEmpty ? "" : ": \(line)")"
    }
  }
}

extension Int {
  fileprivate var inDays: String { self == 1 ? "1 day" : "\(self) days" }
}
