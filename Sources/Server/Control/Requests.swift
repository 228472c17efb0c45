// The requests of the two local services: HTTP on the status port, one word on the control socket.

/// Reads the head of an HTTP request.
struct HTTPReader: RequestReader {
  /// The request, or the status it is rejected with.
  enum Request {
    case accepted(HTTPRequest)
    case rejected(HTTPStatus)
  }

  private var parser = HTTPRequestParser()

  mutating func take(_ octets: Span<UInt8>) -> Request? {
    switch parser.feed(octets) {
    case .needMore: nil
    case .request(let request): .accepted(request)
    case .reject(let status): .rejected(status)
    }
  }
}

/// What may be ordered over the control socket. Whoever may connect may order: the socket's mode is the permission.
package enum ControlCommand: String, Sendable {
  /// Read the zone config files anew.
  case reload
}

/// Reads one line with a command.
struct CommandReader: RequestReader {
  /// The command; nil inside when there is none of that name.
  typealias Request = ControlCommand?

  private static let longestLine = 256
  private var line: [UInt8] = []

  mutating func take(_ octets: Span<UInt8>) -> ControlCommand?? {
    for index in octets.indices {
      if octets[index] == UInt8(ascii: "\n") {
        return .some(ControlCommand(rawValue: String(decoding: line, as: UTF8.self)))
      }
      line.append(octets[index])
      if line.count > CommandReader.longestLine { return .some(nil) }
    }
    return nil
  }
}
