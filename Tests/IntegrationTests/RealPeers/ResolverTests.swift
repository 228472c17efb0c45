// What reaches clients through a real resolver: unbound in front of the daemon, and resolvers that ask it in turn.

import DNS
import Linux
import Testing

extension Tool {
  static let unbound = Tool("unbound")
}

private let zone = """
  $ORIGIN it.example.
  $TTL 1h
  $NODE ex1 192.0.2.1
  $NODE ex2 192.0.2.2
  @       SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
          NS  ns1
  ns1     A   192.0.2.53
  mail    60  ROTATE ex1 ex2 check=none
  several 60  ROTATE ex1*9 ex2 check=none
  one     60  ROTATE ex1*9 ex2 check=none answers=1
  """

/// unbound with the daemon as the server of the zone.
private final class Unbound {
  let endpoint: SocketEndpoint
  private let scratch: Scratch
  private let server: PeerServer
  /// Runs as long as this does.
  private let rondo: RunningRondo

  init(for rondo: RunningRondo) throws {
    self.rondo = rondo
    scratch = try Scratch()
    let address = freshLoopback()
    // A port that somebody else has no reason to take: the address is this test's own.
    endpoint = SocketEndpoint(address, port: 5353)
    let configuration = try scratch.write(
      """
      server:
        interface: \(address)@\(endpoint.port)
        access-control: 127.0.0.0/8 allow
        do-not-query-localhost: no
        do-daemonize: no
        use-syslog: no
        username: ""
        chroot: ""
        directory: "\(scratch.file("."))"
        pidfile: ""
        module-config: "iterator"
        num-threads: 1
      remote-control:
        control-enable: no
      stub-zone:
        name: "it.example."
        stub-addr: \(rondo.dns[0].address)@\(rondo.dns[0].port)
      """, to: "unbound.conf")
    server = try PeerServer(["unbound", "-d", "-c", configuration])
    try waitForPort(endpoint.port, at: address, of: server)
  }

  /// The first address of each reply to so many clients.
  func firsts(_ name: String, _ count: Int) throws -> [IPAddress: Int] {
    let client = try UDPClient(to: endpoint, timeout: patience)
    return try (0..<count).reduce(into: [:]) { firsts, number in
      try client.send(query(name, id: UInt16(number)))
      let reply = try #require(Reply(try client.receive()))
      firsts[try #require(reply.addresses.first), default: 0] += 1
    }
  }
}

@Suite("Through resolvers")
struct ResolverTests {
  @Test(
    "unbound gives what it keeps in turn: nine to one becomes one to one, and answers=1 one node for a TTL",
    .enabled(if: areInstalled([.unbound], for: "weights behind a resolver")))
  func weights() throws {
    let resolver = try Unbound(for: RunningRondo(zone))
    let several = try resolver.firsts("several.it.example", 200)
    #expect(several.count == 2 && several.values.allSatisfy { (80...120).contains($0) }, "\(several)")
    let one = try resolver.firsts("one.it.example", 200)
    #expect(one.values.sorted() == [200], "\(one)")
  }

  @Test("Resolvers that ask in turn each meet each node first, and none of them has its own", arguments: [2, 3, 4])
  func lockStep(resolvers: Int) throws {
    let rondo = try RunningRondo(zone)
    var firsts: [[IPAddress: Int]] = Array(repeating: [:], count: resolvers)
    var all: [IPAddress: Int] = [:]
    for number in 0..<120 * resolvers {
      let client = try UDPClient(to: rondo.dns[0], timeout: patience)
      try client.send(query("mail.it.example", id: UInt16(number)))
      let first = try #require(Reply(try client.receive())?.addresses.first)
      firsts[number % resolvers][first, default: 0] += 1
      all[first, default: 0] += 1
    }
    for seen in firsts { #expect(seen.count == 2 && seen.values.allSatisfy { $0 >= 30 }, "\(firsts)") }
    #expect(all.values.allSatisfy { $0 == 60 * resolvers }, "\(all)")
  }
}
