// Addresses as text, and back (RFC 4291 §2.2, RFC 5952 §4).

import DNS
import Testing

@Test(
  "An address is written in its one canonical form",
  arguments: [
    ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
  ])
func canonical(text: String, expected: String) throws {
  let address = try #require(IPAddress(text))
  #expect(address.description == expected)
  #expect(IPAddress(expected) == address)
}

@Test(
  "What is no address is refused",
  arguments: [
    "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.", "1.2.3.4 ", "a.b.c.d", ":", ":::", "1:::2",
    "::1::",
    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "1:", ":1", "1.2.3.4::", "::1.2.3",
    "2001:db8::1%eth0", "2001:db8::/32", "[::1]",
  ])
func refused(text: String) {
  #expect(IPAddress(text) == nil)
}
