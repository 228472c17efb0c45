// The wire form of one RRset, with its names compressed among themselves and its pointers listed.
//
// A set is stored as though its owner name began at offset 12 of the message and the set at offset 0:
//  * an owner pointer reads 0xC00C and is rewritten only when the owner stands elsewhere;
//  * an inner pointer, from one name in RDATA to another, reads 0x8000 + its target's offset in the set and is
//    always rewritten, since the set's place in the message varies.
// Names in RDATA are never compressed against QNAME: it may come in any letter case, RDATA keeps the zone's.

import DNS

/// Inner pointers as they are stored before the set's place in the message is known.
enum InnerPointer {
  static let mark: UInt16 = 0x8000
  /// Targets lie below this, and so does the start of a set that has inner pointers: their sum is at most 14 bits.
  static let limit = 0x2000
}

/// One RRset ready for the table. A place beyond 16 bits is not listed: a set so long fits into no message.
struct CompiledSet {
  let type: RecordType
  let data: [RecordData]
  private(set) var octets: [UInt8] = []
  private(set) var ownerPointers: [UInt16] = []
  private(set) var innerPointers: [UInt16] = []
  /// For each record where its first RDATA name begins; -1 when it has none.
  private(set) var firstNameOffsets: [Int] = []
  /// Where names that later ones may point to begin, by their exact octets.
  private var targets: [ArraySlice<UInt8>: UInt16] = [:]

  /// - Parameter data: at least one record's RDATA.
  init(type: RecordType, ttl: UInt32, data: [RecordData]) {
    self.type = type
    self.data = data
    for record in data {
      if let place = UInt16(exactly: octets.count) { ownerPointers.append(place) }
      RecordLayout.append(type: type, ttl: ttl, data: [], to: &octets)
      let dataStart = octets.count
      append(record)
      let length = UInt16(clamping: octets.count - dataStart)
      octets[dataStart - 2] = UInt8(length >> 8)
      octets[dataStart - 1] = UInt8(length & 0xFF)
    }
  }

  /// The length of a record when the set is of addresses, which rotate; zero for all other types.
  var recordLength: UInt16 {
    switch type {
    case .a, .aaaa: UInt16(octets.count / data.count)
    default: 0
    }
  }

  private mutating func append(_ record: RecordData) {
    var copied = 0
    firstNameOffsets.append(record.names.isEmpty ? -1 : octets.count + record.names[0].offset)
    for (index, embedded) in record.names.enumerated() {
      guard let name = record.name(index) else { continue }
      octets += record.bytes[copied..<embedded.offset]
      if embedded.isCompressible {
        appendCompressed(name)
      } else {
        octets += name.wire
      }
      copied = embedded.offset + name.wire.count
    }
    octets += record.bytes[copied...]
  }

  private mutating func appendCompressed(_ name: DomainName) {
    var at = 0
    while name.wire[at] != 0 {
      let suffix = name.wire[at...]
      if let target = targets[suffix] {
        if let place = UInt16(exactly: octets.count) { innerPointers.append(place) }
        octets.append(UInt8((InnerPointer.mark | target) >> 8))
        octets.append(UInt8(target & 0xFF))
        return
      }
      if octets.count < InnerPointer.limit { targets[suffix] = UInt16(octets.count) }
      let end = at + 1 + Int(name.wire[at])
      octets += name.wire[at..<end]
      at = end
    }
    octets.append(0)
  }
}
