// The requests of the two local services: HTTP on the status port, one word on the control socket.

package import Health
package import Policy
package import Reporting

/// Reads the head of an HTTP request.
struct HTTPReader: RequestReader {
  static let answerLimit: Int64 = 60_000_000_000

  /// The request, or the status it is rejected with.
  enum Request {
    case accepted(HTTPRequest)
    case rejected(HTTPStatus)
  }

  private var parser: HTTPRequestParser

  init(hosts: StatusHosts) { parser = HTTPRequestParser(hosts: hosts) }

  mutating func receive(_ octets: Span<UInt8>) -> Request? {
    switch parser.feed(octets) {
    case .needMore: nil
    case .request(let request): .accepted(request)
    case .reject(let status): .rejected(status)
    }
  }
}

/// What the control socket takes. Whoever may connect may use it: the socket's mode is the permission.
package enum ControlCommand: Sendable {
  /// Read the zone config files anew, as asked for by somebody.
  case reload(Caution, by: AdminAuthor)
  /// Say why a name is answered as it is.
  case explain(ExplainRequest)
  /// Take a node out, hand it out, or let its checks decide again.
  case adminState(AdminStateRequest)
  /// Say until when somebody may have the addresses of nodes.
  case quiet([String])

  /// What a reload does where a pool would lose its last healthy node.
  package enum Caution: Sendable {
    case refuseLosses, force
  }

  /// The line that says so, without its end.
  package var line: String {
    switch self {
    case .reload(let caution, let author):
      ([caution == .force ? "reload force" : "reload"] + author.fields).joined(separator: "\t")
    case .explain(let request): "explain \(request.words)"
    case .adminState(let request): request.line
    case .quiet(let nodes): "quiet \(nodes.joined(separator: ","))"
    }
  }

  /// Nil when there is no such command.
  init?(line: String) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    if let caution = ["reload": Caution.refuseLosses, "reload force": .force][String(fields[0])] {
      guard let author = AdminAuthor(fields: fields.dropFirst()) else { return nil }
      self = .reload(caution, by: author)
      return
    }
    if line.hasPrefix("explain ") {
      guard let request = ExplainRequest(words: line.dropFirst(8)) else { return nil }
      self = .explain(request)
    } else if line.hasPrefix("quiet ") {
      let nodes = line.dropFirst(6).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard nodes.count <= AdminStateRequest.mostNodes, nodes.allSatisfy(AdminStateRequest.isName) else { return nil }
      self = .quiet(nodes)
    } else {
      guard let request = AdminStateRequest(line: line) else { return nil }
      self = .adminState(request)
    }
  }
}

/// Reads one line with a command.
struct CommandReader: RequestReader {
  /// A reload of very many names takes its time.
  static let answerLimit: Int64 = 1_800_000_000_000

  /// The command; nil inside when there is none of that name.
  typealias Request = ControlCommand?

  /// An admin state has up to 64 nodes with names of up to 63 octets, a reason of up to 200 characters and three names of
  /// up to 64, each of up to four octets; the name to be explained has up to 255 octets, each written with up to four.
  private static let longestLine = 8_192
  private var line: [UInt8] = []

  mutating func receive(_ octets: Span<UInt8>) -> ControlCommand?? {
    for index in octets.indices {
      if octets[index] == UInt8(ascii: "\n") {
        return .some(ControlCommand(line: String(decoding: line, as: UTF8.self)))
      }
      line.append(octets[index])
      if line.count > CommandReader.longestLine { return .some(nil) }
    }
    return nil
  }
}
