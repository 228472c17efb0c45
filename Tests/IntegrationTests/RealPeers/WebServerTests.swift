// Checks of pages against nginx: one page for every way of being wrong.

import DNS
import Linux
import Testing

private let hasNginx = areInstalled([.nginx, .openssl, .curl], for: "checks against nginx")

@Suite("Pages of nginx", .enabled(if: hasNginx))
struct WebServerTests {
  @Test("By HTTP and HTTPS alike: well, busy, moved, another node's, an octet a second, without end")
  func pages() throws {
    let certificates = try TestCertificates(in: Scratch())
    let address = freshLoopback()
    let nginx = try Nginx(at: address, .good, of: certificates)
    var checks: Checks = []
    for (form, port, options) in [
      ("http", Nginx.port, ""), ("https", Nginx.securePort, "verify=ca:\(certificates.authority)"),
    ] {
      for (name, rest) in [
        ("well", "/health names=node expect=well"), ("reached", "/page expect=well"), ("busy", "/busy"),
        ("moved", "/moved"), ("wrong", "/other names=node"), ("lacking", "/health expect=ill"), ("drip", "/drip"),
        ("huge", "/huge expect=well"), ("hugeStatus", "/huge"), ("missing", "/missing"),
        ("wanted", "/busy status=503"),
      ] { checks.append((form + "-" + name, "\(form):\(port)\(rest) \(options)")) }
    }
    let rondo = try RunningRondo(zone(at: address, under: checks))
    let states = try rondo.states()
    for form in ["http", "https"] {
      #expect(states["\(form)-well"] == "up")
      #expect(states["\(form)-reached"] == "up")
      #expect(states["\(form)-busy"] == "down: status 503")
      #expect(states["\(form)-moved"]?.hasPrefix("down: redirected to http") == true)
      #expect(states["\(form)-wrong"] == "down: wrong node: body names ex2 instead of ex1")
      #expect(states["\(form)-lacking"] == #"down: body lacks "ill""#)
      #expect(states["\(form)-drip"] == "down: no response within 2 s")
      #expect(states["\(form)-huge"]?.hasPrefix("down: first ") == true)
      #expect(states["\(form)-hugeStatus"] == "up")
      #expect(states["\(form)-missing"] == "down: status 404")
      #expect(states["\(form)-wanted"] == "up")
    }
    nginx.stop()
  }
}
