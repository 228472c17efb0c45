// Pool policies as clients meet them: a running server, real nodes that fail, dig with and without a client subnet.

import DNS
import Linux
import Testing

private func zone(_ directives: String, port: UInt16, _ pool: String) -> String {
  """
  $ORIGIN it.example.
  \(directives)
  $CHECK port  tcp:\(port) every=200ms timeout=200ms fall=3 rise=2
  $POOL access \(pool)
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE access
  """
}

@Suite("Pool policies", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct PolicyTests {
  @Test("Weights are kept exactly, a backup comes in when its turn has come, and status and log tell it")
  func weightsAndBackup() throws {
    let nodes = try MailNodes()
    let spare = try MailNode(port: nodes.port)
    let rondo = try RunningRondo(
      zone(
        nodes.directives + "\n$NODE ex3 \(spare.address)", port: nodes.port,
        "ex1*3 ex2 check=port backup=ex3"))
    let (first, second) = (nodes.first.address.description, nodes.second.address.description)
    let firsts = try (0..<8).map { _ in try rondo.addresses().first }
    #expect(firsts.count { $0 == first } == 6 && firsts.count { $0 == second } == 2, "\(firsts)")
    let family = try rondo.statusJSON()["pools"][0]["families"][0]
    #expect(family["members"].array.map { $0["weight"].int } == [3, 1, 1])
    #expect(family["members"].array.map { $0["share_percent"].int } == [75, 25, 0])
    #expect(family["members"].array.map { $0["backup_group"].int } == [0, 0, 1])
    #expect(family["basis"].string == "healthy")

    nodes.first.stop()
    nodes.second.stop()
    try wait(for: "the backup alone") { try rondo.addresses() == [spare.address.description] }
    _ = try rondo.line { $0.hasSuffix(" backups-in pool=access family=ipv4 backups=ex3") }
    #expect(try rondo.statusCommand().output.contains("ex3(backup)"))
    try nodes.second.start()
    try wait(for: "the member alone") { try rondo.addresses() == [second] }
    _ = try rondo.line { $0.hasSuffix(" backups-out pool=access family=ipv4") }
  }

  @Test("prefer=site: by the address that asks, and by the client subnet of a resolver that is believed")
  func site() throws {
    let asker = freshLoopback()
    let stranger = freshLoopback()
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      $NODE ex1 192.0.2.1 site=nord
      $NODE ex2 192.0.2.2 site=sued
      $SITE nord \(asker) 10.1.0.0/16
      $SITE sued 10.2.0.0/16 10.1.7.0/24
      $ECS \(asker)
      @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
           1h NS  ns1
      ns1  1h A   192.0.2.53
      mail 60 ROTATE ex1 ex2 check=none prefer=site answers=1
      """)
    for (subnet, address, scope) in [
      ("10.2.3.0/24", "192.0.2.2", 16), ("10.1.0.0/24", "192.0.2.1", 22), ("10.1.7.0/24", "192.0.2.2", 24),
    ] {
      let output = try rondo.dig("-b", "\(asker)", "+subnet=\(subnet)", "mail.it.example")
      #expect(output.contains("CLIENT-SUBNET: \(subnet)/\(scope)") && output.contains(address), "\(output)")
    }
    for _ in 0..<2 { #expect(try rondo.addresses("mail.it.example", "-b", "\(asker)") == ["192.0.2.1"]) }
    for transport in ["+notcp", "+tcp"] {
      let output = try rondo.dig("-b", "\(stranger)", transport, "+subnet=10.2.3.0/24", "mail.it.example")
      #expect(output.contains("CLIENT-SUBNET: 10.2.3.0/24/0"), "not believed: \(output)")
    }
    let turns = try (0..<2).map { _ in try rondo.addresses("mail.it.example", "-b", "\(stranger)") }
    #expect(Set(turns).count == 2, "of no site, by turns")
  }

  @Test("all-down=servfail: SERVFAIL when nobody is left, over both transports, until somebody is back")
  func serverFailure() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port, "ex1 ex2 check=port all-down=servfail"))
    nodes.first.stop()
    nodes.second.stop()
    try wait(for: "SERVFAIL") { try rondo.dig("mail.it.example").contains("status: SERVFAIL") }
    let output = try rondo.dig("+tcp", "mail.it.example")
    #expect(output.contains("status: SERVFAIL") && output.contains("ANSWER: 0"), "\(output)")
    #expect(try rondo.dig("mail.it.example", "AAAA").contains("status: NOERROR"), "a family without nodes is NODATA")
    #expect(
      try rondo.statusCommand().output.hasPrefix(
        "SERVICE LOST: pool access: all nodes fail their checks (IPv4), what is left is handed out, and SERVFAIL"))
    #expect(try rondo.statusJSON()["pools"][0]["state"].string == "all-down-servfail")
    _ = try rondo.line { $0.hasSuffix(" pool-fail-open pool=access family=ipv4 answer=servfail") }
    try nodes.first.start()
    try wait(for: "an answer") { try rondo.addresses() == [nodes.first.address.description] }
  }

  @Test("all-down=last-good: who was answered last is answered, also behind a reload")
  func lastGood() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port, "ex1 ex2 check=port all-down=last-good"))
    nodes.first.stop()
    try wait(for: "one node") { try rondo.addresses() == [nodes.second.address.description] }
    nodes.second.stop()
    _ = try rondo.line { $0.contains(" pool-fail-open ") }
    #expect(try rondo.reloadCommand().status == 0)
    #expect(try rondo.addresses() == [nodes.second.address.description])
  }

  @Test("min-ttl=: the TTL is short while a change is near, and long again after it; a check that warns is reported")
  func shortTTL() throws {
    let nodes = try MailNodes()
    let other = try MailNode()
    let rondo = try RunningRondo(
      zone(
        nodes.directives + "\n$CHECK other tcp:\(other.port) every=200ms timeout=200ms fall=1", port: nodes.port,
        "ex1 ex2 check=port warn=other min-ttl=7s"
      ).replacing("fall=3", with: "fall=20 fast=200ms"))
    _ = try rondo.line { $0.contains(" check-warning node=ex1 ") && $0.hasSuffix(" pools=access") }
    let status = try rondo.statusCommand()
    #expect(status.status == 1)
    #expect(status.output.hasPrefix("WARNING: a check that only warns fails: other of ex1"), "\(status.output)")
    #expect(try rondo.dig("mail.it.example").contains(/mail\.it\.example\.\s+60\s/))
    nodes.first.stop()
    try wait(for: "a short TTL, and the words for it") {
      let explained = try IntegrationTests.rondo("explain", "--control", rondo.controlPath, "mail.it.example", "A")
      return try explained.output.contains("A change is near: the TTL is that of min-ttl=, 7.\n")
        && explained.output.contains("mail.it.example. 7 A ")
        && rondo.dig("mail.it.example").contains(/mail\.it\.example\.\s+7\s/)
    }
    try wait(for: "the node to leave the answers") {
      try rondo.addresses() == [nodes.second.address.description]
    }
    try wait(for: "the long TTL") { try rondo.dig("mail.it.example").contains(/mail\.it\.example\.\s+60\s/) }
  }

  @Test("slow-start=: a node that is back has a tenth of its share, then more without anything happening")
  func slowStart() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port, "ex1 ex2 check=port slow-start=2s"))
    nodes.first.stop()
    try wait(for: "one node") { try rondo.addresses().count == 1 }
    try nodes.first.start()
    func share() throws -> Int? {
      try rondo.statusJSON()["pools"][0]["families"][0]["members"][0]["slow_start_percent"].int
    }
    try wait(for: "both nodes") { try rondo.addresses().count == 2 }
    #expect(try #require(try share()) < 100)
    try wait(for: "the whole share") { try share() == 100 }
    try wait(for: "equal turns") { Set(try (0..<2).map { _ in try rondo.addresses().first }).count == 2 }
  }
}
