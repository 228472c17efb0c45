// Reads replies without keeping them: fast enough to run behind every answer, and written without the code it judges.

/// What a reply says of itself, its records counted and left out.
struct SkimmedReply: Equatable {
  var flags: UInt16 = 0
  var counts = [0, 0, 0, 0]
  /// One past the question; 12 when there is none.
  var questionEnd = 12
  var hasOptions = false
  /// Of OPT's RDATA, in octets.
  var optionLength = 0
  /// The upper bits that OPT adds to RCODE.
  var extendedCode: UInt16 = 0

  var code: UInt16 { extendedCode << 4 | flags & 0xF }
  var isAuthoritative: Bool { flags & 0x0400 != 0 }
  var isTruncated: Bool { flags & 0x0200 != 0 }
}

/// Reads one message from its first octet to its last, and throws a flaw at the first that is wrong.
struct ReplySkimmer {
  private let octets: [UInt8]
  private var at = 12

  private init(_ octets: [UInt8]) { self.octets = octets }

  /// Reads a reply that must end where its octets end.
  static func skim(_ octets: [UInt8]) throws(Flaw) -> SkimmedReply {
    try require(octets.count >= 12, "a reply of \(octets.count) octets")
    var skimmer = ReplySkimmer(octets)
    var reply = SkimmedReply(flags: skimmer.number(at: 2))
    for section in 0..<4 { reply.counts[section] = Int(skimmer.number(at: 4 + 2 * section)) }
    for _ in 0..<reply.counts[0] {
      try skimmer.name(mayPoint: false)
      try skimmer.skip(4)
      reply.questionEnd = skimmer.at
    }
    for section in 1...3 {
      for _ in 0..<reply.counts[section] { try skimmer.record(section, of: &reply) }
    }
    try require(skimmer.at == octets.count, "\(octets.count - skimmer.at) octets behind the last record")
    return reply
  }

  private func number(at place: Int) -> UInt16 { UInt16(octets[place]) << 8 | UInt16(octets[place + 1]) }

  private mutating func skip(_ count: Int) throws(Flaw) {
    try require(octets.count - at >= count, "\(count) octets run off the end at \(at)")
    at += count
  }

  private mutating func record(_ section: Int, of reply: inout SkimmedReply) throws(Flaw) {
    let start = at
    try name(mayPoint: true)
    let head = at
    try skip(10)
    let type = number(at: head)
    let end = at + Int(number(at: head + 8))
    try require(end <= octets.count, "RDATA at \(at) runs off the end")
    switch type {
    case 41:
      try require(section == 3 && head == start + 1 && !reply.hasOptions, "a misplaced OPT at \(start)")
      reply.hasOptions = true
      reply.optionLength = end - at
      reply.extendedCode = UInt16(octets[head + 4])
      try options(to: end)
    case 1: try skip(4)
    case 28: try skip(16)
    case 2, 5, 12: try name(mayPoint: true)
    case 6:
      try name(mayPoint: true)
      try name(mayPoint: true)
      try skip(20)
    case 15:
      try skip(2)
      try name(mayPoint: true)
    case 33:
      try skip(6)
      try name(mayPoint: false)
    case 16:
      try require(end > at, "a TXT record without a string at \(at)")
      while at < end { try skip(1 + Int(octets[at])) }
    default: at = end
    }
    try require(at == end, "RDATA of type \(type) at \(start) ends at \(at), and not at \(end)")
    // TTLs have their highest bit clear (RFC 2181 §8); OPT has other things there.
    try require(type == 41 || octets[head + 4] & 0x80 == 0, "a TTL over 31 bits at \(head + 4)")
  }

  private mutating func options(to end: Int) throws(Flaw) {
    while at < end {
      try require(end - at >= 4, "an EDNS option of \(end - at) octets")
      try skip(4 + Int(number(at: at + 2)))
    }
  }

  /// A name whose pointers, if it may have any, lead to earlier places behind the header.
  private mutating func name(mayPoint: Bool) throws(Flaw) {
    var place = at
    var lowest = at
    var length = 1
    var hasJumped = false
    while true {
      try require(place < octets.count, "a name at \(at) runs off the end")
      let octet = Int(octets[place])
      if octet >= 0xC0 {
        try require(mayPoint && place + 1 < octets.count, "a pointer at \(place)")
        if !hasJumped { at = place + 2 }
        place = (octet & 0x3F) << 8 | Int(octets[place + 1])
        try require(place >= 12 && place < lowest, "a pointer to \(place)")
        lowest = place
        hasJumped = true
        continue
      }
      try require(octet <= 63, "a label of \(octet) octets at \(place)")
      place += 1 + octet
      if octet == 0 {
        if !hasJumped { at = place }
        return
      }
      length += 1 + octet
      try require(length <= 255, "a name over 255 octets at \(place)")
    }
  }
}
