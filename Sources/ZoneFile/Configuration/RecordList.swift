// The records of a zone in a few flat arrays: a hundred thousand of them are read without an object for each.
//
//   entry ─owner──▶ names      owner names by number, letter case ignored
//         ─written▶ octets     the owner name as this record writes it
//         ─data───▶ octets     RDATA in wire form
//         ─names──▶ embedded   the names inside RDATA

package import DNS
import Model

/// The records of a zone, in the order of the file; each can be had as a `Record`.
///
/// Code that goes through all of them asks for types and numbers first and makes a `Record` of those that matter.
package struct RecordList: Sendable {
  private struct Entry {
    var owner: UInt32
    var ttl: UInt32
    var written: UInt32
    var data: UInt32
    var firstName: UInt32
    var file: UInt32
    var line: UInt32
    var column: UInt32
    var type: RecordType
    var dataLength: UInt16
    var nameCount: UInt16
  }

  /// The owner names.
  package private(set) var owners = NameTable()
  private var entries: [Entry] = []
  private var octets: [UInt8] = []
  private var embedded: [RecordData.EmbeddedName] = []
  /// The files that records are from, by number.
  private var files: [String] = []
  /// The file asked for last.
  private var newestFile = 0

  package init() {}

  package init(_ records: some Sequence<Record>) {
    for record in records { append(record) }
  }

  // MARK: Writing

  package mutating func append(_ record: Record) {
    let place = (number(ofFile: record.location.file), record.location.line, record.location.column)
    entries.append(entry(record.owner.wire, ttl: record.ttl, record.type, record.data.names, at: place))
    octets += record.data.bytes
    entries[count - 1].dataLength = UInt16(record.data.bytes.count)
  }

  package mutating func insert(_ record: Record, at index: Int) {
    append(record)
    guard let entry = entries.popLast() else { return }
    entries.insert(entry, at: index)
  }

  /// Appends an A record; owner in wire form, the file by its number.
  mutating func append(
    _ owner: [UInt8], ttl: UInt32, address: UInt32, at place: (file: Int, line: Int, column: Int)
  ) {
    entries.append(entry(owner, ttl: ttl, .a, [], at: place))
    octets.append(UInt8(address >> 24))
    octets.append(UInt8(address >> 16 & 0xFF))
    octets.append(UInt8(address >> 8 & 0xFF))
    octets.append(UInt8(address & 0xFF))
    entries[count - 1].dataLength = 4
  }

  /// An entry whose RDATA is to follow.
  private mutating func entry(
    _ owner: [UInt8], ttl: UInt32, _ type: RecordType, _ names: [RecordData.EmbeddedName],
    at place: (file: Int, line: Int, column: Int)
  ) -> Entry {
    let (number, written) = number(of: owner)
    let entry = Entry(
      owner: number, ttl: ttl, written: written, data: UInt32(octets.count), firstName: UInt32(embedded.count),
      file: UInt32(place.file), line: UInt32(place.line), column: UInt32(place.column), type: type, dataLength: 0,
      nameCount: UInt16(names.count))
    embedded += names
    return entry
  }

  /// The number that a file has here.
  mutating func number(ofFile path: String) -> Int {
    // Of thousands of files it is nearly always the one of the record before.
    if files.indices.contains(newestFile), files[newestFile] == path { return newestFile }
    if let known = files.lastIndex(of: path) {
      newestFile = known
    } else {
      files.append(path)
      newestFile = files.count - 1
    }
    return newestFile
  }

  /// Most records have the owner of the one before.
  private mutating func number(of owner: [UInt8]) -> (number: UInt32, written: UInt32) {
    if let last = entries.last, isWritten(last, owner) { return (last.owner, last.written) }
    let written = UInt32(octets.count)
    octets += owner
    return (UInt32(owners.insert(owner.span.octets)), written)
  }

  @_optimize(speed)
  private func isWritten(_ entry: Entry, _ wire: [UInt8]) -> Bool {
    let length = owners.length(of: Int(entry.owner))
    guard wire.count == length else { return false }
    let start = Int(entry.written)
    for index in 0..<length where octets[start + index] != wire[index] { return false }
    return true
  }

  package mutating func setTTL(_ ttl: UInt32, at index: Int) { entries[index].ttl = ttl }

  package mutating func removeAll(at indices: Set<Int>) {
    guard !indices.isEmpty else { return }
    var index = -1
    entries.removeAll { _ in
      index += 1
      return indices.contains(index)
    }
  }

  // MARK: Reading

  package func type(at index: Int) -> RecordType { entries[index].type }

  package func ttl(at index: Int) -> UInt32 { entries[index].ttl }

  /// The number of the record's owner among `owners`.
  package func owner(at index: Int) -> Int { Int(entries[index].owner) }

  /// Of all RDATA together.
  package var octetCount: Int { entries.reduce(0) { $0 + Int($1.dataLength) } }

  func dataLength(at index: Int) -> Int { Int(entries[index].dataLength) }

  /// RDATA in wire form.
  package func octets(at index: Int) -> ArraySlice<UInt8> {
    let start = Int(entries[index].data)
    return octets[start..<start + Int(entries[index].dataLength)]
  }

  /// The names in RDATA.
  package func names(at index: Int) -> ArraySlice<RecordData.EmbeddedName> {
    let first = Int(entries[index].firstName)
    return embedded[first..<first + Int(entries[index].nameCount)]
  }

  /// The name in RDATA with this number; nil when there is none.
  func name(_ number: Int, at index: Int) -> DomainName? {
    let names = names(at: index)
    guard number < names.count else { return nil }
    let start = Int(entries[index].data) + names[names.startIndex + number].offset
    var end = start
    while octets[end] != 0 { end += 1 + Int(octets[end]) }
    return DomainName(uncheckedWire: Array(octets[start...end]))
  }

  package func data(at index: Int) -> RecordData {
    RecordData(octets: Array(octets(at: index)), names: Array(names(at: index)))
  }

  /// The owner name, in the letters of this record.
  package func ownerName(at index: Int) -> DomainName {
    let start = Int(entries[index].written)
    return DomainName(uncheckedWire: Array(octets[start..<start + owners.length(of: owner(at: index))]))
  }

  /// Whether the owner of the record is `name`.
  func isOwner(of index: Int, _ name: DomainName) -> Bool { owners.find(name) == owner(at: index) }

  private func location(at index: Int) -> SourceLocation {
    let entry = entries[index]
    return SourceLocation(file: files[Int(entry.file)], line: Int(entry.line), column: Int(entry.column))
  }

  /// Whether two records of one type have the same data, the letter case of names in RDATA ignored.
  func isSameData(at one: Int, _ other: Int) -> Bool {
    if octets(at: one) == octets(at: other) { return true }
    return !names(at: one).isEmpty && data(at: one).canonicalBytes == data(at: other).canonicalBytes
  }
}

extension RecordList: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { entries.count }

  package subscript(index: Int) -> Record {
    Record(
      owner: ownerName(at: index), ttl: ttl(at: index), type: type(at: index), data: data(at: index),
      location: location(at: index))
  }
}
