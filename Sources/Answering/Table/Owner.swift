// What a table knows of an owner name and of a zone.

/// What exists at one owner name.
struct Owner: Sendable {
  /// The one owner that this one refers to. Nothing below a cut is answered from here, so a wildcard there is of no use.
  enum Link: Equatable, Sendable {
    case none
    /// The zone cut at or above the name: what lies there is another server's, and the answer is a referral. Or the
    /// DNAME above the name, which then does not exist (RFC 6672 §2.4).
    case cut(OwnerID)
    /// The owner `*` directly below this one (RFC 4592 §2.1.1).
    case wildcard(OwnerID)
  }

  /// The number of the first of this owner's sets in `ZoneTable.sets`.
  var firstSet: UInt32 = 0
  /// Zero for an empty non-terminal.
  var setCount: UInt16 = 0
  /// The length of the name in octets.
  var nameLength: UInt8 = 0
  /// The zone the name belongs to.
  var apex = ApexIndex(UInt32(0))
  var link = Link.none

  var cut: OwnerID? {
    if case .cut(let owner) = link { owner } else { nil }
  }

  var wildcard: OwnerID? {
    if case .wildcard(let owner) = link { owner } else { nil }
  }

  /// The numbers of this owner's sets.
  var sets: Range<Int> { Int(firstSet)..<Int(firstSet) + Int(setCount) }
}

/// A zone: its apex and what its negative answers carry.
struct Apex: Sendable {
  var owner: OwnerID
  /// The length of its name in octets: negative answers need no more of the owner.
  var nameLength: UInt8 = 0
  /// The number of the SOA with the negative TTL min(SOA TTL, MINIMUM) in `ZoneTable.sets` (RFC 2308 §3).
  var negative: UInt32
  /// The zone of ours directly above, from which DS is answered (RFC 4035 §3.1.4.1); nil when there is none.
  var parent: ApexIndex?
}

/// A name inside a record set whose addresses are worth adding.
struct Additional: Sendable {
  /// The offset of the name in octets, from the start of the set.
  var nameOffset: UInt16
  var owner: OwnerID
  /// Glue without which the referral cannot be followed: it fits, or TC is set (RFC 9471 §2.1).
  var isMandatory: Bool
}
