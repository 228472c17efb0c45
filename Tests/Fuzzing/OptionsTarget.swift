// Target `options`: any OPT RDATA behind a good question, against a slow reading of what is due for it.
//
//   octet 0      what is asked, and how: see `Asked`
//   octets 1, 2  the payload size of OPT
//   the rest     its RDATA

import Answering
import DNS

private let secrets = CookieSecrets(current: SipHash.Key(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
private let identifier = Array("ns1-fuzz".utf8)
/// Unix time, in seconds.
private let now: UInt32 = 1_700_000_000

private let snapshotWithOptions = snapshot(
  ofGood: richZone, settings: AnswerSettings(cookieSecrets: secrets, identifier: identifier))

/// How the octets of an input become a query.
private struct Asked {
  let transport: Transport
  let client: ClientAddress
  let isDNSSECAware: Bool
  let version: UInt8
  /// Nil for a query that has no question (RFC 7873 §5.4).
  let question: [UInt8]?
  let payloadSize: UInt16
  let data: [UInt8]

  /// An address, many strings, NXDOMAIN, a name that is not ours.
  private static let questions: [[UInt8]?] = [
    [1, 97, 1, 122, 0, 0, 1, 0, 1], [1, 104, 1, 122, 0, 0, 16, 0, 1], [1, 113, 1, 122, 0, 0, 1, 0, 1],
    [1, 111, 0, 0, 1, 0, 1], nil,
  ]

  init?(_ input: [UInt8]) {
    guard input.count >= 3, input.count <= 1000 else { return nil }
    let how = input[0]
    transport = how & 1 == 0 ? .udp : .tcp
    isDNSSECAware = how & 2 != 0
    version = how & 4 == 0 ? 0 : 1
    client = how & 8 == 0 ? ClientAddress(ipv4: 0xC000_0263) : ClientAddress(ipv6High: 0x2001_0DB8 << 32, low: 7)
    question = Asked.questions[Int(how >> 4) % Asked.questions.count]
    payloadSize = UInt16(input[1]) << 8 | UInt16(input[2])
    data = Array(input[3...])
  }

  func query(data: [UInt8]) -> [UInt8] {
    let header: [UInt8] = [0x12, 0x34, 1, 0, 0, question == nil ? 0 : 1, 0, 0, 0, 0, 0, 1]
    let size = [UInt8(payloadSize >> 8), UInt8(payloadSize & 0xFF)]
    let flags: [UInt8] = [isDNSSECAware ? 0x80 : 0, 0]
    return header + (question ?? []) + [0, 0, 41] + size + [0, version] + flags
      + [UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
  }

  /// The longest reply that may be, in octets.
  var limit: Int {
    transport == .tcp ? Responder.longestMessage : max(512, min(Int(payloadSize), Int(Responder.defaultPayloadLimit)))
  }
}

/// One option, its value whole.
private typealias Option = (code: Int, value: [UInt8])

/// RDATA as a row of options; nil when it is none (RFC 6891 §6.1.2).
private func row(_ data: [UInt8]) -> [Option]? {
  var rest = data
  var row: [Option] = []
  while !rest.isEmpty {
    guard rest.count >= 4 else { return nil }
    let length = Int(rest[2]) * 256 + Int(rest[3])
    guard rest.count >= 4 + length else { return nil }
    row.append((Int(rest[0]) * 256 + Int(rest[1]), Array(rest[4..<4 + length])))
    rest.removeFirst(4 + length)
  }
  return row
}

/// Whether RFC 7871 §7.1.2 lets a subnet pass.
private func isSubnet(_ value: [UInt8]) -> Bool {
  guard value.count >= 4 else { return false }
  let family = Int(value[0]) * 256 + Int(value[1])
  guard family <= 2, Int(value[2]) <= [0, 32, 128][family], value[3] == 0 else { return false }
  let bits = value[4...].flatMap { octet in (0..<8).map { octet & 0x80 >> UInt8($0) != 0 } }
  return bits.count == (Int(value[2]) + 7) / 8 * 8 && !bits.dropFirst(Int(value[2])).contains(true)
}

func runOptions(_ input: [UInt8], _ rooms: ReplyRooms) throws(Flaw) {
  guard let asked = Asked(input) else { return }
  let query = asked.query(data: asked.data)
  let reply = try answered(query, asked, rooms)
  guard let options = row(asked.data) else {
    // What another version has in its RDATA is not known (RFC 6891 §6.1.3).
    let expectedCode = asked.question != nil && asked.version != 0 ? 16 : 1
    return try require(
      reply.code == expectedCode && reply.options.isEmpty, "RCODE \(reply.code) to what is no row of options")
  }
  func first(_ code: Int) -> [UInt8]? { options.first { $0.code == code }?.value }
  let cookie = first(10)
  let isWrong =
    cookie.map { $0.count != 8 && !(16...40).contains($0.count) } ?? false || first(8).map { !isSubnet($0) } ?? false
    || (asked.transport == .tcp && first(11).map { !$0.isEmpty } ?? false)
  let expectedCode =
    asked.question == nil && (asked.version != 0 || isWrong || cookie == nil)
    ? 1 : asked.version != 0 ? 16 : isWrong ? 1 : [0, 0, 3, 5, 0][Int(input[0] >> 4) % 5]
  try require(Int(reply.code) == expectedCode, "RCODE \(reply.code), not \(expectedCode)")
  // Options that can be read are answered, whatever else is wrong.
  guard asked.version == 0, !isWrong else {
    return try require(reply.options.isEmpty, "options \(reply.options) with RCODE \(reply.code)")
  }

  // What is due, in this order; never padding, for no transport here is encrypted (RFC 7830 §6).
  var due: [Int] = []
  if cookie != nil { due.append(10) }
  if first(3) != nil { due.append(3) }
  if first(8) != nil { due.append(8) }
  if first(11) != nil, asked.transport == .tcp { due.append(11) }
  if reply.code == 5 { due.append(15) }
  try require(reply.options.map(\.code) == due, "options \(reply.options), due \(due)")
  for option in reply.options {
    switch option.code {
    case 3: try require(option.value == identifier, "another identifier")
    case 8: try require(option.value == first(8), "another subnet")
    case 11: try require(option.value == [0x01, 0x2C], "another time")
    case 15: try require(option.value.starts(with: [0, 20]), "another extended error")
    default: try judgeCookie(option.value, answering: cookie ?? [], asked, rooms)
    }
  }
}

/// A cookie that was given is good, comes back unchanged, and is nobody else's.
private func judgeCookie(
  _ given: [UInt8], answering cookie: [UInt8], _ asked: Asked, _ rooms: ReplyRooms
) throws(Flaw) {
  try require(given.count == 24 && given[..<8] == cookie[..<8], "a cookie for another client")
  func verdict(_ octets: [UInt8], _ client: ClientAddress) -> CookieVerdict {
    secrets.verify(octets.span.octets, from: client, now: now)
  }
  try require(verdict(given, asked.client) == .valid(.fresh), "a cookie that we do not believe ourselves")
  // What was asked with is good only if it was made with the secret: then it is what comes back.
  if verdict(cookie, asked.client) == .valid(.fresh) { try require(given == cookie, "a good cookie is renewed") }
  try require(verdict(given, ClientAddress(ipv4: 1)) == .stale, "a cookie that is good for another address")
  // The bit that the input itself picks.
  let picked = asked.data.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % (24 * 8)
  var forged = given
  forged[picked / 8] ^= 1 << UInt8(picked % 8)
  try require(verdict(forged, asked.client) == .stale, "a cookie with bit \(picked) changed is good")
  let again = try answered(asked.query(data: [0, 10, 0, 24] + given), asked, rooms)
  try require(again.options.first?.value == given, "a fresh cookie is not sent back")
}

/// The RCODE of a reply and the options in it.
private struct Answered {
  var code: UInt16
  var options: [Option]
}

private func answered(_ query: [UInt8], _ asked: Asked, _ rooms: ReplyRooms) throws(Flaw) -> Answered {
  let octets = rooms.reply(
    to: query, over: asked.transport, from: snapshotWithOptions, client: asked.client, now: now)
  guard let octets else { throw Flaw("silence") }
  let reply = try ReplySkimmer.skim(octets)
  try require(octets.count <= asked.limit, "\(octets.count) octets where \(asked.limit) are allowed")
  // OPT is the last record here, and every reply has one.
  try require(reply.hasOptions, "a reply without OPT")
  let start = octets.count - reply.optionLength
  let head = octets[start - 11..<start]
  try require(Array(head.prefix(3)) == [0, 0, 41], "OPT is not the last record")
  let flags: [UInt8] = [asked.isDNSSECAware ? 0x80 : 0, 0]
  try require(Array(head.suffix(5).prefix(3)) == [0] + flags, "another version, or other flags")
  guard let options = row(Array(octets[start...])) else { throw Flaw("an OPT that does not parse") }
  return Answered(code: reply.code, options: options)
}
