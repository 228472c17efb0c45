// Finding a name in the zone table: the name itself, or the closest name above it that exists (RFC 4592 §3.3.1).

import DNS

/// What the zone table knows of a name in a message.
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
  var owner: OwnerID
  /// The name that was looked up.
  var name: NameInMessage
}

extension ZoneTable {
  /// Finds the owner that a name in a message leads to.
  @inline(__always)
  func lookUp(_ name: NameInMessage, in message: RawSpan) -> NameMatch {
    if let owner = owners.find(name, in: message) { return NameMatch(kind: .exact, owner: owner, name: name) }
    let (kind, owner) = closestEncloser(of: name, in: message)
    return NameMatch(kind: kind, owner: owner, name: name)
  }

  /// Tries the name's ancestors from the longest down to the root.
  ///
  /// An ancestor with more labels than any name of the table is not tried: the work is bounded by the zones, not by
  /// the asker.
  @inline(never)
  private func closestEncloser(of name: NameInMessage, in message: RawSpan) -> (NameMatch.Kind, OwnerID) {
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
      if let owner = owners.find(NameInMessage(start: at, end: name.end), in: message) { return (.enclosed, owner) }
    }
    return (.outsideZones, OwnerID(UInt32(0)))
  }

  /// The owner's set of a type.
  @inline(__always)
  func set(of type: RecordType, at owner: Owner) -> SetIndex? {
    set(of: type, amongst: owner.setCount, from: owner.firstSet)
  }

  @inline(__always)
  func set(of type: RecordType, amongst count: UInt16, from first: UInt32) -> SetIndex? {
    var index = Int(first)
    let end = index &+ Int(count)
    while index < end {
      if sets[index].type == type { return SetIndex(index) }
      index &+= 1
    }
    return nil
  }
}
