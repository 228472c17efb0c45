// Finding a name in the zone table: the name itself, or the closest name above it that exists (RFC 4592 §3.3.1).

import DNS

/// A name that is being looked up: QNAME, or the target of a CNAME already in the reply.
struct AskedName {
  /// Where the name stands in the message, uncompressed: `start..<end`.
  var start: Int
  var end: Int
}

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

extension Responder {
  /// Finds the owner that `asked` in `message` leads to.
  @inline(__always)
  mutating func lookUp(_ asked: AskedName, in message: RawSpan, of table: ZoneTable) -> NameMatch {
    name.fold(message, from: asked.start, to: asked.end)
    if let owner = table.index.find(name) { return NameMatch(kind: .exact, owner: owner) }
    return closestEncloser(of: asked, in: message, of: table)
  }

  /// Tries the name's ancestors from the longest down to the root.
  ///
  /// An ancestor with more labels than any name of the table is not tried: the work is bounded by the zones, not by
  /// the asker.
  @inline(never)
  private mutating func closestEncloser(of asked: AskedName, in message: RawSpan, of table: ZoneTable) -> NameMatch {
    var labels = 0
    var at = asked.start
    while message.octet(at: at) != 0 {
      labels += 1
      at += 1 + Int(message.octet(at: at))
    }
    at = asked.start
    while labels > 0 {
      at += 1 + Int(message.octet(at: at))
      labels -= 1
      guard labels <= table.maximumLabels else { continue }
      name.fold(message, from: at, to: asked.end)
      if let owner = table.index.find(name) { return NameMatch(kind: .enclosed, owner: owner) }
    }
    return NameMatch(kind: .outsideZones, owner: 0)
  }

  /// Whether the chain of CNAMEs behind the question has been at `target` before, as QNAME or as an earlier target:
  /// then its next record is in the reply already, and no set holds a record twice (RFC 2181 §5).
  @inline(never)
  func isRepeated(_ target: AskedName, in reply: RawSpan, behind questionEnd: Int) -> Bool {
    if isSameName(target, at: Question.nameStart, in: reply) { return true }
    var data = questionEnd + RecordLayout.fixedLength
    while data < target.start {
      if isSameName(target, at: data, in: reply) { return true }
      data += Int(reply.uint16(at: data - 2)) + RecordLayout.fixedLength
    }
    return false
  }

  /// Compares two uncompressed names without regard to letter case; length octets are below "A".
  private func isSameName(_ name: AskedName, at start: Int, in message: RawSpan) -> Bool {
    for index in 0..<name.end - name.start
    where lowercased(message.octet(at: start + index)) != lowercased(message.octet(at: name.start + index)) {
      return false
    }
    return true
  }
}
