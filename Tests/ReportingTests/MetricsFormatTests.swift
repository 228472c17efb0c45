// Which format of metrics a client gets, and what OpenMetrics says otherwise than the plain format.

import DNS
import Health
import Testing

@testable import Policy
@testable import Reporting

@Suite("Status: OpenMetrics")
struct MetricsFormatTests {
  private func format(_ fields: String...) -> MetricsFormat {
    MetricsFormat(accepting: fields.map { Array($0.utf8)[...] })
  }

  @Test(
    "OpenMetrics is for clients that ask for it and prefer nothing else",
    arguments: [
      // Prometheus 2.42, and 2.5x.
      (
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", MetricsFormat.openMetrics
      ),
      ("application/openmetrics-text;version=1.0.0;escaping=values;q=0.5,text/plain;q=0.4", .openMetrics),
      ("application/openmetrics-text", .openMetrics),
      (" Application/OpenMetrics-Text ; Version=\"1.0.0\" ; charset=utf-8 ", .openMetrics),
      ("text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.9", .plain),
      ("application/openmetrics-text;version=0.0.1", .plain),
      ("application/openmetrics-text;q=0", .plain), ("application/openmetrics-text;q=2", .plain),
      ("application/openmetrics-text;q=0.0001", .plain), ("application/openmetrics-text;q=", .plain),
      ("*/*", .plain), ("text/html", .plain), ("", .plain), (",;,=", .plain),
    ])
  func negotiation(field: String, expected: MetricsFormat) { #expect(format(field) == expected) }

  @Test("Several Accept fields are one list, and one is none")
  func fields() {
    #expect(format("text/plain;q=0.5", "application/openmetrics-text") == .openMetrics)
    #expect(format("application/openmetrics-text;q=0.5", "text/plain") == .plain)
    #expect(format() == .plain)
  }

  @Test("The field counts for the metrics alone, so that all clients share the other pages")
  func otherPaths() {
    #expect(HTTPRequest(.get, "/metrics", metrics: .openMetrics).metrics == .openMetrics)
    #expect(HTTPRequest(.get, "/status.json", metrics: .openMetrics) == HTTPRequest(.get, "/status.json"))
    var parser = HTTPRequestParser()
    let head = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: application/openmetrics-text\r\n\r\n"
    let progress = parser.feed(Array(head.utf8).span)
    #expect(progress == .request(HTTPRequest(.get, "/metrics", metrics: .openMetrics)))
    let response = StatusRouter.response(to: HTTPRequest(.get, "/metrics", metrics: .openMetrics), from: .sample())
    #expect(response.contentType == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    #expect(text(response.bytes(answering: .get, at: UnixTime(seconds: 0))).contains("\r\nVary: Accept\r\n"))
  }

  @Test(
    "Each metric has its type and unit under the name without an ending, then its samples, and the page has an end",
    arguments: [StatusReport.sample(), .withoutEx1(), .withNothingLeft()])
  func grammar(report: StatusReport) throws {
    let page = text(report.metrics(.openMetrics))
    var lines = page.split(separator: "\n", omittingEmptySubsequences: false)[...]
    #expect(lines.popLast() == "" && lines.popLast() == "# EOF")
    var family = ""
    var type = ""
    for line in lines {
      let words = line.split(separator: " ")
      switch words[1] {
      case "HELP":
        family = String(words[2])
        #expect(
          !family.hasSuffix("_total") && !family.hasSuffix("_info") && !line.contains("\"") && !line.contains("\\"))
      case "TYPE" where words[0] == "#":
        type = String(words[3])
        #expect(words[2] == family && ["gauge", "counter", "info"].contains(type))
      case "UNIT" where words[0] == "#": #expect(words[2] == family && family.hasSuffix("_\(words[3])"))
      default:
        let name = line.prefix { $0 != "{" && $0 != " " }
        #expect(name == family + (type == "counter" ? "_total" : type == "info" ? "_info" : ""), "\(line)")
      }
    }
    let samples = { (page: String) in page.split(separator: "\n").filter { !$0.hasPrefix("#") } }
    #expect(samples(page) == samples(text(report.metrics())))
  }

  @Test("Who and why stay in the JSON: no label holds a free text")
  func freeText() {
    var report = StatusReport.sample()
    report.nodes[0].adminState = AdminState(.drained, author: "anna", reason: "secret plan", since: 1_795_514_000)
    let page = text(report.metrics())
    #expect(
      page.contains("\nrondo_node_admin_state{node=\"ex1\"") && !page.contains("anna") && !page.contains("secret"))
    #expect(text(report.json).contains("secret plan"))
  }
}
