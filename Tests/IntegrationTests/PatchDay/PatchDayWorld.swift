// The hosts of a patch day: Rondo, two mail nodes, two resolvers and a host full of clients, each in a network namespace
// of its own, joined by a router.
//
//   clients ── router ── unbound, BIND ── router ── Rondo
//      └────── router ── ex1, ex2: nginx and Postfix

import DNS
import Foundation
import Linux

/// A host on a cable of its own to the router: 10.n.0.2.
struct PatchDayHost {
  let namespace: Namespace
  let cable: Cable

  var address: IPAddress { cable.farAddress }
  /// The network interface.
  var device: String { cable.device }

  init(number: UInt8, at router: Namespace) throws {
    namespace = try Namespace()
    cable = try Cable(from: router, to: namespace, number: number)
  }
}

final class PatchDayWorld {
  let router: Namespace
  let rondo: PatchDayHost
  let nodes: [PatchDayHost]
  let clients: PatchDayHost
  let unbound: PatchDayHost
  let bind: PatchDayHost
  private let certificates: TestCertificates
  private let servers: [(Nginx, Postfix)]

  init() throws {
    router = try Namespace()
    try router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
    rondo = try PatchDayHost(number: 1, at: router)
    nodes = try [2, 3].map { [router] in try PatchDayHost(number: $0, at: router) }
    unbound = try PatchDayHost(number: 4, at: router)
    bind = try PatchDayHost(number: 5, at: router)
    clients = try PatchDayHost(number: 6, at: router)
    let certificates = try TestCertificates(in: Scratch())
    self.certificates = certificates
    servers = try nodes.enumerated().map { index, node in
      let name = "ex\(index + 1)"
      return (
        try Nginx(at: node.address, named: name, in: node.namespace),
        try Postfix(at: node.address, named: name, of: certificates, in: node.namespace)
      )
    }
    for node in nodes {
      try clients.namespace.awaitPort(Nginx.port, at: node.address)
      try clients.namespace.awaitPort(Postfix.port, at: node.address)
    }
  }

  /// A zone in which each name has a TTL of its own, in seconds.
  func zone(mail: Int, web: Int, exchanger: Int) -> String {
    """
    $ORIGIN it.example.
    $NODE ex1 \(nodes[0].address)
    $NODE ex2 \(nodes[1].address)
    $CHECK web http:\(Nginx.port)/health expect=well every=1s timeout=900ms fall=3 rise=1
    $CHECK mta smtp:\(Postfix.port) every=1s timeout=900ms fall=3 rise=1
    $POOL access ex1 ex2 check=web,mta
    @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 5 )
         1h NS  ns1
         \(exchanger) MX 10 mail
    ns1  1h A   \(rondo.address)
    mail \(mail) ROTATE access
    web  \(web) ROTATE access
    owa  \(web) CNAME web

    """
  }
}

/// unbound and BIND, both new and with empty caches.
struct PatchDayResolvers {
  let unbound: SocketEndpoint
  let bind: SocketEndpoint
  private let scratch: Scratch
  private let servers: [PeerServer]

  var endpoints: [SocketEndpoint] { [unbound, bind] }

  init(of world: PatchDayWorld) throws {
    let scratch = try Scratch()
    self.scratch = scratch
    unbound = SocketEndpoint(world.unbound.address, port: 53)
    bind = SocketEndpoint(world.bind.address, port: 53)
    let unboundFile = try scratch.write(
      """
      server:
        interface: \(unbound.address)
        access-control: 10.0.0.0/8 allow
        do-daemonize: no
        use-syslog: no
        username: ""
        chroot: ""
        directory: "\(scratch.path)"
        pidfile: ""
        module-config: "iterator"
        num-threads: 1
        infra-host-ttl: 1
      remote-control:
        control-enable: no
      stub-zone:
        name: "it.example."
        stub-addr: \(world.rondo.address)

      """, to: "unbound.conf")
    let bindFile = try scratch.write(
      """
      options {
        directory "\(scratch.path)"; listen-on { \(bind.address); }; listen-on-v6 { none; };
        pid-file "\(scratch.file("named.pid"))"; session-keyfile "\(scratch.file("session.key"))";
        recursion yes; allow-recursion { 10.0.0.0/8; }; dnssec-validation no; empty-zones-enable no;
      };
      controls { };
      logging { channel e { stderr; severity error; }; category default { e; }; };
      zone "it.example" { type static-stub; server-addresses { \(world.rondo.address); }; };

      """, to: "named.conf")
    servers = [
      try PeerServer(["unbound", "-d", "-c", unboundFile], in: world.unbound.namespace),
      try PeerServer(["named", "-f", "-n", "1", "-c", bindFile], in: world.bind.namespace),
    ]
    for endpoint in [unbound, bind] { try world.clients.namespace.awaitPort(endpoint.port, at: endpoint.address) }
  }
}
