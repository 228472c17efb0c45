// Server cookies by the vectors of RFC 9018 appendix A, and what is not a cookie of ours.

import DNS
import TestSupport
import Testing

private func secrets(_ text: String) throws -> CookieSecrets { try CookieSecrets(file: Array(text.utf8)) }
private func client(_ text: String) throws -> ClientAddress { ClientAddress(try #require(IPAddress(text))) }

extension CookieSecrets {
  fileprivate func verify(_ option: [UInt8], _ client: ClientAddress, _ now: UInt32) -> CookieVerdict {
    verify(option.span.octets, from: client, now: now)
  }

  /// The value of the option that answers this one, as hexadecimal.
  fileprivate func answer(_ option: [UInt8], _ verdict: CookieVerdict, _ client: ClientAddress, _ now: UInt32) -> String
  {
    var reply = [UInt8](repeating: 0xEE, count: 30)
    var span = reply.mutableSpan
    var target = MutableRawSpan(_elements: &span)
    let count = write(answering: option.span.octets, verdict, to: client, now: now, into: &target, at: 3)
    #expect(count == 24)
    #expect(reply[..<3].allSatisfy { $0 == 0xEE } && reply[27...].allSatisfy { $0 == 0xEE })
    return hexadecimal(reply[3..<27])
  }
}

private let secret = "e5e973e5a6b2a43f48e7dc849e37bfcf"

@Test("RFC 9018 A.1: a client learns its server cookie")
func newCookie() throws {
  let (secrets, client) = (try secrets(secret), try client("198.51.100.100"))
  let option = hex("2464c4abcf10c957")
  #expect(secrets.verify(option, client, 1_559_731_985) == .clientOnly)
  let answer = secrets.answer(option, .clientOnly, client, 1_559_731_985)
  #expect(answer == "2464c4abcf10c957010000005cf79f111f8130c3eee29480")
  #expect(secrets.verify(hex(answer), client, 1_559_731_985) == .valid(.fresh))
}

@Test("RFC 9018 A.2: a cookie forty minutes old is renewed")
func renewedCookie() throws {
  let (secrets, client) = (try secrets(secret), try client("198.51.100.100"))
  let option = hex("2464c4abcf10c957010000005cf79f111f8130c3eee29480")
  let verdict = secrets.verify(option, client, 1_559_734_385)
  #expect(verdict == .valid(.renew))
  #expect(
    secrets.answer(option, verdict, client, 1_559_734_385) == "2464c4abcf10c957010000005cf7a871d4a564a1442aca77")
}

@Test("RFC 9018 A.3: reserved octets are hashed as they came, and zero in the new cookie")
func reservedOctets() throws {
  let (secrets, client) = (try secrets(secret), try client("203.0.113.203"))
  let option = hex("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5")
  #expect(secrets.verify(option, client, 1_559_728_000) == .valid(.fresh))
  // By the time of the example the cookie is older than an hour.
  let verdict = secrets.verify(option, client, 1_559_734_700)
  #expect(verdict == .stale)
  #expect(
    secrets.answer(option, verdict, client, 1_559_734_700) == "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e")
}

@Test("RFC 9018 A.4: a cookie made with the secret before is accepted and replaced, over IPv6")
func rolledSecret() throws {
  let client = try client("2001:db8:220:1:59de:d0f4:8769:82b8")
  let secrets = try secrets("# new, then old\n445536bcd2513298075a5d379663c962\n\nDD3BDF9344B678B185A6F5CB60FCA715\r\n")
  let option = hex("22681ab97d52c298010000005cf7c57926556bd0934c72f8")
  let verdict = secrets.verify(option, client, 1_559_741_961)
  #expect(verdict == .valid(.renew))
  #expect(
    secrets.answer(option, verdict, client, 1_559_741_961) == "22681ab97d52c298010000005cf7c609a6bb79d16625507a")
}

@Test("A cookie is good from five minutes before to an hour after its time, over the turn of 32 bits as well")
func lifetime() throws {
  let (secrets, client) = (try secrets(secret), try client("192.0.2.1"))
  for made in [1_559_731_985, 100, UInt32.max - 100, 0x8000_0000] as [UInt32] {
    let cookie = hex(secrets.answer([1, 2, 3, 4, 5, 6, 7, 8], .clientOnly, client, made))
    for (age, verdict) in [
      (-301, .stale), (-300, .valid(.fresh)), (0, .valid(.fresh)), (1800, .valid(.fresh)), (1801, .valid(.renew)),
      (3600, .valid(.renew)), (3601, .stale), (0x7FFF_FFFF, .stale),
    ] as [(Int32, CookieVerdict)] {
      #expect(secrets.verify(cookie, client, made &+ UInt32(bitPattern: age)) == verdict, "\(made) \(age)")
    }
  }
}

@Test("Lengths: 8 is a request, 16 to 40 are cookies, all else is malformed")
func lengths() throws {
  let (secrets, client) = (try secrets(secret), try client("192.0.2.1"))
  for length in 0...50 {
    let verdict = secrets.verify([UInt8](repeating: 1, count: length), client, 0x0101_0101)
    let expected: CookieVerdict = length == 8 ? .clientOnly : (16...40).contains(length) ? .stale : .malformed
    #expect(verdict == expected, "\(length)")
  }
}

@Test("Every bit of a cookie and of the address counts")
func everyBit() throws {
  let secrets = try secrets(secret)
  for text in ["192.0.2.1", "2001:db8::1"] {
    let address = try #require(IPAddress(text))
    let client = ClientAddress(address)
    let cookie = hex(secrets.answer([1, 2, 3, 4, 5, 6, 7, 8], .clientOnly, client, 1000))
    for bit in 0..<cookie.count * 8 {
      var changed = cookie
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(secrets.verify(changed, client, 1000) == .stale, "bit \(bit)")
    }
    for bit in 0..<address.octets.count * 8 {
      var changed = address.octets
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(secrets.verify(cookie, ClientAddress(try #require(IPAddress(octets: changed))), 1000) == .stale)
    }
  }
}

@Test("An IPv4-mapped IPv6 address has the cookie of the IPv4 address")
func mappedAddress() throws {
  #expect(try client("::ffff:192.0.2.1") == client("192.0.2.1"))
  #expect(try client("::ffff:192.0.2.1").isIPv6 == false)
  #expect(try client("::1:192.0.2.1").isIPv6)
}

@Test("Prefixes clear the bits behind them")
func prefixes() throws {
  #expect(try client("192.0.2.255").prefix(24) == client("192.0.2.0"))
  #expect(try client("192.0.2.255").prefix(0) == client("0.0.0.0"))
  #expect(try client("192.0.2.255").prefix(32) == client("192.0.2.255"))
  let address = try client("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
  #expect(try address.prefix(56) == client("2001:db8:ffff:ff00::"))
  #expect(try address.prefix(64) == client("2001:db8:ffff:ffff::"))
  #expect(try address.prefix(65) == client("2001:db8:ffff:ffff:8000::"))
  #expect(try address.prefix(0) == client("::"))
  #expect(address.prefix(128) == address)
}

@Test("A file of secrets is read strictly")
func secretsFile() throws {
  #expect(throws: CookieSecretsError.empty) { try secrets("# nothing\n\n") }
  #expect(throws: CookieSecretsError.malformed(line: 2)) { try secrets("#\n\(secret)0\n") }
  #expect(throws: CookieSecretsError.malformed(line: 1)) { try secrets("g5e973e5a6b2a43f48e7dc849e37bfcf") }
  #expect(throws: CookieSecretsError.malformed(line: 1)) { try secrets("+5e973e5a6b2a43f48e7dc849e37bfcf") }
  #expect(throws: CookieSecretsError.tooMany(line: 4)) { try secrets("\(secret)\n\(secret)\n\(secret)\n\(secret)") }
}

@Test("A cookie is not written where there is no room for it")
func noRoom() throws {
  let (secrets, client) = (try secrets(secret), try client("192.0.2.1"))
  var reply = [UInt8](repeating: 0, count: 25)
  var span = reply.mutableSpan
  var target = MutableRawSpan(_elements: &span)
  let option: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
  let written = secrets.write(answering: option.span.octets, .clientOnly, to: client, now: 0, into: &target, at: 2)
  #expect(written == nil)
}
