// The wire form of one RRset, with its names compressed among themselves and its pointers listed.
//
// A set is stored as though its owner name began at offset 12 of the message and the set at offset 0:
//  * an owner pointer reads 0xC00C and is rewritten only when the owner is elsewhere;
//  * an inner pointer, from one name in RDATA to another, reads 0x8000 + its target's offset in the set and is
//    always rewritten, since the set's offset in the message varies.
// Names in RDATA are never compressed against QNAME: it may come in any letter case, RDATA keeps the zone's.

import DNS

/// Inner pointers as they are stored before the set's offset in the message is known.
enum InnerPointer {
  static let mark: UInt16 = 0x8000
  /// Targets lie below this, and so does the start of a set that has inner pointers: their sum is at most 14 bits.
  static let limit = 0x2000
}

/// Lays out one RRset after the other; what it holds at a time is one of them, ready for the table.
struct CompiledSet {
  /// A name that answers may have to be followed by the addresses of.
  struct FirstName {
    /// In octets from the start of the set.
    var offset: Int
    var name: DomainName
  }

  private(set) var type = RecordType.a
  private(set) var recordCount = 0
  private(set) var octets: [UInt8] = []
  /// None for addresses: their records are of equal length. An offset beyond 16 bits is not listed: a set so long fits
  /// into no message.
  private(set) var ownerPointers: [UInt16] = []
  private(set) var innerPointers: [UInt16] = []
  /// The first name in each record's RDATA.
  private(set) var firstNames: [FirstName] = []
  /// Where names that later ones may point to begin, by their exact octets.
  private var targets: [ArraySlice<UInt8>: UInt16] = [:]

  /// Begins a set; the one before is gone.
  mutating func begin(_ type: RecordType) {
    self.type = type
    recordCount = 0
    octets.removeAll(keepingCapacity: true)
    ownerPointers.removeAll(keepingCapacity: true)
    innerPointers.removeAll(keepingCapacity: true)
    if !firstNames.isEmpty { firstNames = [] }
    if !targets.isEmpty { targets = [:] }
  }

  /// Appends a record.
  ///
  /// - Parameters:
  ///   - data: RDATA, with `names` in it; their offsets are from its start.
  mutating func append(ttl: UInt32, _ data: ArraySlice<UInt8>, _ names: ArraySlice<RecordData.EmbeddedName>) {
    if !rotates, let offset = UInt16(exactly: octets.count) { ownerPointers.append(offset) }
    // How long RDATA is shows when it is written.
    RecordLayout.append(type: type, ttl: ttl, length: 0, to: &octets)
    let start = octets.count
    if names.isEmpty { octets += data } else { appendNamed(data, names) }
    let length = UInt16(clamping: octets.count - start)
    octets[start - 2] = UInt8(length >> 8)
    octets[start - 1] = UInt8(length & 0xFF)
    recordCount += 1
  }

  /// Whether the records are addresses, which take turns.
  var rotates: Bool { type == .a || type == .aaaa }

  /// The length of a record of a set of addresses.
  var recordLength: UInt8 { UInt8(RecordLayout.length(of: type == .a ? .ipv4 : .ipv6)) }

  private mutating func appendNamed(_ data: ArraySlice<UInt8>, _ names: ArraySlice<RecordData.EmbeddedName>) {
    let record = RecordData(octets: Array(data), names: Array(names))
    var copied = 0
    for (index, embedded) in record.names.enumerated() {
      guard let name = record.name(index) else { continue }
      octets += record.bytes[copied..<embedded.offset]
      if index == 0 { firstNames.append(FirstName(offset: octets.count, name: name)) }
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
        if let offset = UInt16(exactly: octets.count) { innerPointers.append(offset) }
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
