// Which clients may have a zone, and what the others get (RFC 5936 §2.2.1, RFC 1995 §2, RFC 8945 §5).

import DNS
import TestSupport
import Testing
import ZoneFile

@testable import Answering

private let house = """
  $ORIGIN x.
  $TTL 1h
  @ SOA ns.y. h.y. 7 1h 15m 1w 1m
  @ NS ns.y.
  @ NS ns.z.
  www A 192.0.2.1
  """

private let asker = ClientAddress(ipv4: 0xC000_0201)
private let key = TSIGKey(
  name: DomainName("key.") ?? .root, algorithm: .hmacSHA256, secret: Array("a secret of the tests".utf8))

private func rights(_ networks: [String] = [], keys: [TSIGKey] = []) -> TransferRights {
  var prefixes = ClientPrefixes()
  for network in networks { _ = prefixes.add(network) }
  return TransferRights(networks: prefixes, keys: keys)
}

private func served(
  _ rights: TransferRights, cookies: CookieSecrets? = nil, identifier: String = ""
) throws -> AnswerSnapshot {
  let configuration = try configuration(house)
  return AnswerSnapshot(
    table: ZoneTable.compile(configuration), runs: AddressRuns(for: []) { _ in [] },
    settings: AnswerSettings(cookieSecrets: cookies, identifier: Array(identifier.utf8), transfers: rights),
    zones: configuration.zones)
}

private func begins(_ query: Query, _ snapshot: AnswerSnapshot, from client: ClientAddress = asker) -> Bool {
  ActiveTransfer(answering: query.octets.span.octets, from: client, snapshot, now: 1000) != nil
}

private func answer(_ query: Query, _ snapshot: AnswerSnapshot) throws -> Message {
  var responder = Responder()
  responder.now = 1000
  var tally = AnswerTally()
  var room = [UInt8](repeating: 0, count: 4096)
  var span = room.mutableSpan
  var reply = MutableRawSpan(_elements: &span)
  let octets = query.octets
  var received = QueryContext(octets.span.octets, from: asker, over: .udp)
  let length = responder.answer(&received, from: snapshot, into: &reply, tally: &tally)
  return try Message(Array(room[..<length]))
}

@Test("Nobody may have a zone unless it is said; then who is in the network, for a zone of ours, in class IN")
func allowed() throws {
  let axfr = Query("x. AXFR")
  #expect(try !begins(axfr, served(TransferRights())))
  let snapshot = try served(rights(["192.0.2.0/24"]))
  #expect(begins(axfr, snapshot) && begins(Query("X. IXFR"), snapshot) && begins(axfr.withOptions(), snapshot))
  #expect(!begins(axfr, snapshot, from: ClientAddress(ipv4: 0xC000_0301)))
  for other in [
    Query("www.x. AXFR"), Query("y. AXFR"), Query("x. SOA"), axfr.with { $0.recordClass = 3 },
    axfr.with { $0.flags = 0x8000 }, axfr.with { $0.flags = 0x2000 }, axfr.with { $0.questionCount = 2 },
    axfr.withOptions(version: 1), axfr.withOptions(data: [1]),
    // Options that are FORMERR in any query: a cookie of one octet, a subnet of none, a time for keepalive.
    axfr.withOptions(data: bigEndian(10, 1) + [1]), axfr.withOptions(data: bigEndian(8, 0)),
    axfr.withOptions(data: bigEndian(11, 2, 1)),
  ] { #expect(!begins(other, snapshot)) }
  // A key is asked for beside the network.
  #expect(try !begins(axfr, served(rights(["192.0.2.0/24"], keys: [key]))))
  #expect(try !begins(axfr, served(rights(keys: [key]))))
}

@Test("RFC 1995 §2: over UDP an allowed IXFR gets the SOA, an allowed AXFR gets TC, all others REFUSED")
func overDatagrams() throws {
  let snapshot = try served(rights(["192.0.2.0/24"]))
  let short = try answer(Query("x. IXFR"), snapshot)
  #expect(short.codeText == "NOERROR" && short.isAuthoritative && short.answers.map(\.type) == ["SOA"])
  #expect(try answer(Query("x. AXFR"), snapshot).text == ["NOERROR qr aa tc rd"])
  // RFC 5936 §2.2.1: what is no zone here.
  #expect(try answer(Query("www.x. AXFR"), snapshot).text == ["NOTAUTH qr rd"])
  #expect(try answer(Query("x. IXFR"), served(rights(["198.51.100.0/24"]))).text == ["REFUSED qr rd"])
}

@Test(
  "RFC 1995 §2, RFC 1982 §3.2: IXFR over TCP is answered with the SOA alone unless the asker's version is older",
  arguments: [(6, 5), (7, 1), (8, 1), (0x8000_0006, 1), (0x8000_0007, 5), (0x8000_0008, 5), (0xFFFF_FFFF, 5)]
    as [(UInt32, UInt16)])
func incrementalTransfer(serial: UInt32, records: UInt16) throws {
  let soa =
    bigEndian(0xC00C, 6, 1, 0, 0, 22) + [0, 0]
    + bigEndian(UInt16(serial >> 16), UInt16(serial & 0xFFFF), 0, 0, 0, 0, 0, 0, 0, 0)
  let query = Query("x. IXFR").with {
    $0.authorityCount = 1
    $0.records = soa
  }
  let snapshot = try served(rights(["192.0.2.0/24"]))
  let octets = query.octets
  let begun = ActiveTransfer(answering: octets.span.octets, from: asker, snapshot, now: 1000)
  var transfer = try #require(begun)
  var room = [UInt8](repeating: 0, count: 65_535)
  var span = room.mutableSpan
  var message = MutableRawSpan(_elements: &span)
  _ = transfer.next(into: &message, now: 1000)
  #expect(transfer.next(into: &message, now: 1000) == nil)
  // The whole zone: SOA, two NS, A, SOA.
  #expect(UInt16(room[6]) << 8 | UInt16(room[7]) == records)
}

@Test("RFC 7873 §5.3, RFC 5001 §2.3, RFC 7828 §3.3.2, RFC 7830 §4: the OPT of a transfer answers what was asked for")
func answeredOptions() throws {
  // The secret, the cookies and the time of RFC 9018, appendix A.1; asked from 198.51.100.100.
  let secret = SipHash.Key(UInt64(bigEndian: 0xE5E9_73E5_A6B2_A43F), UInt64(bigEndian: 0x48E7_DC84_9E37_BFCF))
  let client = ClientAddress(ipv4: 0xC633_6464)
  let snapshot = try served(rights(["198.51.100.0/24"]), cookies: CookieSecrets(current: secret), identifier: "ns1")
  func firstMessage(_ data: [UInt8]) throws -> [UInt8] {
    let query = Query("x. AXFR").withOptions(flags: 0x8000, data: data).octets
    let begun = ActiveTransfer(answering: query.span.octets, from: client, snapshot, now: 1_559_731_985)
    var transfer = try #require(begun)
    #expect(transfer.announcesKeepalive == !data.isEmpty)
    var room = [UInt8](repeating: 0, count: 65_535)
    var span = room.mutableSpan
    var message = MutableRawSpan(_elements: &span)
    let length = transfer.next(into: &message, now: 1_559_731_985)
    return Array(room[..<(try #require(length))])
  }
  let asked = bigEndian(10, 8) + hex("2464c4abcf10c957") + bigEndian(3, 0) + bigEndian(11, 0)
  let answered =
    "000a0018 2464c4abcf10c957 010000005cf79f11 1f8130c3eee29480" + "0003 0003 6e7331" + "000b 0002 012c"
  let plain = try firstMessage([])
  #expect(hexadecimal(plain.suffix(11)) == "00002904d0000080000000")
  let whole = try firstMessage(asked)
  #expect(
    Array(whole) == plain.dropLast(2) + hex("0029") + hex(answered))
  // No transfer is encrypted here, so none is padded (RFC 7830 §6).
  #expect(try firstMessage(asked + bigEndian(12, 0)) == whole)
}

@Test("RFC 8945 §5.2: a query signed with an unknown key is NOTAUTH, with a TSIG that says so")
func unknownKey() throws {
  let record =
    wireName("other.") + bigEndian(250, 255, 0, 0, 61) + wireName("hmac-sha256.")
    + bigEndian(0, 0, 1000, 300, 32) + Array(repeating: 1, count: 32) + bigEndian(0x1234, 0, 0)
  let signed = Query("x. SOA").with {
    $0.additionalCount = 1
    $0.records = record
  }
  for snapshot in [try served(TransferRights()), try served(rights(keys: [key]))] {
    let message = try answer(signed, snapshot)
    #expect(message.codeText == "NOTAUTH" && message.answers == [] && message.additionals.map(\.type) == ["TSIG"])
    #expect(message.options == nil)
    #expect(try answer(signed.withOptions(), snapshot).codeText == "FORMERR")
  }
  // A MAC that is not whole.
  let cut = signed.with { $0.records = Array(record.dropLast()) }
  #expect(try answer(cut, served(TransferRights())).codeText == "FORMERR")
}
