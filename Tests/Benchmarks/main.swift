// What scripts/bench measures besides the daemon itself.
//
// `benchmarks PIECE COUNT` runs one piece of the answer path so often, for a tool that counts instructions: twice
// under `valgrind --tool=callgrind`, and the difference divided. `benchmarks floor PORT` is the limit to compare
// with (Floor.swift). `benchmarks read SHAPE COUNT` reads a zone file of so many records, `benchmarks compile SHAPE COUNT`
// compiles it too: the difference is what the table costs (ZoneShapes.swift). Nothing here reads a clock.

import Answering
import DNS
import Linux
import Model
import ZoneFile

let zoneText = """
  $ORIGIN kreis.example.
  $TTL 1h
  $NODE ex1 192.0.2.11 2001:db8:1::11
  $NODE ex2 198.51.100.11 2001:db8:2::11
  $NODE ex3 203.0.113.11
  $POOL access ex1 ex2 check=none
  $POOL single ex1 ex3 check=none
  @ SOA ns1 hostmaster 1 1h 15m 1w 60
  @ NS ns1
  @ NS ns2
  @ MX 10 smtp
  @ TXT "v=spf1 mx -all"
  ns1 A 192.0.2.1
  ns2 A 192.0.2.2
  outlook 60 ROTATE access
  smtp 60 ROTATE access
  legacy 60 ROTATE single
  www CNAME outlook
  *.wild A 192.0.2.9
  *.wild A 192.0.2.10
  static A 192.0.2.20
  static A 192.0.2.21
  branch NS ns.branch
  ns.branch A 192.0.2.30
  """

/// What can be measured: a query each, and the publication of new addresses.
enum Piece: String, CaseIterable {
  case address, addressMixedCase, addressPlain, addressV6, staticAddress, nodata, nxdomain, mx, txt, soa, ns, cname,
    wildcard, referral
  case refused, badVersion, failOpen, publish

  var question: (name: String, type: RecordType) {
    switch self {
    case .address, .addressPlain, .badVersion, .failOpen, .publish: ("outlook.kreis.example", .a)
    case .addressMixedCase: ("OutLook.krEis.eXample", .a)
    case .addressV6: ("outlook.kreis.example", .aaaa)
    case .staticAddress: ("static.kreis.example", .a)
    case .nodata: ("ns1.kreis.example", .aaaa)
    case .nxdomain: ("nope.kreis.example", .a)
    case .mx: ("kreis.example", .mx)
    case .txt: ("kreis.example", .txt)
    case .soa: ("kreis.example", .soa)
    case .ns: ("kreis.example", .ns)
    case .cname: ("www.kreis.example", .a)
    case .wildcard: ("some.wild.kreis.example", .a)
    case .referral: ("host.branch.kreis.example", .a)
    case .refused: ("www.example.org", .a)
    }
  }

  /// The query in wire form, with EDNS unless its lack is what is measured.
  var query: [UInt8] {
    let (name, type) = question
    let hasOptions = self != .addressPlain
    var query: [UInt8] = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, hasOptions ? 1 : 0]
    for label in name.split(separator: ".") { query += [UInt8(label.utf8.count)] + label.utf8 }
    query += [0, UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xFF), 0, 1]
    let version: UInt8 = self == .badVersion ? 1 : 0
    if hasOptions { query += [0, 0, 41, 0x04, 0xD0, 0, version, 0, 0, 0, 0] }
    return query
  }
}

func snapshot(for piece: Piece) -> AnswerSnapshot? {
  let result = readConfiguration(files: ["benchmark.zone"]) { _ in Array(zoneText.utf8) }
  guard let configuration = result.configuration else {
    for diagnostic in result.diagnostics { print(diagnostic) }
    return nil
  }
  let table = ZoneTable.compile(configuration)
  return AnswerSnapshot(table: table, runs: runs(of: table, configuration, isFailOpen: piece == .failOpen))
}

func runs(of table: ZoneTable, _ configuration: Configuration, isFailOpen: Bool = false) -> AddressRuns {
  // The ledger's slots: each run has one, and each set of static addresses of a node.
  var slot: UInt32 = 1
  var runs = AddressRuns(
    for: table.rotations,
    slots: { _, _, _, _ in
      slot += 1
      return [slot]
    },
    answer: { key -> RotationAnswer in
      let addresses = configuration.pools[key.pool].members.flatMap { configuration.nodes[$0].addresses }
      var answer = RotationAnswer(addresses.filter { $0.family == key.family }, ttl: key.ttl)
      answer.isFailOpen = isFailOpen
      return answer
    })
  runs.fixedSlots = table.handOuts.indices.map { slot + 1 + UInt32($0) }
  return runs
}

/// Answers the piece's query `count` times, noting the hand-outs in batches of 64 as a worker does, and returns the octets of
/// all replies.
@inline(never)
func answer(_ piece: Piece, _ count: Int, from snapshot: AnswerSnapshot) throws(Errno) -> Int {
  let query = piece.query
  var reply = [UInt8](repeating: 0, count: 4_096)
  var span = reply.mutableSpan
  var room = MutableRawSpan(_elements: &span)
  var responder = Responder()
  var tally = AnswerTally()
  var octets = 0
  var notes = try NotedHandOuts()
  var left = count
  while left > 0 {
    notes.begin()
    octets &+= answerBatch(
      RawSpan(_elements: query.span), min(left, 64), from: snapshot, by: &responder, into: &room, &tally, &notes)
    notes.finish()
    left -= 64
  }
  return octets
}

@inline(never)
func answerBatch(
  _ query: RawSpan, _ count: Int, from snapshot: AnswerSnapshot, by responder: inout Responder,
  into room: inout MutableRawSpan, _ tally: inout AnswerTally, _ notes: inout NotedHandOuts
) -> Int {
  let client = ClientAddress(ipv4: 0xC000_0263)
  var octets = 0
  for _ in 0..<count {
    var received = QueryContext(query, from: client, over: .udp)
    octets &+= responder.answer(&received, from: snapshot, into: &room, tally: &tally)
    if !notes.addRepeated(received.handOuts, to: client) {
      notes.addOther(received.handOuts, in: room.bytes, to: client)
    }
  }
  return octets
}

/// Builds the address runs of all pools `count` times, as a health change does.
@inline(never)
func publish(_ count: Int, from snapshot: AnswerSnapshot) -> Int {
  let result = readConfiguration(files: ["benchmark.zone"]) { _ in Array(zoneText.utf8) }
  guard let configuration = result.configuration else { return 0 }
  var total = 0
  for _ in 0..<count {
    let fresh = AnswerSnapshot(table: snapshot.table, runs: runs(of: snapshot.table, configuration))
    total &+= fresh.table.rotations.count
  }
  return total
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "floor", let port = arguments.dropFirst().first.flatMap({ UInt16($0) }) {
  do {
    try runFloor(port: port)
  } catch {
    print("floor: \(error)")
  }
} else if let piece = arguments.first.flatMap(Piece.init), let count = arguments.dropFirst().first.flatMap({ Int($0) }),
  let snapshot = snapshot(for: piece)
{
  print(piece == .publish ? publish(count, from: snapshot) : try answer(piece, count, from: snapshot))
} else if let mode = arguments.first, ["read", "compile"].contains(mode), arguments.count == 3,
  let shape = arguments.dropFirst().first.flatMap(ZoneShape.init), let count = arguments.last.flatMap({ Int($0) })
{
  let result = readConfiguration(files: ["shape.zone"]) { _ in shape.text(records: count) }
  for diagnostic in result.diagnostics.prefix(3) where result.configuration == nil { print(diagnostic) }
  if mode == "compile", let configuration = result.configuration {
    print(ZoneTable.compile(configuration).rotations.count)
  }
} else {
  print(Piece.allCases.map(\.rawValue).joined(separator: "\n"))
}
