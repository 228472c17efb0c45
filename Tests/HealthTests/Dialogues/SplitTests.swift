// Whatever a node sends, and in whatever pieces: the same end, within bounds, without a trap.

import Health
import Model
import TestSupport
import Testing

/// A kind of check and what a node may say to it.
private struct Transcript: Sendable, CustomTestStringConvertible {
  var kind: CheckPlan.Kind
  var said: [UInt8]

  init(_ kind: CheckPlan.Kind, _ text: String) { self.init(kind, Array(text.utf8)) }

  init(_ kind: CheckPlan.Kind, _ octets: [UInt8]) {
    self.kind = kind
    said = octets
  }

  var testDescription: String { "\(kind) \(PeerText(said))" }
}

private let upgraded = MailPlan.Security.upgraded(TLSChoice())

private let transcripts: [Transcript] = [
  Transcript(.tcp(port: 1), "unasked"),
  Transcript(.smtp(mustNameNode: true), "220-hi\r\n220 ex1.kreis.example\r\n250-hi\r\n250 SIZE\r\n"),
  Transcript(.smtp(), "421 4.3.2 Service not active\r\n"), Transcript(.smtp(), "554 go away\r\nmore\r\n"),
  Transcript(.smtp(.offered), "220 hi\n250-hi\n250 STARTTLS\n"),
  Transcript(.smtp(upgraded), "220 hi\r\n250 STARTTLS\r\n220 go\r\nin clear"),
  Transcript(.smtp(.immediate(TLSChoice())), "in clear"),
  Transcript(.imap(.offered), "* OK ex1\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nr1 OK\r\n"),
  Transcript(.imap(upgraded), "* OK\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nr1 OK\r\nr2 OK\r\nx"),
  Transcript(.imap(), "* BYE maintenance\r\n"), Transcript(.pop3(), "+OK\r\n"), Transcript(.pop3(), "-ERR no\r\n"),
  Transcript(.pop3(.offered), "+OK\r\n+OK\r\nUSER\r\nSTLS\r\n.\r\n"),
  Transcript(.http(expected: "well", mustNameNode: true), "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nwell ex1tail"),
  Transcript(
    .http(expected: "aab"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\naaa\r\n1\r\nb\r\n0\r\n\r\n"),
  Transcript(.http(expected: "well"), "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nweltail"),
  Transcript(.http(), "HTTP/1.1 302 Found\r\nLocation: /owa\r\n\r\n"),
  Transcript(.http(), "HTTP/1.1 503 No\r\nA: b\r\n"),
  Transcript(.http(), "not http at all, and without an end"), Transcript(.agent(port: 1), "80% up ready #fine\r\nrest"),
  Transcript(.tls(HelloPlan(port: 1)), CapturedFlights.rsa),
  Transcript(.tls(HelloPlan(port: 1)), CapturedFlights.ecdsa),
  Transcript(.tls(HelloPlan(port: 1)), CapturedFlights.tls13), Transcript(.tls(HelloPlan(port: 1)), "HTTP/1.1 400 Bad"),
]

/// Words that lead a dialogue further than noise does.
private let dictionary: [[UInt8]] =
  [
    "220 ", "220-", "250 ", "250-", "421 ", "\r\n", "\n", "* OK ", "* BYE ", "* CAPABILITY IMAP4rev1 STARTTLS",
    "r1 OK ",
    "r2 OK ", "+OK ", "-ERR ", ".\r\n", "STLS", "STARTTLS", "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n", "\r\n\r\n", "5\r\n", "0\r\n", "FFFFFFFF\r\n", ": ", "well", "ex1", "up", "50%",
    "#",
  ].map { Array($0.utf8) } + binaryWords

private let binaryWords: [[UInt8]] = [
  [22, 3, 3, 0, 4], [21, 3, 3, 0, 2], [2, 0, 0, 0], [11, 0, 0, 3], [0, 0, 0], [0xFF, 0xFF],
]

extension [UInt8] {
  /// Cut at random into pieces of at most `longest`.
  fileprivate func cut(longest: Int, using random: inout SeededGenerator) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = self[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...longest, using: &random)
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }
}

@Test("A dialogue comes to the same end wherever what it hears is cut in two", arguments: transcripts)
private func cutInTwo(transcript: Transcript) {
  let whole = Talk(transcript.kind, [transcript.said], closes: true)
  for cut in transcript.said.indices {
    let talk = Talk(
      transcript.kind, [Array(transcript.said[..<cut]), Array(transcript.said[cut...])].filter { !$0.isEmpty },
      closes: true)
    #expect(talk.end == whole.end, "cut at \(cut)")
  }
  #expect(Talk(transcript.kind, transcript.said.map { [$0] }, closes: true).end == whole.end, "octet by octet")
}

@Test("Random octets and random words, cut at random, always come to the same end", arguments: 1...24)
private func randomOctets(round: UInt64) {
  let seed = round &* 0x5851_F42D_4C95_7F2D
  var random = SeededGenerator(seed: seed)
  for _ in 0..<40 {
    guard let kind = transcripts.randomElement(using: &random)?.kind else { return }
    var said = transcripts.randomElement(using: &random)?.said ?? []
    if random.chance(0.6) { said = [] }
    for _ in 0..<Int.random(in: 0...30, using: &random) {
      if random.chance(0.8) {
        said += dictionary.randomElement(using: &random) ?? []
      } else if random.chance(0.5), !said.isEmpty {
        said[Int.random(in: said.indices, using: &random)] = .random(in: 0...255, using: &random)
      } else {
        said += (0..<Int.random(in: 1...9, using: &random)).map { _ in .random(in: 0...255, using: &random) }
      }
    }
    let closes = random.chance(0.5)
    let whole = Talk(kind, [said], closes: closes)
    let pieces = said.cut(longest: random.chance(0.5) ? 3 : 40, using: &random)
    #expect(Talk(kind, pieces, closes: closes).end == whole.end, "seed \(seed), \(kind), \(said)")
  }
}

@Test("A node that sends without end is given up within 150,000 octets", arguments: transcripts.dropFirst())
private func endless(transcript: Transcript) {
  let seed: UInt64 = 20_261_124
  var random = SeededGenerator(seed: seed)
  let noise = (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) }
  for start in [transcript.said, Array(transcript.said.prefix(transcript.said.count / 2)), []] {
    for filling in [[UInt8](repeating: 0, count: 4_096), [UInt8](repeating: 0x0A, count: 4_096), noise] {
      let talk = Talk(transcript.kind, [start] + Array(repeating: filling, count: 40))
      #expect(talk.outcome != nil, "seed \(seed), after \(PeerText(start))")
      #expect(talk.octetsTaken < 150_000)
    }
  }
}
