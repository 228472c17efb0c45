// Finding a name in the zone table: the name itself, or the closest name above it that exists (RFC 4592 §3.3.1).

import DNS

/// What the zone table knows of a name.
struct NameMatch {
  enum Kind {
    /// The name exists; `owner` is it.
    case exact
    /// It does not; `owner` is its closest encloser.
    case enclosed
    /// No zone of ours is at or above it.
    case outsideZones
  }

  var kind: Kind
  var owner: Int
}

extension ZoneTable {
  /// Finds the owner that a name in a message leads to.
  @inline(__always)
  func lookUp(_ name: NameInMessage, in message: RawSpan) -> NameMatch {
    if let owner = owners.find(name, in: message) { return NameMatch(kind: .exact, owner: owner) }
    return closestEncloser(of: name, in: message)
  }

  /// Tries the name's ancestors from the longest down to the root.
  ///
  /// An ancestor with more labels than any name of the table is not tried: the work is bounded by the zones, not by
  /// the asker.
  @inline(never)
  private func closestEncloser(of name: NameInMessage, in message: RawSpan) -> NameMatch {
    var labels = 0
    var at = name.start
    while message.octet(at: at) != 0 {
      labels += 1
      at += 1 + Int(message.octet(at: at))
    }
    at = name.start
    while labels > 0 {
      at += 1 + Int(message.octet(at: at))
      labels -= 1
      guard labels <= maximumLabels else { continue }
      if let owner = owners.find(NameInMessage(start: at, end: name.end), in: message) {
        return NameMatch(kind: .enclosed, owner: owner)
      }
    }
    return NameMatch(kind: .outsideZones, owner: 0)
  }
}

extension Responder {
  /// Whether the chain of CNAMEs behind the question has been at `target` before, as QNAME or as an earlier target:
  /// then its next record is in the reply already, and no set holds a record twice (RFC 2181 §5).
  static func isRepeated(_ target: NameInMessage, in reply: RawSpan, behind questionEnd: Int) -> Bool {
    if isSameName(target, at: Question.nameStart, in: reply) { return true }
    var data = questionEnd + RecordLayout.fixedLength
    while data < target.start {
      // What a DNAME leads to is no name of the chain.
      let type = RecordType(rawValue: reply.uint16(at: data - 10))
      if type == .cname, isSameName(target, at: data, in: reply) { return true }
      data += Int(reply.uint16(at: data - 2)) + RecordLayout.fixedLength
    }
    return false
  }

  /// Whether the reply holds the DNAME whose owner is the name at `owner`, the end of the name last looked up.
  static func hasRenaming(of owner: NameInMessage, in reply: RawSpan, upTo end: Int) -> Bool {
    var name = Question.nameStart
    while reply.octet(at: name) != 0 { name += 1 + Int(reply.octet(at: name)) }
    // Up to here the reply is the question, CNAMEs and DNAMEs; each owner is a pointer to a name without any.
    var record = name + 5
    while record < end {
      let place = Int(reply.uint16(at: record) & 0x3FFF)
      if reply.uint16(at: record + 2) == RecordType.dname.rawValue, place <= owner.start,
        isSameName(owner, at: place, in: reply)
      {
        return true
      }
      record += RecordLayout.fixedLength + Int(reply.uint16(at: record + 10))
    }
    return false
  }

  /// Compares two uncompressed names without regard to letter case; length octets are below "A".
  private static func isSameName(_ name: NameInMessage, at start: Int, in message: RawSpan) -> Bool {
    for index in 0..<name.length
    where lowercased(message.octet(at: start + index)) != lowercased(message.octet(at: name.start + index)) {
      return false
    }
    return true
  }
}
