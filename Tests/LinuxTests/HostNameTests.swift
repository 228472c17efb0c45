// The name that this host gives itself, from the kernel and /etc/hosts and nowhere else.

import Testing

@testable import Linux

struct HostNameTests {
  @Test(
    "A name with a domain is complete; a bare one is completed by /etc/hosts, if that has it",
    arguments: [
      ("rondo1.kreis.example", "", "rondo1.kreis.example"), ("rondo1.kreis.example.", "", "rondo1.kreis.example"),
      ("rondo1", "127.0.0.1 localhost\n127.0.1.1\trondo1.kreis.example rondo1\n", "rondo1.kreis.example"),
      ("RONDO1", "192.0.2.53 rondo1 rondo1.kreis.example # ours", "rondo1.kreis.example"),
      ("rondo1", "", nil), ("rondo1", "127.0.1.1 rondo1 rondo10.kreis.example", nil),
      ("rondo1", "# 127.0.1.1 rondo1.kreis.example", nil), ("rondo1", "rondo1.kreis.example", nil),
      ("localhost.localdomain", "", nil), ("vm.localdomain", "", nil), ("localhost", "127.0.0.1 localhost", nil),
      ("", "127.0.0.1 .example", nil), ("a_b.kreis.example", "", nil), ("-a.example", "", nil), ("10.0.0.1", "", nil),
      ("a..example", "", nil), ("a.example\r\nQUIT", "", nil),
      (String(repeating: "a", count: 64) + ".example", "", nil),
    ] as [(String, String, String?)])
  func complete(kernelName: String, hosts: String, expected: String?) {
    #expect(completeHostName(kernelName: kernelName, hosts: Array(hosts.utf8)) == expected)
  }
}
