// Zone text and addresses in, a server that answers out: what every test of this room begins with.

import Answering
import DNS
import Model
import Testing
import ZoneFile

/// The zone text of a test has an error.
struct FixtureError: Error { var text: String }

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
    let result = readConfiguration(files: ["test.zone"]) { _ throws(LoadFailure) in Array(text.utf8) }
    guard let configuration = result.configuration else {
      throw FixtureError(text: result.diagnostics.map(\.description).joined(separator: "\n"))
    }
    self.configuration = configuration
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
    try MessageReader.read(try #require(reply(to: query.octets, over: transport)))
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

/// A packet as annotated hex: before each piece a line that says what it is.
func annotated(_ octets: [UInt8]) throws -> String {
  var lines: [String] = []
  for piece in try MessageReader.read(octets).pieces {
    lines.append("; " + piece.text)
    var line = ""
    for field in piece.fields {
      let word = hex(octets[field], group: 0, separator: "")
      if !line.isEmpty, line.count + word.count > 100 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
  }
  return lines.joined(separator: "\n")
}

/// The hex in a golden text, comments left out.
func octets(ofGolden text: String) -> [UInt8] {
  let digits = text.split(separator: "\n").filter { !$0.hasPrefix(";") }.joined().filter { $0 != " " }
  var octets: [UInt8] = []
  var rest = Array(digits)[...]
  while rest.count >= 2 {
    octets.append(UInt8(String(rest.prefix(2)), radix: 16) ?? 0)
    rest = rest.dropFirst(2)
  }
  return octets
}

extension Fixture {
  /// Expects the reply octet by octet, and that the notes in the golden text are what the hex says.
  func expect(
    _ query: Query, over transport: Transport = .udp, _ golden: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let packet = try #require(reply(to: query.octets, over: transport), sourceLocation: sourceLocation)
    #expect(packet == octets(ofGolden: golden), sourceLocation: sourceLocation)
    let text = try annotated(packet)
    #expect(text == golden, sourceLocation: sourceLocation)
  }

  func expect(
    _ text: String, over transport: Transport = .udp, _ golden: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    try expect(Query(text), over: transport, golden, sourceLocation: sourceLocation)
  }
}
