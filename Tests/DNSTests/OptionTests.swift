// EDNS options: what a query may hold, what a reply holds. Golden octets agree with dnspython.

import DNS
import TestSupport
import Testing

private func read(_ hex: String) -> QueryOptionList? { read(TestSupport.hex(hex)) }

/// Reads options that stand behind three octets of a message.
private func read(_ options: [UInt8]) -> QueryOptionList? {
  let message = [9, 9, 9] + options
  return QueryOptionList(of: message.span.octets, from: 3, to: message.count)
}

/// Lets `write` put an option at offset 5 of a message and returns what came of it.
private func written(
  limit: Int = 600, room: Int = 600, at end: Int = 5,
  _ write: (inout MutableRawSpan, Int, Int) -> Int?
) -> String? {
  var reply = [UInt8](repeating: 0xEE, count: room)
  var span = reply.mutableSpan
  var target = MutableRawSpan(_elements: &span)
  let newEnd = write(&target, end, limit)
  #expect(reply[..<min(end, room)].allSatisfy { $0 == 0xEE })
  #expect(reply[(newEnd ?? min(end, room))...].allSatisfy { $0 == 0xEE })
  return newEnd.map { hexadecimal(reply[end..<$0]) }
}

@Test("RFC 6891 §6.1.2: options that run off the end, or leave a rest, are malformed")
func framing() {
  #expect(read("") == QueryOptionList())
  #expect(read("fde80003 010203") == QueryOptionList())
  for hex in ["fd", "fde8", "fde800", "fde80001", "fde80003 0102", "fde80000 00", "fde80000 fde8ffff"] {
    #expect(read(hex) == nil, "\(hex)")
  }
}

@Test("RFC 7873 §5.2: the first cookie counts, and has 8 or 16 to 40 octets")
func cookieOption() throws {
  let list = try #require(read("000c0000 000a0008 2464c4abcf10c957 000a0001 00"))
  #expect(list.cookie == 11..<19)
  #expect(list.hasCookie)
  for length in 0...45 {
    let option = [0, 10, 0, UInt8(length)] + [UInt8](repeating: 7, count: length)
    #expect((read(option) != nil) == (length == 8 || (16...40).contains(length)), "\(length)")
  }
}

@Test(
  "RFC 7871 §6: a subnet has as many octets as its prefix needs, and no bit behind it",
  arguments: [
    ("000800070001 18 00 c00002", "192.0.2.0", 24), ("000800080001 19 00 c0000280", "192.0.2.128", 25),
    ("0008000a0002 29 00 20010db8ff00", "2001:db8:ff00::", 41), ("000800040001 00 00", "0.0.0.0", 0),
    ("000800040002 00 00", "::", 0), ("000800040000 00 00", "0.0.0.0", 0),
    ("000800140002 80 00 00000000000000000000ffffc0000201", nil, 128),
  ] as [(String, String?, UInt8)])
func subnet(hex: String, address: String?, prefix: UInt8) throws {
  let subnet = try #require(read(hex)?.subnet)
  #expect(subnet.sourcePrefix == prefix)
  if let address { #expect(subnet.address == ClientAddress(try #require(IPAddress(address)))) }
  let echo = written { ReplyOption.append(subnet, scope: 0, to: &$0, at: $1, limit: $2) }
  #expect(echo == hex.filter { $0 != " " })
  let scoped = written { ReplyOption.append(subnet, scope: 7, to: &$0, at: $1, limit: $2) }
  #expect(scoped.map(TestSupport.hex)?[7] == 7)
}

@Test(
  "RFC 7871 §7.1.2: other subnets are malformed",
  arguments: [
    "00080000", "00080003 0001 18", "000800070003 18 00 c00002", "000800070000 18 00 c00002",
    "000800070001 18 18 c00002", "000800060001 18 00 c000", "000800080001 18 00 c0000200",
    "000800070001 17 00 c00003", "000800090001 21 00 c000020100",
    "000800150002 81 00 0000000000000000000000000000000000",
    "000800050001 00 00 00", "000800050001 01 00 40",
  ])
func malformedSubnet(hex: String) {
  #expect(read(hex) == nil)
}

@Test("NSID and keepalive are asked for by their presence; a client names no keepalive time")
func presence() throws {
  let list = try #require(read("0003 0002 abcd 000c 0003 000000 000b 0000"))
  #expect(list.asksIdentifier)
  #expect(list.keepalive == .asked)
  #expect(read("000b 0002 0064")?.keepalive == .withTime)
  #expect(try #require(read("000d 0001 00 0012 0003 016100")) == QueryOptionList())
}

@Test("Reply options: NSID, extended error and keepalive")
func replyOptions() {
  let identifier = Array("ns1".utf8)
  let text = Array("rate limited".utf8)
  let nothing: [UInt8] = []
  #expect(
    written { ReplyOption.appendIdentifier(identifier.span.octets, to: &$0, at: $1, limit: $2) } == "000300036e7331")
  #expect(
    written { ReplyOption.append(.prohibited, text: text.span.octets, to: &$0, at: $1, limit: $2) }
      == "000f000e001272617465206c696d69746564")
  #expect(
    written { ReplyOption.append(.notAuthoritative, text: nothing.span.octets, to: &$0, at: $1, limit: $2) }
      == "000f00020014")
  #expect(
    written { ReplyOption.appendKeepalive(hundredMilliseconds: 100, to: &$0, at: $1, limit: $2) } == "000b00020064")
}

@Test("A text that does not fit leaves the number of its error")
func shortError() {
  let text = Array("rate limited".utf8)
  for limit in 0...30 {
    let option = written(limit: limit) {
      ReplyOption.append(.prohibited, text: text.span.octets, to: &$0, at: $1, limit: $2)
    }
    #expect(option?.count == (limit >= 23 ? 36 : limit >= 11 ? 12 : nil), "\(limit)")
  }
}

@Test("A cookie is answered with the cookie of RFC 9018 A.1")
func replyCookie() throws {
  let secrets = try CookieSecrets(file: Array("e5e973e5a6b2a43f48e7dc849e37bfcf".utf8))
  let client = ClientAddress(IPAddress(ipv4: 198, 51, 100, 100))
  let asked = hex("2464c4abcf10c957")
  func cookie(limit: Int) -> String? {
    written(limit: limit) {
      ReplyOption.appendCookie(
        secrets, answering: asked.span.octets, .clientOnly, to: client, now: 1_559_731_985, to: &$0, at: $1, limit: $2)
    }
  }
  #expect(cookie(limit: 33) == "000a00182464c4abcf10c957010000005cf79f111f8130c3eee29480")
  #expect(cookie(limit: 32) == nil)
}

@Test(
  "Whatever the octets are, the walk ends, and what it says of them lies in them", arguments: 0..<8 as Range<UInt64>)
func randomOptions(round: UInt64) {
  for seed in round * 2000..<round * 2000 + 2000 {
    var generator = SeededGenerator(seed: seed)
    var options: [UInt8] = []
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      let length = Int.random(in: 0...41, using: &generator)
      options += [0, UInt8.random(in: 2...16, using: &generator), 0, UInt8(length)] + generator.octets(length)
    }
    if !options.isEmpty, Bool.random(using: &generator) {
      options[Int.random(in: options.indices, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
    }
    guard let list = read(options) else { continue }
    #expect(list.cookie.upperBound <= options.count + 3, "seed \(seed)")
    if list.hasCookie {
      #expect(list.cookieStart >= 7, "seed \(seed)")
      #expect(options[list.cookieStart - 7] == 0 && options[list.cookieStart - 6] == 10, "seed \(seed)")
    }
    if let subnet = list.subnet {
      #expect(subnet.family == 0 || subnet.address.prefix(Int(subnet.sourcePrefix)) == subnet.address, "seed \(seed)")
    }
    // Cut anywhere but between options, the walk does not accept what is left as a whole.
    var ends: Set<Int> = [0]
    var at = 0
    while at < options.count {
      at += 4 + Int(options[at + 2]) << 8 + Int(options[at + 3])
      ends.insert(at)
    }
    for cut in 0..<options.count where !ends.contains(cut) {
      #expect(read(Array(options[..<cut])) == nil, "seed \(seed) cut \(cut)")
    }
  }
}
