// Every failure against every kind of check: what is seen, and how long after. Written to the folder in
// `$RONDO_FAILURES` for scripts/failures, which makes docs/failures.md of it; without that folder nothing is measured.

import DNS
import Foundation
import Linux
import Testing

private let folder = ProcessInfo.processInfo.environment["RONDO_FAILURES"]

/// What is done to a healthy node, in the order of the table.
private enum Failure: Int, CaseIterable, CustomTestStringConvertible {
  case silent, unplugged, refused, frozen, maintenance, otherService, otherNode
  case busy, moved, drip, huge
  case expired, soon, otherName, newTLSOnly

  var testDescription: String { title }

  var title: String {
    switch self {
    case .silent: "host gone without a word"
    case .unplugged: "cable pulled"
    case .refused: "service stopped, port refused"
    case .frozen: "port open, service frozen"
    case .maintenance: "maintenance: SMTP greets with 421, the agent says `maint`"
    case .otherService: "another service on the port (`SSH-2.0-…`)"
    case .otherNode: "another node behind the address"
    case .busy: "page answers 503"
    case .moved: "page redirects"
    case .drip: "page drips, an octet a second"
    case .huge: "page is huge (2 GiB) and lacks the text"
    case .expired: "certificate expired"
    case .soon: "certificate expires in two days"
    case .otherName: "certificate for another name"
    case .newTLSOnly: "server speaks TLS 1.3 only"
    }
  }
}

/// The columns of the table.
private enum Column: String, CaseIterable {
  case tcp, watch, smtp, starttls, smtps, imap, imaps, pop3, pop3s, http, https, tls, agent, exec

  func form(_ ca: String, _ program: String) -> String {
    switch self {
    case .tcp: "tcp:\(Nginx.port)"
    case .watch: "tcp:\(Nginx.port) watch=on"
    case .smtp: "smtp:\(Postfix.port) names=node"
    case .starttls: "smtp:\(Postfix.port) starttls=use names=node \(ca)"
    case .smtps: "smtps:\(Postfix.securePort) names=node \(ca)"
    case .imap: "imap:\(Dovecot.imapPort) names=node"
    case .imaps: "imaps:\(Dovecot.imapsPort) names=node \(ca)"
    case .pop3: "pop3:\(Dovecot.pop3Port) names=node"
    case .pop3s: "pop3s:\(Dovecot.pop3sPort) names=node \(ca)"
    case .http: "http:\(Nginx.port)/page expect=well names=node"
    case .https: "https:\(Nginx.securePort)/page expect=well names=node \(ca)"
    case .tls: "tls:\(Nginx.securePort)"
    case .agent: "agent:\(Agent.port)"
    case .exec: "exec:\(program)"
    }
  }
}

/// A node with everything on it.
private final class WholeNode {
  let host: Namespace
  let cable: Cable
  let nginx: Nginx
  let postfix: Postfix
  let dovecot: Dovecot
  let agent: Agent
  private var stranger: OtherService?

  init(_ name: String, number: UInt8, beside center: Namespace, _ certificates: TestCertificates) throws {
    host = try Namespace()
    cable = try Cable(from: center, to: host, number: number)
    let address = cable.farAddress
    nginx = try Nginx(at: address, named: name, .good, of: certificates, in: host)
    postfix = try Postfix(at: address, named: name, of: certificates, in: host)
    dovecot = try Dovecot(at: address, named: name, of: certificates, in: host)
    agent = try Agent(at: address, in: host)
    for port in WholeNode.ports { try center.awaitPort(port, at: address) }
  }

  static let ports = [
    Nginx.port, Nginx.securePort, Postfix.port, Postfix.securePort, Dovecot.imapPort, Dovecot.imapsPort,
    Dovecot.pop3Port, Dovecot.pop3sPort, Agent.port,
  ]

  /// Returns the moment at which the first of them stopped.
  @discardableResult
  func stop() -> ContinuousClock.Instant {
    let moment = nginx.stop()
    postfix.stop()
    dovecot.stop()
    agent.stop()
    return moment
  }

  func freeze() {
    nginx.freeze()
    postfix.freeze()
    dovecot.freeze()
    agent.freeze()
  }

  func change(
    to certificate: TestCertificates.Kind, of certificates: TestCertificates, _ versions: TLSVersions = .usual
  ) throws {
    try nginx.change(to: certificate, of: certificates, versions)
    try postfix.change(to: certificate, of: certificates, versions)
    try dovecot.change(to: certificate, of: certificates, versions)
  }

  func replaceByAnotherService() throws -> ContinuousClock.Instant {
    let moment = stop()
    stranger = try OtherService(at: cable.farAddress, ports: WholeNode.ports, in: host)
    return moment
  }
}

@Suite("The table of failures", .enabled(if: folder != nil))
struct FailureTable {
  /// Checks of a kind and a setting; they have different phases, so that one failure is met at different times.
  private static let samples = 4
  private static let settings = [("quick", "every=1s timeout=1s fall=2"), ("defaults", "")]
  /// Longer than any setting needs.
  private static let patience = Duration.seconds(20)

  @Test("is measured", arguments: Failure.allCases)
  private func measure(_ failure: Failure) throws {
    let scratch = try Scratch()
    let certificates = try TestCertificates(in: scratch)
    let center = try Namespace()
    let first = try WholeNode("ex1", number: 1, beside: center, certificates)
    let second = try WholeNode("ex2", number: 2, beside: center, certificates)
    let rondo = try RunningRondo(
      FailureTable.zone(first, second, certificates, scratch), in: scratch, on: center,
      options: ["--threads", "1"])
    // Each healthy node has passed twice.
    try wait(for: "the second round of checks") {
      try rondo.checks().allSatisfy { ($0["probes"].int ?? 0) >= 2 }
    }
    let before = try rondo.states()
    try #require(before.values.allSatisfy { $0.hasPrefix("up") }, "\(before)")
    let start = try FailureTable.inflict(failure, on: first, center, certificates)
    let times = try FailureTable.awaitDown(rondo, since: start)
    try FailureTable.write(failure, times, rondo.states())
  }

  @Test("is measured for a node that swings, up and down every 20 s")
  func swinging() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      \(nodes.directives)
      $CHECK port tcp:\(nodes.port) every=1s timeout=1s fall=2
      $POOL access ex1 ex2 check=port
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE access
      """)
    for _ in 1...5 {
      nodes.first.stop()
      sleep(for: .seconds(20))
      try nodes.first.start()
      sleep(for: .seconds(20))
    }
    let changes = rondo.log.count { $0.contains(" address-down node=ex1 ") || $0.contains(" address-up node=ex1 ") } - 1
    let text = "- up and down every 20 s, 10 changes of the node in 200 s: the answers changed \(changes) times\n"
    try text.write(toFile: try #require(folder) + "/99.reasons", atomically: true, encoding: .utf8)
  }

  private static func zone(
    _ first: WholeNode, _ second: WholeNode, _ certificates: TestCertificates, _ scratch: Scratch
  ) throws -> String {
    let program = try scratch.write(
      """
      #!/bin/sh
      code=$(curl -s -m 5 -o /dev/null -w '%{http_code}' "http://$RONDO_ADDRESS:\(Nginx.port)/page")
      echo "curl: status $code"
      [ "$code" = 200 ]

      """, to: "page")
    try setMode(of: program, to: 0o755)
    let ca = "verify=ca:\(certificates.authority)"
    let checks = Column.allCases.flatMap { column in
      settings.flatMap { name, options in
        (1...samples).map { ("\(column)-\(name)-\($0)", "\(column.form(ca, program)) \(options)") }
      }
    }
    return """
      $ORIGIN it.example.
      $NODE ex1 \(first.cable.farAddress)
      $NODE ex2 \(second.cable.farAddress)
      \(checks.map { "$CHECK \($0) \($1)" }.joined(separator: "\n"))
      $POOL access ex1 ex2 check=\(checks.map(\.0).joined(separator: ","))
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE access
      """
  }

  /// Returns the moment after which nothing was well any more.
  private static func inflict(
    _ failure: Failure, on node: WholeNode, _ center: Namespace, _ certificates: TestCertificates
  ) throws -> ContinuousClock.Instant {
    let start = ContinuousClock.now
    switch failure {
    case .silent: try node.host.lose(percent: 100)
    case .unplugged: try node.cable.pull()
    case .refused: return node.stop()
    case .frozen: node.freeze()
    case .maintenance:
      try node.agent.say("maint # patch day")
      try node.postfix.closeForWork()
    case .otherService: return try node.replaceByAnotherService()
    case .otherNode:
      let move = "ip daddr \(node.cable.farAddress) dnat to 10.2.0.2"
      try center.run("nft", "table ip moved { chain output { type nat hook output priority -100; \(move); }; }")
    case .busy: try node.nginx.change(to: .busy)
    case .moved: try node.nginx.change(to: .moved)
    case .drip: try node.nginx.change(to: .drip)
    case .huge: try node.nginx.change(to: .huge)
    case .expired: try node.change(to: .expired, of: certificates)
    case .soon: try node.change(to: .soon, of: certificates)
    case .otherName: try node.change(to: .other, of: certificates)
    case .newTLSOnly: try node.change(to: .good, of: certificates, .newestOnly)
    }
    return start
  }

  /// How long after the start each check took its node out, in milliseconds.
  private static func awaitDown(
    _ rondo: RunningRondo, since start: ContinuousClock.Instant
  ) throws -> [String: Int] {
    var times: [String: Int] = [:]
    var linesRead = 0
    let count = Column.allCases.count * settings.count * samples
    while ContinuousClock.now - start < patience, times.count < count {
      let log = rondo.log
      let after = Int((ContinuousClock.now - start) / .milliseconds(1))
      for line in log.dropFirst(linesRead) where line.contains(" address-down node=ex1 ") {
        if let check = value(of: "check", in: line) { times[check] = times[check] ?? after }
      }
      linesRead = log.count
      sleep(for: .milliseconds(5))
    }
    return times
  }

  private static func write(_ failure: Failure, _ times: [String: Int], _ states: [String: String]) throws {
    var reasons: [(words: String, columns: [String])] = []
    let cells = Column.allCases.map { column in
      let state = states["\(column)-quick-1"] ?? "up"
      if state != "up" {
        let words = state.replacing("maintenance: ", with: "").replacing("down: ", with: "").replacing("up: ", with: "")
        if let index = reasons.firstIndex(where: { $0.words == words }) {
          reasons[index].columns.append("\(column)")
        } else {
          reasons.append((words, ["\(column)"]))
        }
      }
      return cell(
        state,
        settings.map { setting in
          (1...samples).compactMap { times["\(column)-\(setting.0)-\($0)"] }.sorted()
        })
    }
    let name = failure.rawValue < 10 ? "0\(failure.rawValue)" : "\(failure.rawValue)"
    let row = "| \(failure.title) | \(cells.joined(separator: " | ")) |\n"
    let list = reasons.map { "  - `\($0.words)`: \($0.columns.joined(separator: ", "))" }.joined(separator: "\n")
    let folder = try #require(folder)
    try row.write(toFile: "\(folder)/\(name).row", atomically: true, encoding: .utf8)
    try "- \(failure.title)\n\(list)\n".write(toFile: "\(folder)/\(name).reasons", atomically: true, encoding: .utf8)
  }

  /// The latest of all samples by each setting; what is not out is seen by a warning or not at all.
  private static func cell(_ state: String, _ times: [[Int]]) -> String {
    guard let quick = times[0].last, times.allSatisfy({ $0.count == samples }) else {
      return state == "up" ? "–" : state.hasPrefix("up: ") ? "warns" : "?"
    }
    let seconds = [quick, times[1].last ?? 0].map { String(format: $0 < 1_000 ? "%.2f" : "%.1f", Double($0) / 1_000) }
    return (state.hasPrefix("maintenance") ? "*maint.* " : "") + seconds.joined(separator: " / ")
  }
}
