// The flat storage of a zone's records gives back what was put in; big zones let go of it and get it back.

import DNS
import Model
import Testing
import ZoneFile

private func sample() throws -> [Record] {
  let texts = [
    "www 60 A 192.0.2.1", "WWW 60 A 192.0.2.2", "www 60 AAAA 2001:db8::1", "@ MX 10 mx.example.net.", "mx A 192.0.2.3",
    "_imaps._tcp SRV 0 1 993 mx.example.net.", "www TXT \"a\" \"b\"",
  ]
  return try texts.map { try #require(record($0), "\($0)") }
}

private func same(_ one: Record, _ other: Record) -> Bool {
  one.owner.wire == other.owner.wire && one.ttl == other.ttl && one.type == other.type && one.data == other.data
    && one.location.file == other.location.file && one.location.line == other.location.line
    && one.location.column == other.location.column
}

@Test("Records come back as they went in, each in the letters of its own owner, equal owners under one number")
func recordList() throws {
  let records = try sample()
  let list = RecordList(records)
  #expect(list.count == records.count)
  for (known, record) in zip(list, records) { #expect(same(known, record), "\(record.owner) \(record.type)") }
  #expect(list.owner(at: 0) == list.owner(at: 1) && list.owner(at: 1) == list.owner(at: 6))
  #expect(list.owners.count == Set(records.map(\.owner)).count)
  #expect(list.octetCount == records.reduce(0) { $0 + $1.data.bytes.count })
}

@Test("Records are inserted, removed and given another TTL where they are wanted")
func recordListChanges() throws {
  let records = try sample()
  var list = RecordList(records[1...])
  list.insert(records[0], at: 0)
  list.setTTL(7, at: 2)
  list.removeAll(at: [1, 4])
  let kept = [0, 2, 3, 5, 6]
  #expect(list.count == kept.count)
  for (place, index) in kept.enumerated() {
    var expected = records[index]
    if index == 2 { expected.ttl = 7 }
    #expect(same(list[place], expected), "\(index)")
  }
}

private func bigZone(_ count: Int, _ more: String = "") -> ReadResult {
  read(zone((0..<count).map { "h\($0) A 192.0.2.1" }.joined(separator: "\n") + "\n" + more))
}

@Test("A big zone lets go of its records, and takes them back from the same files only")
func forgottenRecords() throws {
  let first = bigZone(10_001, "; as it was")
  var configuration = try #require(first.configuration)
  let count = configuration.zones[0].records.count
  configuration.forgetManyRecords()
  #expect(configuration.hasForgottenRecords && configuration.zones[0].records.isEmpty)
  #expect(configuration.zones[0].nameCount > 10_001)
  for change in ["", "; as it was\n", "; As it was"] {
    let changed = try #require(bigZone(10_001, change).configuration)
    let isRecalledFromChanged = configuration.recallRecords(from: changed)
    #expect(!isRecalledFromChanged, "\(change)")
    #expect(configuration.hasForgottenRecords && configuration.zones[0].records.isEmpty)
  }
  let again = try #require(bigZone(10_001, "; as it was").configuration)
  let isRecalled = configuration.recallRecords(from: again)
  #expect(isRecalled)
  #expect(!configuration.hasForgottenRecords)
  #expect(configuration.zones[0].records.count == count)
}

@Test("A small zone keeps its records")
func keptRecords() throws {
  var configuration = try #require(bigZone(100).configuration)
  configuration.forgetManyRecords()
  #expect(!configuration.hasForgottenRecords)
  #expect(configuration.zones[0].records.count > 100)
}
