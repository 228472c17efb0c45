// What reading has come to: the scope at this place of the file, the draft so far, the messages.
//
// Directives and records are read by the extensions in the files named after them.

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
  /// Index into `Draft.zones`.
  var zone: Int?

  /// At the end of an included file origin and owner are what they were (RFC 1035 §5.1). Its `$TTL` and its
  /// zone stay, so that the head of a zone, SOA and NS, can be kept in a file of its own.
  mutating func leaveInclude(origin: DomainName?, owner: DomainName?) {
    self.origin = origin
    self.owner = owner
  }

  /// A zone does not depend on what stood above it, `$TTL` and `$ORIGIN` apart.
  mutating func open(zone: Int, apex: DomainName?) {
    self.zone = zone
    statedTTL = nil
    if let apex { owner = apex }
  }
}

/// An `$INCLUDE`, to be followed by the one who can load files.
struct Include {
  var path: String
  var range: SourceRange
  var origin: DomainName?
}

struct ConfigurationReader {
  var log = DiagnosticLog()
  var draft = Draft()
  var scope = Scope()
  /// The entry at hand.
  var entry = Entry()
  var octetsRead = 0
  /// Of the octets of all files, one after the other.
  var fingerprint: UInt64 = 0

  mutating func report(_ problem: Problem) {
    if problem.group == .forgottenDot, draft.forgottenDots.count < DiagnosticLog.mostErrors {
      draft.forgottenDots.insert(problem.range)
    }
    if let group = problem.group { log.report(group) { problem } } else { log.report(problem) }
    if problem.severity == .error { markZoneIncomplete() }
  }

  /// What seems to be missing from the open zone may be in what could not be read; before all zones, from any of them.
  mutating func markZoneIncomplete() {
    guard let zone = scope.zone, draft.zones.indices.contains(zone) else {
      draft.isIncomplete = true
      return
    }
    draft.zones[zone].isIncomplete = true
  }

  /// Reads the entry at hand; what is wrong ends this entry and no other.
  mutating func readEntry() -> Include? {
    guard let first = entry.tokens.first else {
      if entry.isBroken { markZoneIncomplete() }
      return nil
    }
    if !entry.isBroken, let quote = entry.innerQuote, !takesQuotedValues {
      report(.innerQuote(at: quote))
      entry.isBroken = true
    }
    guard !entry.isBroken else {
      passBrokenEntry(first)
      return nil
    }
    do throws(Problem) {
      try checkSigns()
    } catch {
      report(error)
      passBrokenEntry(first)
      return nil
    }
    do throws(Problem) {
      if !first.isQuoted, entry.text(first).first == UInt8(ascii: "$") { return try readDirective(first) }
      try readRecord()
    } catch {
      report(error)
      // Said once; what follows is read as though the root were the origin.
      if error.group == .withoutOrigin, scope.origin == nil {
        scope.origin = .root
        draft.filesWithoutOrigin.insert(error.range.file)
        return readEntry()
      }
    }
    return nil
  }

  /// Whether the entry is a record with parameters, the only place for `key="value"` (RFC 9460 §2.1).
  private var takesQuotedValues: Bool {
    entry.tokens.prefix(4).contains { token in
      ["SVCB", "HTTPS", "TYPE64", "TYPE65"].contains { entry.isKeyword(token, $0) }
    }
  }

  /// An entry that could not even be cut into words may still have begun a zone or named a node:
  /// what follows is then not to be blamed for its absence.
  private mutating func passBrokenEntry(_ first: Token) {
    markZoneIncomplete()
    if entry.tokens.contains(where: { entry.isKeyword($0, "SOA") || entry.isKeyword($0, "$ZONE") }) {
      openUnusableZone()
    }
    if entry.isKeyword(first, "$AUTHORITY"), draft.authority == nil {
      draft.authority = AuthorityDraft(range: first.range)
    }
    guard entry.tokens.count > 1, let name = try? declaredName(entry.tokens[1], of: "node") else { return }
    if entry.isKeyword(first, "$NODE") { declare(NodeDraft(name: name)) }
    if entry.isKeyword(first, "$CHECK") { declare(CheckDraft(name: name)) }
    if entry.isKeyword(first, "$POOL") { declare(PoolDraft(name: name)) }
  }

  /// A zone whose records are read for their errors only, because its beginning is wrong.
  mutating func openUnusableZone() {
    let range = entry.tokens.first?.range ?? .wholeFile(0)
    draft.zones.append(
      ZoneDraft(apex: nil, origin: .soaRecord, range: range, minimumRange: range, isIncomplete: true))
    scope.open(zone: draft.zones.count - 1, apex: scope.owner ?? scope.origin)
  }
}
