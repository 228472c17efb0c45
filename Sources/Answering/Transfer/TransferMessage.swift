// One message of a zone transfer: names in it are compressed against all that came before them (RFC 1035 §4.1.4).

import DNS

/// A message of a transfer in the making.
struct TransferMessage {
  enum QuestionEcho { case echoed, leftOut }

  private(set) var octets: [UInt8]
  private let limit: Int
  private var answerCount: UInt16 = 0
  private var additionalCount: UInt16 = 0
  /// Where names that later ones may point to begin, by their exact octets: letter case is kept.
  private var targets: [ArraySlice<UInt8>: UInt16] = [:]
  private var lastOwner: (name: DomainName, offset: UInt16)?

  init(header: [UInt8], question: QuestionEcho, limit: Int) {
    octets = question == .echoed ? header : Array(header[..<MessageHeader.length])
    self.limit = limit
    let asked = UInt16(header[2]) << 8 | UInt16(header[3])
    let flags = MessageHeader.response | MessageHeader.authoritative | asked & MessageHeader.recursionDesired
    for (offset, value) in [
      (MessageHeader.flagsOffset, flags), (MessageHeader.questionCountOffset, question == .echoed ? 1 : 0),
      (MessageHeader.answerCountOffset, 0), (MessageHeader.authorityCountOffset, 0),
      (MessageHeader.additionalCountOffset, 0),
    ] as [(Int, UInt16)] {
      store(value, at: offset)
    }
    if question == .echoed { addTargets(in: Array(header[Question.nameStart..<header.count - 4])) }
  }

  private mutating func store(_ value: UInt16, at offset: Int) {
    octets[offset] = UInt8(value >> 8)
    octets[offset + 1] = UInt8(value & 0xFF)
  }

  /// Lets later names point into QNAME, which is at offset 12.
  private mutating func addTargets(in name: [UInt8]) {
    var at = 0
    while name[at] != 0 {
      targets[name[at...]] = UInt16(Question.nameStart + at)
      at += 1 + Int(name[at])
    }
  }

  /// Appends one record; false, with the message as it was, when it does not fit.
  mutating func append(_ owner: DomainName, _ type: RecordType, ttl: UInt32, _ data: RecordData) -> Bool {
    let start = octets.count
    // Uncompressed it is longer than it will be; where even that fits nothing need be taken back.
    guard start + owner.wire.count + 10 + data.bytes.count <= limit, answerCount < .max else { return false }
    if let lastOwner, lastOwner.name.wire == owner.wire {
      append(0xC000 | lastOwner.offset)
    } else {
      let offset = targets[owner.wire[...]] ?? (start < 0x4000 ? UInt16(start) : nil)
      appendCompressed(owner)
      lastOwner = owner.isRoot ? nil : offset.map { (owner, $0) }
    }
    append(type.rawValue)
    append(RecordClass.internet)
    append(UInt16(truncatingIfNeeded: ttl >> 16))
    append(UInt16(truncatingIfNeeded: ttl))
    append(0)
    let dataStart = octets.count
    append(data)
    store(UInt16(clamping: octets.count - dataStart), at: dataStart - 2)
    answerCount += 1
    return true
  }

  private mutating func append(_ value: UInt16) {
    octets.append(UInt8(value >> 8))
    octets.append(UInt8(value & 0xFF))
  }

  private mutating func append(_ data: RecordData) {
    var copied = 0
    for (index, embedded) in data.names.enumerated() {
      guard embedded.isCompressible, let name = data.name(index) else { continue }
      octets += data.bytes[copied..<embedded.offset]
      appendCompressed(name)
      copied = embedded.offset + name.wire.count
    }
    octets += data.bytes[copied...]
  }

  private mutating func appendCompressed(_ name: DomainName) {
    var at = 0
    while name.wire[at] != 0 {
      let suffix = name.wire[at...]
      if let target = targets[suffix] {
        append(0xC000 | target)
        return
      }
      if octets.count < 0x4000 { targets[suffix] = UInt16(octets.count) }
      let end = at + 1 + Int(name.wire[at])
      octets += name.wire[at..<end]
      at = end
    }
    octets.append(0)
  }

  /// Appends OPT with these options; room for it was kept (RFC 5936 §2.2.5).
  mutating func appendOptions(_ options: [UInt8], flags: UInt16, payloadLimit: UInt16) {
    octets.append(0)
    for value in [RecordType.opt.rawValue, payloadLimit, 0, flags, 0] { append(value) }
    let start = octets.count
    octets += options
    store(UInt16(clamping: octets.count - start), at: start - 2)
    additionalCount += 1
  }

  consuming func finished() -> [UInt8] {
    store(answerCount, at: MessageHeader.answerCountOffset)
    store(additionalCount, at: MessageHeader.additionalCountOffset)
    return octets
  }
}
