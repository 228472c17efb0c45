// The zone config file that `rondo init` writes: from names, nodes and a profile or checks to commented text.
//
//   StarterFile ─text─▶ zone config text ─readConfiguration─▶ fine, or the mistakes in what was asked for

package import DNS

/// What a first zone config file is made of. Its text is not known to be free of mistakes: read it before it is kept.
package struct StarterFile: Hashable, Sendable {
  /// A mail server.
  package struct Node: Hashable, Sendable {
    package var name: String
    package var addresses: [IPAddress]
    package var site: String?

    package init(name: String, addresses: [IPAddress], site: String? = nil) {
      self.name = name
      self.addresses = addresses
      self.site = site
    }
  }

  /// What decides about the nodes.
  package enum Checking: Hashable, Sendable {
    case profile(MailProfile)
    /// Forms with their options, such as `https:443/owa/healthcheck.htm verify=none`; a node must pass all of them.
    case forms([String])
  }

  /// The most names, nodes and checks, each, and the most octets of a check.
  package static let most = 64
  package static let longestCheck = 1_024

  /// The names that clients use, at least one.
  package var names: [DomainName]
  /// At least one.
  package var nodes: [Node]
  package var checking: Checking
  /// The names of the hosts that run Rondo.
  package var servers: [DomainName]

  /// - Parameter servers: if there are none, `ns1` and `ns2` beside the first name.
  package init(names: [DomainName], nodes: [Node], checking: Checking, servers: [DomainName] = []) {
    self.names = names
    self.nodes = nodes
    self.checking = checking
    let domain = StarterFile.domain(of: names)
    self.servers =
      servers.isEmpty ? ["ns1", "ns2"].compactMap { domain.prepending(Array($0.utf8)) } : servers
  }

  /// What the names of the file have in common: the parent of the first.
  private static func domain(of names: [DomainName]) -> DomainName { names.first?.parent ?? .root }

  private var domain: DomainName { StarterFile.domain(of: names) }
}

// MARK: What is in it

extension StarterFile {
  private var content: StarterContent {
    switch checking {
    case .profile(let profile): profile.content
    case .forms(let forms): StarterContent(forms: forms)
    }
  }

  /// The services that are written to be used, with their names; each name once, where it comes first.
  private var services: [(service: StarterService, names: [DomainName])] {
    var given: Set<DomainName> = []
    var services: [(StarterService, [DomainName])] = []
    for (number, service) in content.services.filter({ !$0.isOptional }).enumerated() {
      let labels = service.labels.compactMap { domain.prepending(Array($0.utf8)) }
      let names = ((number == 0 ? self.names : []) + labels).filter { given.insert($0).inserted }
      if !names.isEmpty { services.append((service, names)) }
    }
    return services
  }

  /// All names that the file answers, in its order.
  package var answeredNames: [DomainName] { services.flatMap(\.names) }

  /// The pools, in the file's order.
  package var pools: [String] { services.map { pool(of: $0.service) } }

  /// A node and a pool cannot have the same name.
  private func pool(of service: StarterService) -> String {
    var name = service.pool
    while nodes.contains(where: { $0.name == name }) { name += "-pool" }
    return name
  }
}

// MARK: Its text

extension StarterFile {
  package var text: String {
    let services = services
    let used = Set(services.flatMap { $0.service.checks })
    var parts = [head, authority, nodeLines]
    parts.append(content.remarks + checkLines(content.checks.filter { used.contains($0.name) }))
    let width = services.map { pool(of: $0.service).utf8.count }.max() ?? 0
    parts.append(StarterFile.poolRemarks + services.map { poolLine($0.service, width) })
    parts.append(StarterFile.nameRemarks)
    for (service, names) in services {
      parts += names.map { zoneLines($0, service) }
    }
    let answered = Set(answeredNames)
    for service in content.services where service.isOptional {
      let labels = service.labels.compactMap { domain.prepending(Array($0.utf8)) }.filter { !answered.contains($0) }
      if let name = labels.first { parts.append(optionalLines(service, name, besides: used)) }
    }
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private var head: [String] {
    var lines = [
      "; The names of a mail service, for Rondo. Written by rondo init\(profileName).",
      "; Edit it as you like. After each change:",
      ";",
      ";     rondo check FILE     finds mistakes",
      ";     rondo reload         makes the running daemon use it",
      ";",
      "; Each name below is a zone of its own. The zone above it stays where it is. There, remove the old records of the name",
      "; and delegate it to the hosts that run Rondo:",
      ";",
    ]
    lines += servers.map { ";     \($0)  A   the address of that host" }
    for name in answeredNames {
      lines += servers.map { ";     \(name)  NS  \($0)" }
    }
    return lines
  }

  private var profileName: String {
    if case .profile(let profile) = checking { " --profile \(profile.rawValue)" } else { "" }
  }

  private var authority: [String] {
    let contact = domain.prepending(Array("hostmaster".utf8)) ?? domain
    return [
      "$TTL 1h", "",
      "; The hosts that run Rondo, and the mailbox of whoever is in charge, with a dot in place of the @.",
      "$AUTHORITY  \(servers.map(\.description).joined(separator: " "))  contact=\(contact)",
    ]
  }

  private var nodeLines: [String] {
    let width = nodes.map(\.name.utf8.count).max() ?? 0
    return [
      "; The mail servers: at most one address of each family. Write an IPv6 address only if clients and the hosts that run",
      "; Rondo can reach it.",
    ]
      + nodes.map { node in
        let addresses = node.addresses.map(\.description).joined(separator: "  ")
        return "$NODE   \(padded(node.name, width))  \(addresses)" + (node.site.map { "  site=\($0)" } ?? "")
      }
  }

  private func checkLines(_ checks: [StarterCheck]) -> [String] {
    let width = checks.map(\.name.utf8.count).max() ?? 0
    return checks.map { "$CHECK  \(padded($0.name, width))  \($0.form)" }
  }

  private func poolLine(_ service: StarterService, _ width: Int = 0) -> String {
    let members = nodes.map(\.name).joined(separator: " ")
    let warners = service.warners.isEmpty ? "" : "  warn=\(service.warners.joined(separator: ","))"
    return
      "$POOL   \(padded(pool(of: service), width))  \(members)  check=\(service.gates.joined(separator: ","))\(warners)"
  }

  private func zoneLines(_ name: DomainName, _ service: StarterService) -> [String] {
    ["$ZONE   \(name)", "@       60  ROTATE \(pool(of: service))"]
  }

  /// A service that is switched off as a rule, ready to be switched on: every line of it is a comment.
  private func optionalLines(_ service: StarterService, _ name: DomainName, besides used: Set<String>) -> [String] {
    let checks = content.checks.filter { service.checks.contains($0.name) && !used.contains($0.name) }
    let lines = checkLines(checks) + [poolLine(service)] + zoneLines(name, service)
    return service.remarks.map { "; \($0)" } + lines.map { ";\($0)" }
  }

  private static let poolRemarks = [
    "; The nodes that share a name's clients. check= decides who is handed out: a node must pass all that it lists. warn= is",
    "; shown in the status and takes no node out. If all fail, all are handed out: a wrong check is more likely then.",
  ]

  private static let nameRemarks = [
    "; The names that clients use: ROTATE yields the addresses of the healthy nodes, in rotating order, for 60 seconds."
  ]
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.utf8.count))
}
