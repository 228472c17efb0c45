// Enters what a directive declares under its name, if the name is free.
//
// A declaration with an error is entered all the same, so that its uses are not called unknown.

import DNS
import Model

extension Reader {
  /// Reads the entry at hand by itself; what is wrong with it is reported.
  mutating func read<Value>(_ body: (inout EntryReader) throws(Problem) -> Value) throws(Problem) -> Value {
    var reader = EntryReader(entry, origin: scope.origin, path: log.sources[Int(entry.tokens[0].range.file)].path)
    defer { for problem in reader.problems { report(problem) } }
    return try body(&reader)
  }

  // MARK: Nodes, checks, pools

  mutating func declare(_ node: NodeDraft) {
    guard isNew(node.name, "node", earlier: earlierNode(node.name)) else { return }
    checkOtherKind(node.name, "node", "pool", earlier: earlierPool(node.name))
    draft.declarations.add(node)
  }

  mutating func declare(_ check: CheckDraft) {
    if check.name.name == "none" {
      report(
        Problem(
          at: check.name.range, "a check cannot be named \"none\"", why: "check=none means that nothing is checked",
          fix: "choose another name"))
      return
    }
    let earlier = draft.declarations.check(named: check.name.name).map { draft.declarations.checks[$0].name }
    guard isNew(check.name, "check", earlier: earlier) else { return }
    draft.declarations.add(check)
  }

  mutating func declare(_ pool: PoolDraft) {
    guard isNew(pool.name, "pool", earlier: earlierPool(pool.name)) else { return }
    checkOtherKind(pool.name, "pool", "node", earlier: earlierNode(pool.name))
    draft.declarations.add(pool)
  }

  private func earlierNode(_ use: NameUse) -> NameUse? {
    draft.declarations.node(named: use.name).map { draft.declarations.nodes[$0].name }
  }

  private func earlierPool(_ use: NameUse) -> NameUse? {
    draft.declarations.pool(named: use.name).map { draft.declarations.pools[$0].name }
  }

  private mutating func isNew(_ use: NameUse, _ subject: String, earlier: NameUse?) -> Bool {
    guard let earlier else { return true }
    report(
      Problem(
        at: use.range, "the \(subject) \"\(use.name)\" is defined twice",
        why: "its first definition is at \(log.position(of: earlier.range))", fix: "remove or rename one of them"))
    return false
  }

  /// A node and a pool of one name could be distinguished in a ROTATE, but not by an operator.
  private mutating func checkOtherKind(_ use: NameUse, _ subject: String, _ other: String, earlier: NameUse?) {
    guard let earlier else { return }
    report(
      Problem(
        at: use.range, "the \(subject) \"\(use.name)\" has the name of a \(other)",
        why: "the \(other) is defined at \(log.position(of: earlier.range))", fix: "rename one of them"))
  }

  mutating func declarePool() throws(Problem) {
    var (pool, gates) = try read { (reader) throws(Problem) in try reader.pool() }
    pool.gates = gates ?? withoutGates("the pool \"\(pool.name.name)\"", at: pool.name.range)
    declare(pool)
  }

  /// Reports that `check=` is missing; but one that was refused for itself is not missing as well.
  mutating func withoutGates(_ subject: String, at range: SourceRange) -> Gates {
    let isWritten = entry.tokens.contains { printable(entry.text($0)).lowercased().hasPrefix("check=") }
    let namesCheck = entry.tokens.contains { draft.declarations.check(named: printable(entry.text($0))) != nil }
    if !isWritten, !namesCheck {
      report(
        Problem(
          at: range, "\(subject) has no check=",
          why: "there is no default: a node that is not tested stays in the answers when it is down",
          fix: "add check= with the name of a $CHECK, or check=none if that is meant"))
    }
    return .none
  }

  // MARK: $AUTHORITY

  /// One for all zones begun by `$ZONE`, wherever it is written.
  mutating func declareAuthority(_ first: Token) throws(Problem) {
    if let earlier = draft.declarations.authority {
      throw Problem(
        at: first.range, "$AUTHORITY is given twice",
        why: "all $ZONE zones share the one at \(log.position(of: earlier.range))",
        fix: "remove one; a zone with other name servers gets its own SOA and NS records")
    }
    draft.declarations.authority = try read { (reader) throws(Problem) in reader.authority() }
  }

  // MARK: $SITE, $ECS, $REFERENCE

  mutating func declareSite() throws(Problem) {
    var site = SiteDraft(name: try read { (reader) throws(Problem) in try reader.firstName(of: "$SITE", "site") })
    if let earlier = draft.declarations.site(named: site.name.name).map({ draft.declarations.sites[$0] }) {
      throw Problem(
        at: site.name.range, "the site \"\(site.name.name)\" is defined twice",
        why: "its first definition is at \(log.position(of: earlier.name.range))",
        fix: "put its networks together in one place")
    }
    let name = site.name
    var own: [AddressPrefix: SourceRange] = [:]
    for use in try read({ (reader) throws(Problem) in reader.networks(of: name) }) {
      let earlier = own[use.prefix].map { (site: name.name, range: $0) } ?? draft.declarations.site(of: use.prefix)
      if let earlier {
        report(
          Problem(
            at: use.range, "this network belongs to the site \"\(earlier.site)\" already",
            why: "it is listed at \(log.position(of: earlier.range))", fix: "remove one of them"))
      } else {
        own[use.prefix] = use.range
        site.prefixes.append(use)
      }
    }
    draft.declarations.add(site)
  }

  mutating func declareSubnetSources() throws(Problem) {
    for use in try read({ (reader) throws(Problem) in reader.subnetSources() }) {
      if let same = draft.declarations.subnetSource(use.prefix) {
        report(
          Problem(
            at: use.range, "this network is believed already", why: "it is listed at \(log.position(of: same))",
            fix: "remove one of them"))
      } else {
        draft.declarations.addSubnetSource(use)
      }
    }
  }

  mutating func declareReferences() throws(Problem) {
    for reference in try read({ (reader) throws(Problem) in try reader.references() }) {
      if let earlier = draft.declarations.reference(to: reference.address) {
        report(
          Problem(
            at: reference.range, "\(reference.address) is a reference already",
            why: "it is named at \(log.position(of: earlier))", fix: "remove one of them"))
      } else {
        draft.declarations.add(reference)
      }
    }
  }
}
