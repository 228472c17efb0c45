// `watch=on` and what a restart remembers, on real sockets.

import DNS
import Foundation
import Linux
import Testing

@Suite("Watched nodes, and what a restart remembers", .enabled(if: Tool.curl.isInstalled))
struct WatchTests {
  private func answer(_ rondo: RunningRondo, _ client: borrowing UDPClient, _ number: UInt16) throws -> Set<String> {
    try client.send(query("mail.it.example", id: number))
    return Set(try #require(Reply(try client.receive())).addresses.map(\.description))
  }

  @Test("A service that dies is out of the answers within moments, long before its next check")
  func diesUnderWatch() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(nodes.zone(checking: "every=30s timeout=2s fall=3 watch=on"))
    let client = try UDPClient(to: rondo.dns[0], timeout: patience)
    #expect(try answer(rondo, client, 1) == nodes.addresses)
    // The connection is held once the node has been found well; there is nothing to see of it from outside.
    sleep(for: .milliseconds(300))

    nodes.first.stop()
    let stopped = ContinuousClock.now
    var number: UInt16 = 2
    try wait(for: "the dead node to leave the answers", within: .seconds(5)) {
      number += 1
      return try answer(rondo, client, number) == [nodes.second.address.description]
    }
    let seconds = ContinuousClock.now - stopped
    standardError.writeLine("NOTE: watch=on: a stopped service was out of the answers after \(seconds)")
    let down = try rondo.line { $0.contains(" address-down node=ex1 ") }
    #expect(down.contains(#"reason="connection refused""#))
  }

  @Test(
    "A node that was down before a restart is not handed out after it, not even before its first check",
    arguments: [SIGTERM, SIGKILL])
  func remembersDown(end: Int32) throws {
    let nodes = try MailNodes()
    nodes.first.stop()
    let scratch = try Scratch()
    let text = nodes.zone(checking: "every=1s timeout=500ms fall=1 rise=2")
    let first = try RunningRondo(text, in: scratch)
    _ = try first.line { $0.contains(" address-down node=ex1 ") }
    try wait(for: "the view on disk") {
      let octets = (try? readFile(scratch.file("state/health"), limit: 10_000)) ?? []
      return String(decoding: octets, as: UTF8.self).contains("down\tex1\t")
    }
    first.process.send(end)
    _ = try first.process.finish()

    let second = try RunningRondo(text, in: scratch)
    let client = try UDPClient(to: second.dns[0], timeout: patience)
    #expect(try answer(second, client, 1) == [nodes.second.address.description])
    let node = try second.statusJSON()["nodes"].array.first { $0["name"].string == "ex1" }
    #expect(node?["state"].string == "down")
  }

  @Test("A view that is damaged is not believed, and everything is checked first")
  func damagedMemory() throws {
    let nodes = try MailNodes()
    let scratch = try Scratch()
    let text = nodes.zone(checking: "every=1s timeout=500ms")
    #expect(try RunningRondo(text, in: scratch).stop().status == 0)
    try scratch.write("rondo-health 1\nsaved 12\ndown", to: "state/health")
    let second = try RunningRondo(text, in: scratch)
    _ = try second.line { $0.contains(" memory-not-used ") }
    let client = try UDPClient(to: second.dns[0], timeout: patience)
    #expect(try answer(second, client, 1) == nodes.addresses)
  }
}
