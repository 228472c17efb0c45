// Whole zones for clients that may have them, as dig asks for them.

import DNS
import Foundation
import Linux
import Testing

private let key = "hmac-sha256:backup.:c2VjcmV0IG9mIHRoZSB0ZXN0cywgb2YgMzIgb2N0ZXRz"

private func zone(_ nodes: MailNodes) -> String {
  nodes.zone(checking: "every=200ms timeout=200ms fall=2 rise=2")
}

/// Where a secondary of the test's own hears notices.
private func secondarySocket() throws -> UDPSocket {
  let socket = try UDPSocket(boundTo: SocketEndpoint(IPAddress(ipv4: 127, 0, 0, 1), port: 0))
  try socket.setReceiveTimeout(patience)
  return socket
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
    // Errors are signed as well; dig says so when it cannot prove a reply.
    for (arguments, status) in [
      (["+edns=1", "+noednsneg"], "BADVERS"), (["+opcode=UPDATE"], "NOTIMP"), (["+opcode=NOTIFY"], "NOTIMP"),
      (["elsewhere.example"], "REFUSED"), (["no.it.example"], "NXDOMAIN"), (["CH", "TXT", "version.bind"], "REFUSED"),
    ] {
      let output = try Tool.dig.run(rondo.digTarget() + ["+tries=1", "-y", key, "it.example", "SOA"] + arguments)
        .output
      let reply = try #require(output.components(separatedBy: "Got answer").last)
      #expect(reply.contains("status: \(status)") && reply.contains("TSIG"), "\(arguments): \(output)")
      #expect(!output.contains("could not be validated") && !output.contains("TSIG error"), "\(arguments): \(output)")
    }
  }

  @Test("kdig, which signs by code of its own, proves what it is given", .enabled(if: Tool.kdig.isInstalled))
  func signedForKdig() throws {
    let scratch = try Scratch()
    let keys = try scratch.write("\(key)\n", to: "keys")
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes), options: ["--threads", "1", "--transfer-key", keys])
    for (arguments, status) in [
      (["it.example", "SOA"], "status: NOERROR"), (["+edns=1", "it.example", "SOA"], "ext-rcode: BADVERS"),
      (["elsewhere.example"], "status: REFUSED"), (["no.it.example", "+tcp"], "status: NXDOMAIN"),
    ] {
      let result = try Tool.kdig.run(rondo.digTarget() + ["-y", key] + arguments)
      #expect(result.output.contains(status) && result.output.contains("TSIG"), "\(result)")
      #expect(!(result.output + result.errors).contains("failed to verify"), "\(result)")
    }
    let zone = try Tool.kdig.run(rondo.digTarget() + ["-y", key, "it.example", "AXFR"])
    #expect(zone.output.contains("192.0.2.53") && zone.errors.isEmpty, "\(zone)")
    let other = key.replacing("backup.", with: "other.")
    let stranger = try Tool.kdig.run(rondo.digTarget() + ["-y", other, "it.example", "SOA"])
    #expect(stranger.output.contains("BADKEY 0"), "\(stranger)")
  }

  @Test("With a key notices are signed, and end when the answer is; one that is not is none")
  func signedNotices() throws {
    let scratch = try Scratch()
    let keys = try scratch.write("\(key)\n", to: "keys")
    let nodes = try MailNodes()
    let secondary = try secondarySocket()
    let endpoint = try secondary.localEndpoint
    let rondo = try RunningRondo(
      zone(nodes), options: ["--threads", "1", "--transfer-key", keys, "--notify", "\(endpoint)"])
    func next(_ batch: inout DatagramBatch) throws -> [UInt8] {
      #expect(try batch.receive(from: secondary, waiting: .forFirst) == 1)
      let octets = batch.query(0)
      return (0..<octets.byteCount).map { octets.octet(at: $0) }
    }
    /// Answers the next notice, signed or not.
    func answerNext(signed: Bool) throws {
      var batch = DatagramBatch(capacity: 1)
      let notice = try next(&batch)
      let end = try #require(Question(of: notice.span.octets)?.end)
      let known = try [#require(TSIGKey(key))]
      let verdict = TSIGVerdict(of: notice.span.octets, from: end, keys: known, now: UInt64(WallClock.roughlyNow()))
      guard case .verified(var signer) = verdict else {
        Issue.record("a notice that is not signed")
        return
      }
      var reply = Array(notice[..<end])
      (reply[2], reply[11]) = (0xA4, 0)
      if signed {
        reply += [UInt8](repeating: 0, count: signer.length)
        var span = reply.mutableSpan
        var octets = MutableRawSpan(_elements: &span)
        _ = signer.sign(&octets, length: end, now: UInt64(WallClock.roughlyNow()))
      }
      var exchange = batch.exchange(0)
      for (index, octet) in reply.enumerated() { exchange.reply.store(octet, at: index) }
      batch.setReplyLength(reply.count, at: 0)
      _ = batch.send(to: secondary)
    }
    try answerNext(signed: false)
    _ = try rondo.line { $0.contains(" notice-unproven secondary=\(endpoint) zone=it.example. rcode=0") }
    // It comes again.
    try answerNext(signed: true)
    _ = try rondo.line { $0.contains(" notice-answered secondary=\(endpoint) zone=it.example. rcode=0") }
    let status = try rondo.statusJSON()["secondaries"][0]
    #expect(status["sent"].int == 2 && status["unproven"].int == 1 && status["pending"].int == 0)
  }

  @Test("Notices to a secondary with key=none are not signed; one whose key the file has not stops the start")
  func namedKeys() throws {
    let scratch = try Scratch()
    let keys = try scratch.write("\(key)\n", to: "keys")
    let nodes = try MailNodes()
    let secondary = try secondarySocket()
    let endpoint = try secondary.localEndpoint
    let file = try scratch.write(zone(nodes), to: "test.zone")
    let refused = try IntegrationTests.rondo(
      "serve", file, "--listen", "127.0.0.1:0", "--status", "none", "--control", "none", "--state", "none",
      "--transfer-key", keys, "--notify", "\(endpoint),key=office")
    #expect(
      refused.status != 0
        && refused.errors.contains(
          "\(keys): there is no key office. in it, which notices to \(endpoint) are to be signed with; add the key, or "
            + "name another with --notify \(endpoint),key=NAME"),
      "\(refused)")
    let rondo = try RunningRondo(
      zone(nodes), options: ["--threads", "1", "--transfer-key", keys, "--notify", "\(endpoint),key=none"])
    var batch = DatagramBatch(capacity: 1)
    #expect(try batch.receive(from: secondary, waiting: .forFirst) == 1)
    #expect(batch.query(0).byteCount == query("it.example", id: 0).count)
    #expect(try rondo.stop().status == 0)
  }

  @Test("A transfer refused over UDP is counted for its zone, and one with a wrong key; what is no zone is in the sum")
  func refusedDatagrams() throws {
    let scratch = try Scratch()
    let keys = try scratch.write("\(key)\n", to: "keys")
    let nodes = try MailNodes()
    let rondo = try RunningRondo(zone(nodes), options: ["--threads", "1", "--transfer-key", keys])
    let client = try UDPClient(to: rondo.dns[0], timeout: patience)
    for (name, type) in [("it.example", 252), ("it.example", 251), ("other.example", 252), ("it.example", 1)] {
      var question = query(name, id: 5)
      question[question.count - 3] = UInt8(type)
      try client.send(question)
      #expect(try client.receive().count >= 12)
    }
    let wrong = key.replacing("backup.", with: "other.")
    #expect(try rondo.dig("-y", wrong, "it.example", "AXFR").contains("BADKEY"))
    try wait(for: "the refusals to be counted") {
      try rondo.statusJSON()["zones"][0]["transfers"]["refused"].int == 3
    }
    #expect(try rondo.statusJSON()["answers"]["transfers_refused"].int == 4)
    // Over UDP anybody may have asked: only the connection is worth a line.
    _ = try rondo.line { $0.contains(" transfer-refused zone=it.example. client=127.0.0.1 serial=") }
    #expect(rondo.log.count { $0.contains(" transfer-refused ") } == 1)
  }

  @Test("What becomes of transfers is counted by zone and logged, those that end before the zone does, too")
  func transfersCounted() throws {
    // More than the kernel takes for a client that does not read: 4 MiB at most.
    let text = String(repeating: "some text that makes the zone long, ", count: 4)
    let records = (0..<40_000).map { "host\($0) 1h TXT \"\(text)\"\n" }.joined()
    let rondo = try RunningRondo(
      "$ORIGIN it.example.\n@ 1h SOA ns1 hostmaster ( 7 1h 15m 1w 10 )\n 1h NS ns1\nns1 1h A 192.0.2.53\n" + records,
      options: ["--threads", "1", "--transfer-allow", "127.0.0.1/32"])
    #expect(try rondo.dig("it.example", "AXFR").contains("XFR size: 40004 records"))
    var transfer = query("it.example", id: 5)
    transfer[transfer.count - 3] = 252
    do {
      // One who goes away in the middle.
      let connection = try ClientConnection(to: rondo.dns[0], timeout: patience)
      try connection.send(framed(transfer))
      _ = try connection.receiveMessage()
    }
    _ = try rondo.line { $0.contains(" transfer-broken zone=it.example. client=127.0.0.1 serial=7 octets=") }
    let stranger = try Tool.dig.run(
      rondo.digTarget() + ["+tries=1", "-b", "127.0.0.9", "it.example", "AXFR"])
    #expect(stranger.output.contains("Transfer failed"))
    _ = try rondo.line { $0.contains(" transfer-refused zone=it.example. client=127.0.0.9 serial=7") }
    let counted = try rondo.statusJSON()["zones"][0]["transfers"]
    #expect(counted["complete"].int == 1 && counted["broken"].int == 1 && counted["refused"].int == 1)
    #expect((counted["octets"].int ?? 0) > 1_000_000 && (counted["time_us"].int ?? 0) > 0)
    let metrics = try Tool.curl.run(["-sS", "http://\(rondo.status)/metrics"]).output
    #expect(metrics.contains(#"rondo_zone_transfers_total{zone="it.example.",outcome="complete"} 1"#))
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

  @Test("RFC 1996: a secondary is notified of a change, again until it answers")
  func notices() throws {
    let nodes = try MailNodes()
    let secondary = try secondarySocket()
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
    // Another change is notified anew.
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
