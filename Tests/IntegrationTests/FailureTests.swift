// Nodes that fail and come back, seen from the client's and from the operator's side.

import DNS
import Linux
import Testing

/// A pool of both nodes with a check that is over within moments.
private func zone(_ directives: String, port: UInt16, check: String = "every=200ms timeout=200ms fall=2 rise=2")
  -> String
{
  """
  $ORIGIN it.example.
  \(directives)
  $CHECK port  tcp:\(port) \(check)
  $POOL access ex1 ex2 check=port
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE access
  """
}

@Suite("Nodes that fail", .enabled(if: Tool.dig.isInstalled && Tool.curl.isInstalled))
struct FailureTests {
  @Test("A node that dies leaves the answers with a reason, and comes back")
  func failsAndReturns() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port))
    #expect(Set(try rondo.addresses()) == nodes.addresses)
    #expect(try rondo.statusCommand().status == 0)

    nodes.first.stop()
    try wait(for: "the node to leave the answers") { try rondo.addresses() == [nodes.second.address.description] }
    #expect(try rondo.addresses("mail.it.example", "+tcp") == [nodes.second.address.description])
    let down = try rondo.statusJSON()
    #expect(down["severity"].string == "redundancy-lost")
    let node = down["nodes"].array.first { $0["name"].string == "ex1" }
    #expect(node?["state"].string == "down")
    #expect(node?["reason"].string == "port at \(nodes.first.address): connection refused")
    #expect(node?["since"].string != nil)
    #expect(
      try rondo.line { $0.contains(" address-down node=ex1 ") }.hasSuffix(#"reason="connection refused" pools=access"#))
    let status = try rondo.statusCommand()
    #expect(status.status == 1)
    #expect(status.output.hasPrefix("REDUNDANCY LOST: pool access: only ex2 left (IPv4)\n"))

    try nodes.first.start()
    try wait(for: "the node to come back") { try Set(rondo.addresses()) == nodes.addresses }
    _ = try rondo.line { $0.contains(" address-up node=ex1 ") && $0.contains(" down_s=") }
    #expect(try rondo.statusJSON()["severity"].string == "ok")
  }

  @Test("When all nodes are down, all are answered")
  func failOpen() throws {
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port))
    nodes.first.stop()
    nodes.second.stop()
    _ = try rondo.line { $0.contains(" pool-fail-open pool=access ") }
    try wait(for: "both nodes in the answer") { try Set(rondo.addresses()) == nodes.addresses }
    let status = try rondo.statusCommand()
    #expect(status.status == 2)
    #expect(status.output.hasPrefix("SERVICE LOST: "))
    #expect(try rondo.statusJSON()["pools"][0]["families"][0]["fail_open"].bool == true)

    try nodes.second.start()
    try wait(for: "the node that is back alone") { try rondo.addresses() == [nodes.second.address.description] }
    _ = try rondo.line { $0.contains(" pool-fail-open-over pool=access ") }
  }

  @Test("All nodes down from the start: all are answered")
  func downFromTheStart() throws {
    let nodes = try MailNodes()
    nodes.first.stop()
    nodes.second.stop()
    let rondo = try RunningRondo(zone(nodes.directives, port: nodes.port))
    #expect(Set(try rondo.addresses()) == nodes.addresses)
  }

  @Test("A query before the first round of checks is over waits, and never gets the dead node")
  func beforeTheFirstRound() throws {
    let well = try MailNode()
    let silent = try SilentNode(port: well.port)
    let text = zone(
      "$NODE ex1 \(silent.address)\n$NODE ex2 \(well.address)", port: well.port,
      check: "every=3s timeout=2s fall=3 rise=2")
    let rondo = try RunningRondo(text, upTo: .listening)

    let overUDP = try UDPClient(to: rondo.dns[0], timeout: patience)
    let overTCP = try ClientConnection(to: rondo.dns[0], timeout: patience)
    try overUDP.send(query("mail.it.example", id: 1))
    try overTCP.send(framed(query("mail.it.example", id: 2)))
    let ready = try Tool.curl.run(["-sS", "-w", "%{http_code}", "http://\(rondo.status)/readyz"]).output
    #expect(ready == "waiting for the first round of checks\n503")
    let status = try rondo.statusCommand()
    #expect(status.output.hasPrefix("STARTING: waiting for the first round of checks\n"))
    #expect(status.status == 3)
    // Otherwise the test was too slow to have asked early, and proves nothing.
    #expect(!rondo.log.contains { $0.contains(" ready ") })

    #expect(try #require(Reply(try overUDP.receive())).addresses == [well.address])
    #expect(try #require(Reply(try overTCP.receiveMessage())).addresses == [well.address])
    _ = try rondo.line { $0.contains(" address-down node=ex1 ") && $0.contains(#"reason="no answer within 2 s""#) }
  }
}
