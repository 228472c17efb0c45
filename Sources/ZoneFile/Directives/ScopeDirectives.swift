// `$ORIGIN`, `$TTL`, `$INCLUDE`, `$ZONE`: what changes how the entries below are read. The other directives declare
// something and are read by EntryReader.

import DNS
import Model

extension Reader {
  private static let directives = [
    "$ORIGIN", "$TTL", "$INCLUDE", "$ZONE", "$AUTHORITY", "$NODE", "$CHECK", "$POOL",
    "$SITE", "$ECS", "$REFERENCE",
  ]

  mutating func readDirective(_ first: Token) throws(Problem) -> Include? {
    let word = printable(entry.text(first)).uppercased()
    switch word {
    case "$ORIGIN": try readOrigin()
    case "$TTL": try readDefaultTTL()
    case "$INCLUDE": return try readInclude()
    case "$ZONE": try readZone(first)
    case "$AUTHORITY": try declareAuthority(first)
    case "$NODE": declare(try read { (reader) throws(Problem) in try reader.node() })
    case "$CHECK": declare(try read { (reader) throws(Problem) in try reader.check() })
    case "$POOL": try declarePool()
    case "$SITE": try declareSite()
    case "$ECS": try declareSubnetSources()
    case "$REFERENCE": try declareReferences()
    default: throw unknownDirective(first, word)
    }
    return nil
  }

  private func unknownDirective(_ first: Token, _ word: String) -> Problem {
    if word == "$GENERATE" {
      return Problem(
        at: first.range, "Rondo does not have $GENERATE", why: "it is an extension of BIND",
        fix: "write the records out one by one")
    }
    return Problem(
      at: first.range, "there is no directive \(word)",
      why: suggestion(for: word, among: Reader.directives),
      fix: "an owner name that begins with \"$\" is written \\$")
  }

  /// `$ORIGIN name`: what completes the relative names below.
  private mutating func readOrigin() throws(Problem) {
    var fields = FieldReader(entry, from: 1, origin: scope.origin, subject: "$ORIGIN")
    let origin = try fields.name("the origin")
    try fields.finish()
    reportWarnings(of: fields)
    scope.origin = origin
  }

  /// `$TTL time`: the TTL of records below that state none (RFC 2308 §4).
  private mutating func readDefaultTTL() throws(Problem) {
    // After a broken $TTL the records below are not to be reported as having none.
    if scope.defaultTTL == nil { scope.defaultTTL = 3600 }
    var fields = FieldReader(entry, from: 1, origin: nil, subject: "$TTL")
    let ttl = try fields.seconds("the TTL")
    try fields.finish()
    scope.defaultTTL = ttl
  }

  /// `$INCLUDE path [origin]` (RFC 1035 §5.1).
  private mutating func readInclude() throws(Problem) -> Include {
    var fields = FieldReader(entry, from: 1, origin: scope.origin, subject: "$INCLUDE")
    let token = try fields.next("the path")
    let path = try entry.string(token, limit: 4096)
    guard !path.isEmpty, !path.contains(0) else {
      throw Problem(at: token.range, "the path is empty or holds a zero octet", fix: "write the path of a file")
    }
    var include = Include(path: String(decoding: path, as: UTF8.self), range: token.range, origin: nil)
    if !fields.isAtEnd { include.origin = try fields.name("the origin of the included file") }
    try fields.finish()
    reportWarnings(of: fields)
    return include
  }

  /// `$ZONE name`: begins a zone whose SOA and NS come from `$AUTHORITY`; sets the origin to its apex.
  private mutating func readZone(_ first: Token) throws(Problem) {
    var fields = FieldReader(entry, from: 1, origin: scope.origin, subject: "$ZONE")
    do throws(Problem) {
      let apex = try fields.name("the zone's name")
      try fields.finish()
      reportWarnings(of: fields)
      scope.origin = apex
      try openZone(
        ZoneDraft(
          apex: apex, origin: .zoneDirective, range: first.range, minimumRange: first.range,
          directiveTTL: scope.defaultTTL ?? 3600),
        named: fields.last)
    } catch {
      openUnusableZone()
      throw error
    }
  }

  /// Adds a zone and makes it the open one.
  ///
  /// - Parameter named: where the apex is written.
  mutating func openZone(_ zone: ZoneDraft, named: SourceRange) throws(Problem) {
    guard let apex = zone.apex else { return }
    if let first = draft.zones.zone(at: apex) {
      let place = log.position(of: draft.zones.list[first].range)
      if zone.origin == .soaRecord, scope.zone == first {
        throw Problem(
          at: named, "the zone \"\(apex)\" has a second SOA",
          why: draft.zones.list[first].origin == .zoneDirective
            ? "$ZONE at \(place) gave it one already" : "its first is at \(place)",
          fix: "remove one of the two")
      }
      throw Problem(
        at: named, "the zone \"\(apex)\" is begun twice", why: "it begins at \(place) already",
        fix: "put its records together in one place")
    }
    var zone = zone
    // Part of its names are guesses.
    if draft.zones.filesWithoutOrigin.contains(zone.range.file) { zone.isIncomplete = true }
    draft.zones.append(zone, at: apex)
    scope.open(zone: draft.zones.list.count - 1, apex: apex)
  }

  mutating func reportWarnings(of fields: FieldReader) {
    for warning in fields.warnings { report(warning) }
  }
}
