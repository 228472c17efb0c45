// Servers with habits that their clients never notice: the checks must not notice them either.

import DNS
import Foundation
import Linux
import Testing

extension Tool {
  static let gnutlsServer = Tool("gnutls-serv")
}

private func zone(_ address: IPAddress, _ check: String) -> String {
  """
  $ORIGIN it.example.
  $NODE ex1 \(address)
  $CHECK one \(check) every=6s timeout=5s
  $POOL access ex1 check=one
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE access
  """
}

/// The transcript of the only check of a node.
private func probe(_ address: IPAddress, _ check: String) throws -> Finished {
  let scratch = try Scratch()
  return try ChildProcess(
    rondoBinary, ["probe", "ex1", try scratch.write(zone(address, check), to: "t.zone")]
  ).finish()
}

private func waitForListener(_ address: IPAddress, _ port: UInt16) throws {
  try wait(for: "a server at \(address)") {
    (try? ClientConnection(to: SocketEndpoint(address, port: port), timeout: .seconds(1))) != nil
  }
}

private func serverLog(_ files: TestCertificates) -> String {
  String(decoding: (try? readFile(files.scratch.file("log"), limit: 65_536)) ?? [], as: UTF8.self)
}

@Suite("Checks forgive what clients forgive")
struct ForgivingCheckTests {
  private static let hasGnuTLS = areInstalled([.gnutlsServer, .openssl], for: "servers by GnuTLS")
  private static let hasOpenSSL = areInstalled([.openssl, .shell], for: "requests for client certificates")
  private static let hasPerl = areInstalled([.perl], for: "polite ends")

  private func gnuTLS(at address: IPAddress, _ port: UInt16, priority: String, _ files: TestCertificates) throws
    -> PeerServer
  {
    // It listens on all addresses; the port is this test's own.
    let server = try PeerServer([
      "gnutls-serv", "--http", "-p", "\(port)", "--x509certfile", files.scratch.file("good.pem"), "--x509keyfile",
      files.scratch.file("good.key"), "--priority", priority,
    ])
    try waitForListener(address, port)
    return server
  }

  @Test("Without secure renegotiation: reached with verify=none, refused otherwise in words", .enabled(if: hasGnuTLS))
  func legacyServer() throws {
    let files = try TestCertificates(in: try Scratch())
    let address = freshLoopback()
    let server = try gnuTLS(
      at: address, 18_443, priority: "NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION", files)
    defer { server.stop() }
    let well = try probe(address, "https:18443/ verify=none")
    #expect(well.status == 0, "\(well.output)")
    let refused = try probe(address, "https:18443/ verify=ca:\(files.authority)")
    #expect(
      refused.output.contains(
        "FAILED: TLS: the server lacks secure renegotiation (RFC 5746): update its TLS, or set verify=none\n"),
      "\(refused.output)")
  }

  @Test("A server of TLS 1.3 only that says alert 40 answers the second hello", .enabled(if: hasGnuTLS))
  func newServer() throws {
    let files = try TestCertificates(in: try Scratch())
    let address = freshLoopback()
    let server = try gnuTLS(at: address, 18_444, priority: "NORMAL:-VERS-ALL:+VERS-TLS1.3", files)
    defer { server.stop() }
    let well = try probe(address, "tls:18444")
    #expect(well.status == 0, "\(well.output)")
    #expect(well.output.contains("warning: certificate not seen: the server speaks TLS 1.3 only\n"))
  }

  @Test(
    "A client certificate that is asked for in the middle is none, and the page comes all the same",
    .enabled(if: hasOpenSSL), arguments: [("-tls1_2", "R"), ("-tls1_3", "c")])
  func clientCertificate(version: String, command: String) throws {
    let files = try TestCertificates(in: try Scratch())
    let address = freshLoopback()
    // What is written to its input goes to the client, but for lines that are commands: R renegotiates with a request for a
    // certificate, c asks for one after the handshake.
    let server = try PeerServer([
      "sh", "-c",
      """
      cd \(files.scratch.path) && : >log
      wait_for() { n=0; until grep -q "$1" log || [ $n -gt 200 ]; do sleep 0.1; n=$((n+1)); done; }
      { wait_for 'CIPHER is'; wait_for '^GET '; echo \(command); wait_for 'SSL_do_handshake -> 1'; sleep 0.5
        printf 'HTTP/1.0 200 OK\\r\\n\\r\\ndoing well\\r\\n'; sleep 0.3; echo Q; } |
        openssl s_server -accept \(address):18445 -cert good.pem -key good.key \(version) -naccept 1 >log 2>&1
      """,
    ])
    defer { server.stop() }
    try wait(for: "the server") {
      serverLog(files).contains("ACCEPT")
    }
    let well = try probe(address, "https:18445/ expect=well verify=ca:\(files.authority)")
    #expect(well.status == 0, "\(well.output)")
    let log = serverLog(files)
    #expect(log.contains("SSL_do_handshake -> 1"), "\(log)")
  }

  @Test("QUIT is answered by the server and nobody slams the door", .enabled(if: hasPerl))
  func politeEnd() throws {
    let address = freshLoopback()
    let server = try ChildProcess([
      "perl", "-e",
      """
      use IO::Socket::INET; use Socket; $| = 1;
      my $l = IO::Socket::INET->new(LocalAddr => '\(address):18025', Listen => 64, ReuseAddr => 1) or die $!;
      while (my $c = $l->accept) {
        print {$c} "220 ex1 ESMTP\\r\\n"; <$c>; print {$c} "250 ex1\\r\\n"; <$c>; print {$c} "221 bye\\r\\n"; $c->flush;
        select undef, undef, undef, 0.2;
        my $fault = unpack 'i', getsockopt $c, SOL_SOCKET, SO_ERROR;
        print $fault ? "fault $fault\\n" : "clean\\n"; close $c;
      }
      """,
    ])
    defer { server.send(SIGKILL) }
    try wait(for: "the server") { try probe(address, "smtp:18025").status == 0 }
    let rondo = try RunningRondo(
      zone(address, "smtp:18025 fast=100ms").replacing("every=6s timeout=5s", with: "every=1s timeout=1s"))
    try wait(for: "some checks") { server.output.split(separator: "\n").count > 4 }
    #expect(Set(server.output.split(separator: "\n")) == ["clean"], "\(server.output)")
    #expect(try rondo.statusCommand().status == 0)
  }
}
