// What the reader says about a host that lacks what checks need.

import Model
import Testing

@testable import ZoneFile

private func read(_ checks: String, asking host: @escaping (HostQuestion) -> String?) -> [String] {
  let text = zone(checks + "\nx 60 ROTATE ex1 ex2 check=c")
  let result = readConfiguration(
    files: ["etc/mail.zone"], load: { _ throws(LoadFailure) in Array(text.utf8) }, asking: host)
  return result.diagnostics.map(\.description)
}

@Test("Without OpenSSL the first check by TLS is warned of, with what to install")
func withoutTLS() {
  let checks = "$CHECK c https:443/ok verify=ca:ca.pem\n$CHECK d smtps:465\ny 60 ROTATE ex1 ex2 check=d"
  #expect(
    read(checks) { $0 == .tls ? "install libssl3" : "unasked" } == [
      """
      etc/mail.zone:10:10: warning: this host cannot carry out checks by TLS; install libssl3; until then these checks \
      have no result, and take no node out.
      $CHECK c https:443/ok verify=ca:ca.pem
               ^~~~~~~~~~~~
      """
    ])
}

@Test("Checks without TLS ask nothing of the host", arguments: ["tcp:25", "tls:443", "smtp:25 starttls=offer"])
func withoutNeed(_ form: String) {
  #expect(read("$CHECK c \(form)") { "\($0)" } == [])
}

@Test("A file of authorities is seen from the directory of the zone config file")
func authorities() {
  #expect(
    read("$CHECK c https:443/ok verify=ca:ca.pem") { $0 == .authorities(file: "etc/ca.pem") ? "no such file" : nil }
      == [
        """
        etc/mail.zone:10:30: error: the authorities of the check "c" cannot be read; no such file; write verify=ca: with \
        the path of a PEM file of certificates, seen from the directory of this file.
        $CHECK c https:443/ok verify=ca:ca.pem
                                     ^~~~~~~~~
        """
      ])
  #expect(
    read("$CHECK c smtp:25 starttls=use verify=ca:/ca.pem") { $0 == .authorities(file: "/ca.pem") ? "!" : nil }.count
      == 1)
}

@Test("A program that this host cannot run is warned of")
func missingProgram() {
  #expect(
    read("$CHECK c exec:/opt/queue 5") { $0 == .program(path: "/opt/queue") ? "no such file" : "unasked" } == [
      """
      etc/mail.zone:10:10: warning: the program of the check "c" cannot be run on this host; no such file; until it can \
      be run the check has no result, and takes no node out.
      $CHECK c exec:/opt/queue 5
               ^~~~~~~~~~~~~~~
      """
    ])
}
