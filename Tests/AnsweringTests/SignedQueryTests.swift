// What signed queries are answered with, errors above all (RFC 8945 §5.2, §5.3).

import DNS
import TestSupport
import Testing

@testable import Answering

private let house = """
  $ORIGIN x.
  $TTL 1h
  @ SOA ns.y. h.y. 7 1h 15m 1w 1m
  @ NS ns.y.
  @ NS ns.z.
  www A 192.0.2.1
  """

private let key = TSIGKey(
  name: DomainName("Key.x.") ?? .root, algorithm: .hmacSHA256, secret: Array("a secret of the tests".utf8))
private let now: UInt32 = 1_559_731_985

private func server(_ keys: [TSIGKey] = [key], cookies: CookieSecrets? = nil) throws -> Fixture {
  let settings = AnswerSettings(
    cookieSecrets: cookies, transfers: TransferRights(networks: ClientPrefixes(), keys: keys))
  return try Fixture(house, settings: settings)
}

/// A reply's RCODE with the bits that OPT adds, and its last record.
private func judged(_ packet: [UInt8]) throws -> (code: String, last: String) {
  let message = try Message(packet)
  return (message.codeText, message.additionals.last?.type ?? "none")
}

/// An UPDATE for the zone x. (RFC 2136 §2.3): the zone section looks like a question.
private let update = Query("x. SOA").with { $0.flags = 0x2800 }

@Test(
  "RFC 8945 §5.3: who signs with a key of ours is answered signed, whatever else is wrong",
  arguments: [
    (Query("www.x. A"), "NOERROR"), (Query("nobody.x. A"), "NXDOMAIN"), (Query("y. A"), "REFUSED"),
    (Query("www.x. A").withOptions(), "NOERROR"), (Query("www.x. A").withOptions(version: 1), "BADVERS"),
    (Query("www.x. A").withOptions(data: [0]), "FORMERR"),
    (Query("www.x. A").withOptions(owner: [1, 65, 0]), "FORMERR"),
    (Query("www.x. A").withOptions(data: bigEndian(10, 1) + [0]), "FORMERR"),
    (Query("www.x. A").withOptions().withOptions(), "FORMERR"), (Query("x. TKEY"), "NOTIMP"),
    (Query("x. OPT"), "FORMERR"),
    (update, "NOTIMP"), (update.withOptions(), "NOTIMP"), (update.with { $0.flags = 0x2400 }, "NOTIMP"),
    (
      Query("www.x. A").with {
        $0.questionCount = 2
        $0.records = Query("x. A").octets.dropFirst(12) + []
      }, "FORMERR"
    ),
    (Query("www.y. AXFR"), "NOTAUTH"), (Query("x. A").with { $0.recordClass = 3 }, "REFUSED"),
  ])
func signedErrors(query: Query, code: String) throws {
  for transport in [Transport.udp, .tcp] {
    let request = TSIGRequest(query.octets, key: key, now: UInt64(now))
    let fixture = try server()
    fixture.now = now
    let packet = try #require(fixture.reply(to: request.octets, over: transport))
    let text = try annotated(packet)
    #expect(try judged(packet) == (code, "TSIG"), "\(text)")
    #expect(request.isAnswered(by: packet, now: UInt64(now)), "\(text)")
    // The same reply with another bit set is nobody's.
    var changed = packet
    changed[3] ^= 0x20
    #expect(!request.isAnswered(by: changed, now: UInt64(now)))
    // Without a signature the answer is the same, without one.
    let plain = try #require(fixture.reply(to: query.octets, over: transport))
    let expected = code == "NOTAUTH" ? "REFUSED" : code
    let unsigned = try judged(plain)
    #expect(unsigned.code == expected && unsigned.last != "TSIG")
  }
}

@Test("RFC 7873 §5.4: a signed question for a cookie alone is answered signed")
func signedCookie() throws {
  let query = Query("x. A").withOptions(data: bigEndian(10, 8) + Array(1...8)).with {
    $0.questionCount = 0
    $0.name = []
  }
  let octets = Array(query.octets.prefix(12)) + query.records
  let request = TSIGRequest(octets, key: key, now: UInt64(now))
  let fixture = try server(cookies: CookieSecrets(current: SipHash.Key(1, 2)))
  fixture.now = now
  let packet = try #require(fixture.reply(to: request.octets))
  #expect(try judged(packet) == ("NOERROR", "TSIG"))
  #expect(request.isAnswered(by: packet, now: UInt64(now)))
  let stranger = try server([], cookies: CookieSecrets(current: SipHash.Key(1, 2)))
  let refusal = try #require(stranger.reply(to: request.octets))
  #expect(try judged(refusal) == ("NOTAUTH", "TSIG"))
}

/// The octets of a TSIG behind its MAC, and the size of the MAC: what the reply says of the signature.
private func verdict(_ packet: [UInt8], macLength: Int, otherLength: Int = 0) -> String {
  let end = Array(packet.suffix(6 + otherLength))
  let at = packet.count - 6 - otherLength - macLength - 2
  return hexadecimal(packet[at..<at + 2]) + " " + hexadecimal(end[2...])
}

@Test(
  "RFC 8945 §5.2: a signature that is not believed is NOTAUTH, whatever was asked, and the TSIG says why",
  arguments: [
    Query("www.x. A"), Query("www.x. A").withOptions(version: 1), Query("www.x. A").withOptions(data: [0]), update,
    Query("x. AXFR"),
  ])
func refusedSignatures(query: Query) throws {
  let request = TSIGRequest(query.octets, key: key, now: UInt64(now))
  // BADKEY and BADSIG: not signed, the MAC is empty.
  let stranger = try server([])
  stranger.now = now
  let unknown = try #require(stranger.reply(to: request.octets))
  #expect(try judged(unknown) == ("NOTAUTH", "TSIG"))
  #expect(verdict(unknown, macLength: 0) == "0000 00110000")
  let other = TSIGKey(name: key.name, algorithm: key.algorithm, secret: [1])
  let impostor = try server([other])
  impostor.now = now
  let wrong = try #require(impostor.reply(to: request.octets))
  #expect(try judged(wrong) == ("NOTAUTH", "TSIG"))
  #expect(verdict(wrong, macLength: 0) == "0000 00100000")
  // BADTIME: signed, with the asker's time, and ours in other data (§5.2.3).
  let late = try server()
  late.now = now + 301
  let stale = try #require(late.reply(to: request.octets))
  #expect(try judged(stale) == ("NOTAUTH", "TSIG"))
  #expect(request.isAnswered(by: stale, now: UInt64(now)))
  #expect(verdict(stale, macLength: 32, otherLength: 6) == "0020 001200060000" + String(now + 301, radix: 16))
  // BADTRUNC: signed in full (§5.2.2.1). The MAC is cut to 16 octets, and the lengths before it follow.
  let fixture = try server()
  fixture.now = now
  var cut = Array(request.octets.dropLast(6 + 16)) + request.octets.suffix(6)
  let mac = cut.count - 6 - 16
  cut[mac - 1] = 16
  cut[mac - 10 - 13 - 1] -= 16
  let short = try #require(fixture.reply(to: cut))
  #expect(try judged(short) == ("NOTAUTH", "TSIG"))
  #expect(verdict(short, macLength: 32) == "0020 00160000")
}

@Test("RFC 8945 §5.1: a TSIG that cannot be read is FORMERR, and the reply carries none")
func unreadableSignatures() throws {
  let request = TSIGRequest(Query("www.x. A").octets, key: key, now: UInt64(now))
  let fixture = try server()
  fixture.now = now
  for count in Query("www.x. A").octets.count..<request.octets.count {
    #expect(fixture.reply(to: Array(request.octets.prefix(count))) == hex("1234 8101 0000 0000 0000 0000"))
  }
}

private let label = String(repeating: "k", count: 63)

/// A key whose name has 249 octets in wire form, and a question for a name of 251.
private func longNames() throws -> (key: TSIGKey, query: Query) {
  let name = "\(label).\(label).\(label).\(String(repeating: "t", count: 55))."
  return (TSIGKey(name: try #require(DomainName(name)), algorithm: .hmacSHA512, secret: [1]), Query("\(name)x. A"))
}

@Test("A signature leaves a datagram within what the asker takes, however long the names in it are")
func longSignatures() throws {
  let (long, question) = try longNames()
  for (keys, code) in [([long], "NXDOMAIN"), ([], "NOTAUTH")] {
    for query in [question.withOptions(), question.withOptions(data: bigEndian(10, 8) + Array(1...8))] {
      let request = TSIGRequest(query.octets, key: long, now: UInt64(now))
      let fixture = try server(keys, cookies: CookieSecrets(current: SipHash.Key(1, 2)))
      fixture.now = now
      let packet = try #require(fixture.reply(to: request.octets))
      #expect(packet.count <= 1232)
      #expect(try judged(packet) == (code, "TSIG"))
      let whole = try #require(fixture.reply(to: request.octets, over: .tcp))
      #expect(try judged(whole) == (code, "TSIG"))
    }
  }
}

@Test("RFC 8945 §5.3: where TSIG has no room beside an OPT, the reply is question and TSIG, with TC and NOERROR")
func signatureInsteadOfOptions() throws {
  let name = try #require(DomainName("\(label).\(label).\(label)."))
  let long = TSIGKey(name: name, algorithm: .hmacSHA512, secret: [1])
  // Header 12, question 196, TSIG 296 octets: with the 11 of OPT it would be 515.
  let query = Query("\(label).\(label).\(String(repeating: "q", count: 60)).x. A").withOptions(size: 512)
  let request = TSIGRequest(query.octets, key: long, now: UInt64(now))
  let fixture = try server([long])
  fixture.now = now
  let packet = try #require(fixture.reply(to: request.octets))
  #expect(packet.count == 504 && request.isAnswered(by: packet, now: UInt64(now)))
  #expect(Array(packet[..<12]) == hex("1234 8700 0001 0000 0000 0001"))
  #expect(Array(packet[12..<208]) == Array(query.octets[12..<208]))
  #expect(try judged(packet).last == "TSIG")
  #expect(fixture.counts.truncated == 1 && fixture.counts.responses(.noError) == 1)
}

@Test("RFC 8945 §5.3: where TSIG has no room beside the question, it goes without; NOTAUTH stays")
func signatureInsteadOfQuestion() throws {
  let (long, question) = try longNames()
  let request = TSIGRequest(question.octets, key: long, now: UInt64(now))
  let fixture = try server([long])
  fixture.now = now
  let packet = try #require(fixture.reply(to: request.octets))
  #expect(packet.count <= 512 && request.isAnswered(by: packet, now: UInt64(now)))
  #expect(Array(packet[..<12]) == hex("1234 8700 0000 0000 0000 0001"))
  let stranger = try server([])
  stranger.now = now
  let refusal = try #require(stranger.reply(to: request.octets))
  #expect(Array(refusal[..<12]) == hex("1234 8109 0000 0000 0000 0001"))
  #expect(verdict(refusal, macLength: 0) == "0000 00110000")
}
