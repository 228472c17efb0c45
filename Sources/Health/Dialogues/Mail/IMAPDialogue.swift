// IMAP before the login (RFC 9051): greeting, CAPABILITY, perhaps STARTTLS and CAPABILITY again, LOGOUT.

struct IMAPDialogue: LineProtocol {
  private static let logout = Array("r4 LOGOUT\r\n".utf8)

  private(set) var stage = Stage.greeting
  private var start: MailStart
  private var offersIMAP = false
  private var offersStartTLS = false
  private var isSecured = false

  init(_ start: MailStart) { self.start = start }

  /// The tag of the command under way.
  private var tag: String { stage == .startTLS ? "r2 " : isSecured ? "r3 " : "r1 " }

  mutating func receive(line: ArraySlice<UInt8>) -> Dialogue.Step {
    if line.begins(with: "* BYE") { return refused(line) }
    switch stage {
    case .greeting: return readGreeting(line)
    case _ where line.begins(with: tag):
      let word = line.dropFirst(tag.utf8.count).prefix { !isBlank($0) }
      guard word.isSame(as: "OK") else { return word.isSame(as: "NO") ? refused(line) : unexpected(line) }
      return next()
    // Untagged lines may come at any time; only one kind matters.
    case _ where line.begins(with: "* "):
      if stage == .capabilities, line.begins(with: "* CAPABILITY ") { read(capabilities: line) }
      return .wait
    default: return unexpected(line)
    }
  }

  mutating func secured() -> Dialogue.Step {
    isSecured = true
    offersIMAP = false
    stage = .capabilities
    return .send(Array("r3 CAPABILITY\r\n".utf8))
  }

  private mutating func readGreeting(_ line: ArraySlice<UInt8>) -> Dialogue.Step {
    let word = line.dropFirst(2).prefix { !isBlank($0) }
    guard line.begins(with: "* "), word.isSame(as: "OK") || word.isSame(as: "PREAUTH") else { return unexpected(line) }
    start.readGreeting(line)
    if let failure = start.wrongNode { return .conclude(.failure(failure), farewell: IMAPDialogue.logout) }
    stage = .capabilities
    return .send(Array("r1 CAPABILITY\r\n".utf8))
  }

  private mutating func read(capabilities line: ArraySlice<UInt8>) {
    for word in line.split(whereSeparator: isBlank) {
      if word.begins(with: "IMAP4") { offersIMAP = true }
      if word.isSame(as: "STARTTLS") { offersStartTLS = true }
    }
  }

  /// After a command that was answered OK.
  private mutating func next() -> Dialogue.Step {
    if stage == .startTLS, case .wanted(let demand) = start.upgrade { return .startTLS(demand) }
    guard offersIMAP else { return .conclude(.failure(.notOffered("IMAP4rev1")), farewell: IMAPDialogue.logout) }
    switch start.upgrade {
    case .mustBeOffered where !offersStartTLS, .wanted where !offersStartTLS && !isSecured:
      return .conclude(.failure(.notOffered("STARTTLS")), farewell: IMAPDialogue.logout)
    case .wanted where !isSecured:
      stage = .startTLS
      return .send(Array("r2 STARTTLS\r\n".utf8))
    default: return .conclude(.success, farewell: IMAPDialogue.logout)
    }
  }

  /// BYE or NO in place of an answer: maintenance only where the server says so, for it says BYE of too many connections
  /// as well.
  private func refused(_ line: ArraySlice<UInt8>) -> Dialogue.Step {
    let text = PeerText(line)
    let outcome: ProbeOutcome =
      speaksOfMaintenance(line) ? .maintenance(.reply(text, in: stage)) : .failure(.unexpected(stage, text))
    // After BYE the server closes.
    return .conclude(outcome, farewell: line.begins(with: "* ") ? [] : IMAPDialogue.logout)
  }

  /// A server that says BYE and closes may leave the line without an end.
  mutating func closed(after rest: ArraySlice<UInt8>) -> Dialogue.Step {
    rest.begins(with: "* BYE ") ? refused(rest) : .conclude(.failure(.closedBefore(stage)))
  }

  /// Who does not speak IMAP at all is not told LOGOUT.
  private func unexpected(_ line: ArraySlice<UInt8>) -> Dialogue.Step {
    let speaks = line.begins(with: "* ") || line.begins(with: tag)
    return .conclude(.failure(.unexpected(stage, PeerText(line))), farewell: speaks ? IMAPDialogue.logout : [])
  }
}
