// What the tests of transfers and rate limits share.

import Answering
import DNS
import Model
import TestSupport
import Testing
import ZoneFile

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

func question(of query: [UInt8]) throws -> Question {
  let question = Question(of: query.span.octets)
  return try #require(question)
}

extension ResourceRecord {
  /// `owner ttl type RDATA`, RDATA in hexadecimal with its names written out.
  var transferText: String { "\(owner) \(ttl) \(type) \(hexadecimal(octets))" }
}

extension Message {
  var answerTexts: [String] { answers.map(\.transferText) }
}
