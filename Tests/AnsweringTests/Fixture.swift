// Zone text and addresses in, a server that answers out: what every test of this room begins with.

import Answering
import DNS
import Model
import TestSupport
import Testing
import ZoneFile

/// The answer path of a server, without sockets.
final class Fixture {
  let configuration: Configuration
  let table: ZoneTable
  private(set) var snapshot: AnswerSnapshot
  /// Kept from query to query as a worker keeps it, so that what one query leaves behind meets the next.
  private var responder: Responder
  private var tally = AnswerTally()

  /// The client, and the time.
  var client = ClientAddress(ipv4: 0xC000_0263)
  var now: UInt32 = 1_559_731_985
  private let settings: AnswerSettings

  init(
    _ text: String, settings: AnswerSettings = AnswerSettings(), payloadLimit: UInt16 = Responder.defaultPayloadLimit
  ) throws {
    configuration = try TestSupport.configuration(text)
    table = ZoneTable.compile(configuration)
    self.settings = settings
    snapshot = Fixture.snapshot(of: table, configuration, settings, without: [])
    responder = Responder(payloadLimit: payloadLimit)
  }

  private static func snapshot(
    of table: ZoneTable, _ configuration: Configuration, _ settings: AnswerSettings, without sick: Set<String>
  ) -> AnswerSnapshot {
    func addresses(_ key: RotationKey, without sick: Set<String>) -> [IPAddress] {
      configuration.pools[key.pool].members.map { configuration.nodes[$0] }.filter { !sick.contains($0.name) }
        .flatMap(\.addresses).filter { $0.family == key.family }
    }
    let runs = AddressRuns(for: table.rotations) { key -> RotationAnswer in
      let well = addresses(key, without: sick)
      var answer = RotationAnswer(well.isEmpty ? addresses(key, without: []) : well, ttl: key.ttl)
      answer.isFailOpen = well.isEmpty
      return answer
    }
    return AnswerSnapshot(table: table, runs: runs, settings: settings)
  }

  /// Publishes what health would when these nodes fail.
  func publish(without sick: Set<String>) {
    snapshot = Fixture.snapshot(of: table, configuration, settings, without: sick)
  }

  /// Publishes another table that hands out the same.
  func publish(table: ZoneTable) { snapshot = Fixture.snapshot(of: table, configuration, settings, without: []) }

  /// Publishes these answers.
  func publish(_ answer: (RotationKey) -> RotationAnswer) {
    snapshot = AnswerSnapshot(table: table, runs: AddressRuns(for: table.rotations, answer: answer), settings: settings)
  }

  /// The octets of the reply; nil for silence.
  func reply(to query: [UInt8], over transport: Transport = .udp) -> [UInt8]? {
    // The memory beyond the longest reply that is allowed is watched.
    var room = [UInt8](repeating: 0xEE, count: transport == .udp ? 4096 : 65_535)
    var reply = room.mutableSpan
    var octets = unsafe reply.mutableBytes
    responder.now = now
    var received = QueryContext(query.span.octets, from: client, over: transport)
    let length = responder.answer(&received, from: snapshot, into: &octets, tally: &tally)
    return length == 0 ? nil : Array(room[..<length])
  }

  /// The reply, read by the tests' own reader.
  func ask(_ query: Query, over transport: Transport = .udp) throws -> Message {
    try Message(try #require(reply(to: query.octets, over: transport)))
  }

  /// The reply as lines: the status, then `section record`.
  func lines(_ text: String, over transport: Transport = .udp) throws -> [String] {
    try ask(Query(text), over: transport).text
  }

  /// The line of the first record of the reply; empty when there is none.
  func firstRecord(_ text: String) throws -> String { try lines(text).dropFirst().first ?? "" }

  /// What was counted since the fixture was made.
  var counts: AnswerTally { tally }
}

extension Fixture {
  /// Expects the reply octet by octet, and that the notes in the golden text are what the hex says.
  func expect(
    _ query: Query, over transport: Transport = .udp, _ golden: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let packet = try #require(reply(to: query.octets, over: transport), sourceLocation: sourceLocation)
    try AnsweringTests.expect(packet, golden, sourceLocation: sourceLocation)
  }

  func expect(
    _ text: String, over transport: Transport = .udp, _ golden: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    try expect(Query(text), over: transport, golden, sourceLocation: sourceLocation)
  }
}

/// Expects the octets, and that the notes in the golden text are what they say.
func expect(
  _ packet: [UInt8], _ golden: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  #expect(packet == hex(golden), sourceLocation: sourceLocation)
  let text = try annotated(packet)
  #expect(text == golden, sourceLocation: sourceLocation)
}
