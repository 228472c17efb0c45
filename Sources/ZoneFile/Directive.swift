// `$ORIGIN`, `$TTL`, `$INCLUDE`, `$ZONE`, `$AUTHORITY`; the other directives are passed on to Declaration.swift.

import DNS
import Model

extension ConfigurationReader {
  private static let directives = [
    "$ORIGIN", "$TTL", "$INCLUDE", "$ZONE", "$AUTHORITY", "$NODE", "$CHECK", "$POOL",
    "$SITE", "$ECS", "$REFERENCE",
  ]

  /// As many as the root has, and more than anybody needs.
  private static let nameServerLimit = 13

  mutating func readDirective(_ first: Token) throws(Problem) -> Include? {
    let word = printable(entry.text(first)).uppercased()
    switch word {
    case "$ORIGIN": try readOrigin()
    case "$TTL": try readDefaultTTL()
    case "$INCLUDE": return try readInclude()
    case "$ZONE": try readZone(first)
    case "$AUTHORITY": try readAuthority(first)
    case "$NODE": try readNode()
    case "$CHECK": try readCheck()
    case "$POOL": try readPool()
    case "$SITE": try readSite()
    case "$ECS": try readSubnetSources(first)
    case "$REFERENCE": try readReference(first)
    default: throw unknownDirective(first, word)
    }
    return nil
  }

  private func unknownDirective(_ first: Token, _ word: String) -> Problem {
    if word == "$GENERATE" {
      return Problem(
        at: first.range, "Rondo does not have $GENERATE", why: "it is an extension of BIND",
        mend: "write the records out one by one")
    }
    return Problem(
      at: first.range, "there is no directive \(word)",
      why: suggestion(for: word, among: ConfigurationReader.directives),
      mend: "an owner name that begins with \"$\" is written \\$")
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
    // After a broken $TTL the records below shall not be said to have none.
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
    let path = try readString(token, entry, limit: 4096)
    guard !path.isEmpty, !path.contains(0) else {
      throw Problem(at: token.range, "the path is empty or holds a zero octet", mend: "write the path of a file")
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
    if let first = draft.zone(at: apex) {
      let place = log.place(of: draft.zones[first].range)
      if zone.origin == .soaRecord, scope.zone == first {
        throw Problem(
          at: named, "the zone \"\(apex)\" has a second SOA",
          why: draft.zones[first].origin == .zoneDirective
            ? "$ZONE at \(place) gave it one already" : "its first is at \(place)",
          mend: "remove one of the two")
      }
      throw Problem(
        at: named, "the zone \"\(apex)\" is begun twice", why: "it begins at \(place) already",
        mend: "put its records together in one place")
    }
    var zone = zone
    // Its names are made up in part.
    if draft.filesWithoutOrigin.contains(zone.range.file) { zone.isIncomplete = true }
    draft.append(zone, at: apex)
    scope.open(zone: draft.zones.count - 1, apex: apex)
  }

  /// `$AUTHORITY server… contact=mailbox`: one for all zones begun by `$ZONE`, wherever it stands.
  private mutating func readAuthority(_ first: Token) throws(Problem) {
    if let earlier = draft.authority {
      throw Problem(
        at: first.range, "$AUTHORITY is given twice",
        why: "all $ZONE zones share the one at \(log.place(of: earlier.range))",
        mend: "remove one; a zone with other name servers gets its own SOA and NS records")
    }
    var authority = AuthorityDraft(range: first.range)
    defer { draft.authority = authority }
    let arguments = arguments(from: 1, of: "$AUTHORITY", known: ["contact"], later: [:])
    for (count, token) in arguments.words.enumerated() {
      guard count < ConfigurationReader.nameServerLimit else {
        throw Problem(
          at: token.range, "$AUTHORITY names more than \(ConfigurationReader.nameServerLimit) name servers",
          why: "each zone repeats all of them", mend: "remove some")
      }
      var fields = FieldReader(one(token), from: 0, origin: scope.origin, subject: "$AUTHORITY")
      do throws(Problem) {
        let name = try fields.name("the name server")
        reportWarnings(of: fields)
        if authority.servers.contains(where: { $0.name == name }) {
          report(Problem(.warning, at: token.range, "the name server \"\(name)\" is named twice", mend: "remove one"))
        } else {
          authority.servers.append((name, token.range))
        }
      } catch {
        report(error)
      }
    }
    if let contact = arguments.options.first {
      let token = Token(range: contact.valueRange, isQuoted: false)
      let (name, warning) = try readMailbox(token, entry, origin: scope.origin)
      if let warning { report(warning) }
      authority.contact = name
    } else if !entry.tokens.contains(where: { printable(entry.text($0)).lowercased().hasPrefix("contact=") }) {
      report(
        Problem(
          at: first.range, "$AUTHORITY has no contact=", why: "every zone names the mailbox of its keeper in the SOA",
          mend: "add for example contact=hostmaster.kreis.example. for hostmaster@kreis.example"))
    }
    guard !arguments.words.isEmpty else {
      throw Problem(
        at: first.range, "$AUTHORITY names no name server", why: "every zone needs at least one, better two",
        mend: "write the names of the hosts that run Rondo, for example ns1.kreis.example. ns2.kreis.example.")
    }
  }

  /// An entry of one word, for reading the positional words of a directive one by one.
  private func one(_ token: Token) -> Entry {
    var single = entry
    single.tokens = [token]
    return single
  }

  mutating func reportWarnings(of fields: FieldReader) {
    for warning in fields.warnings { report(warning) }
  }
}

/// A mailbox as SOA writes it: the first dot stands for the "@" (RFC 1035 §8).
func readMailbox(_ token: Token, _ entry: Entry, origin: DomainName?) throws(Problem) -> (
  name: DomainName, warning: Problem?
) {
  let text = entry.text(token)
  if text.count > 1, let at = text.firstIndex(of: UInt8(ascii: "@")) {
    let local = printable(text[..<at]).split(separator: ".", omittingEmptySubsequences: false).joined(separator: "\\.")
    throw Problem(
      at: token.range, "the contact is written with \"@\"", why: "in DNS its place is taken by a dot",
      mend: "write \(local).\(printable(text[(at + 1)...])).")
  }
  return try readName(token, entry, origin: origin, field: "the contact")
}
