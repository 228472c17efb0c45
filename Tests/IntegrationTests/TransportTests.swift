// What goes on below the messages: TCP as clients really use it, and from which address a reply comes.

import DNS
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("Transport")
struct TransportTests {
  @Test("Queries sent in one piece over one connection are all answered")
  func pipelining() throws {
    let rondo = try RunningRondo(zone)
    let client = try ClientConnection(to: rondo.dns[0], timeout: patience)
    try client.send((0..<100).flatMap { framed(query("mail.it.example", id: UInt16($0))) })
    for id in 0..<100 {
      let reply = try #require(Reply(try client.receiveMessage()))
      #expect(reply.id == UInt16(id))
      #expect(reply.addresses.count == 2)
    }
  }

  @Test("A query that arrives octet by octet is answered")
  func splitWrites() throws {
    let rondo = try RunningRondo(zone)
    let client = try ClientConnection(to: rondo.dns[0], timeout: patience)
    for id in 1...3 as ClosedRange<UInt16> {
      for octet in framed(query("mail.it.example", id: id)) { try client.send([octet]) }
      #expect(try #require(Reply(try client.receiveMessage())).id == id)
    }
  }

  @Test("A client that has closed its side still gets its answers, then the end")
  func halfClose() throws {
    let rondo = try RunningRondo(zone)
    let client = try ClientConnection(to: rondo.dns[0], timeout: patience)
    try client.send(framed(query("mail.it.example", id: 1)) + framed(query("mail.it.example", id: 2)))
    try client.finishSending()
    #expect(try #require(Reply(try client.receiveMessage())).id == 1)
    #expect(try #require(Reply(try client.receiveMessage())).id == 2)
    #expect(try client.receive() == [])
  }

  @Test("A client that closes in the middle of a message harms nobody")
  func brokenOff() throws {
    let rondo = try RunningRondo(zone)
    for _ in 0..<20 {
      let client = try ClientConnection(to: rondo.dns[0], timeout: patience)
      try client.send([0, 40, 1, 2, 3])
    }
    let client = try ClientConnection(to: rondo.dns[0], timeout: patience)
    try client.send(framed(query("mail.it.example", id: 9)))
    #expect(try #require(Reply(try client.receiveMessage())).id == 9)
  }

  @Test("Of one source's connections fifty stay; the longest idle gives way")
  func shareOfOneSource() throws {
    let rondo = try RunningRondo(zone, options: ["--threads", "1"])
    var clients: [OpenClient] = []
    for id in 0..<60 {
      let client = OpenClient(try ClientConnection(to: rondo.dns[0], timeout: patience))
      try client.ask(id: UInt16(id))
      clients.append(client)
    }
    try wait(for: "fifty connections") { try rondo.statusJSON()["answers"]["tcp_connections"]["open"].int == 50 }
    for client in clients[..<10] { #expect(((try? client.connection.receive()) ?? []).isEmpty) }
    try clients[10].ask(id: 99)
  }

  @Test("A message that drips in octet by octet has ten seconds")
  func slowDrip() throws {
    let rondo = try RunningRondo(zone)
    let client = try ClientConnection(to: rondo.dns[0], timeout: patience)
    let message = framed(query("mail.it.example", id: 1))
    var sent = 0
    // The connection ends before the message does, or the sending fails.
    while sent < message.count, (try? client.send([message[sent]])) != nil {
      sent += 1
      if try rondo.statusJSON()["answers"]["tcp_connections"]["closed_idle"].int == 1 { break }
      sleep(for: .milliseconds(700))
    }
    #expect(sent > 5 && sent < message.count)
  }

  @Test("kdig asks several times over one connection", .enabled(if: Tool.kdig.isInstalled))
  func keepOpen() throws {
    let rondo = try RunningRondo(zone)
    let names = ["mail.it.example", "ns1.it.example", "mail.it.example"]
    let output = try Tool.kdig.run(rondo.digTarget() + ["+tcp", "+keepopen"] + names).output
    #expect(output.matches(of: /status: NOERROR/).count == 3, "\(output)")
    #expect(try rondo.statusJSON()["answers"]["tcp_connections"]["accepted"].int == 1)
  }

  @Test("Bound to all addresses, it replies from the one that was asked", .enabled(if: Tool.dig.isInstalled))
  func replySource() throws {
    let families = loopbackHasIPv6 ? ["0.0.0.0:0", "[::]:0"] : ["0.0.0.0:0"]
    let rondo = try RunningRondo(zone, listen: families)
    let mine = localAddresses() + [IPAddress(ipv4: 127, 0, 0, 5)]
    for server in rondo.dns {
      for address in mine where address.family == server.address.family {
        for transport in ["+notcp", "+tcp"] {
          let output = try Tool.dig.run([
            "@\(address)", "-p", "\(server.port)", "+tries=1", "+time=10", transport, "mail.it.example",
          ]).output
          #expect(output.contains("ANSWER: 2"), "\(address) \(transport): \(output)")
          #expect(!output.contains("unexpected source"))
        }
      }
    }
  }
}

/// A connection that a list can hold.
private final class OpenClient {
  let connection: ClientConnection

  init(_ connection: consuming ClientConnection) { self.connection = connection }

  func ask(id: UInt16) throws {
    try connection.send(framed(query("mail.it.example", id: id)))
    #expect(try #require(Reply(try connection.receiveMessage())).id == id)
  }
}
