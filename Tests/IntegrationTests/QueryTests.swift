// `rondo query` beside dig on the same answers, and before servers that do not answer as they should.

import DNS
import Foundation
import Linux
import Testing

private let zone = """
  $ORIGIN it.example.
  $TTL 1h
  $NODE ex1 192.0.2.1 2001:db8::1
  $POOL access ex1 check=none
  @     SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
        NS  ns1
        MX  10 mail
        TXT "v=spf1 mx -all" "a\\"b\\\\c\\009;x"
        CAA 0 issue "ca.example;policy=ev"
  ns1   A   192.0.2.53
        AAAA 2001:db8::53
  mail  60 ROTATE access
  alias CNAME ns1
  _25._tcp.mail TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  _imaps._tcp SRV 0 1 993 ns1
  web   HTTPS 1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1 mandatory=alpn,port ech=AAECAw== key667="a b"
  loc   LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
  nap   NAPTR 100 10 "S" "SIP+D2U" "" _sip._udp
  uri   URI 10 1 "https://it.example/"
  rp    RP  admin txt
  host  HINFO "PC" "Linux \\200"
  odd\\.dot\\032space A 192.0.2.2
  any   TYPE65280 \\# 4 c0000201
  none  TYPE65280 \\# 0
  sub   NS  ns.other.example.
        DS  60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
  dn    DNAME other.example.
  big   TXT \(String(repeating: "\"\(String(repeating: "x", count: 250))\" ", count: 8))

  """

@Suite("rondo query")
struct QueryTests {
  /// Runs `rondo query` with these words.
  private func query(_ words: [String], at server: SocketEndpoint) throws -> Finished {
    try ChildProcess(rondoBinary, ["query", "@\(server)"] + words).finish()
  }

  @Test(
    "The output is dig's, but for the banner and the moment", .enabled(if: Tool.dig.isInstalled))
  func besideDig() throws {
    let rondo = try RunningRondo(zone, options: ["--threads", "1", "--nsid", "ex-nord"])
    let server = try #require(rondo.dns.first)
    func comparable(_ text: String) -> [String] {
      text.replacing(#/id: \d+/#, with: "id").replacing(
        "Truncated, retrying in TCP mode", with: "Truncated over UDP, asked again over TCP"
      )
      .split(separator: "\n").map(String.init).filter { line in
        let isBanner =
          line.hasPrefix("; <<>>") || line.hasPrefix(";; global options") || line.hasPrefix(";; Got answer")
        return !(isBanner || line.hasPrefix(";; Query time") || line.hasPrefix(";; WHEN"))
      }
    }
    let questions = [
      "mail.it.example", "mail.it.example AAAA", "it.example SOA", "it.example NS", "it.example MX", "it.example TXT",
      "it.example CAA", "alias.it.example", "_25._tcp.mail.it.example TLSA", "_imaps._tcp.it.example SRV",
      "web.it.example HTTPS", "loc.it.example LOC", "nap.it.example NAPTR", "uri.it.example URI", "rp.it.example RP",
      "host.it.example HINFO", #"odd\.dot\032space.it.example"#, "any.it.example TYPE65280",
      "none.it.example TYPE65280",
      "sub.it.example", "sub.it.example DS", "x.dn.it.example", "nowhere.it.example", "other.example",
      "big.it.example TXT", "big.it.example TXT +ignore", "it.example MX +tcp", "it.example MX +noedns",
      "it.example ANY", "it.example MX +dnssec", "it.example MX +nsid", "mail.it.example +subnet=192.0.2.0/24",
      "id.server TXT CH", "-x 192.0.2.1", "-x 2001:db8::1", "web.it.example HTTPS +short", "alias.it.example +short",
    ]
    for question in questions {
      let words = question.split(separator: " ").map(String.init) + ["+norec"]
      let expected = comparable(try rondo.dig(["+nocookie", "+nocmd", "+nosplit"] + words))
      let shown = comparable(try query(words, at: server).output)
      #expect(
        shown == expected,
        "\(question)\n\(shown.joined(separator: "\n"))\nand dig:\n\(expected.joined(separator: "\n"))")
    }
  }

  @Test("Exit status 0 is for an answer, also that there is no such name; 1 for errors; both say which")
  func exitStatus() throws {
    let rondo = try RunningRondo(zone, options: ["--threads", "1"])
    let server = try #require(rondo.dns.first)
    let found = try query(["mail.it.example", "+short"], at: server)
    #expect(found.status == 0 && found.output == "192.0.2.1\n" && found.errors.isEmpty)
    let absent = try query(["nowhere.it.example"], at: server)
    #expect(absent.status == 0 && absent.output.contains("status: NXDOMAIN"))
    let refused = try query(["other.example"], at: server)
    #expect(refused.status == 1 && refused.output.contains("status: REFUSED"))
    let short = try query(["other.example", "+short"], at: server)
    #expect(short.status == 1 && short.output.isEmpty && short.errors == "rondo: \(server) answered REFUSED\n")
    let nobody = try query(["it.example"], at: SocketEndpoint(freshLoopback(), port: 1))
    #expect(nobody.status == 1 && nobody.errors.contains("Connection refused; nothing listens there"))
  }

  // MARK: Servers that misbehave

  /// Asks a server that answers each datagram with what `answers` makes of it.
  private func ask(_ words: [String] = [], answers: @escaping @Sendable ([UInt8]) -> [[UInt8]]) throws -> Finished {
    let server = try OddServer(answers)
    return try withExtendedLifetime(server) {
      try query(["mail.it.example", "+time=1", "+tries=2"] + words, at: server.endpoint)
    }
  }

  /// A reply without records.
  private static func reply(to query: [UInt8], flags: [UInt8] = [0x84, 0]) -> [UInt8] {
    Array(query[..<2]) + flags + [0, 1] + Array(repeating: 0, count: 6) + Array(query[12..<query.count - 11])
  }

  @Test("A message that does not belong to the query is ignored, and the reply that follows is used")
  func strays() throws {
    let result = try ask(["+short"]) { query in
      let good = Self.reply(to: query)
      var wrongID = good
      wrongID[0] ^= 0xFF
      var wrongQuestion = good
      wrongQuestion[13] ^= 1
      return [[], [1, 2, 3], wrongID, wrongQuestion, query, good]
    }
    #expect(result.status == 0, "\(result)")
  }

  @Test("A server that sends nothing but strays gets no more time than said, and the last one is described")
  func onlyStrays() throws {
    let start = ContinuousClock.now
    let result = try ask { query in [Array(repeating: 0, count: 12), query] }
    #expect(ContinuousClock.now - start < .seconds(15))
    #expect(
      result.status == 1
        && result.errors.contains(" within 1 s, asked 2 times; what came last is not the reply: it is no reply"),
      "\(result)")
    let silent = try ask { _ in [] }
    #expect(
      silent.status == 1 && silent.errors.contains("; is the address right, and does every firewall let DNS through?"))
  }

  @Test("A reply that does not parse is an error, and its place is named")
  func malformed() throws {
    let result = try ask { query in
      var reply = Self.reply(to: query)
      reply[7] = 1
      // An owner name that points at itself.
      return [reply + [0xC0, UInt8(reply.count)] + Array(repeating: 0, count: 20)]
    }
    #expect(
      result.status == 1 && result.errors.contains("that can be read: its answer section is malformed at octet 33"))
  }

  @Test("A server that does not know EDNS is recognised")
  func withoutEDNS() throws {
    let result = try ask { query in [Self.reply(to: query, flags: [0x80, 1])] }
    #expect(result.status == 1 && result.output.contains("status: FORMERR"))
    #expect(result.output.hasSuffix(";; perhaps the server does not know EDNS: try +noedns\n"))
  }

  @Test("A truncated answer of a server without TCP is an error, and +ignore shows it")
  func truncated() throws {
    let answers: @Sendable ([UInt8]) -> [[UInt8]] = { [Self.reply(to: $0, flags: [0x86, 0])] }
    let result = try ask(answers: answers)
    #expect(result.status == 1 && result.errors.contains("Connection refused"))
    let shown = try ask(["+ignore"], answers: answers)
    #expect(shown.status == 0 && shown.output.contains("flags: qr aa tc;"))
  }
}

@Suite("rondo query over TCP", .enabled(if: Tool.perl.isInstalled))
struct StreamQueryTests {
  /// Asks a server that says over TCP what a Perl program prints to its client, and over UDP that all is cut.
  private func ask(_ words: [String], saying program: String) throws -> Finished {
    let script = """
      use IO::Socket::INET; $| = 1; $SIG{PIPE} = 'IGNORE';
      my $t = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5) or die;
      my $u = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $t->sockport, Proto => 'udp') or die;
      print STDERR 'PORT ', $t->sockport, chr(10);
      if (!fork) {
        while (my $from = $u->recv(my $q, 999)) {
          my $r = $q; substr($r, 2, 2) = chr(0x86) . chr(0); substr($r, 6, 2) = chr(0) . chr(5);
          send $u, substr($r, 0, length($r) - 11) . chr(0xC0), 0, $from;
        }
      }
      while (my $c = $t->accept) { sysread $c, my $q, 999; $q = substr $q, 2; \(program) }
      """
    let server = try ChildProcess("/usr/bin/perl", ["-e", script])
    defer {
      server.send(SIGTERM)
      _ = try? server.finish()
    }
    let port = try wait(for: "the port of the server") {
      server.errors.split(separator: "\n").first { $0.hasPrefix("PORT ") }.flatMap { UInt16($0.dropFirst(5)) }
    }
    return try ChildProcess(rondoBinary, ["query", "mail.it.example", "@127.0.0.1:\(port)"] + words).finish()
  }

  @Test("A reply over UDP that is cut within a record is asked for again over TCP")
  func cutWithinARecord() throws {
    let result = try ask(
      ["+short"],
      saying: #"substr($q, 2, 2) = chr(0x84) . chr(0); syswrite $c, pack('n', length $q) . $q; close $c;"#)
    #expect(result.status == 0, "\(result)")
  }

  @Test("A server that sends without an end gets no more time than said")
  func endless() throws {
    let start = ContinuousClock.now
    let result = try ask(["+tcp", "+time=1"], saying: "1 while syswrite $c, chr(0) x 65536;")
    #expect(result.status == 1 && result.errors.contains("within 1 s"), "\(result)")
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}

/// A UDP server on loopback that answers as a test wants, until it is let go of.
private final class OddServer: Sendable {
  let endpoint: SocketEndpoint
  private let isOver: Flag

  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isRaised: Bool { lock.withLock { value } }
    func raise() { lock.withLock { value = true } }
  }

  init(_ answers: @escaping @Sendable ([UInt8]) -> [[UInt8]]) throws {
    let isOver = Flag()
    self.isOver = isOver
    let number = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // The structure is a sockaddr_in throughout, and its length is said.
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(number, pointer, length) == 0 && getsockname(number, pointer, &length) == 0
      }
    }
    guard number >= 0, isBound else { throw DeadlinePassed(description: "no socket for an odd server") }
    endpoint = SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { OddServer.serve(number, isOver, answers) }
  }

  deinit { isOver.raise() }

  private static func serve(_ number: Int32, _ isOver: Flag, _ answers: ([UInt8]) -> [[UInt8]]) {
    defer { close(number) }
    var octets = [UInt8](repeating: 0, count: 4096)
    while !isOver.isRaised {
      var watched = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&watched, 1, 50) == 1 else { continue }
      var peer = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      // The kernel writes no more than both lengths say; what it wrote is sent back to.
      unsafe withUnsafeMutablePointer(to: &peer) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          let count = unsafe recvfrom(number, &octets, octets.count, 0, pointer, &length)
          guard count > 0 else { return }
          for answer in answers(Array(octets[..<count])) {
            unsafe sendto(number, answer, answer.count, 0, pointer, length)
          }
        }
      }
    }
  }
}
