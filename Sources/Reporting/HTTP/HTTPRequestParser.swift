// Reads the head of one HTTP/1.x request, however the octets arrive (RFC 9112), and decides whether it is answered.
//
// Strict on purpose: one request has one reading. A bare LF ends no line (RFC 9112 §2.2 would let us), folded
// fields and blanks before a colon are errors. What is wrong in the form is rejected at the octet that shows it;
// what is wrong in the meaning only at the end of the head, so that the client has sent all and reads the answer.
// Octets after the head are ignored: the connection is closed after one response.

/// The state of reading one request. Time limits are the caller's.
package struct HTTPRequestParser: Sendable {
  package enum Progress: Hashable, Sendable {
    case needMore
    case request(HTTPRequest)
    case reject(HTTPStatus)
  }

  /// The most octets of a whole request head, line ends counted; more is answered 431.
  package static let maximumHead = 8_192
  /// The most octets of the request line, its end not counted; more is answered 414.
  package static let maximumRequestLine = 2_048
  /// The most header fields; more is answered 431.
  package static let maximumFields = 64

  private let hosts: StatusHosts
  private var line: [UInt8] = []
  private var endsInCarriageReturn = false
  private var octetsTaken = 0
  private var head: HTTPRequestHead?
  private var outcome: Progress = .needMore

  /// - Parameter hosts: names that Host may have besides `localhost` and addresses.
  package init(hosts: StatusHosts = StatusHosts()) { self.hosts = hosts }

  /// Takes the next octets of the connection, in pieces of any size.
  ///
  /// Once the result is not `needMore`, it stays what it is.
  package mutating func feed(_ octets: Span<UInt8>) -> Progress {
    for index in octets.indices {
      guard outcome == .needMore else { break }
      feed(octets[index])
    }
    return outcome
  }

  private mutating func feed(_ octet: UInt8) {
    octetsTaken += 1
    if octetsTaken > HTTPRequestParser.maximumHead {
      outcome = .reject(.headerFieldsTooLarge)
    } else if endsInCarriageReturn {
      endsInCarriageReturn = false
      if octet == lineFeed { endLine() } else { outcome = .reject(.badRequest) }
    } else if octet == carriageReturn {
      endsInCarriageReturn = true
    } else if isControl(octet) {
      outcome = .reject(.badRequest)
    } else if head == nil && line.count == HTTPRequestParser.maximumRequestLine {
      outcome = .reject(.uriTooLong)
    } else {
      line.append(octet)
    }
  }

  private mutating func endLine() {
    defer { line.removeAll(keepingCapacity: true) }
    do throws(HTTPRejection) {
      guard var head else {
        // Empty lines before the request are left by some clients (RFC 9112 §2.2); `maximumHead` bounds them.
        if !line.isEmpty { self.head = try HTTPRequestHead(requestLine: line[...]) }
        return
      }
      if line.isEmpty {
        outcome = .request(try head.request(allowing: hosts))
      } else {
        try head.addField(line[...])
        self.head = head
      }
    } catch {
      outcome = .reject(error.status)
    }
  }
}

/// Why a request is not answered as asked.
package struct HTTPRejection: Error {
  package let status: HTTPStatus

  package init(_ status: HTTPStatus) { self.status = status }
}

private let carriageReturn: UInt8 = 0x0D
private let lineFeed: UInt8 = 0x0A

/// Whether an octet may stand in no line of a request: control characters but the tabulator.
private func isControl(_ octet: UInt8) -> Bool { octet < 0x20 && octet != 0x09 || octet == 0x7F }
