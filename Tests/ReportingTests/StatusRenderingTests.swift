// The four renderings of the report against their golden texts, and what no text in a report may do to them.

import DNS
import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Status: renderings")
struct StatusRenderingTests {
  @Test("/status.json is, octet by octet, what the schema promises")
  func json() { #expect(text(StatusReport.smallest().json) == goldenJSON) }

  @Test("/metrics is, octet by octet, what docs/status.md lists")
  func metrics() { #expect(text(StatusReport.smallest().metrics()) == goldenMetrics) }

  @Test("The page's body")
  func page() {
    let page = text(StatusReport.smallest().page(refresh: .byHand))
    #expect(page.hasSuffix(goldenPageBody))
    #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"))
  }

  @Test("/status.txt with two nodes, one failing")
  func plainText() {
    #expect(
      text(StatusReport.withoutEx1().text) == """
        REDUNDANCY LOST: pool access: only ex2 left (IPv4); and 1 more pool
        rondo 0.1.0, up 4h 03m, at 2026-11-24T10:03:21Z, configuration read 1h 16m ago

        ATTENTION  KIND             WHAT
        warning    redundancy-lost  pool access: only ex2 left (IPv4)
        warning    redundancy-lost  pool relay: only ex2 left (IPv4)

        POOL    STATE            FAMILY  ANSWERS NOW  KEPT OUT  CHECKS
        access  redundancy-lost  ipv4    ex2          ex1       owa
        access  ok               ipv6    ex1 ex2      -         owa
        relay   redundancy-lost  ipv4    ex2          ex1       owa

        NODE  SITE  ADDRESS         CHECK        STATE  SINCE       LATENCY   REASON
        ex1   nord  192.0.2.11      owa tcp:443  down   3m ago      -         connection refused
        ex1   nord  2001:db8:1::11  owa tcp:443  up     4h 03m ago  1.234 ms  -
        ex2   -     198.51.100.11   owa tcp:443  up     4h 03m ago  1.234 ms  -
        ex2   -     2001:db8:2::11  owa tcp:443  up     4h 03m ago  1.234 ms  -

        """)
  }

  @Test("/status.txt while starting, with nothing checked")
  func startingText() {
    var report = StatusReport.sample()
    report.readiness = .waiting(for: "the first checks of 2 nodes")
    report.pools = []
    report.nodes = [.init(name: "ex1", site: nil, addresses: [.init(address: StatusReport.ex1.address, checks: [])])]
    #expect(
      text(report.text) == """
        STARTING: waiting for the first checks of 2 nodes
        rondo 0.1.0, up 4h 03m, at 2026-11-24T10:03:21Z, configuration read 1h 16m ago

        NODE  SITE  ADDRESS     CHECK  STATE      SINCE  LATENCY  REASON
        ex1   -     192.0.2.11  none   unchecked  -      -        -

        """)
  }

  @Test("The page reloads itself, unless asked to stand still; it needs no script and nothing from elsewhere")
  func selfContained() {
    let automatic = text(StatusReport.sample().page(refresh: .automatic))
    let byHand = text(StatusReport.sample().page(refresh: .byHand))
    #expect(automatic.contains("<meta http-equiv=\"refresh\" content=\"5\">"))
    #expect(!byHand.contains("http-equiv"))
    for forbidden in ["<script", "src=", "http://", "https://", "url(", "@import", " style="] {
      #expect(!automatic.contains(forbidden), "\(forbidden)")
    }
  }

  @Test("Every state has a word of its own on the page")
  func wordsForStates() {
    var report = StatusReport.withoutEx1()
    report.nodes[1].addresses[0].checks[0].state = .unknown
    report.nodes[1].addresses[1].checks = []
    report.pools[1].checks = []
    let page = text(report.page(refresh: .byHand))
    for word in [
      "REDUNDANCY LOST", "redundancy lost", "> down<", "> partly down<", "> up<", "> unknown<", "> unchecked<",
    ] {
      #expect(page.contains(word), "\(word)")
    }
  }

  @Test("A pool with many names shows the first three and folds the others away")
  func manyNames() {
    var report = StatusReport.sample()
    report.pools[0].uses = (1...9).map { .init(name: domain("m\($0).example"), ttl: 60) }
    let page = text(report.page(refresh: .byHand))
    #expect(page.contains("m3.example. (60 s)<details><summary>6 more</summary>m4.example. (60 s)<br>m5"))
  }
}

@Suite("Status: escaping")
struct StatusEscapingTests {
  @Test("JSON strings: quotation mark, reverse solidus, every control character; all else as it is")
  func jsonStrings() {
    var json = JSONWriter()
    json.string("a\"b\\c/\n\r\t\u{0}\u{1f}\u{7f}\u{fc}\u{1F600}")
    #expect(text(json.bytes) == #""a\"b\\c/\n\r\t\u0000\u001f\u007f\#u{fc}\#u{1F600}""#)
  }

  @Test("JSON: empty objects and arrays stay on one line, members are parted by commas")
  func jsonForm() {
    var json = JSONWriter()
    json.object { json in
      json.member("none") { $0.array([Int]()) { $0.number($1) } }
      json.member("empty") { $0.object { _ in } }
      json.member("two") { $0.array([UInt64.max, 0]) { $0.number($1) } }
      json.member("null", nil as Int?)
      json.member("yes", true)
    }
    #expect(
      text(json.bytes) == """
        {
          "none": [],
          "empty": {},
          "two": [
            18446744073709551615,
            0
          ],
          "null": null,
          "yes": true
        }
        """)
  }

  @Test("Label values of metrics: quotation mark, reverse solidus, line end")
  func labels() {
    var report = StatusReport.sample()
    report.nodes[0].site = "a\"b\\c\nd"
    #expect(text(report.metrics()).contains(#"site="a\"b\\c\nd","#))
  }

  @Test("No text of a report becomes markup")
  func markup() {
    let evil = "<script>alert('x')</script>\"&\u{1b}"
    var report = StatusReport.withNothingLeft()
    report.version = evil
    report.configuration.files = [evil]
    report.configuration.lastReload = .init(at: report.now, outcome: .refused(.init(.errors, count: 1, first: evil)))
    report.listeners = [.init(.control, evil)]
    report.pools[0].name = evil
    report.pools[0].checks = [evil]
    report.pools[0].families[0].handedOut[0].node = evil
    report.nodes[0].name = evil
    report.nodes[0].site = evil
    report.nodes[0].addresses[0].checks[0].name = evil
    report.nodes[0].addresses[0].checks[0].kind = evil
    report.nodes[0].addresses[0].checks[0].reason = evil
    report.nodes[0].addresses[0].checks[0].detail = evil
    let page = text(report.page(refresh: .automatic))
    #expect(!page.contains("<script") && !page.contains("\u{1b}") && !page.contains("'x'"))
    #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\\027"))
  }

  @Test("No text of a report reaches the terminal as a control character")
  func terminal() {
    var report = StatusReport.withoutEx1()
    report.nodes[0].addresses[0].checks[0].reason = "\u{1b}]0;x\u{7}\n\u{9b}31m"
    let rendered = text(report.text)
    #expect(rendered.contains("\\027]0;x\\007\\010\\194\\15531m"))
    #expect(rendered.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
  }
}
