// The ledger of hand-outs with the real binary: over a kill, with secondaries, and as --ledger says.

import Foundation
import Testing

@Suite("The ledger of a running daemon", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct LedgerTests {
  private let nodes: MailNodes

  init() throws { nodes = try MailNodes() }

  private func zone(ttl: Int) -> String {
    nodes.zone(checking: "every=200ms timeout=200ms fall=2 rise=2")
      .replacingOccurrences(of: "mail 60 ROTATE", with: "mail \(ttl) ROTATE")
  }

  private func command(_ rondo: RunningRondo, _ arguments: String...) throws -> Finished {
    try ChildProcess(rondoBinary, arguments + ["--control", rondo.controlPath]).finish()
  }

  @Test(
    "A daemon that is killed in the middle has the same quiet time as the one before, and names the asker until then")
  func killed() throws {
    let scratch = try Scratch()
    let killed = try RunningRondo(zone(ttl: 60), in: scratch)
    #expect(Set(try killed.addresses()) == nodes.addresses)
    #expect(try command(killed, "drain", "ex1").status == 0)
    let file = scratch.file("state/hand-outs")
    try wait(for: "the file") { (try? String(contentsOfFile: file, encoding: .utf8).contains("\nquiet\t")) ?? false }
    let before = try killed.statusJSON()["nodes"][0]["quiet"]
    let told = try command(killed, "quiet", "ex1")
    #expect(before["state"].string == "waiting" && told.output.contains(" to 127."), "\(told.output)")
    #expect(
      told.output.contains(/\n\nHOLDER +LAST ASKED +COPY EXPIRES +FROM\n127.0.0.1  .*  pool access\n$/),
      "\(told.output)")
    killed.process.send(SIGKILL)
    _ = try killed.process.finish()

    let rondo = try RunningRondo(zone(ttl: 60), in: scratch)
    let after = try rondo.statusJSON()["nodes"][0]["quiet"]
    #expect(after["state"].string == "waiting" && after["at"].string == before["at"].string)
    // Nobody knows until when the killed daemon handed out the other node.
    #expect(try command(rondo, "resume", "ex1").status == 0)
    #expect(try command(rondo, "drain", "ex2").status == 0)
    try wait(for: "the drain") { try rondo.statusJSON()["nodes"][1]["quiet"]["state"].string == "waiting" }
    let other = try #require(rondo.statusJSON()["nodes"][1]["quiet"]["text"].string)
    #expect(other.hasPrefix("perhaps handed out until this process started; quiet at "), "\(other)")
  }

  @Test("What happens in the last second of a daemon is kept too")
  func stopped() throws {
    let scratch = try Scratch()
    let rondo = try RunningRondo(zone(ttl: 60), in: scratch, options: ["--transfer-allow", "127.0.0.0/8"])
    let file = scratch.file("state/hand-outs")
    func kept() -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
    // A write has just been, so that the next one would be a second later.
    #expect(try rondo.dig("it.example", "AXFR").contains("SOA"))
    try wait(for: "the file") { kept().contains("\nsecondary\tit.example.\t127.0.0.1\t") }
    #expect(try command(rondo, "drain", "ex1").status == 0)
    _ = try rondo.stop()
    #expect(kept().contains("\nquiet\t"), "\(kept())")
  }

  @Test("A secondary that has the zone from before a drain holds the node until it has fetched a newer one")
  func secondary() throws {
    let rondo = try RunningRondo(zone(ttl: 2), options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8"])
    #expect(try rondo.dig("it.example", "AXFR").contains("SOA"))
    #expect(try command(rondo, "drain", "ex1").status == 0)
    try wait(for: "the hold") {
      try command(rondo, "quiet", "ex1").output.contains("held by 127.0.0.1 (it.example: serial ")
    }
    #expect(try command(rondo, "quiet", "ex1").status == 1)
    #expect(try rondo.dig("it.example", "AXFR").contains("SOA"))
    try wait(for: "quiet") { try command(rondo, "quiet", "ex1").status == 0 }
  }

  @Test("--ledger prefixes keeps networks of askers, and off keeps nothing")
  func detail() throws {
    let prefixes = try RunningRondo(zone(ttl: 60), options: ["--threads", "1", "--ledger", "prefixes"])
    #expect(Set(try prefixes.addresses()) == nodes.addresses)
    #expect(try command(prefixes, "drain", "ex1").status == 0)
    try wait(for: "the asker") { try command(prefixes, "quiet", "ex1").output.contains(" to 127.0.0.0/24;") }
    let off = try RunningRondo(zone(ttl: 60), options: ["--threads", "1", "--ledger", "off"])
    #expect(Set(try off.addresses()) == nodes.addresses)
    #expect(try command(off, "drain", "ex1").status == 0)
    #expect(try command(off, "quiet", "ex1").output.contains("(--ledger off)"))
    let wrong = try rondo("serve", "--ledger", "some", "m.zone")
    #expect(wrong.status == 2 && wrong.errors.contains("it takes off, prefixes or full"))
  }
}
