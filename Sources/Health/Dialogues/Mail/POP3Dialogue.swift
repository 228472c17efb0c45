// POP3 before the login (RFC 1939): greeting and QUIT; for STARTTLS also CAPA and STLS (RFC 2595).

struct POP3Dialogue: LineProtocol {
  private static let quit = Array("QUIT\r\n".utf8)

  private(set) var stage = Stage.greeting
  private var start: MailStart
  private var offersStartTLS = false
  private var isSecured = false
  /// Inside the lines of a list that a line with a single dot ends.
  private var isListing = false

  init(_ start: MailStart) { self.start = start }

  mutating func receive(line: ArraySlice<UInt8>) -> Dialogue.Step {
    if isListing { return readCapability(line) }
    let word = line.prefix { !isBlank($0) }
    guard word.isSame(as: "+OK") else { return refused(line, isError: word.isSame(as: "-ERR")) }
    switch (stage, start.upgrade) {
    case (.greeting, let upgrade):
      start.readGreeting(line)
      if let failure = start.wrongNode { return .conclude(.failure(failure), farewell: POP3Dialogue.quit) }
      if case .unasked = upgrade { return .conclude(.success, farewell: POP3Dialogue.quit) }
      stage = .capabilities
      return .send(Array("CAPA\r\n".utf8))
    case (.startTLS, .wanted(let demand)): return .startTLS(demand)
    default:
      isListing = true
      return .wait
    }
  }

  mutating func secured() -> Dialogue.Step {
    isSecured = true
    stage = .capabilities
    return .send(Array("CAPA\r\n".utf8))
  }

  private mutating func readCapability(_ line: ArraySlice<UInt8>) -> Dialogue.Step {
    if line.isSame(as: "STLS") { offersStartTLS = true }
    guard line.elementsEqual([UInt8(ascii: ".")]) else { return .wait }
    isListing = false
    switch start.upgrade {
    case _ where !offersStartTLS && !isSecured:
      return .conclude(.failure(.notOffered("STLS")), farewell: POP3Dialogue.quit)
    case .wanted where !isSecured:
      stage = .startTLS
      return .send(Array("STLS\r\n".utf8))
    default: return .conclude(.success, farewell: POP3Dialogue.quit)
    }
  }

  /// A server that refuses and closes may leave the line without an end.
  mutating func closed(after rest: ArraySlice<UInt8>) -> Dialogue.Step {
    !isListing && rest.begins(with: "-ERR ")
      ? refused(rest, isError: true) : .conclude(.failure(.closedBefore(stage)))
  }

  private func refused(_ line: ArraySlice<UInt8>, isError: Bool) -> Dialogue.Step {
    let text = PeerText(line)
    guard isError else { return .conclude(.failure(.unexpected(stage, text))) }
    let outcome: ProbeOutcome =
      speaksOfMaintenance(line) ? .maintenance(.reply(text, in: stage)) : .failure(.unexpected(stage, text))
    return .conclude(outcome, farewell: POP3Dialogue.quit)
  }
}
