// A reload that would leave a pool without a healthy node, one that comes while another is under way, and one for which
// there is no memory.

import DNS
import Foundation
import Linux
import Testing

@Suite("A reload that would do harm", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct ReloadLossTests {
  private func zone(_ nodes: String, port: UInt16, pool: String = "access", _ more: String = "") -> String {
    """
    $ORIGIN it.example.
    \(nodes)
    $CHECK web tcp:\(port) every=1s timeout=900ms
    $POOL \(pool) ex1 ex2 check=web
    @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
         1h NS  ns1
    ns1  1h A   192.0.2.53
    mail 60 ROTATE \(pool)
    \(more)

    """
  }

  private func runReload(_ option: String, at daemon: RunningRondo) throws -> Finished {
    try rondo("reload", option, "--control", daemon.controlPath)
  }

  /// Addresses of this host at which nobody listens.
  private func deadNodes() -> (text: String, addresses: Set<String>) {
    let (one, other) = (freshLoopback(), freshLoopback())
    return ("$NODE ex1 \(one)\n$NODE ex2 \(other)", [one.description, other.description])
  }

  @Test("It is refused with the reason for each node, whatever the pool is called now, and done with --force")
  func refusedAndForced() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port))
    #expect(try Set(rondo.addresses()) == nodes.addresses)
    let dead = deadNodes()
    for pool in ["access", "renamed"] {
      try rondo.scratch.write(zone(dead.text, port: nodes.port, pool: pool, "new 60 A 192.0.2.7"), to: "test.zone")
      let refused = try rondo.reloadCommand()
      #expect(refused.status == 1)
      #expect(
        refused.errors.contains(
          "pool \(pool) in IPv4 (ex1 by check web: connection refused; ex2 by check web: connection refused)"),
        "\(refused.errors)")
      #expect(refused.errors.contains("rondo reload --force"))
      #expect(try Set(rondo.addresses()) == nodes.addresses)
      #expect(try rondo.addresses("new.it.example") == [])
    }
    // What the trial found is marked: nothing was answered from these nodes.
    let found = rondo.log.filter { $0.contains(" address-down ") }
    #expect(!found.isEmpty && found.allSatisfy { $0.hasSuffix(" trial=yes") }, "\(found)")
    #expect(rondo.log.contains { $0.contains(" error reload-loss pool=access family=ipv4 reason=") })
    let reload = try rondo.statusJSON()["configuration"]["last_reload"]
    #expect(reload["ok"].bool == false)
    #expect(reload["first_error"].string?.hasPrefix("it would leave pool renamed in IPv4 (") == true)
    #expect(reload["refused_for"].string == "losses" && reload["pools_lost"].int == 1 && reload["errors"].int == 0)
    let status = try rondo.statusCommand().output
    #expect(status.contains("the last reload was refused (1 pool would lose its last healthy node)"), "\(status)")
    #expect(status.contains(" ago: it would leave pool renamed in IPv4 ("), "\(status)")

    let forced = try runReload("--force", at: rondo)
    #expect(forced.status == 0)
    #expect(forced.output.contains("Not healthy yet: pool renamed in IPv4"), "\(forced.output)")
    #expect(try Set(rondo.addresses()) == dead.addresses)
    // What is lost already is no loss.
    try rondo.scratch.write(zone(deadNodes().text, port: nodes.port, "new 60 A 192.0.2.7"), to: "test.zone")
    #expect(try rondo.reloadCommand().status == 0)
  }

  @Test("SIGHUP refuses it too, says so in the log, and reloads once a node is there")
  func hangUp() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port))
    let late = try MailNode(port: nodes.port)
    late.stop()
    try rondo.scratch.write(
      zone("$NODE ex1 \(late.address)\n$NODE ex2 \(freshLoopback())", port: nodes.port), to: "test.zone")
    rondo.process.send(SIGHUP)
    _ = try rondo.line { $0.contains(" error reload-refused pools=1") }
    #expect(try Set(rondo.addresses()) == nodes.addresses)
    try late.start()
    rondo.process.send(SIGHUP)
    _ = try rondo.line { $0.contains(" reload-ok ") }
    // Nobody but the node that new checks have found healthy.
    #expect(try rondo.addresses() == [late.address.description])
  }

  @Test("New nodes that are healthy are waited for, and the wait is no longer than it takes")
  func newNodes() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port), options: ["--start-wait", "60"])
    let others = (try MailNode(port: nodes.port), try MailNode(port: nodes.port))
    try rondo.scratch.write(
      zone("$NODE ex1 \(others.0.address)\n$NODE ex2 \(others.1.address)", port: nodes.port), to: "test.zone")
    let clock = ContinuousClock()
    let begun = clock.now
    #expect(try rondo.reloadCommand().status == 0)
    #expect(clock.now - begun < .seconds(20))
    #expect(try Set(rondo.addresses()) == [others.0.address.description, others.1.address.description])
  }

  @Test("Checks that give no result are waited for as long as --start-wait says, and then it is refused")
  func silentNodes() throws {
    let nodes = try MailNodes()
    let text = zone(nodes.directives, port: nodes.port)
    let rondo = try RunningRondo(text, options: ["--start-wait", "1"])
    try rondo.scratch.write(
      text.replacingOccurrences(
        of: "tcp:\(nodes.port) every=1s timeout=900ms", with: "smtp:\(nodes.port) every=60s timeout=50s"),
      to: "test.zone")
    let refused = try rondo.reloadCommand()
    #expect(refused.status == 1)
    #expect(refused.errors.contains("pool access in IPv4 (ex1 by check web: no result yet; "), "\(refused.errors)")
    #expect(try Set(rondo.addresses()) == nodes.addresses)
    // The checks of before go on.
    nodes.first.stop()
    _ = try rondo.line { $0.contains(" address-down node=ex1 ") }
  }

  @Test("Reloads that are asked for at once are each answered by a reading of their own time")
  func many() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port))
    let commands = try (0..<12).map { number in
      try rondo.scratch.write(zone(nodes.directives, port: nodes.port, "n\(number) 60 A 192.0.2.7"), to: "test.zone")
      return try ChildProcess(rondoBinary, ["reload", "--control", rondo.controlPath])
    }
    for command in commands {
      let finished = try command.finish()
      #expect(finished.status == 0, "\(finished.errors)")
      #expect(finished.output.hasPrefix("Reloaded: ") || finished.output.contains("\nReloaded: "))
    }
    #expect(try rondo.addresses("n11.it.example") == ["192.0.2.7"])
  }

  @Test("A file for which there is no memory is refused with a sentence, and answers go on")
  func noMemory() throws {
    let nodes = try MailNodes()
    let scratch = try Scratch()
    // Under a limit that leaves room for a small configuration, and not for two hundred thousand records.
    let limit = try scratch.write("#!/bin/sh\nulimit -v 300000\nexec \"$@\"\n", to: "limited")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: limit)
    let text = zone(nodes.directives, port: nodes.port)
    let rondo = try RunningRondo(text, in: scratch, through: [limit])
    var big = text
    for number in 0..<200_000 { big += "name-with-some-length-\(number) 60 A 192.0.2.7\n" }
    try scratch.write(big, to: "test.zone")
    let command = try ChildProcess(rondoBinary, ["reload", "--control", rondo.controlPath])
    let refused = try command.finish(within: .seconds(120))
    #expect(refused.status == 1)
    #expect(refused.errors.contains("memory") || refused.errors.contains("address space"), "\(refused.errors)")
    #expect(try Set(rondo.addresses()) == nodes.addresses)
    try scratch.write(text, to: "test.zone")
    #expect(try rondo.reloadCommand().status == 0)
  }
}
