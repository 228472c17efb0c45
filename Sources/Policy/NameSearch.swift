// Where a name leads in the zones as they are written, step by step (RFC 1034 §4.3.2): what `rondo explain` tells.
//
// Responder finds the same on compiled tables, a thousand times faster and without a word; the tests hold the two
// together.

package import DNS
package import Model
package import ZoneFile

/// One step of the search for a name and a type.
package enum NameFinding {
  /// No zone is at or above the name.
  case outsideZones
  /// From `at` on the names are other servers' (RFC 1034 §4.2.1).
  case delegated(Zone, at: DomainName)
  /// A DNAME at `at` renames all names below it; nil where the new name would be too long (RFC 6672 §2.2).
  case renamed(Zone, at: DomainName, to: DomainName?)
  /// The name is an alias; the search goes on with the target.
  case alias(Zone, Origin, to: DomainName)
  case records(Zone, Origin, [Record])
  case rotation(Zone, Origin, RotationRecord)
  /// The name exists, with nothing of the type.
  case noData(Zone, Origin)
  /// Nothing stands at the name, but below it there are names (RFC 8020).
  case emptyNonTerminal(Zone)
  /// The name does not exist; the closest name above it that does.
  case noName(Zone, below: DomainName)

  package enum Origin {
    case written(SourceLocation)
    /// A `*` record speaks for the name (RFC 4592).
    case wildcard(DomainName, SourceLocation)
  }
}

extension Configuration {
  /// What answers a question for `name` and `type`.
  package func find(_ name: DomainName, _ type: RecordType) -> NameFinding {
    guard let zone = zone(of: name, type) else { return .outsideZones }
    if let finding = zone.interruption(above: name, type) { return finding }
    if let found = zone.entries(at: name, type, as: NameFinding.Origin.written) { return found }
    let encloser = zone.closestEncloser(of: name)
    if encloser == name { return .emptyNonTerminal(zone) }
    if let wildcard = encloser.prepending([UInt8(ascii: "*")]),
      let found = zone.entries(at: wildcard, type, as: { .wildcard(wildcard, $0) })
    {
      return found
    }
    return .noName(zone, below: encloser)
  }

  /// The zone with the longest apex; for DS at an apex the zone above, if it is ours too (RFC 4035 §3.1.4.1).
  private func zone(of name: DomainName, _ type: RecordType) -> Zone? {
    let above = zones.filter { name.isAtOrBelow($0.apex) }.sorted { $0.apex.labelCount > $1.apex.labelCount }
    guard type == .ds, let first = above.first, first.apex == name, above.count > 1 else { return above.first }
    return above[1]
  }
}

extension Zone {
  /// The topmost cut or DNAME between the apex and the name.
  fileprivate func interruption(above name: DomainName, _ type: RecordType) -> NameFinding? {
    let candidates = records.indices.filter { records.type(at: $0) == .ns || records.type(at: $0) == .dname }
      .map { records[$0] }.filter {
        name.isAtOrBelow($0.owner)
          && !($0.type == .ns && ($0.owner == apex || (type == .ds && $0.owner == name)))
          && !($0.type == .dname && $0.owner == name)
      }
    guard let first = candidates.min(by: { $0.owner.labelCount < $1.owner.labelCount }) else { return nil }
    if first.type == .ns { return .delegated(self, at: first.owner) }
    guard let target = first.data.name(0) else { return nil }
    let kept = name.labels.dropLast(first.owner.labelCount) + target.labels
    return .renamed(self, at: first.owner, to: DomainName(labels: kept.map { Array($0) }))
  }

  /// What stands at an owner name; nil where nothing does.
  fileprivate func entries(
    at owner: DomainName, _ type: RecordType, as origin: (SourceLocation) -> NameFinding.Origin
  ) -> NameFinding? {
    let number = records.owners.find(owner)
    let here = records.indices.filter { records.owner(at: $0) == number }.map { records[$0] }
    let rotation = rotations.first { $0.owner == owner }
    if let alias = here.first(where: { $0.type == .cname }), type != .cname, let target = alias.data.name(0) {
      return .alias(self, origin(alias.location), to: target)
    }
    if let rotation, type == .a || type == .aaaa { return .rotation(self, origin(rotation.location), rotation) }
    let wanted = here.filter { $0.type == type }
    if let first = wanted.first { return .records(self, origin(first.location), wanted) }
    if owner == apex { return .noData(self, origin(location)) }
    return (here.first?.location ?? rotation?.location).map { .noData(self, origin($0)) }
  }

  /// The longest part of the name that exists, empty non-terminals included (RFC 4592 §3.3.1).
  fileprivate func closestEncloser(of name: DomainName) -> DomainName {
    let wanted = name.labels.reversed().map { $0.map(lowercased) }
    var longest = apex.labelCount
    for owner in (0..<records.owners.count).map(records.owners.name) + rotations.map(\.owner) {
      let shared = zip(owner.labels.reversed(), wanted).prefix { $0.map(lowercased) == $1 }.count
      longest = max(longest, shared)
    }
    var encloser = name
    while encloser.labelCount > longest, let parent = encloser.parent { encloser = parent }
    return encloser
  }
}
