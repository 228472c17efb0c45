// `rondo quiet` and `rondo drain --wait` with the real binary: when no cache has the address of a drained node any more.

import Foundation
import Testing

@Suite("rondo quiet", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct QuietTests {
  private let nodes: MailNodes

  init() throws { nodes = try MailNodes() }

  private func zone(ttl: Int, _ records: String = "") -> String {
    nodes.zone(checking: "every=200ms timeout=200ms fall=2 rise=2")
      .replacingOccurrences(of: "mail 60 ROTATE", with: "mail \(ttl) ROTATE") + records
  }

  private func command(_ rondo: RunningRondo, _ arguments: String...) throws -> Finished {
    try ChildProcess(rondoBinary, arguments + ["--control", rondo.controlPath]).finish()
  }

  @Test("drain --wait returns once the TTL of the last answer is over, and every channel says the same")
  func waits() throws {
    let rondo = try RunningRondo(zone(ttl: 3))
    let ready = try command(rondo, "quiet", "ex1")
    #expect(ready.status == 1 && ready.output == "ex1: still handed out by pool access (TTL 3 s)\n")
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    let last = Date()
    let drained = try command(rondo, "drain", "ex1", "--wait")
    let waited = Date().timeIntervalSince(last)
    #expect(drained.status == 0 && waited >= 3, "\(waited) s: \(drained.output)")
    #expect(drained.output.contains(/(?m)^ex1: quiet in [345]s$/), "\(drained.output)")
    #expect(drained.output.contains("; quiet since "))
    let quiet = try command(rondo, "quiet", "ex1")
    #expect(quiet.status == 0 && drained.output.hasSuffix(quiet.output), "\(quiet.output)")
    let node = try rondo.statusJSON()["nodes"][0]["quiet"]
    #expect(node["state"].string == "quiet" && node["at"].string != nil && node["last_handed_out"].string != nil)
    let told = try rondo.line { $0.contains(" node-quiet node=ex1 ") }
    let since = try #require(told.firstRange(of: " since=").map { told[$0.upperBound...].prefix(19) })
    #expect(told.prefix(19) >= since, "not before the second that was announced: \(told)")
  }

  @Test("A static record with the address keeps the node from being quiet, and waiting ends at once")
  func record() throws {
    let rondo = try RunningRondo(zone(ttl: 3, "\nold 60 A \(nodes.first.address)\n"))
    #expect(try command(rondo, "drain", "ex1").status == 0)
    let quiet = try command(rondo, "quiet", "ex1", "--wait")
    #expect(quiet.status == 1 && quiet.output.contains("old.it.example A (static record, "), "\(quiet.output)")
    #expect(quiet.errors.contains("waiting does not help"))
  }

  @Test("Who resumes the node meanwhile ends the wait; an unknown node is refused with the name that was meant")
  func resumed() throws {
    let rondo = try RunningRondo(zone(ttl: 60))
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    #expect(try command(rondo, "drain", "ex1").status == 0)
    let waiting = try ChildProcess(rondoBinary, ["quiet", "ex1", "--wait", "--control", rondo.controlPath])
    try wait(for: "the wait") { waiting.output.contains("quiet in ") }
    #expect(try command(rondo, "resume", "ex1").status == 0)
    let ended = try waiting.finish()
    #expect(ended.status == 1 && ended.errors.contains("nothing to wait for"), "\(ended)")
    let unknown = try command(rondo, "quiet", "ex3")
    #expect(unknown.status == 1 && unknown.errors.contains("there is no node \"ex3\""), "\(unknown.errors)")
  }
}
