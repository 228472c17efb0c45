// EDNS as real clients use it: cookies, NSID, keepalive, subnets.

import DNS
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("EDNS", .enabled(if: Tool.dig.isInstalled))
struct EDNSTests {
  @Test("dig is given a cookie that it finds good, by two servers with one secret alike")
  func cookies() throws {
    let scratch = try Scratch()
    let path = try scratch.write("0123456789abcdef0123456789abcdef\n", to: "secrets")
    let options = ["--threads", "1", "--cookie-secrets", path]
    let (one, other) = (try RunningRondo(zone, options: options), try RunningRondo(zone, options: options))
    let first = try one.dig("+cookie=0102030405060708", "mail.it.example")
    let match = try #require(first.firstMatch(of: /COOKIE: ([0-9a-f]{48}) \(good\)/), "\(first)")
    let second = try other.dig("+cookie=\(match.1)", "mail.it.example")
    #expect(second.contains("COOKIE: \(match.1) (good)"), "\(second)")
    let alone = try one.dig("+cookie", "+header-only")
    #expect(alone.contains("(good)") && alone.contains("status: NOERROR"), "\(alone)")
  }

  @Test("A reload takes the file of secrets again, and refuses one that is broken")
  func secretsReloaded() throws {
    let scratch = try Scratch()
    let path = try scratch.write("0123456789abcdef0123456789abcdef\n", to: "secrets")
    let rondo = try RunningRondo(zone, options: ["--threads", "1", "--cookie-secrets", path])
    _ = try scratch.write("0123\n", to: "secrets")
    let refused = try rondo.reloadCommand()
    #expect(refused.status == 1 && refused.errors.contains("line 1 is no cookie secret"), "\(refused)")
    #expect(!refused.errors.contains("0123\n"))
    let before = try rondo.dig("+cookie=0102030405060708", "mail.it.example")
    _ = try scratch.write("fedcba98765432100123456789abcdef\n", to: "secrets")
    #expect(try rondo.reloadCommand().status == 0)
    let match = try #require(before.firstMatch(of: /COOKIE: ([0-9a-f]{48})/), "\(before)")
    #expect(try !rondo.dig("+cookie=\(match.1)", "mail.it.example").contains("COOKIE: \(match.1)"))
  }

  @Test("NSID, id.server, subnet, keepalive and the extended error, as dig shows them")
  func options() throws {
    let rondo = try RunningRondo(zone, options: ["--threads", "1", "--nsid", "ns1-nord"])
    let all = try rondo.dig("+nsid", "+subnet=192.0.2.0/24", "mail.it.example")
    #expect(all.contains(#"("ns1-nord")"#) && all.contains("CLIENT-SUBNET: 192.0.2.0/24/0"), "\(all)")
    #expect(try rondo.dig("+tcp", "+keepalive", "mail.it.example").contains("TCP KEEPALIVE: 30.0 secs"))
    #expect(try rondo.dig("+short", "CH", "TXT", "id.server") == "\"ns1-nord\"\n")
    #expect(try rondo.dig("CH", "TXT", "version.bind").contains("status: REFUSED"))
    #expect(try rondo.dig("elsewhere.example").contains("EDE: 20"))
  }

  @Test("kdig gets no longer reply for a padded query", .enabled(if: Tool.kdig.isInstalled))
  func padding() throws {
    let rondo = try RunningRondo(zone)
    for transport in ["+notcp", "+tcp"] {
      func length(_ options: String...) throws -> Substring {
        let output = try Tool.kdig.run(rondo.digTarget() + [transport, "+edns"] + options + ["mail.it.example"]).output
        return try #require(output.firstMatch(of: /Received (\d+) B/), "\(output)").1
      }
      #expect(try length("+padding=400") == length())
    }
  }
}
