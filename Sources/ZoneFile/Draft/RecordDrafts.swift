// The records of a zone as read, each with the places that messages point to.

import DNS

/// Where the parts of a record are.
struct RecordRanges: Sendable {
  /// The first word of the entry.
  var range: SourceRange
  var typeRange: SourceRange
  /// The last field: in NS, MX, SRV, CNAME the target.
  var lastField: SourceRange
}

/// A record as its entry says it, while it is not known yet which zone it belongs to.
struct WrittenRecord: Sendable {
  var owner: DomainName
  /// In seconds; nil where none is written, so that the SOA of its zone decides.
  var ttl: UInt32?
  var type: RecordType
  var data: RecordData
  var ranges: RecordRanges

  /// The record in its zone.
  func placed(ttl: UInt32, _ log: DiagnosticLog) -> RecordDraft {
    RecordDraft(
      record: Record(owner: owner, ttl: ttl, type: type, data: data, location: log.location(of: ranges.range)),
      ranges: ranges)
  }
}

/// A record of a zone with its ranges.
struct RecordDraft: Sendable {
  var record: Record
  var ranges: RecordRanges

  var owner: DomainName { record.owner }
  var ttl: UInt32 { record.ttl }
  var type: RecordType { record.type }
  var data: RecordData { record.data }
  var range: SourceRange { ranges.range }
  var typeRange: SourceRange { ranges.typeRange }
  var lastField: SourceRange { ranges.lastField }
}

/// The records of a zone with their ranges.
struct RecordDrafts: Sendable {
  private(set) var list = RecordList()
  private(set) var ranges: [RecordRanges] = []
  /// Those that the zone has already, by index; they are left out when the zone is built.
  private(set) var duplicates: Set<Int> = []

  mutating func append(_ draft: RecordDraft) {
    list.append(draft.record)
    ranges.append(draft.ranges)
  }

  /// Appends an A record from a line in ASCII; owner in wire form, the file by its number.
  mutating func append(_ owner: [UInt8], ttl: UInt32, address: UInt32, file: Int, _ ranges: RecordRanges) {
    let first = ranges.range
    let column = Int(first.start - first.lineStart) + 1
    list.append(owner, ttl: ttl, address: address, at: (file, Int(first.line), column))
    self.ranges.append(ranges)
  }

  /// The number that a file has here.
  mutating func number(ofFile path: String) -> Int { list.number(ofFile: path) }

  mutating func insert(_ draft: RecordDraft, at index: Int) {
    list.insert(draft.record, at: index)
    ranges.insert(draft.ranges, at: index)
  }

  mutating func setTTL(_ ttl: UInt32, at index: Int) { list.setTTL(ttl, at: index) }

  /// Removes the records at these indices, which are ascending, and returns them.
  mutating func removeAll(at indices: [Int]) -> [RecordDraft] {
    let removed = indices.map { self[$0] }
    let gone = Set(indices)
    list.removeAll(at: gone)
    var index = -1
    ranges.removeAll { _ in
      index += 1
      return gone.contains(index)
    }
    return removed
  }

  mutating func markDuplicate(at index: Int) { duplicates.insert(index) }

  /// The records of some types, in their order.
  func drafts(where isWanted: (RecordType) -> Bool) -> [RecordDraft] {
    indices.filter { isWanted(list.type(at: $0)) }.map { self[$0] }
  }
}

extension RecordDrafts: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { ranges.count }

  subscript(index: Int) -> RecordDraft { RecordDraft(record: list[index], ranges: ranges[index]) }
}
