// Target `zone`: any text as a zone config file; if it is a good one it is compiled, and every kind of name is asked.

import Answering
import DNS
import Model
import Reporting
import ZoneFile

/// Names per zone that are asked; more would only make an input slow.
private let mostNames = 4

func runZone(_ octets: [UInt8], _ rooms: ReplyRooms) throws(Flaw) {
  let result = readConfiguration(files: ["f"]) { path throws(LoadFailure) in
    if path == "f" { return octets }
    // A file that is included is the beginning of the same text, so that it may include itself.
    guard path.hasPrefix("x") else { throw LoadFailure(reason: "no such file") }
    return Array(octets.prefix(64))
  }
  try judgeDiagnostics(result)
  guard let configuration = result.configuration else { return }
  try judgeConfiguration(configuration)
  let snapshot = snapshot(of: configuration)
  for zone in configuration.zones {
    try ask(zone.apex, of: zone, snapshot, rooms)
    for record in zone.records.prefix(mostNames) { try ask(record.owner, of: zone, snapshot, rooms) }
    for rotation in zone.rotations.prefix(mostNames) { try ask(rotation.owner, of: zone, snapshot, rooms) }
  }
}

private func judgeDiagnostics(_ result: ReadResult) throws(Flaw) {
  let hasErrors = result.diagnostics.contains { $0.severity == .error }
  try require(hasErrors == (result.configuration == nil), "errors and a configuration, or neither")
  try require(result.diagnostics.count <= 202, "\(result.diagnostics.count) diagnostics")
  for diagnostic in result.diagnostics {
    try require(!diagnostic.what.isEmpty, "a diagnostic without words")
    try require(diagnostic.caretColumn <= diagnostic.sourceLine.unicodeScalars.count, "a caret behind its line")
    for text in [diagnostic.message, diagnostic.sourceLine, diagnostic.description] {
      let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" }
      try require(isClean, "a control character in a message")
    }
  }
  _ = Diagnostic.json(result.diagnostics)
}

private func judgeConfiguration(_ configuration: Configuration) throws(Flaw) {
  for zone in configuration.zones {
    try require(zone.records.allSatisfy { $0.owner.isAtOrBelow(zone.apex) }, "a record outside its zone")
    try require(zone.records.contains { $0.type == .ns && $0.owner == zone.apex }, "a zone without NS")
    try require(zone.records.allSatisfy { $0.data.bytes.count <= 65_535 }, "RDATA over 65,535 octets")
    try require(zone.rotations.allSatisfy { configuration.pools.indices.contains($0.pool) }, "a pool out of range")
  }
  for pool in configuration.pools {
    try require(!pool.members.isEmpty, "a pool without members")
    try require(pool.checks.allSatisfy(configuration.checks.indices.contains), "a check out of range")
  }
}

/// Asks for a name, one below it and one beside it, for a few types.
private func ask(
  _ name: DomainName, of zone: Zone, _ snapshot: AnswerSnapshot, _ rooms: ReplyRooms
) throws(Flaw) {
  let below = name.prepending(Array("q".utf8))
  let beside = name != zone.apex && name.isAtOrBelow(zone.apex) ? name.parent?.prepending(Array("*".utf8)) : nil
  for name in [name, below, beside].compactMap({ $0 }) {
    for type in [1, 2, 16, 28, 255] as [UInt8] {
      let query = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + name.wire + [0, type, 0, 1]
      for transport in [Transport.udp, .tcp] {
        let reply = try judgedReply(to: query, over: transport, from: snapshot, rooms)
        let isServed = reply.map { [0, 3, 6].contains($0.code) } ?? false
        try require(isServed, "\(name) type \(type) is not answered from its zone")
      }
    }
  }
}
