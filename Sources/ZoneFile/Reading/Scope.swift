// What carries over from one entry of a file to the next.

import DNS

/// What a file says about the entries that follow in it.
struct Scope {
  var origin: DomainName?
  /// `$TTL`, in seconds (RFC 2308 §4).
  var defaultTTL: UInt32?
  /// The TTL written last in the open zone: counts where there is no `$TTL` (RFC 1035 §5.1).
  var statedTTL: UInt32?
  /// The owner of the entry before.
  var owner: DomainName?
  /// Index into `ZoneDrafts.list`.
  var zone: Int?

  /// At the end of an included file origin and owner are what they were (RFC 1035 §5.1). Its `$TTL` and its
  /// zone stay, so that the head of a zone, SOA and NS, can be kept in a file of its own.
  mutating func leaveInclude(origin: DomainName?, owner: DomainName?) {
    self.origin = origin
    self.owner = owner
  }

  /// A zone does not depend on what is above it, `$TTL` and `$ORIGIN` apart.
  mutating func open(zone: Int, apex: DomainName?) {
    self.zone = zone
    statedTTL = nil
    if let apex { owner = apex }
  }
}

/// An `$INCLUDE`, to be followed by what loads files.
struct Include {
  var path: String
  var range: SourceRange
  var origin: DomainName?
}
