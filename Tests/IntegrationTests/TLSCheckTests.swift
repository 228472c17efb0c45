// Checks by TLS against `openssl s_server`: what passes, and each way to fail with its reason.

import DNS
import Foundation
import Linux
import Testing

/// Whether this host can show them; said aloud once if it cannot.
private let hasPeers: Bool = {
  let hasAll = Tool.openssl.isInstalled && Tool.curl.isInstalled && Tool.perl.isInstalled
  if !hasAll { standardError.writeLine("NOTE: openssl, curl or perl is missing; checks by TLS are not tested") }
  return hasAll
}()

@Suite("Checks by TLS", .enabled(if: hasPeers))
struct TLSCheckTests {
  private static func zone(_ address: IPAddress, _ checks: [(name: String, what: String)]) -> String {
    """
    $ORIGIN it.example.
    $NODE ex1 \(address)
    \(checks.map { "$CHECK \($0.name) \($0.what) every=1h timeout=5s" }.joined(separator: "\n"))
    $POOL access ex1 check=\(checks.map(\.name).joined(separator: ","))
    @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
         1h NS  ns1
    ns1  1h A   192.0.2.53
    mail 60 ROTATE access
    """
  }

  /// `up`, or the reason, for each check of the only node.
  private static func states(_ rondo: RunningRondo) throws -> [String: String] {
    var found: [String: String] = [:]
    for check in try rondo.statusJSON()["nodes"][0]["addresses"][0]["checks"].array {
      guard let name = check["name"].string, let state = check["state"].string else { continue }
      found[name] = state == "up" ? "up" : "\(state): \(check["reason"].string ?? "")"
    }
    return found
  }

  @Test("Pages over HTTPS: well, failing, redirected, and every kind of wrong certificate")
  func https() throws {
    let scratch = try Scratch()
    let certificates = try TestCertificates(in: scratch)
    try scratch.write("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n", to: "ok")
    try scratch.write("HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n", to: "busy")
    try scratch.write("HTTP/1.0 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", to: "moved")
    let address = freshLoopback()
    let good = try TLSNode(at: address, .good, of: certificates)
    let old = try TLSNode(at: address, .good, of: certificates, "-HTTP -tls1_2")
    let expired = try TLSNode(at: address, .expired, of: certificates)
    let other = try TLSNode(at: address, .other, of: certificates)
    let lonely = try TLSNode(at: address, .lonely, of: certificates)
    let silent = try TCPListener(boundTo: SocketEndpoint(address, port: 0))
    let ca = "verify=ca:ca.pem"
    let rondo = try RunningRondo(
      TLSCheckTests.zone(
        address,
        [
          ("well", "https:\(good.port)/ok \(ca)"),
          ("older", "https:\(old.port)/ok expect=ok \(ca)"),
          ("busy", "https:\(good.port)/busy \(ca)"),
          ("moved", "https:\(good.port)/moved \(ca)"),
          ("expired", "https:\(expired.port)/ok \(ca)"),
          ("expiredButAny", "https:\(expired.port)/ok verify=none"),
          ("other", "https:\(other.port)/ok \(ca)"),
          ("named", "https:\(other.port)/ok sni=other.it.example \(ca)"),
          ("lonely", "https:\(lonely.port)/ok \(ca)"),
          ("lonelyButAny", "https:\(lonely.port)/ok verify=none"),
          ("stranger", "https:\(good.port)/ok"),
          ("silent", "https:\(try silent.localEndpoint.port)/ok"),
        ]), in: scratch, options: ["--start-wait", "60"])
    let states = try TLSCheckTests.states(rondo)
    #expect(states["well"] == "up")
    #expect(states["older"] == "up")
    #expect(states["busy"] == "down: status 503")
    #expect(states["moved"] == "down: redirected to /login")
    #expect(states["expired"] == "down: TLS: certificate refused: certificate has expired")
    #expect(states["expiredButAny"] == "up")
    #expect(states["other"]?.hasPrefix("down: TLS: certificate refused: ") == true)
    #expect(states["named"] == "up")
    #expect(states["lonely"]?.hasPrefix("down: TLS: certificate refused: self-signed certificate") == true)
    #expect(states["lonelyButAny"] == "up")
    #expect(states["stranger"]?.hasPrefix("down: TLS: certificate refused: ") == true)
    #expect(states["silent"] == "down: no end of the TLS handshake within 5 s")
    #expect(!rondo.log.contains { $0.contains(" tls-unavailable ") })
  }

  @Test("Mail over TLS from the start, by STARTTLS, and a port that speaks in clear")
  func mail() throws {
    let scratch = try Scratch()
    let certificates = try TestCertificates(in: scratch)
    let address = freshLoopback()
    let smtps = try TLSNode(
      at: address, .good, of: certificates, "", saying: #"220 ex1 ESMTP\r\n250 ex1\r\n221 bye\r\n"#)
    let imaps = try TLSNode(
      at: address, .good, of: certificates, "-tls1_2",
      saying: #"* OK ready\r\n* CAPABILITY IMAP4rev1\r\nr1 OK done\r\n"#)
    let inner = try TLSNode(at: address, .good, of: certificates, "", saying: #"250 ex1\r\n221 bye\r\n"#)
    let starttls = try UpgradingNode(at: address, handingTo: inner.port)
    let clear = try UpgradingNode(at: address, handingTo: inner.port)
    let ca = "verify=ca:ca.pem"
    let rondo = try RunningRondo(
      TLSCheckTests.zone(
        address,
        [
          ("smtps", "smtps:\(smtps.port) \(ca)"),
          ("imaps", "imaps:\(imaps.port) \(ca)"),
          ("starttls", "smtp:\(starttls.port) starttls=use \(ca)"),
          ("clear", "smtps:\(clear.port) verify=none"),
        ]), in: scratch)
    let states = try TLSCheckTests.states(rondo)
    #expect(states["smtps"] == "up")
    #expect(states["imaps"] == "up")
    #expect(states["starttls"] == "up")
    // The node serves one client; a later check may have met that already.
    #expect(states["clear"]?.hasPrefix("down: TLS: the server does not speak TLS on this port") == true)
  }

  @Test("A reload that brings the first check by TLS, or other authorities, is tried with what it brings")
  func trial() throws {
    let scratch = try Scratch()
    let certificates = try TestCertificates(in: scratch)
    let address = freshLoopback()
    let node = try TLSNode(at: address, .good, of: certificates)
    let rondo = try RunningRondo(TLSCheckTests.zone(address, [("web", "tcp:\(node.port)")]), in: scratch)
    var reloads = 0
    // Another path each time, for that makes it another test.
    func reload(_ verification: String) throws -> Finished {
      reloads += 1
      try scratch.write("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n", to: "ok\(reloads)")
      let check = "https:\(node.port)/ok\(reloads) verify=\(verification)"
      try scratch.write(TLSCheckTests.zone(address, [("web", check)]), to: "test.zone")
      return try rondo.reloadCommand()
    }
    func useAuthority(_ name: String) throws {
      try? FileManager.default.removeItem(atPath: scratch.file("used.pem"))
      try FileManager.default.copyItem(atPath: scratch.file("\(name).pem"), toPath: scratch.file("used.pem"))
    }
    try useAuthority("ca")
    for verification in ["none", "ca:used.pem"] {
      let accepted = try reload(verification)
      #expect(accepted.status == 0, "\(accepted.errors)")
    }
    try useAuthority("lonely")
    let refused = try reload("ca:used.pem")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("ex1 by check web: TLS: certificate refused: "), "\(refused.errors)")
    #expect(try TLSCheckTests.states(rondo) == ["web": "up"])
    try useAuthority("ca")
    let renewed = try reload("ca:used.pem")
    #expect(renewed.status == 0, "\(renewed.errors)")
    #expect(try TLSCheckTests.states(rondo) == ["web": "up"])
    #expect(!rondo.log.contains { $0.contains("TLS is not available") })
  }

  @Test("A file of authorities that cannot be read is an error with its place, for check, serve and reload")
  func authorities() throws {
    let scratch = try Scratch()
    let zone = TLSCheckTests.zone(freshLoopback(), [("web", "https:443/ok verify=ca:missing.pem")])
    let file = try scratch.write(zone, to: "bad.zone")
    let place = "\(file):3:32: error: the authorities of the check \"web\" cannot be read; \(scratch.path)/missing.pem"
    let check = try rondo("check", file)
    #expect(check.status == 1)
    #expect(check.output.contains(place))
    let serve = try rondo("serve", "--listen", "127.0.0.1:0", file)
    #expect(serve.status == 1)
    #expect(serve.errors.contains(place))

    let running = try RunningRondo(
      TLSCheckTests.zone(freshLoopback(), [("port", "tcp:443")]), in: scratch)
    try scratch.write(zone, to: "test.zone")
    let reload = try running.reloadCommand()
    #expect(reload.status == 1)
    #expect((reload.output + reload.errors).contains("test.zone:3:32: error: the authorities"))
  }
}
