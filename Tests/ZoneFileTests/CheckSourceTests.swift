// `source=`: what it comes to, and what is wrong with it.

import DNS
import Model
import Testing

@testable import ZoneFile

private let used = "\nx 60 ROTATE ex1 ex2 check=c"

@Test("source= takes one address, or one of each family")
func sources() throws {
  func sources(_ option: String) -> [String]? {
    read(zone("$CHECK c tcp:25 \(option)" + used)).configuration?.checks.last?.sources.map(\.description)
  }
  #expect(sources("") == [])
  #expect(sources("source=192.0.2.9") == ["192.0.2.9"])
  #expect(sources("source=2001:db8::9,192.0.2.9") == ["2001:db8::9", "192.0.2.9"])
}

@Test(
  "What cannot be a source is pointed at",
  arguments: [
    ("tcp:25 source=ex1", ["10:24 error: \"ex1\" is not an IP address"]),
    ("tcp:25 source=192.0.2.9,192.0.2.10", ["10:34 error: source= has a second IPv4 address"]),
    ("tcp:25 source=192.0.2.9,", ["10:34 error: \"\" is not an IP address"]),
    ("tcp:25 source=0.0.0.0", ["10:24 error: 0.0.0.0 cannot be the source of a probe"]),
    ("tcp:25 source=ff02::1", ["10:24 error: ff02::1 cannot be the source of a probe"]),
    ("tcp:25 source=fe80::1", ["10:24 error: fe80::1 cannot be the source of a probe"]),
    ("exec:/bin/x source=192.0.2.9", ["10:22 error: exec checks have no option source="]),
    ("tcp:25 source=192.0.2.9 source=192.0.2.9", ["10:34 error: the option source= is given twice"]),
  ])
func wrongSources(text: String, expected: [String]) {
  #expect(read(zone("$CHECK c \(text)" + used)).brief.filter { $0.contains("error") } == expected)
}

@Test("A source of a family that no tested node has is refused: no probe could come from it")
func uselessSource() {
  let text = zone("$CHECK c tcp:25 source=192.0.2.9,2001:db8::9\nx 60 ROTATE ex2 check=c")
  #expect(
    read(text).brief.filter { $0.contains("error") } == ["10:34 error: no node that \"c\" tests has an IPv6 address"])
  #expect(read(zone("$CHECK c tcp:25 source=192.0.2.9,2001:db8::9" + used)).text == "")
}

@Test("A source that this host does not have is a warning: the file may be for another host")
func foreignSource() {
  let text = zone("$CHECK c tcp:25 source=192.0.2.9" + used)
  let result = readConfiguration(
    files: ["etc/mail.zone"], load: { _ throws(LoadFailure) in Array(text.utf8) },
    asking: { $0 == .source(IPAddress(ipv4: 192, 0, 2, 9)) ? "it has no such address" : nil })
  #expect(
    result.diagnostics.filter { $0.what.contains("probes") }.map(\.description) == [
      """
      etc/mail.zone:10:24: warning: probes from 192.0.2.9 cannot start on this host; it has no such address; until it \
      has the address the check has no result, and takes no node out.
      $CHECK c tcp:25 source=192.0.2.9
                             ^~~~~~~~~
      """
    ])
}
