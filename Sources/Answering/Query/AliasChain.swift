// The CNAMEs and DNAMEs that a reply begins with, read where they are: has the chain been here before?

import DNS

enum AliasChain {
  /// Whether the chain of CNAMEs after the question has been at `target` before, as QNAME or as an earlier target:
  /// then its next record is in the reply already, and no set holds a record twice (RFC 2181 §5).
  static func holds(_ target: NameInMessage, in reply: RawSpan, after questionEnd: Int) -> Bool {
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
  static func holdsRenaming(of owner: NameInMessage, in reply: RawSpan, upTo end: Int) -> Bool {
    var name = Question.nameStart
    while reply.octet(at: name) != 0 { name += 1 + Int(reply.octet(at: name)) }
    // Up to here the reply is the question, CNAMEs and DNAMEs; each owner is a pointer to a name without any.
    var record = name + 5
    while record < end {
      let target = Int(reply.uint16(at: record) & 0x3FFF)
      if reply.uint16(at: record + 2) == RecordType.dname.rawValue, target <= owner.start,
        isSameName(owner, at: target, in: reply)
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
