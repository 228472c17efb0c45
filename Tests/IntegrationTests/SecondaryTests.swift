// NSD, Knot and BIND as secondaries of Rondo: they fetch a zone with TSIG, and anew as soon as a node fails.

import DNS
import Foundation
import Linux
import Testing

/// A key of one of the secondaries.
private struct SharedKey {
  var name: String
  var secret: String
  var line: String { "hmac-sha256:\(name):\(secret)\n" }
}

private let backup = SharedKey(name: "backup.", secret: "c2VjcmV0IG9mIHRoZSB0ZXN0cywgb2YgMzIgb2N0ZXRz")
private let office = SharedKey(name: "office.", secret: "b3RoZXIgc2VjcmV0IG9mIHRoZSB0ZXN0cywgb2YgMzI=")

/// A server of other people's making, with the configuration that makes it a secondary.
private enum Peer: String, CaseIterable, CustomTestStringConvertible {
  case nsd, knotd, named

  var testDescription: String { rawValue }
  var tool: Tool { Tool(rawValue) }

  /// BIND listens at addresses that an interface has by name, the others anywhere on loopback.
  func address() -> IPAddress { self == .named ? IPAddress(ipv4: 127, 0, 0, 1) : freshLoopback() }

  func start(in scratch: Scratch, at own: SocketEndpoint, fetchingFrom primary: SocketEndpoint, _ key: SharedKey)
    throws -> ChildProcess
  {
    switch self {
    case .nsd:
      let file = try scratch.write(
        """
        server:
          ip-address: \(own.address)@\(own.port)
          username: ""
          chroot: ""
          zonesdir: "\(scratch.path)"
          pidfile: "\(scratch.file("nsd.pid"))"
          xfrdfile: ""
          database: ""
          xfrdir: "\(scratch.path)"
          zonelistfile: "\(scratch.file("nsd.zones"))"
        remote-control:
          control-enable: no
        key:
          name: \(key.name)
          algorithm: hmac-sha256
          secret: "\(key.secret)"
        zone:
          name: it.example
          zonefile: it.example.zone
          request-xfr: \(primary.address)@\(primary.port) \(key.name)
          allow-notify: 127.0.0.0/8 \(key.name)
        """, to: "nsd.conf")
      return try tool.start(["-d", "-c", file])
    case .knotd:
      let file = try scratch.write(
        """
        server:
          listen: \(own.address)@\(own.port)
          rundir: \(scratch.path)
        database:
          storage: \(scratch.path)
        log:
          - target: stderr
            any: info
        key:
          - id: \(key.name)
            algorithm: hmac-sha256
            secret: \(key.secret)
        remote:
          - id: primary
            address: \(primary.address)@\(primary.port)
            key: \(key.name)
        acl:
          - id: notices
            address: 127.0.0.0/8
            key: \(key.name)
            action: notify
        zone:
          - domain: it.example
            storage: \(scratch.path)
            master: primary
            acl: notices
        """, to: "knot.conf")
      return try tool.start(["-c", file])
    case .named:
      let file = try scratch.write(
        """
        key "\(key.name)" { algorithm hmac-sha256; secret "\(key.secret)"; };
        options {
          directory "\(scratch.path)";
          listen-on port \(own.port) { \(own.address); };
          listen-on-v6 { none; };
          pid-file none; session-keyfile none;
          recursion no; dnssec-validation no; empty-zones-enable no; notify no;
        };
        controls { };
        zone "it.example" {
          type secondary;
          primaries { \(primary.address) port \(primary.port) key "\(key.name)"; };
          allow-notify { !{ !127.0.0.0/8; any; }; key "\(key.name)"; };
          file "it.example.db";
        };
        """, to: "named.conf")
      return try tool.start(["-g", "-n", "1", "-c", file])
    }
  }
}

/// A port that nobody has at this moment.
private func freePort(at address: IPAddress) throws -> UInt16 {
  let socket = try TCPListener(boundTo: SocketEndpoint(address, port: 0), backlog: 1)
  return try socket.localEndpoint.port
}

@Suite("Secondaries", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct SecondaryTests {
  @Test(
    "A secondary fetches the zone with TSIG, believes the notice of a change, and has the new serial without a refresh",
    arguments: Peer.allCases.filter(\.tool.isInstalled))
  fileprivate func secondary(peer: Peer) throws {
    let nodes = try MailNodes()
    let scratch = try Scratch()
    let address = peer.address()
    let own = SocketEndpoint(address, port: try freePort(at: address))
    let keys = try scratch.write(backup.line, to: "keys")
    let rondo = try RunningRondo(
      nodes.zone(checking: "every=1s timeout=1s fall=2 rise=1"),
      options: ["--threads", "1", "--transfer-key", keys, "--notify", "\(own)"])
    let server = try peer.start(in: scratch, at: own, fetchingFrom: rondo.dns[0], backup)
    defer {
      server.send(SIGTERM)
      _ = try? server.finish()
    }

    func short(_ type: String, _ name: String) throws -> [String] {
      let output = try Tool.dig.run(
        ["@\(own.address)", "-p", "\(own.port)", "+short", "+tries=1", "+time=2", name, type]
      ).output
      return output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix(";") }.sorted()
    }
    func serial() throws -> Int? {
      try short("SOA", "it.example").first.flatMap { Int($0.split(separator: " ").dropFirst(2).first ?? "") }
    }
    let first = try wait(for: "\(peer) to have the zone with both nodes; it says \(server.errors)") {
      try Set(short("A", "mail.it.example")) == nodes.addresses ? try serial() : nil
    }
    nodes.first.stop()
    // The zone says to look again after an hour: nothing but the notice brings the change.
    try wait(for: "\(peer) to have the change; it says \(server.errors)") {
      try short("A", "mail.it.example") == [nodes.second.address.description]
    }
    #expect(try (serial() ?? 0) > first)

    try wait(for: "the notices to be confirmed") {
      let status = try rondo.statusJSON()
      return status["secondaries"][0]["pending"].int == 0 && (status["secondaries"][0]["answered"].int ?? 0) > 0
    }
    let status = try rondo.statusJSON()
    #expect(status["secondaries"][0]["address"].string == "\(own)")
    #expect(status["secondaries"][0]["unproven"].int == 0, "\(rondo.log)")
    try wait(for: "both transfers to be counted") {
      (try rondo.statusJSON()["zones"][0]["transfers"]["complete"].int ?? 0) >= 2
    }
    _ = try rondo.line { $0.contains(" notice-answered secondary=\(own) zone=it.example. rcode=0") }
    _ = try rondo.line { $0.contains(" transfer-complete zone=it.example. client=127.0.0.1 serial=") }
    #expect(try rondo.stop().status == 0)
  }

  @Test(
    "Secondaries with a key each believe the notices that are signed with theirs",
    .enabled(if: [Peer.nsd, .knotd].allSatisfy(\.tool.isInstalled)))
  func keyEach() throws {
    let nodes = try MailNodes()
    let peers: [(peer: Peer, key: SharedKey)] = [(.nsd, backup), (.knotd, office)]
    let scratches = try peers.map { _ in try Scratch() }
    let owns = try peers.map { peer, _ in
      let address = peer.address()
      return SocketEndpoint(address, port: try freePort(at: address))
    }
    let keys = try scratches[0].write(backup.line + office.line, to: "keys")
    let rondo = try RunningRondo(
      nodes.zone(checking: "every=1s timeout=1s fall=2 rise=1"),
      options: [
        "--threads", "1", "--transfer-key", keys, "--notify", "\(owns[0])", "--notify", "\(owns[1]),key=office",
      ])
    var servers: [ChildProcess] = []
    defer {
      for server in servers {
        server.send(SIGTERM)
        _ = try? server.finish()
      }
    }
    for (number, (peer, key)) in peers.enumerated() {
      servers.append(try peer.start(in: scratches[number], at: owns[number], fetchingFrom: rondo.dns[0], key))
    }
    func addresses(_ own: SocketEndpoint) throws -> Set<String> {
      let output = try Tool.dig.run(
        ["@\(own.address)", "-p", "\(own.port)", "+short", "+tries=1", "+time=2", "mail.it.example", "A"]
      ).output
      return Set(output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix(";") })
    }
    for own in owns { try wait(for: "\(own) to have the zone") { try addresses(own) == nodes.addresses } }
    nodes.first.stop()
    for (number, own) in owns.enumerated() {
      try wait(for: "\(own) to have the change; it says \(servers[number].errors)") {
        try addresses(own) == [nodes.second.address.description]
      }
      _ = try rondo.line { $0.contains(" notice-answered secondary=\(own) zone=it.example. rcode=0") }
    }
    #expect(!rondo.log.contains { $0.contains(" notice-unproven ") }, "\(rondo.log)")
    #expect(try rondo.stop().status == 0)
  }
}
