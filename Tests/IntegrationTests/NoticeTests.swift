// NOTIFY (RFC 1996): from which address it comes, what counts as heard, and what an operator sees when it is not.

import DNS
import Foundation
import Linux
import TestSupport
import Testing

private let zone = ZoneText.twoNodes

@Suite("Notices", .enabled(if: Tool.curl.isInstalled))
struct NoticeTests {
  /// Where notices are heard.
  private func secondarySocket() throws -> UDPSocket {
    let socket = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: 0))
    try socket.setReceiveTimeout(patience)
    return socket
  }

  /// Waits for a notice and returns where it came from.
  private func hear(_ batch: inout DatagramBatch, at socket: borrowing UDPSocket) throws -> String {
    let count = try batch.receive(from: socket, waiting: .forFirst)
    #expect(count == 1)
    // An IPv4 address is in the upper half.
    let number = batch.peer(0).high >> 32
    return [24, 16, 8, 0].map { "\(number >> $0 & 0xFF)" }.joined(separator: ".")
  }

  /// Answers the notice just heard.
  private func answer(_ batch: inout DatagramBatch, code: UInt8, from socket: borrowing UDPSocket) {
    var octets = copy(of: batch)
    octets[2] = 0xA4
    octets[3] = code
    var exchange = batch.exchange(0)
    for (index, octet) in octets.enumerated() { exchange.reply.store(octet, at: index) }
    batch.setReplyLength(octets.count, at: 0)
    _ = batch.send(to: socket)
  }

  private func copy(of batch: borrowing DatagramBatch) -> [UInt8] {
    let octets = batch.query(0)
    return (0..<octets.byteCount).map { octets.octet(at: $0) }
  }

  private func notifying(_ target: String, listen: [String] = ["\(freshLoopback()):0"]) throws -> RunningRondo {
    try RunningRondo(
      zone, listen: listen,
      options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8", "--notify", target])
  }

  private func standing(_ rondo: RunningRondo) throws -> JSON { try rondo.statusJSON()["secondaries"][0] }

  @Test("A notice comes from the address of --listen, or from the one after source=")
  func source() throws {
    let secondary = try secondarySocket()
    let endpoint = try secondary.localEndpoint
    var batch = DatagramBatch(capacity: 1)
    let rondo = try notifying("\(endpoint)")
    let first = try hear(&batch, at: secondary)
    #expect(first == "\(rondo.dns[0].address)")
    answer(&batch, code: 0, from: secondary)
    #expect(try rondo.stop().status == 0)
    let other = freshLoopback()
    let named = try notifying("\(endpoint),source=\(other)")
    let second = try hear(&batch, at: secondary)
    #expect(second == "\(other)")
    #expect(try standing(named)["source"].string == "\(other)")
  }

  @Test("Only NOERROR counts as delivered; another code is logged, counted and a warning")
  func rejected() throws {
    let secondary = try secondarySocket()
    let endpoint = try secondary.localEndpoint
    var batch = DatagramBatch(capacity: 1)
    let rondo = try notifying("\(endpoint)")
    _ = try hear(&batch, at: secondary)
    answer(&batch, code: 5, from: secondary)
    _ = try rondo.line { $0.contains(" notice-rejected secondary=\(endpoint) zone=it.example. rcode=5") }
    let status = try standing(rondo)
    #expect(status["rejected"].int == 1 && status["answered"].int == 0 && status["pending"].int == 0)
    #expect(status["last_failure"].string == "REFUSED")
    let command = try rondo.statusCommand()
    #expect(command.status == 1 && command.output.contains("does not act on notices (REFUSED)"))
  }

  @Test("SERVFAIL is asked again, and what is answered NOERROR then is settled")
  func passingTrouble() throws {
    let secondary = try secondarySocket()
    let endpoint = try secondary.localEndpoint
    var batch = DatagramBatch(capacity: 1)
    let rondo = try notifying("\(endpoint)")
    _ = try hear(&batch, at: secondary)
    answer(&batch, code: 2, from: secondary)
    _ = try rondo.line { $0.contains(" notice-rejected ") }
    _ = try hear(&batch, at: secondary)
    answer(&batch, code: 0, from: secondary)
    _ = try rondo.line { $0.contains(" notice-answered secondary=\(endpoint) zone=it.example. rcode=0") }
    #expect(try standing(rondo)["last_failure"].string == nil)
    #expect(try rondo.statusCommand().status == 0)
  }

  @Test(
    "A secondary that cannot be reached, or not from the given address, never keeps the daemon from answering",
    arguments: [
      // No route leaves from the loopback address, or there is none at all.
      ("192.0.2.99,source=127.0.0.1", ["Invalid argument", "Network is unreachable"]),
      ("192.0.2.99,source=192.0.2.250", ["192.0.2.250 is not an address of this host"]),
    ])
  func unreachable(_ target: String, _ reasons: [String]) throws {
    let rondo = try notifying(target)
    let line = try rondo.line { $0.contains(" notice-undelivered secondary=192.0.2.99:53 reason=") }
    let reason = try #require(reasons.first { line.contains($0) }, "\(line)")
    let client = try UDPClient(to: rondo.dns[0], timeout: patience)
    try client.send(query("mail.it.example", id: 1))
    #expect(try #require(Reply(try client.receive())).addresses.count == 2)
    let status = try standing(rondo)
    #expect((status["undelivered"].int ?? 0) > 0 && status["sent"].int == 0 && status["pending"].int == 1)
    #expect(try rondo.statusCommand().output.contains("does not hear of changes (\(reason))"))
  }

  @Test("A closed port is reported")
  func refused() throws {
    // Taken and let go: nobody else gets it in the meantime, as a rule.
    let endpoint = try secondarySocket().localEndpoint
    let rondo = try notifying("\(endpoint)")
    _ = try rondo.line { $0.contains(#" notice-undelivered secondary=\#(endpoint) reason="Connection refused""#) }
  }

  @Test(
    "Without a route at the start notices go out once there is one", .enabled(if: Namespace.canBeMade))
  func lateRoute() throws {
    let host = try Namespace()
    let rondo = try RunningRondo(
      zone, listen: ["127.0.0.1:53", "192.0.2.53:53"], on: host,
      options: ["--threads", "1", "--transfer-allow", "127.0.0.0/8", "--notify", "192.0.2.99"])
    _ = try rondo.line { $0.contains(" notice-undelivered ") }
    // The secondary, which refuses: nobody listens there. Its ICMP shows that the notice was sent.
    for address in ["192.0.2.53", "192.0.2.99"] { try host.run("ip", "address", "add", address, "dev", "lo") }
    _ = try rondo.line { $0.contains(#"reason="Connection refused""#) }
  }
}
