// The first stage, text → draft: what the files say, entry by entry, before any name is looked up.
//
//   octets ─EntryScanner─▶ Entry ─┬─ $NODE … ─EntryReader─▶ declarations ─┐
//                                 ├─ records ─FieldReader─▶ zones         ├─▶ Draft
//                                 └─ $ORIGIN … ───────────▶ scope         ┘
//
// Directives and records are in the folders named after them, the opening of files in FileReading.swift.

import DNS

struct Reader {
  let log: DiagnosticLog
  var draft = Draft()
  var scope = Scope()
  /// The entry at hand.
  var entry = Entry()
  var octetsRead = 0
  /// Of the octets of all files, one after the other.
  var fingerprint: UInt64 = 0
  /// An entry before all zones could not be read: it may have been of any of them.
  private var isIncomplete = false

  init(_ log: DiagnosticLog) { self.log = log }

  /// Ends the reading.
  consuming func finish() -> Draft {
    if isIncomplete {
      for zone in draft.zones.list.indices { draft.zones.list[zone].isIncomplete = true }
    }
    return draft
  }

  mutating func report(_ problem: Problem) {
    if problem.group == .forgottenDot, draft.zones.forgottenDots.count < DiagnosticLog.mostErrors {
      draft.zones.forgottenDots.insert(problem.range)
    }
    if let group = problem.group { log.report(group) { problem } } else { log.report(problem) }
    if problem.severity == .error { markZoneIncomplete() }
  }

  /// What seems to be missing from the open zone may be in what could not be read; before all zones, from any of them.
  mutating func markZoneIncomplete() {
    guard let zone = scope.zone else {
      isIncomplete = true
      return
    }
    draft.zones.list[zone].isIncomplete = true
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
      try checkCharacters()
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
      // Reported once; what follows is read as though the root were the origin.
      if error.group == .withoutOrigin, scope.origin == nil {
        scope.origin = .root
        draft.zones.filesWithoutOrigin.insert(error.range.file)
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
  /// what follows is then not to be reported because it is absent.
  private mutating func passBrokenEntry(_ first: Token) {
    markZoneIncomplete()
    if entry.tokens.contains(where: { entry.isKeyword($0, "SOA") || entry.isKeyword($0, "$ZONE") }) {
      openUnusableZone()
    }
    if entry.isKeyword(first, "$AUTHORITY"), draft.declarations.authority == nil {
      draft.declarations.authority = AuthorityDraft(range: first.range)
    }
    let second = entry.tokens.dropFirst().first
    guard let second, let name = try? read({ (reader) throws(Problem) in try reader.declaredName(second, of: "node") })
    else { return }
    if entry.isKeyword(first, "$NODE") { declare(NodeDraft(name: name)) }
    if entry.isKeyword(first, "$CHECK") { declare(CheckDraft(name: name)) }
    if entry.isKeyword(first, "$POOL") { declare(PoolDraft(name: name)) }
  }

  /// A zone whose records are read for their errors only, because its beginning is wrong.
  mutating func openUnusableZone() {
    let range = entry.tokens[0].range
    draft.zones.list.append(
      ZoneDraft(apex: nil, origin: .soaRecord, range: range, minimumRange: range, isIncomplete: true))
    scope.open(zone: draft.zones.list.count - 1, apex: scope.owner ?? scope.origin)
  }
}
