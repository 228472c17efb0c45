// One GET and its response (RFC 9112), read octet by octet and only until the page is decided.
//
//   status line ──not accepted──▶ failure at once, a redirection after its Location is known
//        │ accepted
//   header fields ──nothing to look for──▶ success
//        │
//      body ──all found──▶ success;  at its end, or after 64 KiB, what was not found is a failure
//
// The body is never kept: what is looked for in it is searched as it goes by.

internal import Model

struct HTTPConversation: Conversation {
  /// Octets of status line and header fields, interim responses included.
  private static let headLimit = 16_384
  private static let lineCountLimit = 100
  /// Empty lines before the status line.
  private static let emptyLineLimit = 3
  /// Octets of the body that are looked at.
  static let bodyLimit = 65_536

  private enum Part {
    case statusLine
    case fields
    case body(BodyFraming)
  }

  private let plan: HTTPPlan
  private let request: [UInt8]
  private var part = Part.statusLine
  private var line: [UInt8] = []
  private var headCount = 0
  private var lineCount = 0
  private var head = HTTPResponseHead()
  private var page: PageSearch
  private var bodyCount = 0

  init(_ plan: HTTPPlan, _ circumstances: ProbeCircumstances) {
    self.plan = plan
    request = plan.request(in: circumstances)
    page = PageSearch(plan, circumstances)
  }

  var stage: Stage {
    if case .body = part { return .body }
    return .response
  }

  mutating func opened() -> Dialogue.Step { .send(request) }

  mutating func receive(_ octets: ArraySlice<UInt8>) -> Dialogue.Step {
    for octet in octets {
      let step =
        if case .body(var framing) = part { readBody(octet, &framing) } else { readHead(octet) }
      if step != .wait { return step }
    }
    return .wait
  }

  mutating func closed() -> Dialogue.Step {
    switch part {
    case .statusLine where !line.isEmpty && !line.begins(with: "HTTP/"):
      .conclude(.failure(.unexpected(.response, PeerText(line))))
    case .statusLine, .fields: .conclude(.failure(.closedBefore(.response)))
    case .body(.untilClose): endOfBody()
    case .body: .conclude(.failure(.bodyCutShort(octets: bodyCount)))
    }
  }

  // MARK: Head

  private mutating func readHead(_ octet: UInt8) -> Dialogue.Step {
    headCount += 1
    guard headCount <= HTTPConversation.headLimit else { return .conclude(.failure(.tooLong(.response))) }
    guard octet == UInt8(ascii: "\n") else {
      line.append(octet)
      // Another protocol may never send a line end; what it says by now is enough to show.
      if case .statusLine = part, line.count == PeerText.limit, !line.begins(with: "HTTP/") {
        return .conclude(.failure(.unexpected(.response, PeerText(line))))
      }
      return .wait
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    lineCount += 1
    guard lineCount <= HTTPConversation.lineCountLimit else { return .conclude(.failure(.tooLong(.response))) }
    defer { line.removeAll(keepingCapacity: true) }
    if case .statusLine = part {
      // Left over from a response before, as some servers have it (RFC 9112 §2.2 has it of requests).
      return line.isEmpty && lineCount < HTTPConversation.emptyLineLimit ? .wait : readStatusLine()
    }
    head.receive(line: line[...])
    return line.isEmpty ? endOfHead() : .wait
  }

  private mutating func readStatusLine() -> Dialogue.Step {
    guard let status = HTTPResponseHead.status(in: line[...]) else {
      return .conclude(.failure(.unexpected(.response, PeerText(line))))
    }
    head = HTTPResponseHead()
    head.status = status
    part = .fields
    // The place a redirection leads to is worth the wait for it.
    guard plan.accepts(status) || head.isInterim || (300...399).contains(status) else {
      return .conclude(.failure(.status(status)))
    }
    return .wait
  }

  private mutating func endOfHead() -> Dialogue.Step {
    guard !head.isInterim else {
      part = .statusLine
      return .wait
    }
    guard plan.accepts(head.status) else {
      return .conclude(.failure(head.location.map { .redirected(to: $0) } ?? .status(head.status)))
    }
    if !head.isChunked, !head.hasNoBody, let one = head.contentLength, let other = head.contradictingLength {
      return .conclude(.failure(.bodyOfTwoLengths(one, other)))
    }
    guard !page.isFound else { return .conclude(.success) }
    if let coding = head.contentCoding ?? head.foreignCoding { return .conclude(.failure(.bodyEncoded(coding))) }
    let framing = BodyFraming(of: head)
    part = .body(framing)
    return framing.isOver ? endOfBody() : .wait
  }

  // MARK: Body

  private mutating func readBody(_ octet: UInt8, _ framing: inout BodyFraming) -> Dialogue.Step {
    let meaning = framing.feed(octet)
    part = .body(framing)
    switch meaning {
    case .framing: break
    case .malformed: return .conclude(.failure(.bodyMalformed))
    case .content:
      bodyCount += 1
      page.feed(octet)
      if page.isFound { return .conclude(.success) }
    }
    if framing.isOver { return endOfBody() }
    guard bodyCount < HTTPConversation.bodyLimit else {
      page.endWord()
      return .conclude(page.failure(isCutAt: bodyCount).map { .failure($0) } ?? .success)
    }
    return .wait
  }

  private mutating func endOfBody() -> Dialogue.Step {
    page.endWord()
    return .conclude(page.failure(isCutAt: nil).map { .failure($0) } ?? .success)
  }
}

/// What the page must say, searched as the page goes by.
private struct PageSearch: Sendable {
  private var text: TextSearch?
  private var nodes: NodeNameSearch?

  init(_ plan: HTTPPlan, _ circumstances: ProbeCircumstances) {
    text = plan.expected.map { TextSearch(for: $0) }
    nodes = plan.mustNameNode ? NodeNameSearch(for: circumstances.node) : nil
  }

  /// Nothing is left to look for.
  var isFound: Bool { (text?.isFound ?? true) && (nodes?.namesMeant ?? true) }

  mutating func feed(_ octet: UInt8) {
    text?.feed(octet)
    nodes?.feed(octet)
  }

  mutating func endWord() { nodes?.endWord() }

  func failure(isCutAt limit: Int?) -> FailureReason? {
    if let text, !text.isFound {
      let wanted = PeerText(text.wanted)
      return limit.map { .bodyLacksAtFirst(wanted, octets: $0) } ?? .bodyLacks(wanted)
    }
    return nodes?.failure(in: .body)
  }
}
