// Answers as real clients see them: dig (BIND), kdig (Knot) and drill (ldns) over UDP and TCP, IPv4 and IPv6.

import DNS
import Linux
import TestSupport
import Testing

/// Three nodes that need no check, in both families.
private let unchecked = """
  $ORIGIN it.example.
  $TTL 1h
  $NODE ex1 192.0.2.1 2001:db8::1
  $NODE ex2 192.0.2.2 2001:db8::2
  $NODE ex3 192.0.2.3 2001:db8::3
  $NODE old 192.0.2.9
  @     SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
        NS  ns1
  ns1   A   192.0.2.53
  mail  60  ROTATE ex1 ex2 ex3 check=none
  v4    60  ROTATE old check=none
  """

/// Both families, as far as this host has them.
private let listening = loopbackHasIPv6 ? ["\(freshLoopback()):0", "[::1]:0"] : ["\(freshLoopback()):0"]

let loopbackHasIPv6: Bool = {
  let isThere = localAddresses().contains { $0 == IPAddress("::1") }
  if !isThere { standardError.writeLine("NOTE: this host has no ::1; nothing is tested over IPv6") }
  return isThere
}()

@Suite("Answers to real clients")
struct AnswerTests {
  @Test(
    "Every client reads the rotation, over either transport and family",
    arguments: [Tool.dig, Tool.kdig, Tool.drill].filter(\.isInstalled))
  func rotation(_ tool: Tool) throws {
    let rondo = try RunningRondo(unchecked, listen: listening, options: ["--threads", "1"])
    for index in rondo.dns.indices {
      for transport in ["UDP", "TCP"] {
        for type in ["A", "AAAA"] {
          let seen = try (0..<6).map { _ in
            try lines(tool, rondo.dns[index], transport, "mail.it.example", type)
          }
          let context = Comment(rawValue: "\(tool.name) \(transport) \(type) at \(rondo.dns[index])")
          let all = type == "A" ? (1...3).map { "192.0.2.\($0)" } : (1...3).map { "2001:db8::\($0)" }
          for answer in seen { #expect(answer.sorted() == all, context) }
          // One thread, one counter: each node is first every third time.
          #expect(Set(seen.prefix(3).map(\.first)).count == 3, context)
          #expect(seen.prefix(3) == seen.suffix(3), context)
        }
      }
    }
  }

  /// The addresses of one answer.
  private func lines(
    _ tool: Tool, _ server: SocketEndpoint, _ transport: String, _ name: String, _ type: String
  ) throws -> [String] {
    let isTCP = transport == "TCP"
    let arguments =
      switch tool.name {
      case "drill": ["-p", "\(server.port)", isTCP ? "-t" : "-u", "@\(server.address)", name, type]
      default: ["@\(server.address)", "-p", "\(server.port)", isTCP ? "+tcp" : "+notcp", "+short", name, type]
      }
    let output = try tool.run(arguments).output
    return output.split(separator: "\n").filter { !$0.hasPrefix(";") }.compactMap { line in
      line.split(whereSeparator: \.isWhitespace).last.flatMap { IPAddress($0) }?.description
    }
  }

  @Test("Of 10,000 queries from eight sockets, each node is first in a third, within 1 %")
  func fairness() throws {
    let rondo = try RunningRondo(unchecked)
    var first: [IPAddress: Int] = [:]
    for _ in 0..<8 {
      let client = try UDPClient(to: rondo.dns[0], timeout: patience)
      for number in 0..<1_250 {
        try client.send(query("mail.it.example", id: UInt16(number)))
        let reply = try #require(Reply(try client.receive()))
        #expect(reply.id == UInt16(number))
        first[try #require(reply.addresses.first), default: 0] += 1
      }
    }
    #expect(first.count == 3)
    for count in first.values { #expect(abs(count - 3_333) <= 34, "\(first)") }
    #expect(try rondo.statusJSON()["answers"]["queries"][0]["count"].int == 10_000)
  }

  @Test("A name without IPv6 says NODATA with the SOA, not NXDOMAIN", .enabled(if: Tool.dig.isInstalled))
  func noData() throws {
    let rondo = try RunningRondo(unchecked)
    let output = try rondo.dig("v4.it.example", "AAAA")
    #expect(output.contains("status: NOERROR"))
    #expect(output.contains("ANSWER: 0, AUTHORITY: 1"))
    #expect(try #require(output.firstMatch(of: /(?m)^it\.example\.\s+(\d+)\s+IN\s+SOA/)).1 == "10")
    #expect(output.contains(" aa"))
  }

  @Test("A name that does not exist is NXDOMAIN, one of another zone REFUSED", .enabled(if: Tool.dig.isInstalled))
  func negative() throws {
    let rondo = try RunningRondo(unchecked)
    #expect(try rondo.dig("nobody.it.example").contains("status: NXDOMAIN"))
    #expect(try rondo.dig("example.net").contains("status: REFUSED"))
  }

  @Test("The case of the question is kept (0x20)", .enabled(if: Tool.dig.isInstalled))
  func mixedCase() throws {
    let rondo = try RunningRondo(unchecked)
    let output = try rondo.dig("+norecurse", "mAiL.It.eXaMpLe", "A")
    #expect(output.contains(";mAiL.It.eXaMpLe."))
    #expect(output.matches(of: /(?m)^mAiL\.It\.eXaMpLe\.\s+60\s+IN\s+A/).count == 3)
    #expect(!output.contains("WARNING"))
  }

  @Test("EDNS: a size is understood, another version is BADVERS", .enabled(if: Tool.kdig.isInstalled))
  func edns() throws {
    let rondo = try RunningRondo(unchecked)
    let plain = try Tool.kdig.run(rondo.digTarget() + ["+bufsize=4096", "mail.it.example"]).output
    #expect(plain.contains("EDNS PSEUDOSECTION") && plain.contains("status: NOERROR"), "\(plain)")
    let version = try Tool.kdig.run(rondo.digTarget() + ["+edns=1", "mail.it.example"]).output
    #expect(version.contains("status: BADVERS") || version.contains("ext-rcode: BADVERS"), "\(version)")
    let none = try Tool.kdig.run(rondo.digTarget() + ["+noedns", "mail.it.example"]).output
    #expect(!none.contains("EDNS PSEUDOSECTION") && none.contains("status: NOERROR"), "\(none)")
  }

  @Test("An answer too large for UDP is cut, and whole over TCP", .enabled(if: Tool.dig.isInstalled))
  func truncation() throws {
    let texts = (0..<12).map { "big TXT \"\($0) \(String(repeating: "x", count: 180))\"" }
    let rondo = try RunningRondo(unchecked + "\n" + texts.joined(separator: "\n"))
    let cut = try rondo.dig("+ignore", "big.it.example", "TXT")
    #expect(cut.matches(of: /flags:[a-z ]* tc/).count == 1, "\(cut)")
    let whole = try rondo.dig("big.it.example", "TXT")
    #expect(whole.contains(";; Truncated, retrying in TCP mode."))
    #expect(whole.contains("ANSWER: 12"))
    #expect(try rondo.statusJSON()["answers"]["truncated"].int == 2)
  }
}
