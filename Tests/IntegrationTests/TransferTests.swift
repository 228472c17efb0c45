// Whole zones to who may have them, as dig asks for them.

import DNS
import Linux
import Testing

private let key = "hmac-sha256:backup.:c2VjcmV0IG9mIHRoZSB0ZXN0cywgb2YgMzIgb2N0ZXRz"

private func zone(_ nodes: MailNodes) -> String {
  """
  $ORIGIN it.example.
  \(nodes.directives)
  $CHECK port  tcp:\(nodes.port) every=200ms timeout=200ms fall=2 rise=2
  $POOL access ex1 ex2 check=port
  @    1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )
       1h NS  ns1
  ns1  1h A   192.0.2.53
  mail 60 ROTATE access
  """
}

@Suite("Transfers", .enabled(if: Tool.dig.isInstalled))
struct TransferTests {
  @Test("Nobody is given a zone unless told; an allowed network is, and only that")
  func allowedNetwork() throws {
    let nodes = try MailNodes()
    let closed = try RunningRondo(zone(nodes))
    #expect(try closed.dig("it.example", "AXFR").contains("Transfer failed"))
    let open = try RunningRondo(zone(nodes), options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8"])
    let output = try open.dig("it.example", "AXFR")
    #expect(output.contains("XFR size: 6 records (messages 1,"), "\(output)")
    let other = try RunningRondo(zone(nodes), options: ["--threads", "1", "--transfer-allow", "192.0.2.0/24"])
    #expect(try other.dig("it.example", "AXFR").contains("Transfer failed"))
  }

  @Test("With a key dig is given the zone, signed; without, or with another, it is not")
  func signedTransfer() throws {
    let scratch = try Scratch()
    let keys = try scratch.write("# the backup\n\(key)\n", to: "keys")
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes), options: ["--threads", "1", "--transfer-key", keys])
    #expect(try rondo.dig("-y", key, "it.example", "AXFR").contains("XFR size: 6 records"))
    let query = try rondo.dig("-y", key, "it.example", "SOA")
    #expect(query.contains("status: NOERROR") && query.contains("TSIG") && !query.contains("could not be validated"))
    #expect(try rondo.dig("it.example", "AXFR").contains("Transfer failed"))
    let wrong = key.replacing("backup.", with: "other.")
    #expect(try rondo.dig("-y", wrong, "it.example", "SOA").contains("status: NOTAUTH"))
  }

  @Test("A node that fails leaves the zone that is sent, and the serial moves; a restart does not turn it back")
  func serialMoves() throws {
    let scratch = try Scratch()
    let nodes = try MailNodes()
    let options = ["--threads", "1", "--transfer-allow", "127.0.0.0/8"]
    func serial(_ rondo: RunningRondo) throws -> Int {
      let words = try rondo.dig("+short", "it.example", "SOA").split(separator: " ")
      return try #require(words.count > 2 ? Int(words[2]) : nil)
    }
    let rondo = try RunningRondo(zone(nodes), in: scratch, options: options)
    let before = try serial(rondo)
    nodes.first.stop()
    try wait(for: "the serial to move") { try serial(rondo) == before + 1 }
    let output = try rondo.dig("it.example", "AXFR")
    #expect(output.contains("\(nodes.second.address)") && !output.contains("\(nodes.first.address)\n"), "\(output)")
    #expect(try rondo.stop().status == 0)
    let again = try RunningRondo(zone(nodes), in: scratch, options: options)
    #expect(try serial(again) > before)
  }

  @Test("RFC 1996: a secondary is told of a change, again until it answers")
  func notices() throws {
    let nodes = try MailNodes()
    let secondary = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: 0))
    try secondary.setReceiveTimeout(patience)
    let endpoint = try secondary.localEndpoint
    let rondo = try RunningRondo(
      zone(nodes), options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8", "--notify", "\(endpoint)"])
    var batch = DatagramBatch(capacity: 1)
    func next() throws -> [UInt8] {
      #expect(try batch.receive(from: secondary, waiting: .forFirst) == 1)
      let octets = batch.query(0)
      return (0..<octets.byteCount).map { octets.octet(at: $0) }
    }
    let first = try next()
    let head: [UInt8] = [0x24, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    let name = query("it.example", id: 0).dropFirst(12).dropLast(4)
    let expected: [UInt8] = head + name + [0, 6, 0, 1]
    #expect(Array(first.dropFirst(2)) == expected)
    // Not answered, it comes again.
    #expect(try next() == first)
    var exchange = batch.exchange(0)
    for (index, octet) in first.enumerated() { exchange.reply.store(index == 2 ? 0xA4 : octet, at: index) }
    batch.setReplyLength(first.count, at: 0)
    _ = batch.send(to: secondary)
    nodes.first.stop()
    // Of another change it is told anew.
    #expect(try next()[..<2] != first[..<2])
    #expect(try rondo.stop().status == 0)
  }

  @Test("A zone of many messages comes whole, between the answers to others; what is asked behind it is answered")
  func manyMessages() throws {
    let records = (0..<20_000).map { "host\($0) 1h TXT \"some text that makes the zone long\"\n" }.joined()
    let rondo = try RunningRondo(
      "$ORIGIN it.example.\n@ 1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )\n 1h NS ns1\nns1 1h A 192.0.2.53\n" + records,
      options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8"])
    #expect(try rondo.dig("it.example", "AXFR").contains("XFR size: 20004 records"))
    // A reader that takes nothing holds up nobody.
    let idle = try ClientConnection(to: rondo.dns[0], timeout: patience)
    var transfer = query("it.example", id: 5)
    transfer[transfer.count - 3] = 252
    try idle.send(framed(transfer) + framed(query("ns1.it.example", id: 6)))
    #expect(try rondo.dig("+tcp", "ns1.it.example").contains("ANSWER: 1"))
    var last = try idle.receiveMessage()
    while last[1] == 5 { last = try idle.receiveMessage() }
    #expect(try #require(Reply(last)).id == 6)
  }
}
