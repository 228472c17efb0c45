// SMTP as a client that has no mail (RFC 5321): greeting, EHLO, perhaps STARTTLS and EHLO again, QUIT.
//
//   220 greeting ─▶ EHLO ─▶ 250 ─┬──────────────────────────────────────────▶ QUIT
//                                └▶ STARTTLS ─▶ 220 ─▶ TLS ─▶ EHLO ─▶ 250 ──▶ QUIT
//
// 421 at any time, and 521 as a greeting (RFC 7504), say that the host takes no mail now: maintenance.

struct SMTPSpeaker: LineSpeaker {
  private static let quit = Array("QUIT\r\n".utf8)

  private(set) var stage = Stage.greeting
  private var start: MailStart
  private let hello: [UInt8]
  private var offersStartTLS = false
  private var isSecured = false

  init(_ start: MailStart, helloName: String) {
    self.start = start
    hello = Array("EHLO \(helloName)\r\n".utf8)
  }

  mutating func take(line: ArraySlice<UInt8>) -> Dialogue.Step {
    guard let reply = SMTPReplyLine(line) else { return unexpected(line) }
    if reply.code == 421 || (reply.code == 521 && stage == .greeting) {
      return .conclude(.maintenance(.reply(PeerText(line), in: stage)), farewell: SMTPSpeaker.quit)
    }
    guard reply.code == (stage == .ehlo ? 250 : 220) else { return unexpected(line) }
    switch stage {
    case .greeting: start.readGreeting(reply.text)
    case .ehlo: offersStartTLS = offersStartTLS || reply.text.prefix { !isBlank($0) }.isSame(as: "STARTTLS")
    default: break
    }
    return reply.isLast ? next() : .wait
  }

  mutating func secured() -> Dialogue.Step {
    isSecured = true
    stage = .ehlo
    return .send(hello)
  }

  /// After a complete reply that was as it should be.
  private mutating func next() -> Dialogue.Step {
    switch (stage, start.upgrade) {
    case (.greeting, _):
      if let failure = start.wrongNode { return .conclude(.failure(failure), farewell: SMTPSpeaker.quit) }
      stage = .ehlo
      return .send(hello)
    case (.startTLS, .wanted(let demand)): return .startTLS(demand)
    case (.ehlo, .mustBeOffered) where !offersStartTLS, (.ehlo, .wanted) where !offersStartTLS && !isSecured:
      return .conclude(.failure(.notOffered("STARTTLS")), farewell: SMTPSpeaker.quit)
    case (.ehlo, .wanted) where !isSecured:
      stage = .startTLS
      return .send(Array("STARTTLS\r\n".utf8))
    default: return .conclude(.success, farewell: SMTPSpeaker.quit)
    }
  }

  /// Who does not speak SMTP at all is not told QUIT.
  private func unexpected(_ line: ArraySlice<UInt8>) -> Dialogue.Step {
    .conclude(
      .failure(.unexpected(stage, PeerText(line))), farewell: SMTPReplyLine(line) == nil ? [] : SMTPSpeaker.quit)
  }
}

/// `250-text` or `250 text` (RFC 5321 §4.2).
struct SMTPReplyLine {
  let code: Int
  let isLast: Bool
  let text: ArraySlice<UInt8>

  init?(_ line: ArraySlice<UInt8>) {
    let digits = line.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let mark = line.count == 3 ? UInt8(ascii: " ") : line.dropFirst(3).first,
      mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-")
    else { return nil }
    code = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    isLast = mark == UInt8(ascii: " ")
    text = line.dropFirst(4)
  }
}
