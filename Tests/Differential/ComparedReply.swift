// A reply in a form in which two servers' replies can be compared: names in lower case, sections as sets.

/// A record without regard to the letter case of its names.
struct ComparedRecord: Hashable {
  var owner: String
  var type: UInt16
  var recordClass: UInt16
  var ttl: UInt32
  var data: String
}

struct ComparedReply {
  var code: UInt16 = 0
  var isAuthoritative = false
  var isTruncated = false
  /// QR, OPCODE, RD, RA, AD and CD.
  var otherFlags: UInt16 = 0
  var questionCount = 0
  var answer: Set<ComparedRecord> = []
  var authority: Set<ComparedRecord> = []
  var additional: Set<ComparedRecord> = []
  var hasOptions = false
  /// DO and what else the OPT record's flags say.
  var optionFlags: UInt16 = 0

  /// Reads a message; nil when it is malformed.
  init?(_ octets: [UInt8]) {
    guard octets.count >= 12 else { return nil }
    var reader = Reader(octets: octets)
    let flags = reader.number(2)
    guard let flags, let counts = reader.counts() else { return nil }
    isAuthoritative = flags & 0x0400 != 0
    isTruncated = flags & 0x0200 != 0
    otherFlags = UInt16(flags & 0xF9B0)
    code = UInt16(flags & 0xF)
    questionCount = counts[0]
    for _ in 0..<counts[0] {
      guard reader.name() != nil, reader.number(4) != nil else { return nil }
    }
    for section in 1...3 {
      for _ in 0..<counts[section] {
        guard let record = reader.record() else { return nil }
        if record.type == 41 {
          hasOptions = true
          code |= UInt16(record.ttl >> 24) << 4
          optionFlags = UInt16(record.ttl & 0xFFFF)
          continue
        }
        switch section {
        case 1: answer.insert(record)
        case 2: authority.insert(record)
        default: additional.insert(record)
        }
      }
    }
    guard reader.at == octets.count else { return nil }
  }
}

private struct Reader {
  let octets: [UInt8]
  var at = 2

  mutating func number(_ count: Int) -> Int? {
    guard octets.count - at >= count else { return nil }
    at += count
    return octets[at - count..<at].reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func counts() -> [Int]? {
    let counts = (0..<4).compactMap { _ in number(2) }
    return counts.count == 4 ? counts : nil
  }

  mutating func name() -> String? {
    var text = ""
    var place = at
    var hasJumped = false
    // No name has more labels and pointers than this.
    for _ in 0..<256 {
      guard place < octets.count else { return nil }
      let octet = Int(octets[place])
      if octet >= 0xC0 {
        guard place + 1 < octets.count else { return nil }
        if !hasJumped { at = place + 2 }
        hasJumped = true
        place = (octet & 0x3F) << 8 | Int(octets[place + 1])
        continue
      }
      guard place + octet < octets.count else { return nil }
      place += 1 + octet
      if octet == 0 {
        if !hasJumped { at = place }
        return text.isEmpty ? "." : text
      }
      text += String(decoding: octets[place - octet..<place], as: UTF8.self).lowercased() + "."
    }
    return nil
  }

  mutating func record() -> ComparedRecord? {
    guard let owner = name(), let type = number(2), let recordClass = number(2), let ttl = number(4),
      let length = number(2), octets.count - at >= length
    else { return nil }
    let end = at + length
    guard let data = data(type, length), at == end else { return nil }
    return ComparedRecord(
      owner: owner, type: UInt16(type), recordClass: UInt16(recordClass), ttl: UInt32(ttl), data: data)
  }

  private mutating func data(_ type: Int, _ length: Int) -> String? {
    // How many octets stand before the names, how many names, and the rest.
    let shape: (before: Int, names: Int) =
      switch type {
      case 2, 5, 12, 39: (0, 1)
      case 6: (0, 2)
      case 15: (2, 1)
      case 33: (6, 1)
      default: (length, 0)
      }
    let end = at + length
    guard shape.before <= length else { return nil }
    var words = ["\(octets[at..<at + shape.before])"]
    at += shape.before
    for _ in 0..<shape.names {
      guard let name = name() else { return nil }
      words.append(name)
    }
    guard at <= end else { return nil }
    words.append("\(octets[at..<end])")
    at = end
    return words.joined(separator: " ")
  }
}
