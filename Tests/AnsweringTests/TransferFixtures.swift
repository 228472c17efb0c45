// What the tests of transfers and rate limits share: zones from text, messages taken apart.

import Answering
import DNS
import Model
import TestSupport
import Testing
import ZoneFile

func configuration(_ text: String) throws -> Configuration {
  let result = readConfiguration(files: ["f"]) { _ throws(LoadFailure) in Array(text.utf8) }
  return try #require(result.configuration, "\(result.diagnostics.map(\.description).joined(separator: "\n"))")
}

/// A snapshot in which all nodes are healthy.
func snapshot(_ configuration: Configuration) -> AnswerSnapshot {
  let table = ZoneTable.compile(configuration)
  let runs = AddressRuns(for: table.rotations) { key in
    configuration.pools[key.pool].members.flatMap { configuration.nodes[$0].addresses }.filter {
      $0.family == key.family
    }
  }
  return AnswerSnapshot(table: table, runs: runs)
}

/// A query with ID 0x1234.
func query(_ name: String, _ type: RecordType, behind: String = "", counts: String = "000000000000") throws -> [UInt8] {
  let name = try #require(DomainName(name))
  return hex("1234 0100 0001 \(counts)") + name.wire + [
    UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xFF), 0, 1,
  ]
    + hex(behind)
}

func question(of query: [UInt8]) throws -> Question {
  let question = Question(of: query.span.octets)
  return try #require(question)
}

/// A message taken apart by a reader that shares no code with the writer.
struct DecodedMessage {
  var id = 0
  var flags = 0
  var questions: [String] = []
  /// `owner ttl type RDATA` with names in RDATA of RFC 1035 types decompressed.
  var answers: [String] = []
  var additionals: [String] = []

  private let octets: [UInt8]

  init(_ octets: [UInt8]) throws {
    self.octets = octets
    func number(_ at: Int) -> Int { Int(octets[at]) << 8 | Int(octets[at + 1]) }
    (id, flags) = (number(0), number(2))
    var at = 12
    for _ in 0..<number(4) {
      let (name, end) = try decodeName(at)
      questions.append("\(name) \(number(end)) \(number(end + 2))")
      at = end + 4
    }
    for _ in 0..<number(6) { answers.append(try decodeRecord(&at)) }
    #expect(number(8) == 0)
    for _ in 0..<number(10) { additionals.append(try decodeRecord(&at)) }
    #expect(at == octets.count)
  }

  private func decodeRecord(_ at: inout Int) throws -> String {
    let (owner, end) = try decodeName(at)
    let type = Int(octets[end]) << 8 | Int(octets[end + 1])
    let ttl = octets[end + 4..<end + 8].reduce(0) { $0 << 8 | Int($1) }
    let length = Int(octets[end + 8]) << 8 | Int(octets[end + 9])
    let data = end + 10
    at = data + length
    var rdata: [UInt8] = []
    let names = [2: 1, 5: 1, 12: 1, 6: 2, 15: 1][type] ?? 0
    var place = data + (type == 15 ? 2 : 0)
    rdata += octets[data..<place]
    for _ in 0..<names {
      let (name, end) = try decodeName(place)
      rdata += try #require(DomainName(name)).wire
      place = end
    }
    rdata += octets[place..<at]
    return "\(owner) \(ttl) \(RecordType(rawValue: UInt16(type))) \(hexadecimal(rdata))"
  }

  private func decodeName(_ start: Int) throws -> (name: String, end: Int) {
    var (at, end): (Int, Int?) = (start, nil)
    var labels: [[UInt8]] = []
    while octets[at] != 0 {
      if octets[at] >= 0xC0 {
        let target = Int(octets[at] & 0x3F) << 8 | Int(octets[at + 1])
        try #require(target < at && target >= 12)
        end = end ?? at + 2
        at = target
      } else {
        try #require(octets[at] < 64)
        labels.append(Array(octets[at + 1...at + Int(octets[at])]))
        at += 1 + Int(octets[at])
      }
    }
    return (try #require(DomainName(labels: labels)).description, end ?? at + 1)
  }
}
