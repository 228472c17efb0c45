// Warnings about checks and records that do not do what they seem to: a form on another service's port, a check that
// probes too rarely, an address that is answered whatever its node's health, DANE in a zone that is not signed.

import DNS
import Model

extension Advisor {
  func adviseServices() {
    for check in declarations.checks {
      advisePort(of: check)
      adviseInterval(of: check)
    }
    adviseStaticAddresses()
    adviseUnsignedMail()
    for zone in zones.list where zone.apex != nil { advisePolicyRecords(of: zone) }
  }

  // MARK: Ports

  private struct PortUse {
    /// `smtp`, `imap`, `pop3` or `http`.
    var service: String
    var speaksTLSAtOnce: Bool
  }

  private static let ports: [UInt16: PortUse] = [
    25: PortUse(service: "smtp", speaksTLSAtOnce: false), 587: PortUse(service: "smtp", speaksTLSAtOnce: false),
    465: PortUse(service: "smtp", speaksTLSAtOnce: true), 143: PortUse(service: "imap", speaksTLSAtOnce: false),
    993: PortUse(service: "imap", speaksTLSAtOnce: true), 110: PortUse(service: "pop3", speaksTLSAtOnce: false),
    995: PortUse(service: "pop3", speaksTLSAtOnce: true), 80: PortUse(service: "http", speaksTLSAtOnce: false),
    443: PortUse(service: "http", speaksTLSAtOnce: true), 8443: PortUse(service: "http", speaksTLSAtOnce: true),
  ]

  private func advisePort(of check: CheckDraft) {
    guard let kind = check.kind, let range = check.kindRange, let port = kind.port,
      let use = Advisor.ports[port], let form = writtenForm(at: range)
    else { return }
    let service = form == .tls ? use.service : form.service
    guard !service.isEmpty, service != use.service || form.speaksTLSAtOnce != use.speaksTLSAtOnce else { return }
    let right = use.service + (use.speaksTLSAtOnce ? "s" : "") + ":\(port)"
    log.report(
      Problem(
        .warning, at: range, "\(form.rawValue):\(port) does not fit its port",
        why: service != use.service
          ? "port \(port) is the one of \(use.service.uppercased())"
          : use.speaksTLSAtOnce
            ? "on port \(port) the server waits for TLS from the start, and such a check fails for ever"
            : "on port \(port) the server does not begin with TLS, and such a check fails for ever",
        fix: "write \(right)"
          + (use.speaksTLSAtOnce || use.service == "http" ? "" : ", with starttls=use if TLS is to be tested")
          + ", or leave it if this server is set up so"))
  }

  private func writtenForm(at range: SourceRange) -> CheckForm? {
    guard log.sources.indices.contains(Int(range.file)) else { return nil }
    let bytes = log.sources[Int(range.file)].bytes
    guard range.octets.upperBound <= bytes.count else { return nil }
    return CheckForm(rawValue: printable(bytes[range.octets].prefix { $0 != UInt8(ascii: ":") }).lowercased())
  }

  // MARK: Times

  /// With a longer interval a dead node is answered for longer than users wait before they call for help.
  private static let longInterval = Duration.seconds(60)

  private func adviseInterval(of check: CheckDraft) {
    let timing = check.timing
    guard timing.every > Advisor.longInterval else { return }
    let range = check.everyRange ?? check.name.range
    let retries = max(timing.fast, timing.timeout) * (timing.fall - 1)
    let worst = timing.every + timing.timeout + retries
    let isBare = log.sources[Int(range.file)].bytes[range.octets].last.map { (0x30...0x39).contains($0) } ?? false
    log.report(
      Problem(
        .warning, at: range, "a node that fails may stay in the answers for \(inWords(worst))",
        why: "it is tested every \(inWords(timing.every)) only",
        fix: isBare
          ? "a number without unit means seconds: write every=\(timing.every.components.seconds)ms if milliseconds are meant, or for example every=5s"
          : "write a shorter time, for example every=5s"))
  }

  private func inWords(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds) + (duration.components.attoseconds > 0 ? 1 : 0)
    return seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }

  // MARK: Addresses

  /// A name with the address of a node but no ROTATE is answered in good and bad health. For the node's own name that is
  /// intended.
  private func adviseStaticAddresses() {
    var nodes: [ArraySlice<UInt8>: Int] = [:]
    for (number, node) in declarations.nodes.enumerated() {
      for use in node.addresses { nodes[use.address.octets[...]] = number }
    }
    guard !nodes.isEmpty else { return }
    let servers = nameServers()
    for zone in zones.list where zone.apex != nil {
      for position in zone.records.indices {
        let type = zone.records.list.type(at: position)
        guard type == .a || type == .aaaa, let node = nodes[zone.records.list.octets(at: position)] else { continue }
        let name = declarations.nodes[node].name.name
        let owner = zone.records.list.ownerName(at: position)
        guard owner.labels.first.map({ $0.map(lowercased) }) != Array(name.lowercased().utf8),
          !servers.contains(owner)
        else { continue }
        log.report(.staticAddress) {
          let record = zone.records[position]
          return Problem(
            .warning, at: record.lastField, "\"\(record.owner)\" has the address of the node \"\(name)\" and no ROTATE",
            why: "it is answered whether the node is healthy or not: this name is never failed over",
            fix: "write ROTATE with a pool at this name; for the host itself use the name of the node")
        }
      }
    }
  }

  /// The names of name servers, whose addresses must not depend on checks: Rondo may run on the nodes.
  private func nameServers() -> NameSet {
    var servers = NameSet()
    for server in declarations.authority?.servers ?? [] { servers.insert(server.name) }
    for zone in zones.list where zone.apex != nil {
      for position in zone.records.indices where zone.records.list.type(at: position) == .ns {
        if let name = zone.records.list.name(0, at: position) { servers.insert(name) }
      }
    }
    return servers
  }

  // MARK: DANE

  /// Senders that use DANE believe a signed zone only, the addresses of the mail server included (RFC 7672 §2.1, §2.2).
  private func adviseUnsignedMail() {
    let why = "Rondo does not sign: senders that use DANE treat what an unsigned zone says of mail as not secured"
    for zone in zones.list where zone.apex != nil {
      for position in zone.records.indices {
        let type = zone.records.list.type(at: position)
        if type == .tlsa {
          log.report(.unsignedTLSA) {
            Problem(
              .warning, at: zone.records[position].typeRange, "this TLSA record has no effect",
              why: why + ", and disregard TLSA records in it (RFC 7672 §2.2)",
              fix: "keep the name, and that of the mail server, in a zone on a server that signs")
          }
        } else if type == .mx {
          let isDelegated = zone.origin == .zoneDirective || isTargetInDelegatedZone(zone.records.list, position)
          guard isDelegated else { continue }
          log.report(.unsignedMX) {
            Problem(
              .warning, at: zone.records[position].lastField,
              "mail servers are named in a zone that is delegated unsigned",
              why: why,
              fix:
                "if the zone above is signed and mail is to keep DANE, leave the MX and the names of mail servers there"
            )
          }
        }
      }
    }
  }

  private func isTargetInDelegatedZone(_ records: RecordList, _ position: Int) -> Bool {
    guard let target = records.name(0, at: position), let zone = zones.closestZone(to: target) else { return false }
    return zones.list[zone].origin == .zoneDirective
  }
}

extension CheckForm {
  /// The protocol it speaks, apart from TLS; empty where that may be any.
  fileprivate var service: String {
    switch self {
    case .smtp, .smtps: "smtp"
    case .imap, .imaps: "imap"
    case .pop3, .pop3s: "pop3"
    case .http, .https: "http"
    case .tcp, .tls, .agent, .exec: ""
    }
  }

  fileprivate var speaksTLSAtOnce: Bool {
    switch self {
    case .smtps, .imaps, .pop3s, .https, .tls: true
    default: false
    }
  }
}
