// Lines out of octets, for the protocols that talk in lines: SMTP, IMAP, POP3 and the agent.

/// Octets that have come and are not yet a line.
struct LineBuffer: Sendable {
  enum Next {
    /// Without its line end.
    case line(ArraySlice<UInt8>)
    case incomplete
    /// A line longer than allowed, or more lines than allowed.
    case tooMuch
  }

  let lineLimit: Int
  let countLimit: Int
  private var octets: [UInt8] = []
  private var start = 0
  /// No line end lies before this: what has come is searched once, however small the pieces.
  private var searched = 0
  private var lineCount = 0

  /// Lines of at most `lineLimit` octets, line end included, and at most `countLimit` of them.
  init(lineLimit: Int, countLimit: Int = 100) {
    self.lineLimit = lineLimit
    self.countLimit = countLimit
  }

  /// Whether all that has come was given out as lines.
  var isEmpty: Bool { start == octets.count }

  /// What has come of the line that is not complete.
  var rest: ArraySlice<UInt8> { octets[start...] }

  mutating func append(_ more: ArraySlice<UInt8>) {
    octets.removeFirst(start)
    searched -= start
    start = 0
    octets += more
  }

  /// The next line; both CR LF and LF end one.
  mutating func next() -> Next {
    let end = octets[searched...].firstIndex(of: UInt8(ascii: "\n"))
    searched = end.map { $0 + 1 } ?? octets.count
    guard searched - start <= lineLimit else { return .tooMuch }
    guard let end else { return .incomplete }
    lineCount += 1
    guard lineCount <= countLimit else { return .tooMuch }
    defer { start = searched }
    let line = octets[start..<end]
    return .line(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }

  /// Forgets what has come: what was said in clear is not part of what is said over TLS.
  mutating func clear() { self = LineBuffer(lineLimit: lineLimit, countLimit: countLimit) }
}

/// A protocol in which the node speaks in lines and we answer each as a whole.
protocol LineProtocol: Sendable {
  var stage: Stage { get }
  mutating func receive(line: ArraySlice<UInt8>) -> Dialogue.Step
  /// TLS that was asked for stands.
  mutating func secured() -> Dialogue.Step
  /// The node has closed its side; `rest` is a line without its end.
  mutating func closed(after rest: ArraySlice<UInt8>) -> Dialogue.Step
}

extension LineProtocol {
  mutating func secured() -> Dialogue.Step { .wait }
  mutating func closed(after rest: ArraySlice<UInt8>) -> Dialogue.Step {
    .conclude(.failure(.closedBefore(stage)))
  }
}

/// Cuts what comes into lines for a dialogue, and joins what the dialogue says to lines that came together.
struct LineConversation<Mail: LineProtocol>: Conversation {
  private var dialogue: Mail
  private var lines: LineBuffer
  private var isSecuring = false

  init(_ dialogue: Mail, lineLimit: Int) {
    self.dialogue = dialogue
    lines = LineBuffer(lineLimit: lineLimit)
  }

  var stage: Stage { isSecuring ? .handshake : dialogue.stage }

  mutating func opened() -> Dialogue.Step { .wait }

  mutating func secured() -> Dialogue.Step {
    isSecuring = false
    lines.clear()
    return dialogue.secured()
  }

  mutating func receive(_ octets: ArraySlice<UInt8>) -> Dialogue.Step {
    // Whoever can write into the clear part of a connection must not be able to speak in the secured part (RFC 3207 §6).
    guard !isSecuring else { return .conclude(.failure(.spokeInClear)) }
    lines.append(octets)
    var said: [UInt8] = []
    while true {
      switch lines.next() {
      case .incomplete: return said.isEmpty ? .wait : .send(said)
      case .tooMuch: return .conclude(.failure(.tooLong(dialogue.stage)))
      case .line(let line):
        let step = dialogue.receive(line: line)
        switch step {
        case .wait: break
        case .send(let more): said += more
        case .startTLS(let demand, let more):
          guard lines.isEmpty else { return .conclude(.failure(.spokeInClear)) }
          isSecuring = true
          return .startTLS(demand, afterSending: said + more)
        case .conclude, .reconnect: return step
        }
      }
    }
  }

  mutating func closed() -> Dialogue.Step {
    isSecuring ? .conclude(.failure(.closedBefore(.handshake))) : dialogue.closed(after: lines.rest)
  }
}
