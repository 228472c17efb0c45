// Nodes on hosts of their own: silent, unplugged, refusing, behind a network that loses packets, and watched.

import DNS
import Linux
import Testing

private let hasHosts = Namespace.arePossible && areInstalled([.nginx, .dig, .curl], for: "nodes on other hosts")

/// Three nodes, each a host with nginx, and a host for Rondo that has a cable to each.
private struct ThreeHosts {
  let center: Namespace
  var hosts: [Namespace] = []
  var cables: [Cable] = []
  var servers: [Nginx] = []

  init() throws {
    center = try Namespace()
    for number: UInt8 in 1...3 {
      let host = try Namespace()
      let cable = try Cable(from: center, to: host, number: number)
      servers.append(try Nginx(at: cable.farAddress, in: host))
      hosts.append(host)
      cables.append(cable)
    }
    for cable in cables { try center.awaitPort(Nginx.port, at: cable.farAddress) }
  }

  func start(_ check: String, named count: Int = 1, fall: String) throws -> RunningRondo {
    let names = (1...count).map { "c\($0)" }
    let nodes = cables.enumerated().map { "$NODE ex\($0 + 1) \($1.farAddress)" }
    return try RunningRondo(
      """
      $ORIGIN it.example.
      \(nodes.joined(separator: "\n"))
      \(names.map { "$CHECK \($0) \(check) \(fall)" }.joined(separator: "\n"))
      $POOL access ex1 ex2 ex3 check=\(names.joined(separator: ","))
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE access
      """, on: center)
  }

  /// Waits until the node is out of the answers, and returns how long after `start` that was logged, and its reason.
  func waitForDown(
    _ node: Int, _ rondo: RunningRondo, since start: ContinuousClock.Instant
  ) throws -> (after: Duration, line: String) {
    let line = try wait(for: "ex\(node) to go down") {
      rondo.log.last { $0.contains(" address-down node=ex\(node) ") }
    }
    let after = ContinuousClock.now - start
    let address = cables[node - 1].farAddress.description
    try wait(for: "ex\(node) to leave the answers") { try !rondo.addresses().contains(address) }
    return (after, line)
  }
}

@Suite("Nodes on hosts of their own", .enabled(if: hasHosts))
struct NetworkTests {
  @Test("every=1s timeout=1s fall=1: a host gone silent, a cable pulled, a port refused; each comes back")
  func quickest() throws {
    let world = try ThreeHosts()
    let rondo = try world.start("tcp:\(Nginx.port)", fall: "every=1s timeout=1s fall=1 rise=1")
    var start = ContinuousClock.now
    try world.hosts[0].lose(percent: 100)
    let silent = try world.waitForDown(1, rondo, since: start)
    #expect(silent.line.contains(#"reason="no answer within 1 s""#))

    start = .now
    try world.cables[1].pull()
    let pulled = try world.waitForDown(2, rondo, since: start)
    #expect(pulled.line.contains(#"reason="no answer within 1 s""#) || pulled.line.contains("no route to host"))
    #expect(try rondo.addresses() == [world.cables[2].farAddress.description])

    try world.hosts[0].loseNothing()
    try world.cables[1].plug()
    for node in 1...2 { _ = try rondo.line { $0.contains(" address-up node=ex\(node) ") } }
    start = .now
    world.servers[2].stop()
    let refused = try world.waitForDown(3, rondo, since: start)
    #expect(refused.line.contains(#"reason="connection refused""#))
    standardError.writeLine(
      """
      NOTE: every=1s timeout=1s fall=1: out after \(silent.after) when silent, \(pulled.after) when unplugged, \
      \(refused.after) when refused
      """)
  }

  @Test("At the defaults a silent and a refusing host go out, and the third stays")
  func defaults() throws {
    let world = try ThreeHosts()
    let rondo = try world.start("http:\(Nginx.port)/health", fall: "")
    let start = ContinuousClock.now
    world.servers[1].stop()
    try world.hosts[0].lose(percent: 100)
    let refused = try world.waitForDown(2, rondo, since: start)
    let silent = try world.waitForDown(1, rondo, since: start)
    #expect(refused.line.contains(#"reason="connection refused""#))
    #expect(silent.line.contains(#"reason="no answer within 2 s""#))
    #expect(try rondo.addresses() == [world.cables[2].farAddress.description])
    standardError.writeLine("NOTE: defaults: out after \(silent.after) when silent, \(refused.after) when refused")
  }

  @Test("watch=on: a stopped service is seen within moments, long before its next check")
  func watched() throws {
    let world = try ThreeHosts()
    let rondo = try world.start("tcp:\(Nginx.port)", fall: "every=1h timeout=2s watch=on")
    try wait(for: "the watched connection") {
      try world.center.run("ss", "-Htn", "state", "established").output.contains("10.1.0.2:8080")
    }
    let start = ContinuousClock.now
    world.servers[0].stop()
    let down = try world.waitForDown(1, rondo, since: start)
    #expect(down.line.contains(#"reason="connection refused""#))
    standardError.writeLine("NOTE: watch=on: a stopped service on another host was out after \(down.after)")
  }

  @Test("A firewall that prohibits IPv6 connections takes the node out: that is no fault of this host")
  func prohibited() throws {
    let center = try Namespace()
    let router = try Namespace()
    _ = try Cable(from: center, to: router, number: 1)
    try center.run("ip", "address", "add", "2001:db8:1::1/64", "dev", "cable1", "nodad")
    try router.run("ip", "address", "add", "2001:db8:1::2/64", "dev", "cable1", "nodad")
    try center.run("ip", "route", "add", "2001:db8:2::/64", "via", "2001:db8:1::2")
    try router.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
    try router.run("ip", "route", "add", "prohibit", "2001:db8:2::/64")
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      $NODE ex1 2001:db8:2::11
      $CHECK port tcp:25 every=1h timeout=30s
      $POOL access ex1 check=port
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE access
      """, on: center)
    #expect(try rondo.states() == ["port": "down: a firewall prohibits the connection"])
  }

  @Test("A host that is cut off keeps its last view and says so, and goes on when it hears somebody again")
  func isolated() throws {
    let world = try ThreeHosts()
    let rondo = try world.start("tcp:\(Nginx.port)", fall: "every=1s timeout=1s fall=1 rise=1")
    world.servers[2].stop()
    _ = try world.waitForDown(3, rondo, since: .now)
    let lastView = Set(world.cables.prefix(2).map(\.farAddress.description))
    try world.center.lose(percent: 100)
    _ = try rondo.line { $0.contains(" isolated family=ipv4 ") }
    // Nothing has been heard for three intervals, and the view still stands.
    for node in 1...3 { _ = try rondo.line { $0.contains(" results-missing node=ex\(node) ") } }
    #expect(try Set(rondo.addresses()) == lastView)
    let summary = try rondo.statusJSON()["summary"].string ?? ""
    #expect(summary.contains("this host is cut off (IPv4): its last view is kept, and no failure would be noticed"))
    #expect(try rondo.statusJSON()["severity"].string == "isolated")
    #expect(try rondo.checks().map { $0["origin"].string } == ["isolation"])

    try world.center.loseNothing()
    _ = try rondo.line { $0.contains(" isolation-over family=ipv4") }
    for node in 1...3 { _ = try rondo.line { $0.contains(" results-back node=ex\(node) ") } }
    #expect(try Set(rondo.addresses()) == lastView)
    let down = rondo.log.filter { $0.contains(" address-down ") && !$0.contains(" node=ex3 ") }
    #expect(down == [], "\(rondo.log)")
  }

  @Test("A network that loses three packets of ten takes nobody out")
  func lossy() throws {
    let world = try ThreeHosts()
    // With the SYN sent again after a second, one probe in eleven fails: five in a row are one in two hundred thousand.
    let rondo = try world.start(
      "tcp:\(Nginx.port)", named: 20, fall: "every=2s timeout=2s fast=1s fall=5 flaky=off rise=1")
    try world.hosts[0].lose(percent: 30)
    let before = try rondo.checks().map { $0["probes"].int ?? 0 }.max() ?? 0
    try wait(for: "losses") {
      let checks = try rondo.checks()
      let late = checks.count { ($0["latency_us"].int ?? 0) > 900_000 }
      return late > 0 && checks.allSatisfy { ($0["probes"].int ?? 0) > before + 2 }
    }
    #expect(try rondo.states().values.allSatisfy { $0.hasPrefix("up") })
    #expect(!rondo.log.contains { $0.contains(" address-down ") || $0.contains(" isolated ") })
  }
}
