// `rondo probe` against nodes on loopback, and `source=` seen from the node.

import DNS
import Linux
import Testing

private func zone(_ nodes: String, _ checks: [(name: String, what: String)], ttl: Int = 60) -> String {
  """
  $ORIGIN it.example.
  \(nodes)
  \(checks.map { "$CHECK \($0.name) \($0.what)" }.joined(separator: "\n"))
  $POOL access ex1 check=\(checks.map(\.name).joined(separator: ","))
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail \(ttl) ROTATE access
  """
}

extension Finished {
  fileprivate func hasLine(_ end: String) -> Bool { output.split(separator: "\n").contains { $0.hasSuffix(end) } }
}

/// As a unit of systemd with `AmbientCapabilities=` starts a command.
private let givingCapabilities = [
  "setpriv", "--inh-caps", "+net_bind_service", "--ambient-caps", "+net_bind_service",
]
private let canGiveCapabilities = (try? ChildProcess(givingCapabilities + ["true"]).finish().status) == 0

@Suite("rondo probe")
struct ProbeCommandTests {
  @Test("A node that accepts passes, one that refuses fails; a node, a pool, a name that is neither")
  func connections() throws {
    let scratch = try Scratch()
    let node = try MailNode()
    let file = try scratch.write(zone("$NODE ex1 \(node.address)", [("port", "tcp:\(node.port)")]), to: "t.zone")
    let well = try rondo("probe", "ex1", file)
    #expect(well.status == 0, "\(well.output) \(well.errors)")
    #expect(well.output.hasPrefix("ex1 \(node.address), check port (tcp:\(node.port))\n"))
    #expect(well.hasLine("  connected") && well.hasLine("  PASSED") && well.hasLine("1 probe, all passed"))
    node.stop()
    let refused = try rondo("probe", "access", file)
    #expect(refused.status == 1)
    #expect(refused.hasLine("FAILED: connection refused") && refused.hasLine("1 probe, 1 did not pass"))
    let unknown = try rondo("probe", "acess", file)
    #expect(unknown.status == 2)
    #expect(unknown.errors == "rondo: no node or pool is named \"acess\"; did you mean \"access\"?\n")
    try scratch.write("$NODE\n", to: "broken.zone")
    #expect(try rondo("probe", "ex1", scratch.file("broken.zone")).status == 2)
  }

  @Test("Programs: what they print, how they end, and that the timeout kills them")
  func programs() throws {
    let scratch = try Scratch()
    let checks = [
      ("good", "exec:/bin/echo queue is empty"), ("bad", "exec:/bin/false"),
      ("stuck", "exec:/bin/sleep 600 timeout=200ms"),
    ]
    let file = try scratch.write(zone("$NODE ex1 127.0.0.1", checks), to: "t.zone")
    let result = try rondo("probe", "ex1", file)
    #expect(result.status == 1)
    #expect(result.hasLine("< queue is empty") && result.hasLine("FAILED: exit status 1"))
    #expect(result.hasLine("FAILED: no end of the program within 200 ms"))
    #expect(result.hasLine("3 probes, 2 did not pass"))
  }

  @Test("What a supervisor allows Rondo it does not allow programs", .enabled(if: canGiveCapabilities))
  func capabilities() throws {
    let scratch = try Scratch()
    let checks = [("rights", "exec:/bin/grep CapAmb /proc/self/status")]
    let file = try scratch.write(zone("$NODE ex1 127.0.0.1", checks), to: "t.zone")
    let result = try ChildProcess(givingCapabilities + [rondoBinary, "probe", "ex1", file]).finish()
    #expect(result.hasLine("< CapAmb:\\0090000000000000000"), "\(result.output) \(result.errors)")
  }

  @Test("Many that are silent cost little more than one timeout, and each is printed in one piece, in order")
  func manySilent() throws {
    let scratch = try Scratch()
    let checks = (1...20).map { ("stuck\($0)", "exec:/bin/sleep 600 timeout=\($0 == 1 ? 900 : 700)ms") }
    let file = try scratch.write(zone("$NODE ex1 127.0.0.1", checks), to: "t.zone")
    let begun = ContinuousClock.now
    let result = try rondo("probe", "ex1", file)
    // One after the other they would take 14.2 s; 16 programs at a time take 1.6 s.
    #expect(ContinuousClock.now - begun < .seconds(8))
    #expect(result.status == 1)
    #expect(result.hasLine("20 probes, 20 did not pass"))
    let told = result.output.split(separator: "\n").filter { $0.hasPrefix("ex1 ") || $0.contains("FAILED: ") }
    #expect(told.count == 40)
    for (index, line) in told.enumerated() {
      let isHeading = index % 2 == 0
      #expect(isHeading ? line.contains("check stuck\(index / 2 + 1) ") : line.contains("FAILED: "), "\(told)")
    }
  }

  @Test(
    "TLS, STARTTLS and an agent, each line of the talk", .enabled(if: Tool.openssl.isInstalled && Tool.perl.isInstalled)
  )
  func talks() throws {
    let scratch = try Scratch()
    let certificates = try TestCertificates(in: scratch)
    let address = freshLoopback()
    try scratch.write("HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n", to: "busy")
    let web = try TLSNode(at: address, .good, of: certificates)
    let inner = try TLSNode(at: address, .good, of: certificates, "", saying: #"250 ex1\r\n221 bye\r\n"#)
    let starttls = try UpgradingNode(at: address, handingTo: inner.port)
    let agent = try ChildProcess(
      "/usr/bin/env",
      [
        "perl", "-e",
        """
        use IO::Socket::INET; $| = 1;
        my $l = IO::Socket::INET->new(LocalAddr => '\(address)', LocalPort => 0, Listen => 5) or die;
        print STDERR 'PORT ', $l->sockport, chr(10); my $c = $l->accept; syswrite $c, "drain # patching\\n"; sleep 60;
        """,
      ])
    let agentPort = try wait(for: "the agent's port") {
      agent.errors.split(separator: "\n").first { $0.hasPrefix("PORT ") }.flatMap { UInt16($0.dropFirst(5)) }
    }
    let ca = "verify=ca:ca.pem"
    let checks = [
      ("web", "https:\(web.port)/busy \(ca)"), ("mta", "smtp:\(starttls.port) starttls=use \(ca)"),
      ("agent", "agent:\(agentPort)"), ("hello", "tls:\(web.port)"),
    ]
    let file = try scratch.write(zone("$NODE ex1 \(address)", checks), to: "t.zone")
    let result = try rondo("probe", "ex1", file)
    #expect(result.status == 1, "\(result.errors)")
    for end in [
      "> GET /busy HTTP/1.1", "< HTTP/1.0 503 Busy", "FAILED: status 503", "< 220 ex1.it.example ESMTP", "> STARTTLS",
      "TLS begins, asking for mail.it.example, the certificate must be for mail.it.example by \(scratch.path)/ca.pem",
      "> QUIT", "  PASSED", "< drain # patching", "IN MAINTENANCE: agent says drain: patching",
      "octets of a TLS handshake",
    ] { #expect(result.hasLine(end), "\(end) in \(result.output)") }
    #expect(result.output.contains("TLS established: TLSv1."))
    #expect(result.output.contains("the certificate expires in 29 days") || result.output.contains("in 30 days"))
  }
}

@Suite("source=")
struct SourceTests {
  @Test("The node sees probes, and the held connection, come from that address")
  func seen() throws {
    let address = freshLoopback()
    let source = freshLoopback()
    let listener = try TCPListener(boundTo: SocketEndpoint(address, port: 0))
    let port = try listener.localEndpoint.port
    let rondo = try RunningRondo(
      zone("$NODE ex1 \(address)", [("port", "tcp:\(port) every=200ms watch=on source=\(source)")]))
    for _ in 0..<3 {
      let peer: IPAddress = try wait(for: "a connection") { try listener.accept()?.peer.address }
      #expect(peer == source)
    }
    #expect(try rondo.stop().status == 0)
  }

  @Test("An address that this host lacks is warned of, is this host's fault, and takes nobody out")
  func missing() throws {
    let node = try MailNode()
    let text = zone("$NODE ex1 \(node.address)", [("port", "tcp:\(node.port) every=200ms source=192.0.2.77")])
    let rondo = try RunningRondo(text)
    let warning = "test.zone:3:\("$CHECK port tcp:\(node.port) every=200ms source=".count + 1): warning: "
    let check = try IntegrationTests.rondo("check", rondo.zoneFile)
    #expect(check.status == 0)
    #expect(check.output.contains(warning + "probes from 192.0.2.77 cannot start on this host"), "\(check.output)")
    let words = "local: source 192.0.2.77 is no address of this host, or has no free port"
    _ = try rondo.line { $0.contains(" check-cannot-run ") && $0.contains(words) }
    #expect(try rondo.addresses() == [node.address.description])
    let probes = try rondo.statusJSON()["nodes"][0]["addresses"][0]["checks"][0]
    #expect(probes["state"].string == "unknown")
    #expect(probes["reason"].string == words)
    let probe = try IntegrationTests.rondo("probe", "ex1", rondo.zoneFile)
    #expect(probe.status == 1)
    #expect(probe.output.contains("NO RESULT: \(words)"))
  }
}
