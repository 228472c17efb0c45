// What a certificate does to checks that look at it, with the TLS of `openssl s_server`.

import DNS
import Linux
import Testing

private let hasServers = areInstalled([.openssl, .curl], for: "checks of certificates")

@Suite("Certificates", .enabled(if: hasServers))
struct CertificateTests {
  @Test("tls: sees dates and names up to TLS 1.2; https: sees them always, and who signed")
  func certificates() throws {
    let certificates = try TestCertificates(in: Scratch())
    let address = freshLoopback()
    let ca = "verify=ca:\(certificates.authority)"
    var nodes: [TLSNode] = []
    var checks: Checks = []
    for kind in TestCertificates.Kind.allCases {
      let old = try TLSNode(at: address, kind, of: certificates, "-www -tls1_2")
      let new = try TLSNode(at: address, kind, of: certificates, "-www -tls1_3")
      nodes += [old, new]
      checks += [
        ("\(kind)-tls-12", "tls:\(old.port)"), ("\(kind)-tls-13", "tls:\(new.port)"),
        ("\(kind)-gate-12", "tls:\(old.port) names=gate"),
        ("\(kind)-https-12", "https:\(old.port)/ \(ca)"), ("\(kind)-https-13", "https:\(new.port)/ \(ca)"),
        ("\(kind)-smtps-13", "smtps:\(new.port) \(ca)"),
      ]
    }
    let states = try RunningRondo(zone(at: address, under: checks, "every=1h timeout=3s")).states()
    let refused = "down: TLS: certificate refused: "
    #expect(states["good-tls-12"] == "up")
    #expect(states["good-gate-12"] == "up")
    // Who waits for a client to say something greets nobody; TLS stands.
    #expect(states["good-smtps-13"] == "down: no greeting within 3 s")
    for version in ["12", "13"] {
      #expect(states["good-https-\(version)"] == "up")
      #expect(states["soon-https-\(version)"]?.hasPrefix("up: warning: certificate expires in ") == true)
      #expect(states["expired-https-\(version)"] == refused + "certificate has expired")
      #expect(states["other-https-\(version)"] == refused + "hostname mismatch")
      #expect(states["lonely-https-\(version)"] == refused + "self-signed certificate")
    }
    #expect(states["expired-smtps-13"] == refused + "certificate has expired")
    #expect(states["other-smtps-13"] == refused + "hostname mismatch")
    #expect(states["soon-tls-12"]?.hasPrefix("up: warning: certificate expires in ") == true)
    #expect(states["expired-tls-12"]?.hasPrefix("down: certificate expired ") == true)
    #expect(states["other-tls-12"] == "up: warning: certificate does not cover mail.it.example")
    #expect(states["other-gate-12"] == "down: certificate does not cover mail.it.example")
    // Who signed is not looked at without a TLS library, and nothing is seen of what TLS 1.3 hides.
    #expect(states["lonely-tls-12"] == "up")
    for kind in TestCertificates.Kind.allCases {
      #expect(states["\(kind)-tls-13"] == "up: warning: certificate not seen: the server speaks TLS 1.3 only")
    }
  }

  @Test("A certificate that expires soon, has expired or lacks a name reaches status, metrics and log")
  func attention() throws {
    let certificates = try TestCertificates(in: Scratch())
    let address = freshLoopback()
    let nodes = try [TestCertificates.Kind.good, .soon, .expired, .other].map {
      ($0, try TLSNode(at: address, $0, of: certificates, "-www -tls1_2"))
    }
    let checks: Checks = nodes.map { ("\($0)-cert", "https:\($1.port)/ verify=none") }
    let rondo = try RunningRondo(zone(at: address, under: checks, "every=1h timeout=3s"))
    let status = try rondo.statusCommand()
    #expect(status.status == 2)
    #expect(status.output.hasPrefix("CRITICAL: certificate expired "), "\(status.output)")
    let json = try rondo.statusJSON()
    let kinds = json["conditions"].array.compactMap { $0["kind"].string }.filter { $0.hasPrefix("certificate") }
    #expect(kinds == ["certificate-expired", "certificate-expiring", "certificate-names"])
    let metrics = try Tool.curl.run(["-sS", "http://\(rondo.status)/metrics"]).output.split(separator: "\n")
    func value(_ metric: String, _ check: String) -> Int? {
      metrics.first { $0.hasPrefix("\(metric){") && $0.contains("check=\"\(check)-cert\"") }?
        .split(separator: " ").last.flatMap { Int($0) }
    }
    let expiry = "rondo_check_certificate_expiry_timestamp_seconds"
    #expect(value(expiry, "expired") == 1_609_459_200)
    let days = try #require(value(expiry, "soon")) - Int(WallClock.now())
    #expect((2 * 86_400...3 * 86_400).contains(days))
    #expect(value("rondo_check_certificate_uncovered_names", "other") == 1)
    #expect(value("rondo_check_certificate_uncovered_names", "good") == 0)
    _ = try rondo.line { $0.contains(" attention kind=certificate-expiring subject=\"soon-cert of ") }
    _ = try rondo.line { $0.contains(" status word=critical was=starting severity=2 ") }
  }
}
