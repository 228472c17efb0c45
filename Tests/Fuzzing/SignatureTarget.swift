// Target `signature`: any message, signed by us and changed, and any signature as it comes (RFC 8945).
//
//   octet 0   which key signs, and at what distance from our time
//   the rest  a message, with or without a TSIG of its own

import Answering
import DNS

/// The kept inputs know nothing of these secrets, so that a message that is believed was signed here.
private let keys = TSIGAlgorithm.allCases.enumerated().map { number, algorithm in
  TSIGKey(
    name: DomainName("k\(number).z.") ?? .root, algorithm: algorithm,
    secret: Array(repeating: UInt8(number + 1), count: 20 + 60 * number))
}
/// Unix time, in seconds.
private let now: UInt32 = 1_700_000_000

private let snapshotWithKeys = snapshot(
  ofGood: richZone,
  settings: AnswerSettings(
    cookieSecrets: CookieSecrets(current: SipHash.Key(1, 2)),
    transfers: TransferRights(networks: ClientPrefixes(), keys: keys)))

private enum Standing: Equatable {
  case absent, malformed, verified
  case refused(TSIGError)
}

private func judge(_ message: [UInt8], at time: UInt64 = UInt64(now)) -> Standing {
  let octets = message.span.octets
  guard let end = Question.endOfAll(in: octets) else { return .malformed }
  switch TSIGVerdict(of: octets, from: end, keys: keys, now: time) {
  case .absent: return .absent
  case .malformed: return .malformed
  case .verified: return .verified
  case .refused(let error, _): return .refused(error)
  }
}

func runSignature(_ input: [UInt8], _ rooms: ReplyRooms) throws(Flaw) {
  guard input.count > 12 else { return }
  let message = Array(input[1...])
  guard message.count >= 12, message.count <= 1200 else { return }
  // As it came: whatever is in it, it is not from the holder of a key.
  let standing = judge(message)
  try require(standing != .verified, "a signature that nobody made is believed")
  for transport in [Transport.udp, .tcp] {
    guard let reply = try judgedReply(to: message, over: transport, from: snapshotWithKeys, rooms, now: now) else {
      continue
    }
    let isRefused = if case .refused = standing { true } else { false }
    try require(!isRefused || reply.code == 9 || reply.code == 1, "RCODE \(reply.code) to a bad signature")
  }
  guard message[11] < 255, standing == .absent, isWhole(message) else { return }
  try judgeSigned(message, input, rooms)
}

/// Whether nothing stands behind the last record.
private func isWhole(_ message: [UInt8]) -> Bool {
  let octets = message.span.octets
  guard var at = Question.endOfAll(in: octets) else { return false }
  let count = [6, 8, 10].reduce(0) { $0 + Int(octets.uint16(at: $1)) }
  for _ in 0..<count {
    guard let nameEnd = QueryRecords.endOfName(in: octets, from: at), message.count >= nameEnd + 10 else {
      return false
    }
    at = nameEnd + 10 + Int(octets.uint16(at: nameEnd + 8))
    guard at <= message.count else { return false }
  }
  return at == message.count
}

/// A message that we sign is believed within its time, as it is; the answer is signed so that the asker believes it.
private func judgeSigned(_ message: [UInt8], _ input: [UInt8], _ rooms: ReplyRooms) throws(Flaw) {
  let key = keys[Int(input[0] & 0x3F) % keys.count]
  let request = TSIGRequest(message, key: key, now: UInt64(now))
  try require(judge(request.octets) == .verified, "our own signature is not believed")
  let skews: [(UInt64, Standing)] = [
    (UInt64(now) + 300, .verified), (UInt64(now) - 300, .verified), (UInt64(now) + 301, .refused(.badTime)),
    (UInt64(now) - 301, .refused(.badTime)),
  ]
  let (time, expected) = skews[Int(input[0] >> 6)]
  try require(judge(request.octets, at: time) == expected, "\(time) seconds: not \(expected)")

  // One bit that follows from the input is changed: never believed, but for the ID and letter case.
  let picked = input.reduce(0) { ($0 &* 131 &+ Int($1)) & 0xFF_FFFF } % (request.octets.count * 8)
  var forged = request.octets
  forged[picked / 8] ^= 1 << UInt8(picked % 8)
  let isLetterCase = picked / 8 >= message.count && forged.map(lowercased) == request.octets.map(lowercased)
  if picked >= 16, !isLetterCase { try require(judge(forged) != .verified, "bit \(picked) is not signed") }
  // The MAC cut to any length, its frame cut with it.
  let length = Int(input[0]) % key.algorithm.length
  var cut = Array(request.octets.dropLast(6 + key.algorithm.length - length)) + request.octets.suffix(6)
  cut[message.count + key.name.wire.count + 9] = UInt8(key.algorithm.name.wire.count + 16 + length)
  cut[cut.count - 6 - length - 1] = UInt8(length)
  let short = judge(cut)
  try require(
    short
      == (length == 0
        ? .refused(.badSignature) : length < key.algorithm.length / 2 ? .malformed : .refused(.badTruncation)),
    "a MAC of \(length) octets is \(short)")

  for transport in [Transport.udp, .tcp] {
    guard message[2] & 0x80 == 0 else { return }
    guard
      let reply = rooms.reply(
        to: request.octets, over: transport, from: snapshotWithKeys, client: ClientAddress(ipv4: 0xC000_0263), now: now)
    else { throw Flaw("silence to a signed query") }
    _ = try ReplySkimmer.skim(reply)
    try require(request.isAnswered(by: reply, now: UInt64(now)), "an answer that the asker does not believe")
    try require(reply[3] & 0x0F != 9 || isTransfer(message), "NOTAUTH to the holder of the key")
    var changed = reply
    changed[2 + picked % (reply.count - 2)] ^= 0x80
    try require(!request.isAnswered(by: changed, now: UInt64(now)), "a changed answer is believed")
  }
}

/// NOTAUTH is also what is said of a zone that is not here (RFC 5936 §2.2.1).
private func isTransfer(_ message: [UInt8]) -> Bool {
  let type = Question(of: message.span.octets)?.type
  return type == .axfr || type == .ixfr
}
