// `rondo drain`, `force` and `resume` against a running daemon: what the next query is answered, and what stays.

import DNS
import Foundation
import Linux
import Testing

@Suite("rondo drain, force, resume", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct OrderCommandTests {
  private let nodes: MailNodes
  private var first: String { nodes.first.address.description }
  private var second: String { nodes.second.address.description }

  init() throws { nodes = try MailNodes() }

  private var zone: String { nodes.zone(checking: "every=200ms timeout=200ms fall=2 rise=2") }

  private func order(_ rondo: RunningRondo, _ arguments: String...) throws -> Finished {
    try ChildProcess(
      "/usr/bin/env",
      ["-u", "DOAS_USER", "SUDO_USER=anna", rondoBinary] + arguments + ["--control", rondo.controlPath]
    ).finish()
  }

  @Test("Drained, a node is in no answer from the next on, over a reload and a restart, until it is resumed")
  func drain() throws {
    let scratch = try Scratch()
    var rondo = try RunningRondo(zone, in: scratch)
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    let drained = try order(rondo, "drain", "ex1", "--reason", "patch\u{1b}[2J day")
    #expect(drained.output.hasPrefix("ex1 is drained: its checks go on. Answered now: access: ex2.\nex1: drained by "))
    #expect(drained.output.contains("; last handed out ") && drained.output.contains("; quiet at "))
    #expect(drained.status == 0)
    for _ in 0..<3 { #expect(try rondo.addresses() == [second]) }
    let author = "anna (via sudo, uid \(UserIdentity.current.userID))"
    let line = try rondo.line { $0.contains(" node-drained ") }
    #expect(line.hasSuffix(#" notice node-drained node=ex1 by="\#(author)" reason="patch [2J day""#), "\(line)")
    let again = try order(rondo, "drain", "ex1")
    #expect(again.status == 0 && again.output.hasPrefix("ex1 is already drained by \(author) since "))

    let status = try rondo.statusCommand()
    #expect(status.status == 0 && status.output.hasPrefix("OK: 1 pool, 2 nodes, no check fails; drained: ex1\n"))
    #expect(status.output.contains("ex1(drained)"), "\(status.output)")
    #expect(!rondo.log.contains { $0.contains(" redundancy-lost ") }, "on purpose, so no loss")
    let node = try rondo.statusJSON()["nodes"][0]
    #expect(node["state"].string == "maintenance" && node["origin"].string == "operator")
    #expect(node["admin_state"]["author"].string == author && node["admin_state"]["reason"].string == "patch [2J day")
    let explained = try order(rondo, "explain", "mail.it.example", "A").output
    #expect(
      explained.contains("OUT  ex1 \(first)\n           drained by \(author) since "), "\(explained)")
    #expect(explained.contains("port: up for "), "its checks go on")

    #expect(try rondo.reloadCommand().status == 0)
    #expect(try rondo.addresses() == [second])
    #expect(try rondo.stop().status == 0)
    rondo = try RunningRondo(zone, in: scratch)
    for _ in 0..<3 { #expect(try rondo.addresses() == [second]) }
    #expect(try rondo.statusJSON()["nodes"][0]["admin_state"]["reason"].string == "patch [2J day")

    let resumed = try order(rondo, "resume", "ex1")
    #expect(resumed.output == "ex1 is no longer drained: its checks decide again. Answered now: access: ex1 ex2.\n")
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    _ = try rondo.line { $0.contains(" node-resumed node=ex1 was=drained by=\"\(author)\" ") }
    let idle = try order(rondo, "resume", "ex1")
    #expect(idle.status == 0 && idle.output.hasPrefix("ex1 is ready: its checks decide. Answered now: "))
  }

  @Test("The last healthy node is drained only with --force; then it is handed out rather than a dead one")
  func last() throws {
    let rondo = try RunningRondo(zone)
    nodes.second.stop()
    try wait(for: "the first alone") { try rondo.addresses() == [first] }
    let refused = try order(rondo, "drain", "ex1")
    #expect(refused.status == 1 && refused.output == "")
    #expect(
      refused.errors
        == "rondo: ex1 was not drained: without it, pool access would have 0 healthy nodes in IPv4 instead of 1, "
        + "and needs 1. Make another node healthy first, or repeat the command with --force.\n")
    #expect(try rondo.statusJSON()["nodes"][0]["admin_state"]["state"].string == "ready")
    let forced = try order(rondo, "drain", "ex1", "--force")
    #expect(forced.status == 0 && forced.output.contains(" Answered now: access: ex1 (too few nodes are healthy).\n"))
    #expect(try rondo.addresses() == [first])
    #expect(
      try rondo.statusCommand().output.hasPrefix("SERVICE LOST: pool access: only drained nodes are left (IPv4), these")
    )
    _ = try rondo.line { $0.hasSuffix(" pool-fail-open pool=access family=ipv4 answer=drained") }
    try nodes.second.start()
    try wait(for: "the second alone") { try rondo.addresses() == [second] }
  }

  @Test("An order of automation bears its name beside the user whom the kernel vouches for")
  func automation() throws {
    let rondo = try RunningRondo(zone)
    let user = UserIdentity.current.userID
    #expect(try order(rondo, "drain", "ex1", "--by", "patch-job-7").status == 0)
    let expected = "patch-job-7 (anna via sudo, uid \(user))"
    #expect(try rondo.statusJSON()["nodes"][0]["admin_state"]["author"].string == expected)
    #expect(try rondo.statusCommand().output.contains(expected))
    #expect(try order(rondo, "explain", "mail.it.example", "A").output.contains("drained by \(expected) since "))
    #expect(try order(rondo, "resume", "ex1", "--by", "patch-job-7").status == 0)
    _ = try rondo.line { $0.contains(" node-resumed node=ex1 was=drained by=\"\(expected)\" ") }
    let refused = try order(rondo, "drain", "ex1", "--by", "root (uid 0)")
    #expect(refused.status == 2 && refused.errors.contains("for \"--by\"; it takes"), "\(refused.errors)")
  }

  @Test("A node that fails is drained although it is the last in a family: nothing is lost by that")
  func nothingLost() throws {
    let port = nodes.port
    let rondo = try RunningRondo(
      """
      $ORIGIN it.example.
      $TTL 1h
      $NODE ex1 \(first) ::1
      $NODE ex2 \(second)
      $CHECK port tcp:\(port) every=200ms timeout=200ms fall=2 rise=2
      $POOL access ex1 ex2 check=port
      @ SOA ns1 hostmaster ( 1 1h 15m 1w 1m )
        NS ns1
        NS ns2
      ns1 A 192.0.2.53
      ns2 A 198.51.100.53
      mail 60 ROTATE access
      """)
    nodes.first.stop()
    try wait(for: "the second alone") { try rondo.addresses() == [second] }
    let drained = try order(rondo, "drain", "ex1")
    #expect(drained.status == 0 && drained.errors == "", "\(drained.errors)")
    #expect(try order(rondo, "resume", "ex1").status == 0)
    let refused = try order(rondo, "drain", "ex2")
    #expect(
      refused.errors.contains(
        "without it, pool access would have 0 healthy nodes in IPv4 instead of 1, and needs 1. "),
      "\(refused.errors)")
    #expect(!refused.errors.contains("IPv6"), "ex2 has no address there")
  }

  @Test("Forced up, a dead node is handed out until it is resumed; forced down, a living one is not")
  func force() throws {
    let rondo = try RunningRondo(zone)
    nodes.first.stop()
    try wait(for: "the second alone") { try rondo.addresses() == [second] }
    let up = try order(rondo, "force", "ex1", "up")
    #expect(
      up.status == 0 && up.output.hasPrefix("ex1 is forced up: its checks no longer decide, until rondo resume ex1. "))
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    let status = try rondo.statusCommand()
    #expect(status.status == 1 && status.output.hasPrefix("WARNING: forced up: ex1\n"), "\(status.output)")
    #expect(try order(rondo, "resume", "ex1").output.hasSuffix(" Answered now: access: ex2.\n"))
    #expect(try rondo.addresses() == [second], "its checks have gone on")

    try nodes.first.start()
    try wait(for: "both") { Set(try rondo.addresses()) == nodes.addresses }
    #expect(try order(rondo, "force", "ex2", "down").output.hasSuffix(" Answered now: access: ex1.\n"))
    #expect(try rondo.addresses() == [first])
    _ = try rondo.line { $0.contains(" warning node-forced node=ex2 state=down by=") }
    #expect(try order(rondo, "drain", "ex2").status == 0, "it was out before")
    #expect(try rondo.statusJSON()["nodes"][1]["admin_state"]["state"].string == "drained")
  }

  @Test("A node that is not there is named, with the nearest that is; an order of one that goes is dropped")
  func unknown() throws {
    let rondo = try RunningRondo(zone)
    let result = try order(rondo, "drain", "exx1")
    #expect(result.status == 1)
    #expect(result.errors == "rondo: there is no node \"exx1\"; did you mean \"ex1\"?\n")
    #expect(try order(rondo, "force", "ex1", "down").status == 0)
    try rondo.scratch.write(zone.replacing("ex1", with: "ex9"), to: "test.zone")
    #expect(try rondo.reloadCommand().status == 0)
    _ = try rondo.line { $0.hasSuffix(" admin-state-dropped node=ex1") }
    #expect(try order(rondo, "resume", "ex1").status == 1)
    try rondo.scratch.write(zone, to: "test.zone")
    #expect(try rondo.reloadCommand().status == 0)
    try wait(for: "both") { Set(try rondo.addresses()) == nodes.addresses }
  }

  @Test("Admin states on file that cannot be read are reported, and answers go on")
  func unreadable() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("state"), withIntermediateDirectories: false)
    try scratch.write("rondo-admin-states 1\ndrained\tex1\nend 1\n", to: "state/admin-states")
    let rondo = try RunningRondo(zone, in: scratch)
    _ = try rondo.line { $0.hasSuffix(#" admin-states-not-read reason="line 2 of the file is malformed""#) }
    #expect(Set(try rondo.addresses()) == nodes.addresses)
  }
}
