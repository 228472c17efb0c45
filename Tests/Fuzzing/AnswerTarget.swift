// Target `query`: whatever packet comes, over UDP and over TCP, on a zone that has everything in it.

import Answering
import DNS
import Model
import ZoneFile

/// Memory for replies, taken once: clearing 64 KiB for every input would cost more than the answer.
final class ReplyRooms {
  private var datagram = [UInt8](repeating: 0xEE, count: Int(Responder.defaultPayloadLimit))
  private var stream = [UInt8](repeating: 0xEE, count: Responder.longestMessage)

  /// The reply as a worker would make it; nil for silence. A write beyond the room traps.
  ///
  /// - Parameter now: Unix time in seconds.
  func reply(
    to query: [UInt8], over transport: Transport, from snapshot: AnswerSnapshot,
    client: ClientAddress = ClientAddress(ipv4: 0xC000_0263), now: UInt32 = 0
  ) -> [UInt8]? {
    var responder = Responder()
    responder.now = now
    switch transport {
    case .udp: return ReplyRooms.reply(to: query, client, .udp, from: snapshot, by: &responder, in: &datagram)
    case .tcp: return ReplyRooms.reply(to: query, client, .tcp, from: snapshot, by: &responder, in: &stream)
    }
  }

  private static func reply(
    to query: [UInt8], _ client: ClientAddress, _ transport: Transport, from snapshot: AnswerSnapshot,
    by responder: inout Responder, in room: inout [UInt8]
  ) -> [UInt8]? {
    var tally = AnswerTally()
    var reply = room.mutableSpan
    var octets = unsafe reply.mutableBytes
    // As before the answers from a big table.
    var ahead = ReadAhead()
    ahead.add(query.span.octets, in: snapshot)
    ahead.fetch(from: snapshot)
    var received = QueryContext(query.span.octets, from: client, over: transport)
    let length = responder.answer(&received, from: snapshot, into: &octets, tally: &tally)
    return length == 0 ? nil : Array(room[..<length])
  }
}

/// The zones of a text as they are answered while all nodes are healthy; nil when the text has errors.
func snapshot(of configuration: Configuration, settings: AnswerSettings = AnswerSettings()) -> AnswerSnapshot {
  let table = ZoneTable.compile(configuration)
  precondition(table.checkInvariants())
  let runs = AddressRuns(for: table.rotations) { key in
    configuration.pools[key.pool].members.flatMap { configuration.nodes[$0].addresses }
      .filter { $0.family == key.family }
  }
  return AnswerSnapshot(table: table, runs: runs, settings: settings, zones: configuration.zones)
}

/// A snapshot of zone text that is known to be good.
func snapshot(ofGood text: String, settings: AnswerSettings = AnswerSettings()) -> AnswerSnapshot {
  let result = readConfiguration(files: ["fuzz.zone"]) { _ throws(LoadFailure) in Array(text.utf8) }
  guard let configuration = result.configuration else {
    preconditionFailure(result.diagnostics.map(\.description).joined(separator: "\n"))
  }
  return snapshot(of: configuration, settings: settings)
}

private let richSnapshot = snapshot(ofGood: richZone)

func runQuery(_ octets: [UInt8], _ rooms: ReplyRooms) throws(Flaw) {
  let datagram = try judgedReply(to: octets, over: .udp, from: richSnapshot, rooms)
  let stream = try judgedReply(to: octets, over: .tcp, from: richSnapshot, rooms)
  guard let datagram, let stream else { return }
  // AXFR and IXFR apart, the transport decides how much is said, and not what …
  // … but for a keepalive option that holds a time: a client may not send one by TCP, and by UDP it is ignored
  // (RFC 7828 §3.2.1, §3.3.2).
  if stream.code == ResponseCode.formatError.rawValue, holdsKeepaliveTime(octets) { return }
  try require(datagram.code == stream.code, "RCODE \(datagram.code) by UDP, \(stream.code) by TCP")
  if !datagram.isTruncated {
    try require(datagram.isAuthoritative == stream.isAuthoritative, "AA differs between UDP and TCP")
  }
}

/// Whether an option 11 with a value, which ends within the query, stands somewhere behind the header (RFC 7828 §3.1).
private func holdsKeepaliveTime(_ query: [UInt8]) -> Bool {
  query.indices.dropFirst(12).dropLast(4).contains { at in
    let length = Int(query[at + 2]) << 8 | Int(query[at + 3])
    return query[at] == 0 && query[at + 1] == 11 && length > 0 && at + 4 + length <= query.count
  }
}

/// The reply, once all is said of it that holds whatever was asked; nil for silence.
func judgedReply(
  to query: [UInt8], over transport: Transport, from snapshot: AnswerSnapshot, _ rooms: ReplyRooms,
  now: UInt32 = 0
) throws(Flaw) -> SkimmedReply? {
  let isDue = query.count >= 12 && query[2] & 0x80 == 0
  guard let octets = rooms.reply(to: query, over: transport, from: snapshot, now: now) else {
    try require(!isDue, "silence")
    return nil
  }
  try require(isDue, "a reply to what is too short or a reply itself")
  let reply = try ReplySkimmer.skim(octets)
  try require(octets[0] == query[0] && octets[1] == query[1], "another ID")
  try require(reply.flags & 0x8000 != 0, "QR is clear")
  let asked = UInt16(query[2]) << 8 | UInt16(query[3])
  // OPCODE, RD and CD come back; RA, Z and AD are clear.
  try require(reply.flags & 0x7910 == asked & 0x7910 && reply.flags & 0x00E0 == 0, "flags \(reply.flags)")
  try require(reply.counts[0] <= 1, "\(reply.counts[0]) questions")
  if reply.counts[0] == 1 {
    let end = reply.questionEnd
    try require(end <= query.count && octets[12..<end] == query[12..<end], "another question")
  }
  try judgeLength(octets.count, reply, to: query, over: transport)
  let records = reply.counts[1] + reply.counts[2] + reply.counts[3] - (reply.hasOptions ? 1 : 0)
  if reply.isTruncated { try require(transport == .udp && records == 0, "TC with records, or over TCP") }
  // NOERROR, NXDOMAIN and YXDOMAIN speak of zone data; nothing else does.
  if ![0, 3, 6].contains(reply.code) {
    try require(reply.counts[1] == 0 && !reply.isAuthoritative, "zone data with RCODE \(reply.code)")
  }
  return reply
}

/// A reply over UDP has at most what the asker takes, 512 octets if it did not say.
private func judgeLength(
  _ length: Int, _ reply: SkimmedReply, to query: [UInt8], over transport: Transport
) throws(Flaw) {
  let limit: Int
  switch transport {
  case .tcp: limit = Responder.longestMessage
  case .udp: limit = reply.hasOptions ? Int(Responder.defaultPayloadLimit) : 512
  }
  try require(length <= limit, "\(length) octets where \(limit) are allowed")
}
