// SMTP as a client that has no mail (RFC 5321): greeting, EHLO, perhaps STARTTLS and EHLO again, QUIT.
//
//   220 greeting ─▶ EHLO ─▶ 250 ─┬──────────────────────────────────────────▶ QUIT
//                     │          └▶ STARTTLS ─▶ 220 ─▶ TLS ─▶ EHLO ─▶ 250 ──▶ QUIT
//                     └▶ 50x ─▶ HELO ─▶ 250 ───────────────────────────────▶ QUIT
//
// A reply that refuses is read to its end, and is maintenance if it says so (see SMTPRefusal), a failure otherwise.

struct SMTPDialogue: LineProtocol {
  private static let quit = Array("QUIT\r\n".utf8)

  private(set) var stage = Stage.greeting
  private var start: MailStart
  private let helloName: String
  private var offersStartTLS = false
  private var isSecured = false
  /// The lines so far of a reply that refuses.
  private var refusal: SMTPRefusal?

  init(_ start: MailStart, helloName: String) {
    self.start = start
    self.helloName = helloName
  }

  mutating func receive(line: ArraySlice<UInt8>) -> Dialogue.Step {
    guard let reply = SMTPReplyLine(line) else { return refusal.map { conclude($0) } ?? foreign(line) }
    guard refusal == nil, reply.code == wantedCode else {
      var refusal = refusal ?? SMTPRefusal(reply, line, in: stage)
      refusal.add(reply)
      self.refusal = refusal
      return reply.isLast ? refused(refusal) : .wait
    }
    switch stage {
    case .greeting: start.readGreeting(reply.text)
    case .ehlo: offersStartTLS = offersStartTLS || reply.text.prefix { !isBlank($0) }.isSame(as: "STARTTLS")
    default: break
    }
    return reply.isLast ? next() : .wait
  }

  mutating func secured() -> Dialogue.Step {
    isSecured = true
    return sayHello(.ehlo)
  }

  /// A server that refuses and closes may leave its last line without an end.
  mutating func closed(after rest: ArraySlice<UInt8>) -> Dialogue.Step {
    if let reply = SMTPReplyLine(rest), refusal != nil || reply.code >= 400 {
      var refusal = refusal ?? SMTPRefusal(reply, rest, in: stage)
      refusal.add(reply)
      return conclude(refusal)
    }
    return refusal.map { conclude($0) } ?? .conclude(.failure(.closedBefore(stage)))
  }

  private var wantedCode: Int { stage == .ehlo || stage == .helo ? 250 : 220 }

  private mutating func sayHello(_ stage: Stage) -> Dialogue.Step {
    self.stage = stage
    return .send(Array("\(stage == .ehlo ? "EHLO" : "HELO") \(helloName)\r\n".utf8))
  }

  /// After a complete reply that was as it should be.
  private mutating func next() -> Dialogue.Step {
    switch (stage, start.upgrade) {
    case (.greeting, _):
      if let failure = start.wrongNode { return .conclude(.failure(failure), farewell: SMTPDialogue.quit) }
      return sayHello(.ehlo)
    case (.startTLS, .wanted(let demand)): return .startTLS(demand)
    case (.ehlo, .mustBeOffered) where !offersStartTLS, (.ehlo, .wanted) where !offersStartTLS && !isSecured:
      return .conclude(.failure(.notOffered("STARTTLS")), farewell: SMTPDialogue.quit)
    case (.ehlo, .wanted) where !isSecured:
      stage = .startTLS
      return .send(Array("STARTTLS\r\n".utf8))
    default: return .conclude(.success, farewell: SMTPDialogue.quit)
    }
  }

  /// After a complete reply that refuses.
  private mutating func refused(_ refusal: SMTPRefusal) -> Dialogue.Step {
    // A server from before EHLO says that it does not know the word, and clients say HELO (RFC 5321 §3.2, §4.1.4).
    // Without EHLO there is no STARTTLS.
    if stage == .ehlo, (500...504).contains(refusal.code), isSecured || start.upgrade.isUnasked {
      self.refusal = nil
      return sayHello(.helo)
    }
    return conclude(refusal)
  }

  private func conclude(_ refusal: SMTPRefusal) -> Dialogue.Step {
    let reason = refusal.text
    return .conclude(
      refusal.meansMaintenance ? .maintenance(.reply(reason, in: stage)) : .failure(.unexpected(stage, reason)),
      // After 421 the server closes (RFC 5321 §3.8).
      farewell: refusal.code == 421 ? [] : SMTPDialogue.quit)
  }

  /// A server that does not speak SMTP at all is not told QUIT.
  private func foreign(_ line: ArraySlice<UInt8>) -> Dialogue.Step {
    .conclude(.failure(.unexpected(stage, PeerText(line))))
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

/// A reply that is not what was asked for.
struct SMTPRefusal: Sendable {
  let code: Int
  /// The line to be shown: the first, or the first that speaks of maintenance.
  private(set) var text: PeerText
  private(set) var meansMaintenance = false
  private let isGreeting: Bool

  init(_ reply: SMTPReplyLine, _ line: ArraySlice<UInt8>, in stage: Stage) {
    code = reply.code
    text = PeerText(line)
    isGreeting = stage == .greeting
  }

  /// Takes the next line of it, the first included.
  mutating func add(_ reply: SMTPReplyLine) {
    // Codes from 400 on refuse; 250 in place of a greeting, say, is a mistake whatever it says.
    guard !meansMaintenance, code >= 400, reply.code == code, meansMaintenance(reply) else { return }
    meansMaintenance = true
    text = PeerText(Array("\(code)\(reply.isLast ? " " : "-")".utf8) + reply.text)
  }

  /// X.3.2 is "system not accepting network messages" (RFC 3463 §3.4). 421 alone says only that the connection ends, for
  /// whatever reason; 521 as a greeting that the host takes no mail (RFC 7504), unless another code explains it.
  private func meansMaintenance(_ reply: SMTPReplyLine) -> Bool {
    let word = reply.text.prefix { !isBlank($0) }
    let enhanced = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isEnhanced =
      enhanced.count == 3 && word.first.map { [UInt8(ascii: "4"), UInt8(ascii: "5")].contains($0) } ?? false
      && enhanced.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      }
    let isNotAccepting = isEnhanced && enhanced[1].isSame(as: "3") && enhanced[2].isSame(as: "2")
    let takesNoMail = code == 521 && isGreeting && !isEnhanced
    return speaksOfMaintenance(reply.text, saysSo: isNotAccepting || takesNoMail)
  }
}
