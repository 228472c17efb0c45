// `$AUTHORITY server… contact=mailbox`: what zones begun by `$ZONE` have in common.

import DNS

extension EntryReader {
  /// As many as the root has, and more than a zone needs.
  private static let mostNameServers = 13

  mutating func authority() -> AuthorityDraft {
    let first = entry.tokens[0]
    let arguments = arguments(from: 1, of: "$AUTHORITY", known: ["contact"])
    var authority = AuthorityDraft(range: first.range)
    authority.servers = nameServers(arguments.words)
    if let contact = arguments.options.first {
      do throws(Problem) {
        let (name, warning) = try entry.mailbox(contact.token, origin: origin)
        if let warning { report(warning) }
        authority.contact = name
      } catch {
        report(error)
        return authority
      }
    } else if !entry.tokens.contains(where: { printable(entry.text($0)).lowercased().hasPrefix("contact=") }) {
      report(
        Problem(
          at: first.range, "$AUTHORITY has no contact=", why: "every zone names the mailbox of its keeper in the SOA",
          fix: "add for example contact=hostmaster.kreis.example. for hostmaster@kreis.example"))
    }
    if arguments.words.isEmpty {
      report(
        Problem(
          at: first.range, "$AUTHORITY names no name server", why: "every zone needs at least one, better two",
          fix: "write the names of the hosts that run Rondo, for example ns1.kreis.example. ns2.kreis.example."))
    }
    return authority
  }

  private mutating func nameServers(_ words: [Token]) -> [(name: DomainName, range: SourceRange)] {
    var servers: [(name: DomainName, range: SourceRange)] = []
    for (count, token) in words.enumerated() {
      guard count < EntryReader.mostNameServers else {
        report(
          Problem(
            at: token.range, "$AUTHORITY names more than \(EntryReader.mostNameServers) name servers",
            why: "each zone repeats all of them", fix: "remove some"))
        return servers
      }
      do throws(Problem) {
        let name = try nameServer(token)
        if servers.contains(where: { $0.name == name }) {
          report(Problem(.warning, at: token.range, "the name server \"\(name)\" is named twice", fix: "remove one"))
        } else {
          servers.append((name, token.range))
        }
      } catch {
        report(error)
      }
    }
    return servers
  }

  private mutating func nameServer(_ token: Token) throws(Problem) -> DomainName {
    var alone = entry
    alone.tokens = [token]
    var fields = FieldReader(alone, from: 0, origin: origin, subject: "$AUTHORITY")
    let name = try fields.name("the name server")
    for warning in fields.warnings { report(warning) }
    return name
  }
}
